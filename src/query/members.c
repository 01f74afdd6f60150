/* Groups are found by hashing, key by key: runs that agreed in the keys before and agree in this
 * one too stay together. Only the groups are sorted, of which there are few, not the runs. */
#include "query/members.h"

#include "base/compare.h"
#include "base/hash.h"
#include "base/memory.h"

#include <stdlib.h>

struct grouper {
    const struct ec_names *names;
    const uint32_t *keys;
    size_t key_count;
    const uint32_t *runs;
    size_t count;
    uint32_t *groups; /* per run: its group by the keys so far */
    size_t group_count;
};

/* Divides the groups by one more key. */
static void divide(struct grouper *grouper, uint32_t key)
{
    size_t mask = 63;
    while (mask < 2 * grouper->count)
        mask = mask * 2 + 1;
    uint32_t *slots = ec_calloc(mask + 1, sizeof *slots); /* 1 + a member of a new group; 0: free */
    uint32_t *fresh = ec_calloc(grouper->count, sizeof *fresh);
    grouper->group_count = 0;
    for (size_t i = 0; i < grouper->count; i++) {
        struct ec_value value = ec_names_value(grouper->names, grouper->runs[i], key);
        uint64_t hash = ec_value_hash(EC_HASH_START, value) ^ grouper->groups[i] * 0x9e3779b97f4a7c15;
        size_t slot = (hash ^ hash >> 32) & mask;
        for (; slots[slot] != 0; slot = (slot + 1) & mask) {
            size_t other = slots[slot] - 1;
            if (grouper->groups[other] == grouper->groups[i] &&
                ec_value_same(value, ec_names_value(grouper->names, grouper->runs[other], key)))
                break;
        }
        if (slots[slot] == 0) {
            slots[slot] = (uint32_t)i + 1;
            fresh[i] = (uint32_t)grouper->group_count++;
        } else {
            fresh[i] = fresh[slots[slot] - 1];
        }
    }
    memcpy(grouper->groups, fresh, grouper->count * sizeof *fresh);
    free(fresh);
    free(slots);
}

/* A group and one of its runs. */
struct group {
    uint32_t number, run;
};

static int compare_groups(const void *a, const void *b, void *context)
{
    const struct grouper *grouper = context;
    const struct group *group_a = a, *group_b = b;
    for (size_t i = 0; i < grouper->key_count; i++) {
        int result =
            ec_value_compare(ec_names_value(grouper->names, group_a->run, grouper->keys[i]),
                             ec_names_value(grouper->names, group_b->run, grouper->keys[i]), false);
        if (result != 0)
            return result;
    }
    return 0;
}

/* The place of each group in the order of the keys. The caller frees. */
static uint32_t *order_groups(const struct grouper *grouper)
{
    struct group *groups = ec_calloc(grouper->group_count, sizeof *groups);
    for (size_t i = grouper->count; i-- > 0;)
        groups[grouper->groups[i]] = (struct group){grouper->groups[i], grouper->runs[i]};
    qsort_r(groups, grouper->group_count, sizeof *groups, compare_groups,
            (void *)(uintptr_t)grouper);
    uint32_t *places = ec_calloc(grouper->group_count, sizeof *places);
    for (size_t i = 0; i < grouper->group_count; i++)
        places[groups[i].number] = (uint32_t)i;
    free(groups);
    return places;
}

/* Puts the runs of each group next to each other. */
static void arrange(const struct grouper *grouper, struct ec_members *members,
                    struct ec_arena *arena)
{
    uint32_t *places = order_groups(grouper);
    members->group_count = grouper->group_count;
    members->starts = ec_arena_calloc(arena, members->group_count + 1, sizeof *members->starts);
    for (size_t i = 0; i < grouper->count; i++)
        members->starts[places[grouper->groups[i]] + 1]++;
    for (size_t i = 0; i < members->group_count; i++)
        members->starts[i + 1] += members->starts[i];
    members->runs = ec_arena_alloc(arena, grouper->count * sizeof *members->runs);
    size_t *next = ec_calloc(members->group_count, sizeof *next);
    for (size_t i = 0; i < grouper->count; i++) {
        uint32_t place = places[grouper->groups[i]];
        members->runs[members->starts[place] + next[place]++] = grouper->runs[i];
    }
    free(next);
    free(places);
}

struct ec_members ec_members_find(const struct ec_names *names, const uint32_t *keys,
                                  size_t key_count, struct ec_table *table)
{
    struct ec_members members = {0};
    uint32_t *runs = ec_calloc(table->row_count, sizeof *runs);
    for (size_t row = 0; row < table->row_count; row++)
        if (ec_table_row_status(table, row) == EC_STATUS_COMPLETED)
            runs[members.count++] = table->order[row];
    struct grouper grouper = {names, keys, key_count, runs, members.count, NULL, 1};
    grouper.groups = ec_calloc(members.count, sizeof *grouper.groups);
    for (size_t i = 0; i < key_count; i++)
        divide(&grouper, keys[i]);
    arrange(&grouper, &members, &table->arena);
    free(grouper.groups);
    free(runs);
    return members;
}
