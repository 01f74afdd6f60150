/* Budgets (--budget): which rows fit, by how much the others do not, and the best of those that
 * fit.
 *
 *     --budget 'mem <= 24GiB, time <= 15min, model_utility >= 0.5'
 *
 * A limit is NAME, one of < <= > >=, and a number with or without a unit of the column's dimension;
 * without one it is in the unit in which records hold the column. The right side may be an
 * expression of numbers.
 *
 * A column `budget` tells for each row: "fits"; "over" when it breaks a limit; "unknown" when
 * nothing breaks a limit, but something is not measured, or the run did not complete and may still
 * cost more. What is unknown never fits. Per limit a column tells by how much the value is over it,
 * and how much is left where that is negative; for >=, by how much the value falls short. A group
 * is judged by its mean; the excess has the mean's spread.
 */
#ifndef EC_QUERY_BUDGET_H
#define EC_QUERY_BUDGET_H

#include "common/error.h"
#include "query/amount.h"
#include "query/columns.h"
#include "query/notes.h"

struct ec_budget_limit {
    struct ec_str text, name;
    bool lower;  /* < and <=: the value must not be larger */
    bool strict; /* < and > */
    struct ec_amount bound;
};

struct ec_budget {
    struct ec_budget_limit *limits;
    size_t count, capacity;
};

/* Free with ec_budget_free in either case. The limits' columns are added to those shown. */
int ec_budget_read(struct ec_budget *ret_budget, struct ec_columns *columns,
                   const struct ec_query *query, struct ec_names *names, struct ec_error *error);
void ec_budget_free(struct ec_budget *budget);

/* Adds the columns; before rows are sorted. *ret_fits tells per base row whether it fits, in the
 * table's arena; NULL without a budget. -1 with *error set when a limit does not fit its column. */
int ec_budget_apply(const struct ec_budget *budget, struct ec_table *table, struct ec_notes *notes,
                    const bool **ret_fits, struct ec_error *error);

#endif
