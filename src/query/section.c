#include "query/section.h"

#include "base/compare.h"
#include "base/out.h"
#include "table/format.h"

#include <stdlib.h>

void ec_section_read(struct ec_sectioning *ret_sectioning, const struct ec_query *query,
                     struct ec_names *names)
{
    *ret_sectioning = (struct ec_sectioning){0};
    if (!query->section)
        return;
    ret_sectioning->metrics = strcmp(query->section, "metrics") == 0;
    if (ret_sectioning->metrics)
        return;
    ret_sectioning->name = query->section;
    ret_sectioning->slot = ec_names_require_key(names, ec_str(query->section));
}

/* ---- Columns ---- */

void ec_section_columns(const struct ec_sectioning *sectioning, struct ec_table *table)
{
    size_t count = table->column_count, moved = 0;
    if (!sectioning->metrics)
        return;
    struct ec_column *columns = ec_arena_alloc(&table->arena, count * sizeof *columns);
    bool *taken = ec_arena_calloc(&table->arena, count, sizeof *taken);
    for (size_t i = 0; i < count; i++) {
        struct ec_column *column = &table->columns[i];
        if (!column->group)
            column->group = column->metric ? column->metric->group : "Other";
    }
    for (size_t i = 0; i < count; i++) {
        const char *group = table->columns[i].group;
        for (size_t k = i; k < count; k++) {
            if (taken[k] || strcmp(table->columns[k].group, group) != 0)
                continue;
            columns[moved++] = table->columns[k];
            taken[k] = true;
        }
    }
    table->columns = columns;
}

/* ---- Rows ---- */

struct by_value {
    struct ec_value *values; /* per base row; missing where `differs` */
    bool *differs;           /* per base row: a group whose runs differ */
    uint32_t *places;        /* per base row: where it stands now */
};

/* What the runs of a group agree in; *ret_differs: they do not. */
static struct ec_value group_value(const struct ec_names *names, uint32_t slot,
                                   const struct ec_table *table, uint32_t base, bool *ret_differs)
{
    const uint32_t *runs = table->group_members + table->group_starts[base];
    size_t count = table->group_starts[base + 1] - table->group_starts[base];
    struct ec_value value = ec_names_value(names, runs[0], slot);
    for (size_t i = 1; i < count; i++) {
        if (ec_value_same(value, ec_names_value(names, runs[i], slot)))
            continue;
        *ret_differs = true;
        return ec_value_missing();
    }
    return value;
}

static struct by_value find_values(const struct ec_sectioning *sectioning,
                                   const struct ec_row_values *values, struct ec_table *table)
{
    struct ec_arena *arena = &table->arena;
    struct by_value by = {.differs = ec_arena_calloc(arena, table->base_count, sizeof *by.differs),
                          .places = ec_arena_calloc(arena, table->base_count, sizeof *by.places)};
    if (table->grouped)
        by.values = ec_arena_calloc(arena, table->base_count, sizeof *by.values);
    else
        by.values =
            ec_rows_values(values, ec_str(sectioning->name), sectioning->slot, table, arena);
    for (size_t row = 0; row < table->row_count; row++) {
        uint32_t base = table->order[row];
        by.places[base] = (uint32_t)row;
        if (table->grouped)
            by.values[base] =
                group_value(values->names, sectioning->slot, table, base, &by.differs[base]);
    }
    return by;
}

static bool same_section(const struct by_value *by, uint32_t base_a, uint32_t base_b)
{
    return by->differs[base_a] == by->differs[base_b] &&
           ec_value_same(by->values[base_a], by->values[base_b]);
}

/* What differs comes behind what is known, and before what is missing. */
static int compare_rows(const void *a, const void *b, void *context)
{
    const struct by_value *by = context;
    uint32_t base_a = *(const uint32_t *)a, base_b = *(const uint32_t *)b;
    int result = ec_value_compare(by->values[base_a], by->values[base_b], false);
    if (result == 0)
        result = by->differs[base_b] - by->differs[base_a];
    if (result != 0)
        return result;
    return (by->places[base_a] > by->places[base_b]) - (by->places[base_a] < by->places[base_b]);
}

/* Text speaks for itself, a number needs its name. */
static const char *title_of(const char *name, const struct by_value *by, uint32_t base,
                            struct ec_arena *arena)
{
    struct ec_value value = by->values[base];
    if (by->differs[base])
        return ec_arena_printf(arena, "%s differs", name);
    if (value.kind == EC_MISSING)
        return ec_arena_printf(arena, "no %s", name);
    if (value.kind == EC_STR)
        return ec_arena_strndup(arena, value.text, value.text_length);
    struct ec_out out;
    ec_out_to_memory(&out);
    ec_out_printf(&out, "%s = ", name);
    ec_format_cell_exact(&out, value);
    const char *title = ec_arena_strndup(arena, out.buffer, out.length);
    ec_out_free(&out);
    return title;
}

void ec_section_rows(const struct ec_sectioning *sectioning, const struct ec_row_values *values,
                     struct ec_table *table)
{
    if (!sectioning->name)
        return;
    struct ec_arena *arena = &table->arena;
    size_t first = ec_rows_first_ranked(table), count = table->row_count;
    uint32_t *order = ec_arena_alloc(arena, count * sizeof *order);
    struct by_value by = find_values(sectioning, values, table);
    memcpy(order, table->order, count * sizeof *order);
    qsort_r(order + first, count - first, sizeof *order, compare_rows, &by);

    struct ec_section *sections = ec_arena_calloc(arena, count + 1, sizeof *sections);
    size_t section_count = 0;
    if (first > 0)
        sections[section_count++] = (struct ec_section){.title = "Reference", .reference = true};
    for (size_t row = first; row < count; row++) {
        if (row > first && same_section(&by, order[row], order[row - 1]))
            continue;
        sections[section_count++] = (struct ec_section){
            .title = title_of(sectioning->name, &by, order[row], arena), .first_row = row};
    }
    table->order = order;
    table->sections = sections;
    table->section_count = section_count;
}
