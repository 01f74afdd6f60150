#include "query/derive.h"

#include <math.h>

struct ec_estimate ec_derive_get(const struct ec_table *table, size_t row, size_t column)
{
    struct ec_cell cell = ec_table_cell(table, row, column);
    if (!ec_value_is_number(cell.value))
        return (struct ec_estimate){NAN, NAN};
    return (struct ec_estimate){ec_value_number(cell.value), cell.spread};
}

struct ec_series *ec_derive_series(struct ec_table *table)
{
    size_t count = table->base_count;
    struct ec_series *series = ec_arena_calloc(&table->arena, 1, sizeof *series);
    series->values = ec_arena_calloc(&table->arena, count, sizeof *series->values);
    if (!table->grouped || !table->spread)
        return series;
    series->spreads = ec_arena_alloc(&table->arena, count * sizeof *series->spreads);
    for (size_t i = 0; i < count; i++)
        series->spreads[i] = NAN;
    return series;
}

void ec_derive_set(const struct ec_table *table, struct ec_series *series, size_t row,
                   struct ec_estimate estimate)
{
    uint32_t base = table->order[row];
    if (!isfinite(estimate.value))
        return;
    series->values[base] = ec_value_real(estimate.value);
    if (series->spreads)
        series->spreads[base] = estimate.spread;
}

void ec_derive_set_text(const struct ec_table *table, struct ec_series *series, size_t row,
                        const char *text)
{
    series->values[table->order[row]] = ec_value_str(ec_str(text));
}

struct ec_column ec_derive_column(const char *key, const char *label,
                                  const struct ec_series *series)
{
    const struct ec_unit *none = ec_unit_get(EC_UNIT_NONE);
    return (struct ec_column){.key = key,
                              .label = label,
                              .stored_unit = none,
                              .unit = none,
                              .direction = EC_NEUTRAL,
                              .digits = 2,
                              .runset_column = EC_NO_COLUMN,
                              .series = series};
}

void ec_derive_add(struct ec_table *table, struct ec_column column)
{
    struct ec_column *columns =
        ec_arena_alloc(&table->arena, (table->column_count + 1) * sizeof *columns);
    if (table->column_count > 0)
        memcpy(columns, table->columns, table->column_count * sizeof *columns);
    column.derived = true;
    columns[table->column_count++] = column;
    table->columns = columns;
}

const char *ec_derive_name(const struct ec_column *column)
{
    return column->metric && !column->renames ? column->metric->id : column->key;
}
