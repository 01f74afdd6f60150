/* The columns of a table: what -c says, and what other options need.
 *
 * Read before loading, which collects the names that columns need; made into columns afterwards,
 * when globs and `all` are known. Everything lives in the arena of the names.
 */
#ifndef EC_QUERY_COLUMNS_H
#define EC_QUERY_COLUMNS_H

#include "common/error.h"
#include "query/names.h"
#include "query/query.h"

enum ec_column_source {
    EC_COLUMN_NAME, /* one name */
    EC_COLUMN_EXPR, /* NAME=EXPR */
    EC_COLUMN_GLOB, /* every key that matches; `all` is the glob * */
};

/* Why a column is shown. */
enum ec_column_need {
    EC_COLUMN_ASKED,  /* -c */
    EC_COLUMN_WANTED, /* another option needs it: added unless it is there */
    EC_COLUMN_USEFUL, /* likewise, if any run has a value */
};

struct ec_column_spec {
    enum ec_column_source source;
    enum ec_column_need need;
    const char *name;     /* as the user wrote it; of an expression, the left side */
    uint32_t slot;        /* EC_COLUMN_NAME */
    struct ec_expr *expr; /* EC_COLUMN_EXPR */
    bool has_stand_in;    /* the default memory column: where no run that is shown measured the */
    uint32_t stand_in;    /* GPU's memory, the host's stands in (the slot of its name) */
};

struct ec_columns {
    struct ec_column_spec *specs;
    size_t count, capacity;
    bool has_glob;
    bool has_ratios, has_totals; /* --baseline and --requests bring columns */
};

/* Free with ec_columns_free in either case. */
int ec_columns_read(struct ec_columns *ret_columns, const struct ec_query *query,
                    struct ec_names *names, struct ec_error *error);
void ec_columns_free(struct ec_columns *columns);

/* The globs of all columns, in the arena. */
const char *const *ec_columns_globs(const struct ec_columns *columns, struct ec_arena *arena,
                                    size_t *ret_count);

/* Columns that other options compute with are shown too, so that a reader sees what was computed
 * with. ec_columns_want: a run must have a value of that name, or the registry know it, or it is
 * one that another option brings; afterwards ec_columns_require finds it. ec_columns_want_if_any:
 * shown when some run has a value. */
void ec_columns_want(struct ec_columns *columns, struct ec_names *names, struct ec_str name);
void ec_columns_want_if_any(struct ec_columns *columns, struct ec_names *names, struct ec_str name);

/* Fills table->columns; the names must be resolved. The query's units, directions and digits are
 * applied, with errors likewise. */
int ec_columns_build(const struct ec_columns *columns, const struct ec_query *query,
                     const struct ec_names *names, struct ec_table *table, struct ec_error *error);

/* -1 with *error set when another column is called as one that -c computes: what reads the table by
 * its header would take one for the other. */
int ec_columns_check_names(const struct ec_columns *columns, const struct ec_table *table,
                           struct ec_error *error);

/* The table's column that an option names, by its key or by the short name of its metric; where no
 * column is called so, the first that shows one under another name. NULL when there is none. */
struct ec_column *ec_columns_find(const struct ec_table *table, struct ec_str name);
/* Likewise; NULL with *error set, which says what the table has instead. */
struct ec_column *ec_columns_require(const struct ec_table *table, struct ec_str name,
                                     struct ec_error *error);

#endif
