/* Columns that a query computes from other columns, row by row.
 *
 * Their values hang off base rows, so they are computed before the rows are sorted and may be
 * sorted by. Everything lives in the table's arena.
 */
#ifndef EC_QUERY_DERIVE_H
#define EC_QUERY_DERIVE_H

#include "query/stats.h"
#include "table/table.h"

/* The cell's number with its spread, in the column's stored unit; NANs where it has none. */
struct ec_estimate ec_derive_get(const struct ec_table *table, size_t row, size_t column);

/* A series in which everything is missing, with spreads where cells have some. */
struct ec_series *ec_derive_series(struct ec_table *table);
/* Sets the table row's value; what is NAN stays missing, a spread that is NAN none. */
void ec_derive_set(const struct ec_table *table, struct ec_series *series, size_t row,
                   struct ec_estimate estimate);
void ec_derive_set_text(const struct ec_table *table, struct ec_series *series, size_t row,
                        const char *text);

/* A column of that series: without unit and direction, in no group, with 2 decimals. `key` and
 * `label` are the caller's. */
struct ec_column ec_derive_column(const char *key, const char *label,
                                  const struct ec_series *series);

/* Appends the column, which is copied. Pointers to columns of the table do not hold any more. */
void ec_derive_add(struct ec_table *table, struct ec_column column);

/* What options call a column: the short name of its metric, else its key; of a column that the user
 * named, that name. */
const char *ec_derive_name(const struct ec_column *column);

#endif
