#include "query/tradeoff.h"

#include "query/derive.h"
#include "query/list.h"
#include "query/pareto.h"

#include <math.h>

int ec_tradeoff_read(struct ec_columns *columns, const struct ec_query *query,
                     struct ec_names *names, struct ec_error *error)
{
    if (query->pareto_only && query->pareto.count == 0)
        return ec_error_set(error, "--pareto-only needs --pareto, which names the columns");
    for (size_t i = 0; i < query->pareto.count; i++) {
        struct ec_str list = ec_str(query->pareto.items[i]), item;
        while (ec_list_next(&list, &item)) {
            if (item.len == 0)
                return ec_error_set(error, "--pareto: a column's name is empty");
            ec_columns_want(columns, names, item);
        }
    }
    return 0;
}

/* The axes and what they are called. */
struct front {
    struct ec_pareto_axis *axes;
    size_t axis_count;
    const char *names;
};

static enum ec_direction direction_of(const struct ec_column *column)
{
    return column->direction != EC_NEUTRAL ? column->direction : column->better;
}

static struct ec_pareto_axis make_axis(struct ec_table *table, size_t index)
{
    const struct ec_column *column = &table->columns[index];
    double *values = ec_arena_alloc(&table->arena, table->row_count * sizeof *values);
    double *spreads = ec_arena_alloc(&table->arena, table->row_count * sizeof *spreads);
    for (size_t row = 0; row < table->row_count; row++) {
        struct ec_estimate estimate = ec_derive_get(table, row, index);
        values[row] = ec_table_row_is_ranked(table, row) ? estimate.value : NAN;
        spreads[row] = estimate.spread;
    }
    return (struct ec_pareto_axis){values, spreads, direction_of(column), column->target};
}

static int make_axes(const struct ec_query *query, struct ec_table *table, struct front *ret_front,
                     struct ec_error *error)
{
    struct front front = {
        .axes = ec_arena_alloc(&table->arena, table->column_count * sizeof *front.axes)};
    bool *used = ec_arena_calloc(&table->arena, table->column_count, sizeof *used);
    for (size_t i = 0; i < query->pareto.count; i++) {
        struct ec_str list = ec_str(query->pareto.items[i]), item;
        while (ec_list_next(&list, &item)) {
            struct ec_error reason = {0};
            const struct ec_column *column = ec_columns_require(table, item, &reason);
            if (!column)
                return ec_error_set(error, "--pareto: %s", reason.text);
            size_t index = (size_t)(column - table->columns);
            if (direction_of(column) == EC_NEUTRAL)
                return ec_error_set(error,
                                    "--pareto: less of %.*s is neither better nor worse; say with "
                                    "--direction %.*s=lower (or higher) which",
                                    (int)item.len, item.ptr, (int)item.len, item.ptr);
            if (used[index])
                continue;
            used[index] = true;
            front.axes[front.axis_count] = make_axis(table, index);
            front.names = ec_arena_printf(&table->arena, "%s%s%s", front.names ? front.names : "",
                                          front.names ? ", " : "", ec_derive_name(column));
            front.axis_count++;
        }
    }
    *ret_front = front;
    return 0;
}

static const char *state_name(enum ec_pareto_state state)
{
    switch (state) {
    case EC_PARETO_INCOMPARABLE:
        break;
    case EC_PARETO_DOMINATED:
        return "dominated";
    case EC_PARETO_POSSIBLE:
        return "possible";
    case EC_PARETO_FRONT:
        return "front";
    }
    return NULL;
}

static void note_front(const struct ec_table *table, const struct front *front,
                       const uint8_t *states, bool only, struct ec_notes *notes)
{
    size_t counts[EC_PARETO_FRONT + 1] = {0};
    for (size_t row = 0; row < table->row_count; row++)
        counts[states[row]] += ec_table_row_is_ranked(table, row);
    const char *text = ec_arena_printf(notes->arena,
                                       "trade-off of %s: %zu of %zu on the front, that is, no "
                                       "other is at least as good in all of them "
                                       "and better in one",
                                       front->names, counts[EC_PARETO_FRONT],
                                       counts[EC_PARETO_FRONT] + counts[EC_PARETO_POSSIBLE] +
                                           counts[EC_PARETO_DOMINATED]);
    if (counts[EC_PARETO_POSSIBLE] > 0)
        text =
            ec_arena_printf(notes->arena, "%s; %zu possible, that is, not worse beyond the spread",
                            text, counts[EC_PARETO_POSSIBLE]);
    if (counts[EC_PARETO_INCOMPARABLE] > 0)
        text = ec_arena_printf(notes->arena, "%s; %zu not measured in all of them", text,
                               counts[EC_PARETO_INCOMPARABLE]);
    if (only)
        text = ec_arena_printf(notes->arena, "%s; the others are not shown", text);
    ec_notes_add(notes, text);
}

static void keep_front(struct ec_table *table, const uint8_t *states)
{
    uint32_t *order = ec_arena_alloc(&table->arena, table->row_count * sizeof *order);
    size_t count = 0;
    for (size_t row = 0; row < table->row_count; row++)
        if (states[row] >= EC_PARETO_POSSIBLE || ec_table_row_is_reference(table, row))
            order[count++] = table->order[row];
    table->order = order;
    table->row_count = count;
}

int ec_tradeoff(const struct ec_query *query, struct ec_table *table, struct ec_notes *notes,
                struct ec_error *error)
{
    struct front front = {0};
    if (query->pareto.count == 0)
        return 0;
    if (make_axes(query, table, &front, error) < 0)
        return -1;
    uint8_t *states = ec_arena_alloc(&table->arena, table->row_count);
    ec_pareto_mark(front.axes, front.axis_count, table->row_count, states);
    struct ec_series *series = ec_derive_series(table);
    for (size_t row = 0; row < table->row_count; row++) {
        const char *name = state_name(states[row]);
        if (name)
            ec_derive_set_text(table, series, row, name);
    }
    ec_derive_add(table, ec_derive_column("pareto", "Trade-off", series));
    note_front(table, &front, states, query->pareto_only, notes);
    if (query->pareto_only)
        keep_front(table, states);
    return 0;
}
