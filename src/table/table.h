/* The view model: what every output format shows.
 *
 * A table has typed columns, rows in the order in which they are shown, marks (best, second best),
 * notes and the best-performer summary. It decides everything that is the same in every format;
 * renderers decide only how it looks. Cells are computed when asked for, so a table of a million runs
 * costs no memory per cell.
 *
 * The query builds it (query/query.h). It owns its arena, in which everything that hangs off it lives
 * that is not in the runset; the runset must outlive it. ec_table_free frees it.
 */
#ifndef EC_TABLE_TABLE_H
#define EC_TABLE_TABLE_H

#include "base/arena.h"
#include "base/value.h"
#include "common/metric.h"
#include "runset/runset.h"

/* What a cell is marked as, one bit each. */
enum ec_mark {
    EC_MARK_BEST = 1 << 0,
    EC_MARK_SECOND = 1 << 1,
    EC_MARK_TIED = 1 << 2, /* not distinguishable from the best */
};

struct ec_cell {
    struct ec_value value; /* in the column's `stored_unit` */
    double spread;         /* +- in the same unit; NAN: none */
    uint32_t n;            /* how many runs went into the value; 1 unless rows are groups */
    unsigned marks;        /* enum ec_mark */
};

/* As a column's `runset_column`: no run was loaded with this key. */
#define EC_NO_COLUMN UINT32_MAX

/* Numbers that a query computed: one column of groups, ratios, derived values. Like `marks` and
 * `row_names`, the arrays are indexed by order[row], not by row: sorting moves only `order`. */
struct ec_series {
    struct ec_value *values;
    double *spreads; /* what is shown after +-; NULL: none */
    double *stds;    /* sample standard deviations, NAN for a single run; NULL: none */
    double *means;   /* of the runs where values are medians; NULL: values are the means */
    uint32_t *ns;    /* NULL: all 1 */
};

struct ec_column {
    const char *key;    /* JSON key, or the name that the user gave: the header of machine formats */
    const char *label;  /* for people, without unit: "Time" */
    const char *header; /* of the plain-text table: "Time(s)"; NULL: made from label and unit */
    const char *group;  /* heading over this column and its neighbours with the same; NULL: none */
    const struct ec_metric *metric;       /* NULL: not in the registry */
    const char *renames; /* key or name of what it shows under the user's name; NULL: its own name */
    const char *superlative; /* of the best-performer summary; NULL: the metric's, or "Best LABEL" */
    const struct ec_unit *stored_unit;    /* of the values */
    const struct ec_unit *unit;           /* in which people see them; same dimension */
    enum ec_direction direction;
    double target;  /* for EC_TARGET and EC_REFERENCE, in stored_unit */
    enum ec_direction better; /* of a column that is not ranked, such as a ratio: what a trade-off
                               * takes for better; EC_NEUTRAL: nothing */
    const char *target_run; /* for EC_REFERENCE: the row whose value is the target; NULL: not said */
    int digits;     /* decimals for people: >= 0, fixed when the table is built */
    bool scientific; /* for people: mantissa with `digits` decimals and an exponent */
    int min_width;  /* of the plain-text table; 0: none. The seed document's: 12, 8, 15, 11 */

    /* Where values come from: the runset's column or EC_NO_COLUMN, or a series (not NULL wins). */
    uint32_t runset_column;
    const struct ec_series *series;
    uint8_t *marks; /* enum ec_mark bits; NULL: not ranked */
    bool derived;   /* brought by others: a ratio to the baseline, the range of a group, a cost */
};

/* A line of the best-performer summary. */
struct ec_best {
    const char *title;  /* "Fastest" */
    size_t column;
    size_t count;       /* runs that share the best value; 0: there is none */
    const char *none;   /* why there is none; NULL: nobody measured it */
    const size_t *rows; /* table rows of the first of them, EC_BEST_NAMED at most */
    /* Rows that are not as good, but not distinguishable from the best; likewise. */
    size_t tied_count;
    const size_t *tied_rows;
};
enum { EC_BEST_NAMED = 3 };

/* A heading above the rows from `first_row` to the next section's. */
struct ec_section {
    const char *title; /* NULL: only a rule */
    size_t first_row;
    bool reference; /* rows for orientation: never ranked, and no part of a Pareto front */
};

struct ec_table {
    struct ec_arena arena;
    const struct ec_runset *runset; /* NULL: every name is in row_names, every value in a series */
    const char *title;

    struct ec_column *columns; /* without the name column, which every table has first */
    size_t column_count;
    const char *name_header; /* "Experiment" */

    size_t row_count;
    size_t base_count; /* base rows: all values in `order` are less */
    /* Table row -> runset row; where rows are groups, -> number of the group. NULL: 0, 1, ... */
    const uint32_t *order;
    const uint32_t *unsorted; /* the order before rows were sorted; NULL: they were not */
    /* Names that differ from the runs' (labels, groups); NULL: none. */
    const struct ec_str *row_names;
    /* The names before labels replaced them; NULL: no row has a label. */
    const struct ec_str *plain_names;
    bool grouped; /* rows are groups: a row has no single run, path or status */
    /* Where rows are groups of runs: one run of each, for what they agree in. */
    const uint32_t *group_runs;
    /* And all of them: those of base row i from group_members[group_starts[i]] on. */
    const uint32_t *group_members;
    const size_t *group_starts; /* [base_count + 1] */
    /* And what groups are of: the keys, as columns are called by theirs, and the values of base row
     * i from group_values[i * group_key_count] on. */
    const char *const *group_keys;
    size_t group_key_count;
    const struct ec_value *group_values;
    size_t left_out; /* runs that are in no group, since they did not complete */
    /* Per base row: groups of runs that have nothing that groups are of, so that they may be of
     * anything. Shown, never ranked. NULL: there is none. */
    const bool *unknown;
    /* What ec_cell.spread is: "sample standard deviation"; NULL: no cell has one. Told in formats
     * for people by ec_table_spread_note, so `notes` do not repeat it. */
    const char *spread;

