/* What unlearning costs in production (--requests, --cost, --setup, --price): for m requests in
 * total and per request, after a preparation that is paid once.
 *
 * A run's recorded cost is that of one request. Costs are columns that add up, such as time and
 * energy (--cost, default time), and money at a price per time or energy (--price; then --cost has
 * no default). Preparation is what --setup says:
 *
 *     --setup WHAT            of every row but references, the baseline and the row WHAT
 *     --setup ROWS=WHAT       of the rows with this name, label or glob; may be given several times
 *
 * where WHAT is a column (each row's own preparation), a row (its cost is the preparation), or an
 * amount such as 21.5min. The first --setup that names a row and can say its cost in that dimension
 * counts; a row that one names, but whose preparation is not known, has unknown totals. Rows that
 * none names need no preparation.
 *
 * Columns: per m the total; with a --setup also the total divided by m; with a baseline the number
 * of requests from which on the row costs no more than it (query/cost.h), in the first cost.
 */
#ifndef EC_QUERY_PRODUCTION_H
#define EC_QUERY_PRODUCTION_H

#include "common/error.h"
#include "query/amount.h"
#include "query/columns.h"
#include "query/cost.h"
#include "query/notes.h"

struct ec_production {
    double *requests; /* empty: nothing to add */
    size_t request_count, request_capacity;
    struct ec_str *costs; /* names of columns */
    size_t cost_count, cost_capacity;
    bool priced;
    struct ec_price price;
};

/* Free with ec_production_free in either case. The columns that are needed are added to those
 * shown. */
int ec_production_read(struct ec_production *ret_production, struct ec_columns *columns,
                       const struct ec_query *query, struct ec_names *names,
                       struct ec_error *error);
void ec_production_free(struct ec_production *production);

/* Cuts [ROWS=]WHAT behind the longest ROWS that means a row; at the last '=' when none does. False
 * when it is all WHAT, as the name of a column or a row that holds '=' is. */
bool ec_production_split_setup(const char *setup, const struct ec_table *table,
                               struct ec_str *ret_rows, struct ec_str *ret_what);

/* Adds the columns; before rows are sorted. `baseline` is a row of the table, or its row_count. -1
 * with *error set when a setup names nothing. */
int ec_production_apply(const struct ec_production *production, const struct ec_query *query,
                        size_t baseline, struct ec_table *table, struct ec_notes *notes,
                        struct ec_error *error);

#endif
