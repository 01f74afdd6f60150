/* How much better than a baseline (--baseline, --relative): ratios and percentages.
 *
 * They read the same way for every column that has a direction: a ratio above 1, a percentage above
 * 0 is better than the baseline.
 *
 *     lower is better      baseline / value     100 (baseline - value) / |baseline|
 *     higher is better     value / baseline     100 (value - baseline) / |baseline|
 *     close to a target    as lower is better, of the distances to the target
 *     none                 value / baseline     100 (value - baseline) / |baseline|
 *
 * So a run that takes a quarter of the baseline's time has 4.00 x and 75 %. Columns without a
 * direction have a heading of their own, since more is then neither better nor worse.
 *
 * The baseline's own cells are 1 and 0, without a spread. Missing is what is divided by zero or
 * computed from something missing, ratios of negative numbers, and runs that did not complete:
 * what they cost so far is no result. Spreads are propagated to first order (query/stats.h).
 */
#ifndef EC_QUERY_BASELINE_H
#define EC_QUERY_BASELINE_H

#include "common/error.h"
#include "query/notes.h"
#include "query/query.h"

/* The row that --baseline means; table->row_count without one. -1 with *error set when it does not
 * mean one row, or a run that did not complete. */
int ec_baseline_row(const struct ec_query *query, const struct ec_table *table, size_t *ret_row,
                    struct ec_error *error);

/* Adds the columns to the table, with the baseline in `row` of it. */
int ec_baseline(const struct ec_query *query, size_t row, struct ec_table *table,
                struct ec_notes *notes, struct ec_error *error);

#endif
