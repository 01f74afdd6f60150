#include "tui/plot.h"

#include "base/memory.h"
#include "query/pareto.h"

#include <math.h>
#include <stdlib.h>

/* The cell's coordinate; NAN: none. */
static double coordinate(const struct ec_table *table, size_t row, size_t column, bool log)
{
    const struct ec_column *shown = &table->columns[column];
    struct ec_value value = ec_table_cell(table, row, column).value;
    if (!ec_value_is_number(value))
        return NAN;
    double number = ec_value_number(value);
    if (shown->unit && shown->stored_unit)
        number *= ec_unit_factor(shown->stored_unit, shown->unit);
    if (log)
        return number > 0 ? log10(number) : NAN;
    return number;
}

/* ---- Points ---- */

static struct ec_pareto_axis axis_of(const struct ec_table *table, const struct ec_points *points,
                                     size_t column)
{
    double *values = ec_calloc(points->count, sizeof *values);
    for (size_t i = 0; i < points->count; i++) {
        size_t row = points->items[i].row;
        bool ranked = ec_table_row_status(table, row) == EC_STATUS_COMPLETED &&
                      !ec_table_row_is_reference(table, row);
        values[i] = ranked ? ec_value_number(ec_table_cell(table, row, column).value) : NAN;
    }
    return (struct ec_pareto_axis){.values = values,
                                   .direction = table->columns[column].direction,
                                   .target = table->columns[column].target};
}

static void mark_front(struct ec_points *points, const struct ec_table *table, size_t x, size_t y)
{
    points->has_front = table->columns[x].direction != EC_NEUTRAL &&
                        table->columns[y].direction != EC_NEUTRAL && x != y;
    if (!points->has_front || points->count == 0)
        return;
    struct ec_pareto_axis axes[] = {axis_of(table, points, x), axis_of(table, points, y)};
    uint8_t *states = ec_calloc(points->count, sizeof *states);
    ec_pareto_mark(axes, 2, points->count, states);
    for (size_t i = 0; i < points->count; i++) {
        points->items[i].front = states[i] == EC_PARETO_FRONT;
        points->front_count += points->items[i].front;
    }
    free(states);
    free((void *)(uintptr_t)axes[0].values);
    free((void *)(uintptr_t)axes[1].values);
}

void ec_points_make(struct ec_points *ret_points, const struct ec_table *table, size_t x, size_t y,
                    bool log_x, bool log_y)
{
    struct ec_points points = {
        .min_x = INFINITY, .max_x = -INFINITY, .min_y = INFINITY, .max_y = -INFINITY};
    points.items = ec_calloc(table->row_count, sizeof *points.items);
    for (size_t row = 0; row < table->row_count; row++) {
        struct ec_point point = {.x = coordinate(table, row, x, log_x),
                                 .y = coordinate(table, row, y, log_y),
                                 .row = (uint32_t)row};
        if (!isfinite(point.x) || !isfinite(point.y))
            continue;
        points.items[points.count++] = point;
        points.min_x = fmin(points.min_x, point.x);
        points.max_x = fmax(points.max_x, point.x);
        points.min_y = fmin(points.min_y, point.y);
        points.max_y = fmax(points.max_y, point.y);
    }
    mark_front(&points, table, x, y);
    *ret_points = points;
}

void ec_points_free(struct ec_points *points)
{
    free(points->items);
    *points = (struct ec_points){0};
}

const struct ec_point *ec_points_find(const struct ec_points *points, size_t row)
{
    for (size_t i = 0; i < points->count; i++)
        if (points->items[i].row == row)
            return &points->items[i];
    return NULL;
}

/* Less than, equal to or greater than 0 as a comes before, with or after b along an axis. */
static int compare(const struct ec_point *a, const struct ec_point *b, bool horizontal)
{
    double along_a = horizontal ? a->x : a->y, along_b = horizontal ? b->x : b->y;
    if (along_a != along_b)
        return along_a < along_b ? -1 : 1;
    return (a->row > b->row) - (a->row < b->row);
}

const struct ec_point *ec_points_next(const struct ec_points *points, const struct ec_point *from,
                                      bool horizontal, bool forward, bool front_only)
{
    const struct ec_point *next = NULL;
    int sign = forward ? 1 : -1;
    for (size_t i = 0; i < points->count; i++) {
        const struct ec_point *point = &points->items[i];
        if ((front_only && !point->front) || sign * compare(point, from, horizontal) <= 0)
            continue;
        if (!next || sign * compare(point, next, horizontal) < 0)
            next = point;
    }
    return next;
}

/* ---- Bins ---- */

void ec_bins_make(struct ec_bins *ret_bins, const struct ec_table *table, size_t column, bool log,
                  size_t count)
{
    struct ec_bins bins = {0};
    double min = INFINITY, max = -INFINITY;
    for (size_t row = 0; row < table->row_count; row++) {
        double number = coordinate(table, row, column, log);
        bins.numbers += isfinite(number);
        bins.missing += !isfinite(number);
        min = fmin(min, number); /* fmin and fmax leave NAN out */
        max = fmax(max, number);
    }
    if (bins.numbers > 0) {
        bins.count = min < max ? (count < EC_BINS_MAX ? count : EC_BINS_MAX) : 1;
        double step = (max - min) / (double)bins.count;
        for (size_t i = 0; i <= bins.count; i++) {
            double edge = i == bins.count ? max : min + step * (double)i;
            bins.edges[i] = log ? pow(10, edge) : edge;
        }
        for (size_t row = 0; row < table->row_count; row++) {
            double number = coordinate(table, row, column, log);
            if (!isfinite(number))
                continue;
            size_t bin = step > 0 ? (size_t)((number - min) / step) : 0;
            bin = bin < bins.count ? bin : bins.count - 1;
            bins.sizes[bin]++;
        }
        for (size_t i = 0; i < bins.count; i++)
            bins.largest = bins.sizes[i] > bins.largest ? bins.sizes[i] : bins.largest;
    }
    *ret_bins = bins;
}
