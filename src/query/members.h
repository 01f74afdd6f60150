/* Which runs belong together: those that agree in every key that rows are grouped by. */
#ifndef EC_QUERY_MEMBERS_H
#define EC_QUERY_MEMBERS_H

#include "query/names.h"
#include "table/table.h"

/* The completed runs of a table, those of a group next to each other and in their order, the groups
 * in the order of their keys. Everything is in the table's arena. */
struct ec_members {
    uint32_t *runs;
    size_t count;
    size_t *starts; /* of group i; starts[group_count] == count */
    size_t group_count;
};

/* `keys` are slots among the names. */
struct ec_members ec_members_find(const struct ec_names *names, const uint32_t *keys,
                                  size_t key_count, struct ec_table *table);

#endif
