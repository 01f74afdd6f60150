#include "query/rows.h"

#include "base/memory.h"
#include "query/columns.h"
#include "query/compare.h"
#include "query/list.h"

#include <stdlib.h>

static int read_where(struct ec_rows *rows, const struct ec_query *query, struct ec_names *names,
                      struct ec_error *error)
{
    struct ec_expr_names binder = ec_names_for_expr(names);
    rows->where = ec_calloc(query->where.count, sizeof(struct ec_expr *));
    for (size_t i = 0; i < query->where.count; i++) {
        struct ec_error reason = {0};
        rows->where[i] =
            ec_expr_compile(ec_str(query->where.items[i]), EC_EXPR_TRUTH, &binder, &reason);
        if (!rows->where[i])
            return ec_error_set(error, "--where: %s", reason.text);
        rows->where_count++;
    }
    return 0;
}

static int read_sort(struct ec_rows *rows, const struct ec_query *query, struct ec_names *names,
                     struct ec_error *error)
{
    for (size_t i = 0; i < query->sort.count; i++) {
        struct ec_str list = ec_str(query->sort.items[i]), item;
        while (ec_list_next(&list, &item)) {
            struct ec_sort_key key = {.descending = item.len > 0 && item.ptr[0] == '-'};
            if (key.descending)
                item.ptr++, item.len--;
            if (item.len == 0)
                return ec_error_set(error, "--sort: a column's name is empty");
            key.name = item;
            key.slot = ec_names_add(names, item);
            rows->keys =
                ec_grow(rows->keys, rows->key_count, &rows->key_capacity, sizeof *rows->keys);
            rows->keys[rows->key_count++] = key;
        }
    }
    return 0;
}

static int check_labels(const struct ec_query *query, struct ec_error *error)
{
    struct ec_str name, label;
    for (size_t i = 0; i < query->labels.count; i++)
        if (!ec_list_split(ec_str(query->labels.items[i]), &name, &label))
            return ec_error_set(error, "--label: '%s' is not NAME=LABEL", query->labels.items[i]);
    return 0;
}

int ec_rows_read(struct ec_rows *ret_rows, const struct ec_query *query, struct ec_names *names,
                 struct ec_error *error)
{
    *ret_rows = (struct ec_rows){0};
    if (check_labels(query, error) < 0 || read_where(ret_rows, query, names, error) < 0)
        return -1;
    return read_sort(ret_rows, query, names, error);
}

void ec_rows_free(struct ec_rows *rows)
{
    for (size_t i = 0; i < rows->where_count; i++)
        ec_expr_free(rows->where[i]);
    free(rows->where);
    free(rows->keys);
    *rows = (struct ec_rows){0};
}

static bool keeps(const struct ec_rows *rows, const struct ec_names *names, size_t run)
{
    struct ec_names_row row = {names, run};
    for (size_t i = 0; i < rows->where_count; i++)
        if (!ec_expr_holds(rows->where[i], ec_names_get, &row))
            return false;
    return true;
}

void ec_rows_filter(const struct ec_rows *rows, const struct ec_names *names,
                    struct ec_table *table)
{
    size_t count = ec_runset_count(table->runset);
    uint32_t *order = ec_arena_alloc(&table->arena, count * sizeof *order);
    table->base_count = count;
    table->row_count = 0;
    for (size_t run = 0; run < count; run++)
        if (keeps(rows, names, run))
            order[table->row_count++] = (uint32_t)run;
    table->order = order;
}

static struct ec_str *own_names(struct ec_table *table)
{
    struct ec_str *names = ec_arena_alloc(&table->arena, table->base_count * sizeof *names);
    for (size_t base = 0; base < table->base_count; base++)
        names[base] =
            table->row_names ? table->row_names[base] : ec_runset_run(table->runset, base).name;
    return names;
}

void ec_rows_label(const struct ec_query *query, struct ec_table *table)
{
    if (query->labels.count == 0)
        return;
    struct ec_str *labelled = own_names(table), *names = own_names(table);
    table->plain_names = names;
    for (size_t i = 0; i < query->labels.count; i++) {
        struct ec_str name, label;
        ec_list_split(ec_str(query->labels.items[i]), &name, &label);
        for (size_t base = 0; base < table->base_count; base++)
            if (ec_str_equal(names[base], name))
                labelled[base] = label;
    }
    table->row_names = labelled;
}

struct sorting {
    size_t key_count;
    struct ec_value **values; /* per key and base row */
    const bool *descending;
    const uint32_t *places; /* per base row: its place in --order, or so far; breaks ties */
};

