#include "table/table.h"

#include "base/memory.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

static uint32_t source_row(const struct ec_table *table, size_t row)
{
    return table->order ? table->order[row] : (uint32_t)row;
}

struct ec_str ec_table_row_name(const struct ec_table *table, size_t row)
{
    uint32_t source = source_row(table, row);
    return table->row_names ? table->row_names[source] : ec_runset_run(table->runset, source).name;
}

const struct ec_table *ec_table_upright(const struct ec_table *table)
{
    return table->source ? table->source : table;
}

const struct ec_column *ec_table_format(const struct ec_table *table, size_t row, size_t column)
{
    return table->source ? &table->source->columns[row] : &table->columns[column];
}

struct ec_str ec_table_row_key(const struct ec_table *table, size_t row)
{
    return table->source ? ec_str(table->source->columns[row].key) : ec_table_row_name(table, row);
}

enum ec_status ec_table_row_status(const struct ec_table *table, size_t row)
{
    if (table->grouped || !table->runset)
        return EC_STATUS_COMPLETED;
    return ec_runset_status(table->runset, source_row(table, row));
}

struct ec_run ec_table_row_run(const struct ec_table *table, size_t row)
{
    struct ec_run run = {0};
    if (!table->grouped && table->runset)
        run = ec_runset_run(table->runset, source_row(table, row));
    run.name = ec_table_row_name(table, row);
    return run;
}

size_t ec_table_issue_count(const struct ec_table *table)
{
    return table->runset ? ec_runset_issue_count(table->runset) : 0;
}

const struct ec_issue *ec_table_issue(const struct ec_table *table, size_t index)
{
    return ec_runset_issue(table->runset, index);
}

size_t ec_table_column_zeros(const struct ec_table *table, size_t column)
{
    uint32_t source = table->columns[column].runset_column;
    if (!table->runset || table->columns[column].series || source == EC_NO_COLUMN)
        return 0;
    return ec_runset_column_zeros(table->runset, source);
}

unsigned ec_table_marks(const struct ec_table *table, size_t row, size_t column)
{
    const uint8_t *marks = table->columns[column].marks;
    return marks ? marks[source_row(table, row)] : 0;
}

struct ec_value ec_table_base_value(const struct ec_table *table, const struct ec_column *column,
                                    uint32_t base)
{
    if (column->series)
        return column->series->values[base];
    if (column->runset_column == EC_NO_COLUMN)
        return ec_value_missing();
    return ec_runset_value(table->runset, base, column->runset_column);
}

struct ec_value ec_table_value(const struct ec_table *table, size_t row, size_t column)
{
    return ec_table_base_value(table, &table->columns[column], source_row(table, row));
}

struct ec_cell ec_table_cell(const struct ec_table *table, size_t row, size_t column_index)
{
    const struct ec_column *column = &table->columns[column_index];
    const struct ec_series *series = column->series;
    uint32_t source = source_row(table, row);
    return (struct ec_cell){
        .value = ec_table_base_value(table, column, source),
        .spread = series && series->spreads ? series->spreads[source] : NAN,
        .n = series && series->ns ? series->ns[source] : 1,
        .marks = column->marks ? column->marks[source] : 0,
    };
}

static const char *const status_marks[] = {
    [EC_STATUS_COMPLETED] = "",         [EC_STATUS_RUNNING] = " [running]",
    [EC_STATUS_FAILED] = " [failed]",   [EC_STATUS_INTERRUPTED] = " [interrupted]",
    [EC_STATUS_PARTIAL] = " [partial]", [EC_STATUS_PENDING] = " [pending]",
};

const char *ec_table_row_mark(const struct ec_table *table, size_t row)
{
    return status_marks[ec_table_row_status(table, row)];
}

const struct ec_section *ec_table_row_section(const struct ec_table *table, size_t row)
{
    size_t low = 0, high = table->section_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (table->sections[middle].first_row <= row)
            low = middle + 1;
        else
            high = middle;
    }
    return low > 0 ? &table->sections[low - 1] : NULL;
}

bool ec_table_row_is_reference(const struct ec_table *table, size_t row)
{
    const struct ec_section *section = ec_table_row_section(table, row);
    return section && section->reference;
}

bool ec_table_row_is_ranked(const struct ec_table *table, size_t row)
{
    if (ec_table_row_status(table, row) != EC_STATUS_COMPLETED ||
        (table->unknown && table->unknown[source_row(table, row)]))
        return false;
    return !ec_table_row_is_reference(table, row);
}

/* How many runs went into the values of the columns that can have a spread; false: no value has
 * one.
 */
