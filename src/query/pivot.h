/* Parts of groups (--pivot): the runs of each group that have one value of a key, such as a batch
 * size; each becomes a column of its own.
 */
#ifndef EC_QUERY_PIVOT_H
#define EC_QUERY_PIVOT_H

#include "query/group.h"
#include "query/members.h"

/* Of a group: runs[start..end). */
struct ec_span {
    size_t start, end;
};

/* One part of every group. */
struct ec_part {
    const char *title; /* "B = 8", "no B"; NULL: all runs of the groups */
    const char *key;   /* for machine formats: "B=8" */
    bool unknown;      /* of runs without a value: shown, never ranked, as they may be of any */
    const uint32_t *runs;
    struct ec_span *spans; /* per group; empty where no run has the value */
};

struct ec_parts {
    struct ec_part *items;
    size_t count;
};

/* The parts in the order of their values; one of all runs without --pivot. In the table's arena.
 * `members` are the groups'. -1 with *error set when there are too many values. */
int ec_pivot_parts(const struct ec_grouping *grouping, const struct ec_names *names,
                   const struct ec_members *members, struct ec_table *table,
                   struct ec_parts *ret_parts, struct ec_error *error);

#endif
