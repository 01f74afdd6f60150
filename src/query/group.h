/* Groups of runs (--group-by): rows that stand for several runs, such as a method over its seeds.
 *
 * Runs belong together when they agree in every key; runs without a value for a key form a group of
 * their own. Only completed runs count: an interrupted run is not a fast one. A number becomes the
 * mean over the runs that have it, with its spread and their count; anything else stays if all runs
 * agree and is missing otherwise.
 */
#ifndef EC_QUERY_GROUP_H
#define EC_QUERY_GROUP_H

#include "common/error.h"
#include "query/names.h"
#include "query/notes.h"
#include "query/query.h"

struct ec_grouping {
    uint32_t *slots; /* of the keys */
    size_t count, capacity;
    bool has_pivot;
    uint32_t pivot; /* the key that columns are of */
    /* What the runs of a group should agree in; a note tells when they do not. */
    uint32_t *checked;
    size_t checked_count;
};

/* Free with ec_grouping_free in either case. */
int ec_grouping_read(struct ec_grouping *ret_grouping, const struct ec_query *query,
                     struct ec_names *names, struct ec_error *error);
void ec_grouping_free(struct ec_grouping *grouping);

/* Makes the rows of the table groups, when there are keys; its columns must be there. With a pivot
 * each column becomes one for each value of that key. *notes are added to. -1 with *error set when
 * there are too many. */
int ec_group(const struct ec_grouping *grouping, const struct ec_query *query,
             const struct ec_names *names, struct ec_table *table, struct ec_notes *notes,
             struct ec_error *error);

#endif
