/* Text from outside, made fit for a terminal or a document: decoded, measured, cut, made harmless.
 *
 * Text is UTF-8 whatever the locale. Widths are columns of a terminal: combining marks take none,
 * CJK and emoji two, and a grapheme cluster (a letter with its marks, a flag, a family of emoji
 * joined by ZWJ) is measured and cut as one.
 *
 * "Harmless" text is valid UTF-8 without control characters, invisible format characters and
 * characters that change the direction of what follows. Where text has one, it is shown as an
 * escape: \n \t \r, \x1b, \u202e, \U000e0001; an invalid byte as \xff. (A backslash stands for
 * itself.)
 */
#ifndef EC_BASE_UTF8_H
#define EC_BASE_UTF8_H

#include "base/arena.h"
#include "base/out.h"
#include "base/value.h"

/* Decodes the first code point of non-empty text. Returns the bytes it takes; *ret_code is -1 and
 * the length 1 for a byte that is not part of valid UTF-8 (RFC 3629: no surrogates, no overlong
 * forms). */
size_t ec_utf8_decode(struct ec_str text, int32_t *ret_code);

bool ec_utf8_is_valid(struct ec_str text);
/* The letter and the combining marks that a code point is made of (its canonical decomposition): é is
 * e and U+0301. A code point that is made of nothing else is itself. Returns how many there are. */
enum { EC_UTF8_DECOMPOSED_MAX = 8 };
int ec_utf8_decompose(int32_t code, int32_t ret_codes[EC_UTF8_DECOMPOSED_MAX]);

bool ec_utf8_is_harmless(struct ec_str text);
/* The text itself when it is harmless, else a harmless copy in the arena. */
struct ec_str ec_utf8_harmless(struct ec_str text, struct ec_arena *arena);
void ec_utf8_write_harmless(struct ec_out *out, struct ec_str text);

/* What a format writes for an ASCII character, indexed by it; NULL: the character itself. An entry
 * for a control character replaces the escape that would show it. */
typedef const char *ec_escapes[128];
/* Writes the harmless form of text with its ASCII characters replaced, those of escapes included.
 */
void ec_utf8_write_escaped(struct ec_out *out, struct ec_str text, const ec_escapes escapes);

/* The functions below take harmless text. */

int ec_utf8_width(struct ec_str text);
/* The first grapheme cluster of non-empty text. Returns its bytes; *ret_width may be NULL. */
size_t ec_utf8_cluster(struct ec_str text, int *ret_width);
/* The longest beginning, or end, of whole clusters that is at most `width` wide. */
struct ec_str ec_utf8_head(struct ec_str text, int width);
struct ec_str ec_utf8_tail(struct ec_str text, int width);

#endif
