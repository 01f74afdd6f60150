/* The columns of a table: what -c, --unit, --digits and --direction say.
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

struct ec_column_spec {
    enum ec_column_source source;
    const char *name;     /* as the user wrote it; of an expression, the left side */
    uint32_t slot;        /* EC_COLUMN_NAME */
    struct ec_expr *expr; /* EC_COLUMN_EXPR */
};

struct ec_columns {
    struct ec_column_spec *specs;
    size_t count, capacity;
    bool has_glob;
};

/* Free with ec_columns_free in either case. */
int ec_columns_read(struct ec_columns *ret_columns, const struct ec_query *query,
                    struct ec_names *names, struct ec_error *error);
void ec_columns_free(struct ec_columns *columns);

/* The globs of all columns, in the arena. */
const char *const *ec_columns_globs(const struct ec_columns *columns, struct ec_arena *arena,
                                    size_t *ret_count);

/* Fills table->columns; the names must be resolved. Units, digits and directions of the query are
 * applied. -1 with *error set when one of them does not fit its column. */
int ec_columns_build(const struct ec_columns *columns, const struct ec_query *query,
                     const struct ec_names *names, struct ec_table *table, struct ec_error *error);

/* The table's column that an option names, by its key or by the short name of its metric; NULL when
 * there is none. */
struct ec_column *ec_columns_find(const struct ec_table *table, struct ec_str name);

#endif
