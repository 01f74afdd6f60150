#include "query/having.h"

#include "query/columns.h"
#include "query/expr.h"

/* The slot of a row's name; others are the table's columns. */
#define NAME_SLOT UINT32_MAX

static const struct ec_column *find_column(const struct ec_table *table, struct ec_str name,
                                           bool quoted)
{
    if (!quoted)
        return ec_columns_find(table, name);
    for (size_t i = 0; i < table->column_count; i++)
        if (ec_str_equal(ec_str(table->columns[i].key), name))
            return &table->columns[i];
    return NULL;
}

static bool bind_column(void *context, struct ec_str name, bool quoted,
                        struct ec_expr_binding *ret_binding)
{
    const struct ec_table *table = context;
    bool is_name = ec_str_equal(name, ec_str("name")) ||
                   ec_str_equal(name, ec_str(table->name_header)); /* what groups are of */
    if (!quoted && is_name) {
        *ret_binding = (struct ec_expr_binding){.slot = NAME_SLOT, .type = EC_EXPR_TEXT};
        return true;
    }
    const struct ec_column *column = find_column(table, name, quoted);
    if (!column)
        return false;
    *ret_binding = (struct ec_expr_binding){.slot = (uint32_t)(column - table->columns),
                                            .unit = column->stored_unit};
    return true;
}

static void offer_columns(void *context, struct ec_nearest *nearest)
{
    const struct ec_table *table = context;
    for (size_t i = 0; i < table->column_count; i++) {
        ec_nearest_offer(nearest, table->columns[i].key);
        if (table->columns[i].metric)
            ec_nearest_offer(nearest, table->columns[i].metric->id);
    }
}

struct table_row {
    const struct ec_table *table;
    size_t row;
};

static struct ec_value get_cell(const void *context, uint32_t slot)
{
    const struct table_row *at = context;
    if (slot == NAME_SLOT)
        return ec_value_str(ec_table_row_name(at->table, at->row));
    return ec_table_value(at->table, at->row, slot);
}

static int keep_rows(const char *source, struct ec_table *table, struct ec_error *error)
{
    struct ec_error reason = {0};
    const struct ec_expr_names names = {table, bind_column, offer_columns,
                                        "only columns that are shown are known here (-c +NAME)"};
    struct ec_expr *expr = ec_expr_compile(ec_str(source), EC_EXPR_TRUTH, &names, &reason);
    if (!expr)
        return ec_error_set(error, "--having: %s", reason.text);
    uint32_t *order = ec_arena_alloc(&table->arena, table->row_count * sizeof *order);
    size_t count = 0;
    for (size_t row = 0; row < table->row_count; row++) {
        struct table_row at = {table, row};
        if (ec_table_row_is_reference(table, row) || ec_expr_holds(expr, get_cell, &at))
            order[count++] = table->order[row];
    }
    ec_expr_free(expr);
    table->order = order;
    table->row_count = count;
    return 0;
}

int ec_having(const struct ec_query *query, struct ec_table *table, struct ec_error *error)
{
    for (size_t i = 0; i < query->having.count; i++)
        if (keep_rows(query->having.items[i], table, error) < 0)
            return -1;
    return table->row_count > 0 ? 0 : ec_error_set(error, "no row meets --having");
}
