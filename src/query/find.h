/* Which rows an option means: by name, by the label that replaces it, or by a glob of either. */
#ifndef EC_QUERY_FIND_H
#define EC_QUERY_FIND_H

#include "common/error.h"
#include "table/table.h"

/* Whether `pattern` is the row's name or label, or a glob that matches one of them. */
bool ec_find_matches(const struct ec_table *table, size_t row, struct ec_str pattern);
/* Whether there is such a row. */
bool ec_find_any(const struct ec_table *table, struct ec_str pattern);

/* Takes the next item off a list of rows as ec_list_next does; but names may hold commas, as those
 * of groups do, so it is the longest that is the name or label of a row. */
bool ec_find_next(const struct ec_table *table, struct ec_str *rest, struct ec_str *ret_item);

/* The one row that `pattern` means; a row of just that name is meant rather than one that matches.
 * -1 with *error set ("no row is called ...") when there is none or more than one. */
int ec_find_row(const struct ec_table *table, struct ec_str pattern, size_t *ret_row,
                struct ec_error *error);

#endif
