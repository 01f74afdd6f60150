/* What a query names and the table does not have: rows and columns that are mistyped, or not there.
 */
#ifndef EC_QUERY_UNUSED_H
#define EC_QUERY_UNUSED_H

#include "query/rows.h"

/* Fills the table's remarks, one line for each name of --label, --reference, --order and --sort
 * that changed nothing. The table must be finished but for its marks. */
void ec_unused_remark(const struct ec_rows *rows, const struct ec_query *query,
                      const struct ec_row_values *values, struct ec_table *table);

#endif
