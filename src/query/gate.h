/* Changes between two sets of runs (--against), and what they may be (--check).
 *
 *     --check 'time <= +5%, mem <= +0, model_utility >= -0.01, host_mem < +512MiB'
 *
 * A check limits the change of a column from before to now: in percent of the value before, or in
 * the column's unit. Rows are compared by their names. A check fails for a row that has a value
 * before and whose value now changed by more, is not measured any more, or is of a run that did
 * not complete. What was not measured before, or by a run that did not complete, says nothing.
 */
#ifndef EC_QUERY_GATE_H
#define EC_QUERY_GATE_H

#include "common/error.h"
#include "query/amount.h"
#include "query/columns.h"

struct ec_gate_check {
    struct ec_str text, name;
    bool upper;   /* < and <=: the change must not be more */
    bool strict;  /* < and > */
    bool percent; /* of the value before */
    struct ec_amount bound;
};

struct ec_gate {
    struct ec_gate_check *checks;
    size_t count, capacity;
};

/* How the checks came out. */
struct ec_gate_result {
    size_t compared;     /* rows that are in both tables */
    size_t failed;       /* rows for which some check fails */
    const char *vacuous; /* a check that could compare nothing; NULL: there is none */
};

/* Reads the query's checks, whose columns are added to those shown. Free with ec_gate_free in
 * either case. */
int ec_gate_read(struct ec_gate *ret_gate, struct ec_columns *columns, const struct ec_query *query,
                 struct ec_names *names, struct ec_error *error);
void ec_gate_free(struct ec_gate *gate);

/* The table of changes: per row that is in both tables, in the order of `now`, the values before
 * and now, the change, and which checks fail. Only columns with checks are in it, unless the query
 * names columns or there is no check. It needs neither table afterwards; ec_table_free it. NULL
 * with *error set when the tables have no row in common, or a check does not fit its column. */
struct ec_table *ec_gate_changes(const struct ec_gate *gate, const struct ec_query *query,
                                 const struct ec_table *before, const struct ec_table *now,
                                 struct ec_gate_result *ret_result, struct ec_error *error);

#endif
