/* Pieces of LaTeX source. Each function looks at the beginning of text and returns how many bytes
 * the piece takes, 0 when it is not there. */
#ifndef EC_VERIFY_TEXSCAN_H
#define EC_VERIFY_TEXSCAN_H

#include "base/value.h"

/* Blanks, ends of lines and comments. */
size_t ec_texscan_blank(struct ec_str text);
/* A group with its braces; 0 also when it does not end within EC_TEXSCAN_MAX bytes, so that a
 * broken file costs no quadratic time. */
enum { EC_TEXSCAN_MAX = 8192 };
size_t ec_texscan_group(struct ec_str text);
/* An optional argument with its brackets. */
size_t ec_texscan_option(struct ec_str text);
/* The name of the command without the backslash: letters, or one other character. Empty: none. */
struct ec_str ec_texscan_command(struct ec_str text);
/* \\ or \tabularnewline, with a star and a length after it. */
bool ec_texscan_is_newline(struct ec_str text);
size_t ec_texscan_newline(struct ec_str text);

#endif
