/* Turns loaded runs into the table that is shown: which columns, which rows, in which order, marked
 * how.
 *
 * What the user asks for is text (`struct ec_query`), so that a command line, a specification file
 * and the interactive view all say it the same way. It is compiled into a plan before anything is
 * loaded: mistakes are told at once, and the loader keeps only the keys that the plan looks at. A
 * plan makes a table from a runset without changing it, as often as wanted.
 */
#ifndef EC_QUERY_QUERY_H
#define EC_QUERY_QUERY_H

#include "common/error.h"
#include "table/table.h"

/* A list of strings, the caller's. */
struct ec_words {
    const char *const *items;
    size_t count;
};

/* What stands behind the +- of a group. */
enum ec_spread {
    EC_SPREAD_STD,   /* mean and sample standard deviation */
    EC_SPREAD_SEM,   /* mean and its standard error */
    EC_SPREAD_CI95,  /* mean and half its 95 % confidence interval (Student's t) */
    EC_SPREAD_RANGE, /* median, with columns for the smallest and the largest value */
};

/* How rows are compared with the baseline. */
enum ec_relative { EC_RELATIVE_RATIO, EC_RELATIVE_PERCENT, EC_RELATIVE_BOTH };

/* What the user asked for, option by option; the strings are the caller's and must outlive the
 * plan. Zero-initialised it is the default table. */
struct ec_query {
    /* -c: lists of NAME, GLOB, all, NAME=EXPR; a list with "+" before it adds to the others. All
     * lists are separated by commas. */
    struct ec_words columns;
    /* What keys begin with that were loaded though nobody asked for them: of the globs only those that
     * begin so, too, mean them. NULL: none. */
    const char *unasked;
    /* --unit: lists of NAME=UNIT */
    struct ec_words units;
    /* --direction: lists of NAME=lower|higher|none|NUMBER|@RUN */
    struct ec_words directions;
    /* --digits: decimals of all numbers that are not counts */
    bool fixed_digits;
    int digits;
    /* --figures: significant figures of the smallest number of each such column; 0: not given */
    int figures;
    /* --name-pattern: patterns, of which the first that matches counts */
    struct ec_words name_patterns;
    /* --where: expressions, all of which a run must meet */
    struct ec_words where;
    /* --having: expressions of the table's columns, all of which a row must meet */
    struct ec_words having;
    /* --group-by: lists of names; --spread */
    struct ec_words group_by;
    enum ec_spread spread;
    /* --sort: lists of NAME, with "-" before it for the largest first */
    struct ec_words sort;
    /* --top: the first so many rows; 0: all */
    size_t top;
    /* --label: NAME=LABEL */
    struct ec_words labels;
    /* --reference: lists of names or globs */
    struct ec_words references;
    /* --order: lists of names, labels or globs, which come first */
    struct ec_words order;
    /* --baseline: the row that the others are compared with, NULL: none; --relative;
     * --relative-columns: lists of names, none: every column in which less or more is better */
    const char *baseline;
    enum ec_relative relative;
    struct ec_words relative_columns;
    /* --pareto: lists of names; --pareto-only */
    struct ec_words pareto;
    bool pareto_only;
    /* --budget: lists of limits such as mem<=24GiB */
    struct ec_words budgets;
    /* --requests: lists of numbers; --cost: lists of names; --setup: [ROWS=]COLUMN|ROW|AMOUNT;
     * --price: "2.99/h", NULL: none */
    struct ec_words requests, costs, setups;
    const char *price;
    /* --check: lists of limits of changes such as time<=+5% */
    struct ec_words checks;
    /* --pivot: a name, NULL: none; nothing without group_by */
    const char *pivot;
    /* --section: a name, or "metrics"; NULL: none. --transpose */
    const char *section;
    bool transpose;
};

struct ec_plan;
struct ec_gate_result;

/* NULL with *error set when the query makes no sense. */
struct ec_plan *ec_plan_new(const struct ec_query *query, struct ec_error *error);
void ec_plan_free(struct ec_plan *plan); /* NULL is fine */

/* The JSON keys to load; NULL: all. They live as long as the plan. */
const char *const *ec_plan_keys(const struct ec_plan *plan, size_t *ret_count);

/* Those of the keys, or globs, that files beside a record may hold (load/load.h); none when only
 * records matter. */
const char *const *ec_plan_beside(const struct ec_plan *plan, size_t *ret_count);

/* Builds the table. The runset must be finished; plan and runset must outlive the table. NULL with
 * *error set when the query cannot be answered from these runs. */
struct ec_table *ec_plan_table(struct ec_plan *plan, const struct ec_runset *runset,
                               struct ec_error *error);

/* Sorts a table that the plan made as `query` says, which differs from the plan's in its --sort
 * alone and takes its place; much faster than making it anew. False, with nothing changed, where
 * more than the order would change. */
bool ec_plan_sort(struct ec_plan *plan, const struct ec_query *query, struct ec_table *table);

/* Builds the table of changes from the runs before to those now (query/gate.h), whose order, names
 * and columns are the query's. */
struct ec_table *ec_plan_changes(struct ec_plan *plan, const struct ec_runset *before,
                                 const struct ec_runset *now, struct ec_gate_result *ret_result,
                                 struct ec_error *error);

#endif