static int compare_rows(const void *a, const void *b, void *context)
{
    const struct sorting *sorting = context;
    uint32_t base_a = *(const uint32_t *)a, base_b = *(const uint32_t *)b;
    for (size_t key = 0; key < sorting->key_count; key++) {
        int result = ec_value_compare(sorting->values[key][base_a], sorting->values[key][base_b],
                                      sorting->descending[key]);
        if (result != 0)
            return result;
    }
    return (sorting->places[base_a] > sorting->places[base_b]) -
           (sorting->places[base_a] < sorting->places[base_b]);
}

/* The name of the row in base row `base`. */
static struct ec_str base_name(const struct ec_table *table, uint32_t base)
{
    return table->row_names ? table->row_names[base] : ec_runset_run(table->runset, base).name;
}

/* Where each base row stands before sorting: first those that --order names, in its order. */
static uint32_t *places_of(const struct ec_query *query, struct ec_table *table)
{
    uint32_t *places = ec_arena_calloc(&table->arena, table->base_count, sizeof *places);
    uint32_t named = 0;
    for (size_t row = 0; row < table->row_count; row++)
        places[table->order[row]] = UINT32_MAX;
    for (size_t i = 0; i < query->order.count; i++) {
        struct ec_str list = ec_str(query->order.items[i]), item;
        while (ec_list_next(&list, &item))
            for (size_t row = 0; row < table->row_count; row++)
                if (places[table->order[row]] == UINT32_MAX &&
                    ec_str_equal(base_name(table, table->order[row]), item))
                    places[table->order[row]] = named++;
    }
    for (size_t row = 0; row < table->row_count; row++)
        if (places[table->order[row]] == UINT32_MAX)
            places[table->order[row]] = named++;
    return places;
}

static bool is_group_key(const struct ec_grouping *grouping, uint32_t slot)
{
    for (size_t i = 0; i < grouping->count; i++)
        if (grouping->slots[i] == slot)
            return true;
    return false;
}

struct ec_value *ec_rows_values(const struct ec_row_values *source, struct ec_str name,
                                uint32_t slot, struct ec_table *table)
{
    struct ec_value *values = ec_arena_calloc(&table->arena, table->base_count, sizeof *values);
    const struct ec_column *column = ec_columns_find(table, name);
    bool by_name = ec_str_equal(name, ec_str("name"));
    bool group_key = table->grouped && is_group_key(source->grouping, slot);
    for (size_t row = 0; row < table->row_count; row++) {
        uint32_t base = table->order[row];
        if (by_name)
            values[base] = ec_value_str(base_name(table, base));
        else if (group_key) /* as it is in the runs: a column has means */
            values[base] = ec_names_value(source->names, table->group_runs[base], slot);
        else if (column)
            values[base] = ec_table_cell(table, row, (size_t)(column - table->columns)).value;
        else if (!table->grouped)
            values[base] = ec_names_value(source->names, base, slot);
    }
    return values;
}

size_t ec_rows_first_ranked(const struct ec_table *table)
{
    if (table->section_count == 0 || !table->sections[0].reference)
        return 0;
    return table->section_count > 1 ? table->sections[1].first_row : table->row_count;
}

static void sort_rows(const struct ec_rows *rows, const struct ec_query *query,
                      const struct ec_row_values *source, struct ec_table *table)
{
    struct ec_arena *arena = &table->arena;
    struct ec_value **values = ec_arena_alloc(arena, rows->key_count * sizeof *values);
    bool *descending = ec_arena_alloc(arena, rows->key_count * sizeof *descending);
    for (size_t i = 0; i < rows->key_count; i++) {
        values[i] = ec_rows_values(source, rows->keys[i].name, rows->keys[i].slot, table);
        descending[i] = rows->keys[i].descending;
    }
    struct sorting sorting = {rows->key_count, values, descending, places_of(query, table)};
    uint32_t *order = ec_arena_alloc(arena, table->row_count * sizeof *order);
    size_t first = ec_rows_first_ranked(table);
    memcpy(order, table->order, table->row_count * sizeof *order);
    qsort_r(order + first, table->row_count - first, sizeof *order, compare_rows, &sorting);
    table->order = order;
}

void ec_rows_sort(const struct ec_rows *rows, const struct ec_query *query,
                  const struct ec_row_values *source, struct ec_table *table)
{
    if (rows->key_count > 0 || query->order.count > 0)
        sort_rows(rows, query, source, table);
    size_t first = ec_rows_first_ranked(table);
    if (query->top > 0 && table->row_count - first > query->top)
        table->row_count = first + query->top;
}
