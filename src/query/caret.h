/* Errors that point into a text that a person typed: an expression, a name pattern, a price. */
#ifndef EC_QUERY_CARET_H
#define EC_QUERY_CARET_H

#include "base/value.h"
#include "common/error.h"

/* Sets an error of three lines: "column 7: what is wrong", the text (a window of it when it is
 * long) and a caret below the offending character. Columns count characters from 1; `offset` counts
 * bytes from 0 and may be text.len. Control characters are shown as '?'. Returns -1, like
 * ec_error_set. */
int ec_caret_error(struct ec_error *error, struct ec_str text, size_t offset, const char *format,
                   ...) __attribute__((format(printf, 4, 5)));

#endif
