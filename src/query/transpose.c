#include "query/transpose.h"

#include <math.h>
#include <stdlib.h>

/* Whether cells of any column have a spread, and whether any tell how many runs they come from. */
struct shape {
    bool spreads, counts;
};

static struct shape shape_of(const struct ec_table *table)
{
    struct shape shape = {false, false};
    for (size_t i = 0; i < table->column_count; i++) {
        shape.spreads = shape.spreads || ec_column_has_spread(&table->columns[i]);
        shape.counts = shape.counts || ec_column_has_counts(&table->columns[i]);
    }
    return shape;
}

static struct ec_series *new_series(struct ec_arena *arena, size_t count, struct shape shape)
{
    struct ec_series *series = ec_arena_calloc(arena, 1, sizeof *series);
    series->values = ec_arena_calloc(arena, count, sizeof *series->values);
    if (shape.spreads)
        series->spreads = ec_arena_alloc(arena, count * sizeof *series->spreads);
    if (shape.counts)
        series->ns = ec_arena_alloc(arena, count * sizeof *series->ns);
    return series;
}

/* The heading over the columns that the rows of a section become. */
static const char *section_heading(const struct ec_table *source, size_t row)
{
    const struct ec_section *section = ec_table_row_section(source, row);
    if (!section)
        return NULL;
    return section->title ? section->title : section->reference ? "Reference" : NULL;
}

static struct ec_column column_of(struct ec_table *table, const struct ec_table *source, size_t row,
                                  struct shape shape)
{
    struct ec_arena *arena = &table->arena;
    struct ec_str name = ec_table_row_name(source, row);
    struct ec_series *series = new_series(arena, source->column_count, shape);
    const char *title =
        ec_arena_printf(arena, "%.*s%s", (int)name.len, name.ptr, ec_table_row_mark(source, row));
    struct ec_column column = {
        .key = title,
        .label = title,
        .group = section_heading(source, row),
        .stored_unit = ec_unit_get(EC_UNIT_NONE),
        .unit = ec_unit_get(EC_UNIT_NONE),
        .direction = EC_NEUTRAL,
        .runset_column = EC_NO_COLUMN,
        .series = series,
        .marks = ec_arena_calloc(arena, source->column_count, 1),
    };
    for (size_t i = 0; i < source->column_count; i++) {
        struct ec_cell cell = ec_table_cell(source, row, i);
        series->values[i] = cell.value;
        column.marks[i] = (uint8_t)cell.marks;
        if (shape.spreads)
            series->spreads[i] = cell.spread;
        if (shape.counts)
            series->ns[i] = cell.n;
    }
    return column;
}

static int compare_keys(const void *a, const void *b)
{
    const struct ec_column *x = *(struct ec_column *const *)a, *y = *(struct ec_column *const *)b;
    int result = strcmp(x->key, y->key);
    return result ? result : (x > y) - (x < y);
}

/* Numbers the keys of columns whose names are the same. */
static void tell_keys_apart(struct ec_table *table)
{
    struct ec_column **sorted = ec_arena_alloc(&table->arena, table->column_count * sizeof *sorted);
    for (size_t i = 0; i < table->column_count; i++)
        sorted[i] = &table->columns[i];
    qsort(sorted, table->column_count, sizeof *sorted, compare_keys);
    const char *key = NULL;
    size_t repeats = 1;
    for (size_t i = 0; i < table->column_count; i++) {
        if (!key || strcmp(sorted[i]->key, key) != 0) {
            key = sorted[i]->key;
            repeats = 1;
            continue;
        }
        sorted[i]->key = ec_arena_printf(&table->arena, "%s (%zu)", key, ++repeats);
    }
}

/* Rows are named by the titles of the columns that they were; headings over those become sections.
 */
static void make_rows(struct ec_table *table, const struct ec_table *source)
{
    struct ec_arena *arena = &table->arena;
    struct ec_str *names = ec_arena_alloc(arena, source->column_count * sizeof *names);
    struct ec_section *sections = ec_arena_calloc(arena, source->column_count, sizeof *sections);
    bool titled = false;
    for (size_t i = 0; i < source->column_count; i++)
        names[i] = ec_str(ec_column_title(&source->columns[i], arena));
    for (size_t i = 0; i < source->column_count; i = ec_table_group_end(source, i)) {
        const char *title = source->columns[i].group;
        titled = titled || title;
        if (i > 0 && !title && !source->columns[i - 1].group)
            continue;
        sections[table->section_count++] = (struct ec_section){.title = title, .first_row = i};
    }
    table->row_names = names;
    table->row_count = table->base_count = source->column_count;
    table->sections = sections;
    if (!titled)
        table->section_count = 0;
}

struct ec_table *ec_transpose(struct ec_table *source)
{
    struct ec_table *table = ec_table_new(source->runset);
    struct shape shape = shape_of(source);
    table->title = source->title;
    table->name_header = "Metric";
    table->grouped = true; /* a row is no single run */
    table->spread = source->spread;
    table->source = source;
    make_rows(table, source);
    table->columns = ec_arena_calloc(&table->arena, source->row_count, sizeof *table->columns);
    for (size_t row = 0; row < source->row_count; row++)
        table->columns[row] = column_of(table, source, row, shape);
    table->column_count = source->row_count;
    tell_keys_apart(table);
    table->bests = source->bests;
    table->best_count = source->best_count;
    table->notes = source->notes;
    table->note_count = source->note_count;
    return table;
}