static bool run_counts(const struct ec_table *table, uint32_t *ret_min, uint32_t *ret_max)
{
    bool any = false;
    *ret_min = UINT32_MAX;
    *ret_max = 0;
    for (size_t column = 0; column < table->column_count; column++) {
        if (!ec_column_has_spread(&table->columns[column]))
            continue;
        for (size_t row = 0; row < table->row_count; row++) {
            struct ec_cell cell = ec_table_cell(table, row, column);
            if (cell.value.kind == EC_MISSING)
                continue;
            any = any || isfinite(cell.spread);
            if (!ec_table_has_count(table, row, column))
                continue;
            *ret_min = cell.n < *ret_min ? cell.n : *ret_min;
            *ret_max = cell.n > *ret_max ? cell.n : *ret_max;
        }
    }
    return any;
}

const char *ec_table_spread_note(const struct ec_table *table, struct ec_arena *arena)
{
    uint32_t min, max;
    if (!table->spread || !run_counts(table, &min, &max))
        return NULL;
    if (max <= 1)
        return ec_arena_printf(arena, "\u00b1 is the %s", table->spread);
    if (min == max)
        return ec_arena_printf(arena, "\u00b1 is the %s over %" PRIu32 " runs", table->spread, max);
    return ec_arena_printf(arena, "\u00b1 is the %s over %" PRIu32 " to %" PRIu32 " runs%s",
                           table->spread, min, max, min == 1 ? "; a single run has none" : "");
}

bool ec_column_has_spread(const struct ec_column *column)
{
    return column->series && column->series->spreads;
}

bool ec_column_has_counts(const struct ec_column *column)
{
    return column->series && column->series->ns;
}

bool ec_table_has_count(const struct ec_table *table, size_t row, size_t column)
{
    return ec_column_has_counts(ec_table_format(table, row, column));
}

double ec_column_badness(const struct ec_column *column, struct ec_value value)
{
    if (!ec_value_is_number(value))
        return NAN;
    double number = ec_value_number(value);
    switch (column->direction) {
    case EC_LOWER:
        return number;
    case EC_HIGHER:
        return -number;
    case EC_TARGET:
    case EC_REFERENCE:
        return fabs(number - column->target);
    case EC_NEUTRAL:
        break;
    }
    return NAN;
}

bool ec_table_has_numbers(const struct ec_table *table, size_t column)
{
    for (size_t row = 0; row < table->row_count; row++)
        if (ec_value_is_number(ec_table_value(table, row, column)))
            return true;
    return false;
}

/* Where rows are metrics, runs are compared along the row: what differs anywhere is told
 * everywhere.
 */
static bool any_counts_differ(const struct ec_table *table)
{
    for (size_t i = 0; i < table->column_count; i++)
        if (ec_table_counts_differ(table, i))
            return true;
    return false;
}

bool ec_table_counts_differ(const struct ec_table *table, size_t column)
{
    uint32_t first = 0;
    if (table->source)
        return any_counts_differ(table->source);
    if (!ec_column_has_counts(&table->columns[column]))
        return false;
    for (size_t row = 0; row < table->row_count; row++) {
        struct ec_cell cell = ec_table_cell(table, row, column);
        if (cell.value.kind == EC_MISSING)
            continue;
        if (first > 0 && cell.n != first)
            return true;
        first = cell.n;
    }
    return false;
}

size_t ec_table_group_end(const struct ec_table *table, size_t column)
{
    const char *group = table->columns[column].group;
    size_t end = column + 1;
    while (group && end < table->column_count && table->columns[end].group &&
           strcmp(table->columns[end].group, group) == 0)
        end++;
    return end;
}

const char *ec_column_title(const struct ec_column *column, struct ec_arena *arena)
{
    if (!column->unit || column->unit->symbol[0] == '\0')
        return column->label;
    return ec_arena_printf(arena, "%s (%s)", column->label, column->unit->symbol);
}

const char *ec_column_header(const struct ec_column *column, struct ec_arena *arena)
{
    if (column->header)
        return column->header;
    if (!column->unit || column->unit->symbol[0] == '\0')
        return column->label;
    return ec_arena_printf(arena, "%s(%s)", column->label, column->unit->symbol);
}

struct ec_table *ec_table_new(const struct ec_runset *runset)
{
    struct ec_table *table = ec_calloc(1, sizeof *table);
    table->runset = runset;
    return table;
}

void ec_table_free(struct ec_table *table)
{
    if (!table)
        return;
    ec_table_free(table->source);
    ec_arena_free(&table->arena);
    free(table);
}
