#include "query/pivot.h"

#include "base/compare.h"
#include "base/memory.h"
#include "base/out.h"
#include "table/format.h"

#include <stdlib.h>

enum { MAX_VALUES = 1000 }; /* each makes columns */

static struct ec_part all_runs(const struct ec_members *members, struct ec_arena *arena)
{
    struct ec_part part = {.runs = members->runs};
    part.spans = ec_arena_calloc(arena, members->group_count, sizeof *part.spans);
    for (size_t i = 0; i < members->group_count; i++)
        part.spans[i] = (struct ec_span){members->starts[i], members->starts[i + 1]};
    return part;
}

static void name_part(struct ec_part *part, const char *name, struct ec_value value,
                      struct ec_arena *arena)
{
    if (value.kind == EC_MISSING) {
        part->title = part->key = ec_arena_printf(arena, "no %s", name);
        part->unknown = true;
        return;
    }
    struct ec_out out;
    ec_out_to_memory(&out);
    ec_format_cell_exact(&out, value);
    const char *text = ec_arena_strndup(arena, out.buffer, out.length);
    part->title = ec_arena_printf(arena, "%s = %s", name, text);
    part->key = ec_arena_printf(arena, "%s=%s", name, text);
    ec_out_free(&out);
}

/* Divides the groups by the key, too: of each such cell, which are in the order of the groups and
 * within them in that of the values, puts the runs into the part that they belong to. */
static void fill_parts(const struct ec_grouping *grouping, const struct ec_names *names,
                       const struct ec_members *members, const struct ec_value *values,
                       struct ec_table *table, struct ec_parts *parts)
{
    uint32_t *keys = ec_calloc(grouping->count + 1, sizeof *keys);
    memcpy(keys, grouping->slots, grouping->count * sizeof *keys);
    keys[grouping->count] = grouping->pivot;
    struct ec_members cells = ec_members_find(names, keys, grouping->count + 1, table);
    free(keys);
    for (size_t i = 0; i < parts->count; i++)
        parts->items[i].runs = cells.runs;
    size_t group = 0, part = 0;
    for (size_t i = 0; i < cells.group_count; i++) {
        while (cells.starts[i] >= members->starts[group + 1])
            group++;
        struct ec_value value = ec_names_value(names, cells.runs[cells.starts[i]], grouping->pivot);
        for (size_t k = 0; k < parts->count && !ec_value_same(values[part], value); k++)
            part = (part + 1) % parts->count;
        struct ec_span *span = &parts->items[part].spans[group];
        if (span->start == span->end) /* else integers that as doubles are one */
            span->start = cells.starts[i];
        span->end = cells.starts[i + 1];
    }
}

int ec_pivot_parts(const struct ec_grouping *grouping, const struct ec_names *names,
                   const struct ec_members *members, struct ec_table *table,
                   struct ec_parts *ret_parts, struct ec_error *error)
{
    struct ec_arena *arena = &table->arena;
    if (!grouping->has_pivot) {
        struct ec_part *part = ec_arena_alloc(arena, sizeof *part);
        *part = all_runs(members, arena);
        *ret_parts = (struct ec_parts){part, 1};
        return 0;
    }
    const char *name = names->items[grouping->pivot].text;
    struct ec_members by_value = ec_members_find(names, &grouping->pivot, 1, table);
    size_t count = by_value.group_count;
    if (count > MAX_VALUES)
        return ec_error_set(error, "--pivot: %s has %zu different values", name, count);
    struct ec_part *items = ec_arena_calloc(arena, count, sizeof *items);
    struct ec_value *values = ec_arena_calloc(arena, count, sizeof *values);
    for (size_t i = 0; i < count; i++) {
        values[i] = ec_names_value(names, by_value.runs[by_value.starts[i]], grouping->pivot);
        name_part(&items[i], name, values[i], arena);
        items[i].spans = ec_arena_calloc(arena, members->group_count, sizeof *items[i].spans);
    }
    *ret_parts = (struct ec_parts){items, count};
    fill_parts(grouping, names, members, values, table, ret_parts);
    return 0;
}
