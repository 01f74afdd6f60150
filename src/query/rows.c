#include "query/rows.h"

#include "base/compare.h"
#include "base/memory.h"
#include "query/columns.h"
#include "query/find.h"
#include "query/list.h"

#include <math.h>
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

int ec_rows_read_sort(struct ec_rows *rows, const struct ec_query *query, struct ec_names *names,
                      struct ec_error *error)
{
    rows->key_count = 0;
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
    for (size_t i = 0; i < query->labels.count; i++)
        if (!strchr(query->labels.items[i], '='))
            return ec_error_set(error, "--label: '%s' is not NAME=LABEL", query->labels.items[i]);
    return 0;
}

int ec_rows_read(struct ec_rows *ret_rows, const struct ec_query *query, struct ec_names *names,
                 struct ec_error *error)
{
    *ret_rows = (struct ec_rows){0};
    if (check_labels(query, error) < 0 || read_where(ret_rows, query, names, error) < 0)
        return -1;
    return ec_rows_read_sort(ret_rows, query, names, error);
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

bool ec_rows_split_label(const char *label, const struct ec_str *names, size_t count,
                         struct ec_str *ret_name, struct ec_str *ret_label)
{
    struct ec_str text = ec_str(label);
    for (size_t end = text.len; ec_list_split_before(text, &end, ret_name, ret_label);)
        for (size_t i = 0; i < count; i++)
            if (ec_str_equal(names[i], *ret_name))
                return true;
    return false;
}

void ec_rows_label(const struct ec_query *query, struct ec_table *table)
{
    if (query->labels.count == 0)
        return;
    struct ec_str *labelled = own_names(table), *names = own_names(table);
    table->plain_names = names;
    for (size_t i = 0; i < query->labels.count; i++) {
        struct ec_str name, label;
        bool known =
            ec_rows_split_label(query->labels.items[i], names, table->base_count, &name, &label);
        for (size_t base = 0; known && base < table->base_count; base++)
            if (ec_str_equal(names[base], name))
                labelled[base] = label;
    }
    table->row_names = labelled;
}

/* A row that is sorted. Most rows differ in the first key, and that is mostly a number, so it is
 * kept with the row. */
struct sorted {
    double first;   /* the first key's number, turned so that small ones come first; 0: no number */
    uint32_t place; /* where the row stands in --order, or so far; breaks ties */
    uint32_t base;
};

struct sorting {
    size_t first_key; /* of those that `first` does not tell */
    size_t key_count;
    struct ec_value **values; /* per key and base row */
    const bool *descending;
};

static int compare_rows(const void *a, const void *b, void *context)
{
    const struct sorting *sorting = context;
    const struct sorted *row_a = a, *row_b = b;
    if (row_a->first != row_b->first)
        return row_a->first < row_b->first ? -1 : 1;
    for (size_t key = sorting->first_key; key < sorting->key_count; key++) {
        const struct ec_value *values = sorting->values[key];
        int result =
            ec_value_compare(values[row_a->base], values[row_b->base], sorting->descending[key]);
        if (result != 0)
            return result;
    }
    return (row_a->place > row_b->place) - (row_a->place < row_b->place);
}

/* Whether a double tells the value apart from all others: then doubles can be compared instead. */
static bool is_exact_double(struct ec_value value)
{
    const int64_t largest = INT64_C(1) << 53;
    return value.kind == EC_MISSING || value.kind == EC_REAL ||
           (value.kind == EC_INT && value.i >= -largest && value.i <= largest);
}

/* Fills `first` of all rows, when the first key has only numbers; returns whether it has. */
static bool set_first(struct sorted *rows, size_t count, const struct sorting *sorting)
{
    if (sorting->key_count == 0)
        return false;
    const struct ec_value *values = sorting->values[0];
    for (size_t i = 0; i < count; i++)
        if (!is_exact_double(values[rows[i].base]))
            return false;
    for (size_t i = 0; i < count; i++) {
        struct ec_value value = values[rows[i].base];
        double number = value.kind == EC_MISSING ? INFINITY : ec_value_number(value);
        bool turned = sorting->descending[0] && value.kind != EC_MISSING;
        rows[i].first = turned ? -number : number;
    }
    return true;
}

/* A number with the order of the double. */
static uint64_t ordered_bits(double number)
{
    uint64_t bits;
    number += 0.0; /* there is one zero */
    memcpy(&bits, &number, sizeof bits);
    return bits >> 63 ? ~bits : bits | UINT64_C(1) << 63;
}

/* Sorts by `first`, byte by byte from the last one; what is equal stays in its order. Several times
 * as fast as comparing. */
static void sort_by_first(struct sorted *rows, size_t count)
{
    struct sorted *from = rows, *to = ec_calloc(count, sizeof *to), *scratch = to;
    for (unsigned shift = 0; shift < 64; shift += 8) {
        size_t starts[257] = {0};
        for (size_t i = 0; i < count; i++)
            starts[(ordered_bits(from[i].first) >> shift & 0xff) + 1]++;
        if (count > 0 && starts[(ordered_bits(from[0].first) >> shift & 0xff) + 1] == count)
            continue; /* all have the same byte here */
        for (size_t byte = 1; byte < 257; byte++)
            starts[byte] += starts[byte - 1];
        for (size_t i = 0; i < count; i++)
            to[starts[ordered_bits(from[i].first) >> shift & 0xff]++] = from[i];
        struct sorted *swap = from;
        from = to;
        to = swap;
    }
    if (from != rows)
        memcpy(rows, from, count * sizeof *rows);
    free(scratch);
}

static void sort(struct sorted *rows, size_t count, struct sorting *sorting)
{
    sorting->first_key = set_first(rows, count, sorting);
    if (sorting->first_key == 1)
        sort_by_first(rows, count);
    for (size_t start = 0, end; start < count; start = end) {
        for (end = start + 1; end < count && rows[end].first == rows[start].first; end++)
            ;
        if (end - start > 1)
            qsort_r(rows + start, end - start, sizeof *rows, compare_rows, sorting);
    }
}

/* The name of the row in base row `base`. */
static struct ec_str base_name(const struct ec_table *table, uint32_t base)
{
    return table->row_names ? table->row_names[base] : ec_runset_run(table->runset, base).name;
}

/* Where each base row stands before sorting: first those that --order names, in its order. */
static uint32_t *places_of(const struct ec_query *query, const struct ec_table *table,
                           struct ec_arena *arena)
{
    uint32_t *places = ec_arena_calloc(arena, table->base_count, sizeof *places);
    uint32_t named = 0;
    for (size_t row = 0; row < table->row_count; row++)
        places[table->order[row]] = UINT32_MAX;
    for (size_t i = 0; i < query->order.count; i++) {
        struct ec_str list = ec_str(query->order.items[i]), item;
        while (ec_find_next(table, &list, &item))
            for (size_t row = 0; row < table->row_count; row++)
                if (places[table->order[row]] == UINT32_MAX &&
                    ec_find_matches(table, row, item))
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

/* Runs stand in the natural order of their names, so numbers can stand for these: the same for the
 * same name. */
static struct ec_value *name_values(const struct ec_table *table, struct ec_arena *arena)
{
    struct ec_value *values = ec_arena_calloc(arena, table->base_count, sizeof *values);
    int64_t number = 0;
    struct ec_str last = {0};
    for (size_t base = 0; base < table->base_count; base++) {
        struct ec_str name = ec_runset_run(table->runset, base).name;
        number += !ec_str_equal(name, last);
        last = name;
        values[base] = ec_value_int(number);
    }
    return values;
}

struct ec_value *ec_rows_values(const struct ec_row_values *source, struct ec_str name,
                                uint32_t slot, const struct ec_table *table, struct ec_arena *arena)
{
    struct ec_value *values = ec_arena_calloc(arena, table->base_count, sizeof *values);
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
            values[base] = ec_table_value(table, row, (size_t)(column - table->columns));
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

/* Where the rows can be put into another order: in place of the last one, or of none so far. */
static uint32_t *sorted_order(struct ec_table *table)
{
    if (table->unsorted)
        return (uint32_t *)(uintptr_t)table->order;
    uint32_t *order = ec_arena_alloc(&table->arena, table->row_count * sizeof *order);
    memcpy(order, table->order, table->row_count * sizeof *order);
    table->unsorted = table->order;
    table->order = order;
    return order;
}

void ec_rows_unsort(struct ec_table *table)
{
    if (table->unsorted)
        memcpy(sorted_order(table), table->unsorted, table->row_count * sizeof *table->order);
}

static void sort_rows(const struct ec_rows *rows, const struct ec_query *query,
                      const struct ec_row_values *source, struct ec_table *table)
{
    struct ec_arena scratch = {0};
    struct ec_value **values = ec_arena_alloc(&scratch, rows->key_count * sizeof *values);
    bool *descending = ec_arena_alloc(&scratch, rows->key_count * sizeof *descending);
    for (size_t i = 0; i < rows->key_count; i++) {
        const struct ec_sort_key *key = &rows->keys[i];
        bool by_own_name = !table->row_names && ec_str_equal(key->name, ec_str("name"));
        values[i] = by_own_name ? name_values(table, &scratch)
                                : ec_rows_values(source, key->name, key->slot, table, &scratch);
        descending[i] = rows->keys[i].descending;
    }
    struct sorting sorting = {0, rows->key_count, values, descending};
    const uint32_t *places = places_of(query, table, &scratch);
    size_t first = ec_rows_first_ranked(table), count = table->row_count - first;
    struct sorted *sorted = ec_calloc(count, sizeof *sorted);
    for (size_t i = 0; i < count; i++) {
        uint32_t base = table->order[first + i];
        sorted[i] = (struct sorted){.place = places[base], .base = base};
    }
    sort(sorted, count, &sorting);
    uint32_t *order = sorted_order(table);
    for (size_t i = 0; i < count; i++)
        order[first + i] = sorted[i].base;
    free(sorted);
    ec_arena_free(&scratch);
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
