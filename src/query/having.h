/* Which rows of the table are kept by what its columns say, computed ones among them (--having):
 * what --where is for runs before groups, ratios and costs are computed. */
#ifndef EC_QUERY_HAVING_H
#define EC_QUERY_HAVING_H

#include "common/error.h"
#include "query/query.h"

/* Drops the rows for which some --having is not true, but for references. Names are those of the
 * table's columns, and `name` or the header over the names. Before rows are sorted. -1 with *error
 * set when an expression makes no sense or no row is left. */
int ec_having(const struct ec_query *query, struct ec_table *table, struct ec_error *error);

#endif