    const struct ec_section *sections;
    size_t section_count;

    const struct ec_best *bests;
    size_t best_count;

    const char *const *notes; /* one line each, below the table */
    size_t note_count;
    /* What was asked for and changed nothing, one line each: for who asked, not below the table. */
    const char *const *remarks;
    size_t remark_count;

    /* Of a transposed table: the table that it was made from, whose columns are the rows here, in
     * the same order. Owned. `bests` are then in terms of the source. NULL: not transposed. */
    struct ec_table *source;
};

struct ec_str ec_table_row_name(const struct ec_table *table, size_t row);
/* What machine formats call the row: its name, or the metric's key where the table is transposed. */
struct ec_str ec_table_row_key(const struct ec_table *table, size_t row);
/* What says how a cell is written (unit, digits, counts) and what is better: the cell's column, or
 * in a transposed table the source's column that its row was. */
const struct ec_column *ec_table_format(const struct ec_table *table, size_t row, size_t column);
/* The table in whose terms `bests` are: the source of a transposed table, else the table itself. */
const struct ec_table *ec_table_upright(const struct ec_table *table);
/* The status of the row's run; EC_STATUS_COMPLETED for groups. */
enum ec_status ec_table_row_status(const struct ec_table *table, size_t row);
/* The value of a base row in a column that need not be the table's yet. */
struct ec_value ec_table_base_value(const struct ec_table *table, const struct ec_column *column,
                                    uint32_t base);
/* What ec_table_cell has as its value. */
struct ec_value ec_table_value(const struct ec_table *table, size_t row, size_t column);
struct ec_cell ec_table_cell(const struct ec_table *table, size_t row, size_t column);
/* Where the row comes from: its run, under the row's name. For groups there is only the name: the
 * path is empty, the time 0. */
struct ec_run ec_table_row_run(const struct ec_table *table, size_t row);

/* What could not be read, in the runset's order. */
size_t ec_table_issue_count(const struct ec_table *table);
const struct ec_issue *ec_table_issue(const struct ec_table *table, size_t index);
/* How many zeros of the column are missing values because they mean "not measured". */
size_t ec_table_column_zeros(const struct ec_table *table, size_t column);

/* The marks of a cell alone, enum ec_mark. */
unsigned ec_table_marks(const struct ec_table *table, size_t row, size_t column);
/* What follows the name of a row whose run is not completed, in formats for people: " [running]";
 * "" for completed runs. It is never cut away. */
const char *ec_table_row_mark(const struct ec_table *table, size_t row);

/* The section that the row is in; NULL: none. */
const struct ec_section *ec_table_row_section(const struct ec_table *table, size_t row);
/* Whether the row is in a section of reference rows. */
bool ec_table_row_is_reference(const struct ec_table *table, size_t row);
/* Whether the row is compared with others: completed, known, and no reference. */
bool ec_table_row_is_ranked(const struct ec_table *table, size_t row);

/* "± is the sample standard deviation over 3 runs", "... over 1 to 5 runs; a single run has none";
 * in the arena, or NULL when no cell has a spread. */
const char *ec_table_spread_note(const struct ec_table *table, struct ec_arena *arena);

/* Whether cells of this column can have a spread, and whether they tell how many runs went into them. */
bool ec_column_has_spread(const struct ec_column *column);
bool ec_column_has_counts(const struct ec_column *column);
/* Whether this cell does. Ratios and the like do not, and beside others in the column of a transposed
 * table they have an `n` that means nothing. */
bool ec_table_has_count(const struct ec_table *table, size_t row, size_t column);

/* How far from ideal a value of the column is: less is better whatever the direction. NAN: it
 * cannot be ranked. */
double ec_column_badness(const struct ec_column *column, struct ec_value value);

/* Whether some cell of the column is a number. */
bool ec_table_has_numbers(const struct ec_table *table, size_t column);
/* Whether the column's cells tell how many runs went into them, and differ in that; of a transposed
 * table, whether those of any metric do. */
bool ec_table_counts_differ(const struct ec_table *table, size_t column);
/* One behind the last neighbour of `column` with the same heading; column + 1 without a heading. */
size_t ec_table_group_end(const struct ec_table *table, size_t column);

/* The header for people with the true unit: "Time (s)", "GPU memory (MiB)"; in the arena, or the
 * label itself when there is no unit. */
const char *ec_column_title(const struct ec_column *column, struct ec_arena *arena);
/* The header of the plain-text table: "Time(s)". */
const char *ec_column_header(const struct ec_column *column, struct ec_arena *arena);

/* A fresh table in its own allocation; fill the fields from table->arena. */
struct ec_table *ec_table_new(const struct ec_runset *runset);
void ec_table_free(struct ec_table *table); /* NULL is fine */

#endif
