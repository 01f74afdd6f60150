#include "query/rank.h"

#include <math.h>

/* How far from ideal a value is: lower is better in every direction. NAN: not ranked. */
static double badness(const struct ec_column *column, struct ec_value value)
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

static double row_badness(const struct ec_table *table, size_t row, size_t column)
{
    if (ec_table_row_status(table, row) != EC_STATUS_COMPLETED)
        return NAN;
    return badness(&table->columns[column], ec_table_cell(table, row, column).value);
}

static void find_two_best(const struct ec_table *table, size_t column, double *ret_best,
                          double *ret_second)
{
    double best = INFINITY, second = INFINITY;
    for (size_t row = 0; row < table->row_count; row++) {
        double bad = row_badness(table, row, column);
        if (bad < best) {
            second = best;
            best = bad;
        } else if (bad > best && bad < second) {
            second = bad;
        }
    }
    *ret_best = best;
    *ret_second = second;
}

static void rank_column(struct ec_table *table, size_t index, struct ec_best *ret_best)
{
    struct ec_column *column = &table->columns[index];
    double best, second;
    find_two_best(table, index, &best, &second);
    size_t *named = ec_arena_alloc(&table->arena, EC_BEST_NAMED * sizeof *named);
    *ret_best =
        (struct ec_best){.title = column->metric->superlative, .column = index, .rows = named};
    column->marks = ec_arena_calloc(&table->arena, table->base_count, sizeof *column->marks);
    for (size_t row = 0; row < table->row_count; row++) {
        double bad = row_badness(table, row, index);
        if (bad == best) {
            column->marks[table->order[row]] = EC_MARK_BEST;
            if (ret_best->count++ < EC_BEST_NAMED)
                named[ret_best->count - 1] = row;
        } else if (bad == second) {
            column->marks[table->order[row]] = EC_MARK_SECOND;
        }
    }
}

void ec_rank(struct ec_table *table)
{
    if (table->row_count < 2)
        return;
    struct ec_best *bests = ec_arena_calloc(&table->arena, table->column_count, sizeof *bests);
    for (size_t i = 0; i < table->column_count; i++)
        if (table->columns[i].direction != EC_NEUTRAL)
            rank_column(table, i, &bests[table->best_count++]);
    table->bests = bests;
}
