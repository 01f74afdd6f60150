/* Turns loaded runs into the table that is shown: which columns, which rows, in which order, marked
 * how.
 *
 * The query is known before anything is loaded, so that the loader keeps only the keys that it
 * looks at. It never changes the runset and does no input or output.
 */
#ifndef EC_QUERY_QUERY_H
#define EC_QUERY_QUERY_H

#include "base/arena.h"
#include "common/error.h"
#include "table/table.h"

/* What the user asked for; the strings are the caller's. Zero-initialised it is the default table. */
struct ec_query {
    const char *const *columns; /* short names of metrics or JSON keys; NULL: the default columns */
    size_t column_count;
};

/* The JSON keys that the query looks at, for struct ec_load_options; the array is in the arena. */
const char *const *ec_query_keys(const struct ec_query *query, struct ec_arena *arena,
                                 size_t *ret_count);

/* Builds the table. The runset must be finished and outlive it. NULL with *error set when the query
 * cannot be answered. */
struct ec_table *ec_query_run(const struct ec_query *query, const struct ec_runset *runset,
                              struct ec_error *error);

#endif
