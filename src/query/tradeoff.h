/* The trade-off front (--pareto, --pareto-only): which rows no other row beats in every axis.
 *
 * A column `pareto` tells for each row: "front"; "dominated"; "possible" where the row is dominated
 * by the values, but by no single row beyond the spreads; missing where an axis is not measured,
 * the run did not complete, or the row is a reference, which takes no part (query/pareto.h).
 * --pareto-only keeps the front, what is possibly on it, and the references.
 */
#ifndef EC_QUERY_TRADEOFF_H
#define EC_QUERY_TRADEOFF_H

#include "common/error.h"
#include "query/columns.h"
#include "query/notes.h"

/* Adds the axes to the columns that are shown. -1 with *error set when the options make no sense.
 */
int ec_tradeoff_read(struct ec_columns *columns, const struct ec_query *query,
                     struct ec_names *names, struct ec_error *error);

/* Adds the column, and with --pareto-only drops rows; before rows are sorted. -1 with *error set
 * when an axis has no direction. */
int ec_tradeoff(const struct ec_query *query, struct ec_table *table, struct ec_notes *notes,
                struct ec_error *error);

#endif
