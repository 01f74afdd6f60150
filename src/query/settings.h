/* How columns are shown and what is better in them: --unit, --direction, --digits, --figures.
 *
 * Nothing is kept; texts go into the arena of the table.
 */
#ifndef EC_QUERY_SETTINGS_H
#define EC_QUERY_SETTINGS_H

#include "common/error.h"
#include "query/query.h"
#include "table/table.h"

/* Finds mistakes in the query's units and directions that can be known without a table; the rest of
 * this header relies on it. The arena is for scratch. */
int ec_settings_check(const struct ec_query *query, struct ec_arena *arena, struct ec_error *error);

/* Applies the query's units, directions and digits to the columns from `first` on. -1 with *error
 * set when one of them does not fit its column. */
int ec_settings_apply(const struct ec_query *query, struct ec_table *table, size_t first,
                     struct ec_error *error);

#endif
