/* What a query names and the table does not have: rows and columns that are mistyped, or not there.
 *
 * Remarks are one line for each name that changed nothing.
 */
#ifndef EC_QUERY_UNUSED_H
#define EC_QUERY_UNUSED_H

#include "query/columns.h"
#include "query/notes.h"
#include "query/rows.h"

/* Loads what tells whether columns that --unit and --direction name are there though not shown. */
void ec_unused_read(const struct ec_query *query, struct ec_names *names);

/* Remarks on what --where compares with what it never is, such as a number with a text. */
void ec_unused_where(const struct ec_rows *rows, const struct ec_names *names,
                     struct ec_notes *remarks);

/* Remarks on --label, --reference, --order, --setup and the runs of --direction; before what is
 * computed drops rows. */
void ec_unused_rows(const struct ec_query *query, const struct ec_table *table,
                    struct ec_notes *remarks);

/* Remarks on globs of --columns, --unit, --direction and --sort; the table must have all its
 * columns. */
void ec_unused_columns(const struct ec_columns *columns, const struct ec_rows *rows,
                       const struct ec_query *query, const struct ec_row_values *values,
                       const struct ec_table *table, struct ec_notes *remarks);

#endif
