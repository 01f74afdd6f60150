/* Parameters from names: `expA_{method}_k{K}_s{seed}` matched with `expA_npo_k10_s0`.
 *
 * A pattern is text with captures in braces; it matches a whole name. `*` stands for anything, also
 * for nothing; `{{`, `}}` and `**` stand for `{`, `}` and `*`.
 *
 *     {name}       one or more bytes; a number when the text is one that fits and does not begin
 *                  with a needless zero or a plus: `0` and `1e-05` are numbers, `007` is text
 *     {name:text}  one or more bytes, always text
 *     {name:int}   a whole number, with or without sign
 *     {name:num}   a number, such as 5, -0.1 or 1e-5; missing when it is too large
 *
 * Where a name can be matched in several ways, the captures are as long as possible, the first one
 * first: `{method}_{seed}` takes `npo` and `0` from `npo_0`, and `npo_large` and `0` from
 * `npo_large_0`. Captures and stars need text between them.
 *
 * A compiled pattern is constant: matching allocates nothing and is safe from several threads.
 */
#ifndef EC_QUERY_PATTERN_H
#define EC_QUERY_PATTERN_H

#include "base/value.h"
#include "common/error.h"

enum {
    EC_PATTERN_PIECES = 63, /* captures, stars and the texts between them */
    EC_PATTERN_NAME = 4095, /* bytes of a name; longer ones do not match */
};

struct ec_pattern;

/* NULL with *error set, as ec_caret_error does, when the source makes no sense; it needs at least
 * one capture. The source is copied. */
struct ec_pattern *ec_pattern_compile(struct ec_str source, struct ec_error *error);
void ec_pattern_free(struct ec_pattern *pattern); /* NULL is fine */

/* The captures in the order in which they stand in the pattern, which never has two of one name. */
size_t ec_pattern_count(const struct ec_pattern *pattern);
struct ec_str ec_pattern_name(const struct ec_pattern *pattern, size_t index);

/* Returns whether the whole name matches, and then sets ret_values[0..ec_pattern_count). Text
 * points into the name. */
bool ec_pattern_match(const struct ec_pattern *pattern, struct ec_str name,
                      struct ec_value *ret_values);

#endif
