#include "query/twice.h"

#include "base/compare.h"
#include "base/hash.h"
#include "base/memory.h"

#include <stdlib.h>

/* Rows by the time at which their record was modified and the end of its path: many may have been
 * modified at one time, as far as an archive knows. */
struct by_record {
    uint32_t *slots; /* run + 1; 0: free */
    size_t mask;
};

/* The directory's name and the file's, with what is between. */
static struct ec_str path_end(struct ec_str path)
{
    int slashes = 0;
    size_t start = path.len;
    while (start > 0 && (slashes += path.ptr[start - 1] == '/') < 2)
        start--;
    return (struct ec_str){path.ptr + start, path.len - start};
}

/* Whether nothing that is known of both differs. */
static bool values_agree(const struct ec_runset *runset, uint32_t a, uint32_t b)
{
    for (uint32_t i = 0; i < ec_runset_column_count(runset); i++) {
        struct ec_value x = ec_runset_value(runset, a, i), y = ec_runset_value(runset, b, i);
        if (x.kind != EC_MISSING && y.kind != EC_MISSING && !ec_value_same(x, y))
            return false;
    }
    return true;
}

static size_t known_values(const struct ec_runset *runset, uint32_t run)
{
    size_t known = 0;
    for (uint32_t i = 0; i < ec_runset_column_count(runset); i++)
        known += ec_runset_value(runset, run, i).kind != EC_MISSING;
    return known;
}

static bool same_record(const struct ec_runset *runset, uint32_t a, uint32_t b)
{
    struct ec_run x = ec_runset_run(runset, a), y = ec_runset_run(runset, b);
    return (x.is_copy || y.is_copy) && x.mtime_ns == y.mtime_ns && x.status == y.status &&
           ec_str_equal(path_end(x.path), path_end(y.path)) && values_agree(runset, a, b);
}

/* Finds the slot of the same record, or a free one. */
static uint32_t *find_slot(const struct by_record *by, const struct ec_runset *runset, uint32_t run)
{
    struct ec_run record = ec_runset_run(runset, run);
    uint64_t hash = ec_hash((uint64_t)record.mtime_ns, path_end(record.path));
    size_t i = (hash * UINT64_C(0x9e3779b97f4a7c15) >> 20) & by->mask;
    while (by->slots[i] != 0 && !same_record(runset, by->slots[i] - 1, run))
        i = (i + 1) & by->mask;
    return &by->slots[i];
}

/* Marks the runs that are dropped; returns how many. */
static size_t find_dropped(const struct ec_table *table, bool *dropped)
{
    struct by_record by = {.mask = 1};
    while (by.mask < 2 * table->row_count)
        by.mask = by.mask * 2 + 1;
    by.slots = ec_calloc(by.mask + 1, sizeof *by.slots);
    size_t count = 0;
    for (size_t row = 0; row < table->row_count; row++) {
        uint32_t run = table->order[row], *slot = find_slot(&by, table->runset, run);
        if (*slot == 0) {
            *slot = run + 1;
            continue;
        }
        count++;
        bool better = known_values(table->runset, run) > known_values(table->runset, *slot - 1);
        dropped[better ? *slot - 1 : run] = true;
        if (better)
            *slot = run + 1;
    }
    free(by.slots);
    return count;
}

void ec_twice_drop(struct ec_table *table, struct ec_notes *notes)
{
    if (!ec_runset_has_copies(table->runset))
        return;
    bool *dropped = ec_arena_calloc(&table->arena, table->base_count, sizeof *dropped);
    size_t count = find_dropped(table, dropped), kept = 0;
    if (count == 0)
        return;
    uint32_t *order = ec_arena_alloc(&table->arena, table->row_count * sizeof *order);
    for (size_t row = 0; row < table->row_count; row++)
        if (!dropped[table->order[row]])
            order[kept++] = table->order[row];
    table->order = order;
    table->row_count = kept;
    ec_notes_add(notes, ec_arena_printf(&table->arena,
                                        "%zu run%s given twice, by the record and in a file that "
                                        "effcompare wrote, or in two of those; shown once",
                                        count, count == 1 ? " is" : "s are"));
}
