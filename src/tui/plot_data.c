#include "tui/plot.h"

#include "base/memory.h"
#include "query/pareto.h"

#include <math.h>
#include <stdlib.h>

/* The cell's coordinate; NAN: none. */
static double coordinate(const struct ec_table *table, size_t row, size_t column, bool log)
{
    const struct ec_column *shown = &table->columns[column];
    struct ec_value value = ec_table_value(table, row, column);
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

/* How far from ideal each point is along a column; NAN for rows that are not ranked. */
static double *badness_of(const struct ec_table *table, const struct ec_points *points,
                          size_t column)
{
    double *values = ec_calloc(points->count, sizeof *values);
    for (size_t i = 0; i < points->count; i++) {
        size_t row = points->items[i].row;
        values[i] = ec_table_row_is_ranked(table, row)
                        ? ec_column_badness(&table->columns[column],
                                            ec_table_value(table, row, column))
                        : NAN;
    }
    return values;
}

/* The span of what is not NAN. */
static double span_of(const double *values, size_t count, double *ret_min)
{
    double min = INFINITY, max = -INFINITY;
    for (size_t i = 0; i < count; i++) {
        min = fmin(min, values[i]);
        max = fmax(max, values[i]);
    }
    *ret_min = min;
    return max > min ? max - min : 1;
}

/* Takes out what one point beats that is good in both columns. Of many points that leaves few, and
 * the front is sought among these. */
static void drop_beaten(double *x, double *y, size_t count)
{
    double min_x, min_y;
    double span_x = span_of(x, count, &min_x), span_y = span_of(y, count, &min_y);
    double best = INFINITY, best_x = -INFINITY, best_y = -INFINITY;
    for (size_t i = 0; i < count; i++) {
        double sum = (x[i] - min_x) / span_x + (y[i] - min_y) / span_y;
        if (sum < best)
            best = sum, best_x = x[i], best_y = y[i];
    }
    for (size_t i = 0; i < count && best < INFINITY; i++)
        if (x[i] > best_x && y[i] > best_y)
            x[i] = NAN;
}

static void mark_front(struct ec_points *points, const struct ec_table *table, size_t x, size_t y)
{
    points->has_front = table->columns[x].direction != EC_NEUTRAL &&
                        table->columns[y].direction != EC_NEUTRAL && x != y;
    if (!points->has_front || points->count == 0)
        return;
    double *bad_x = badness_of(table, points, x), *bad_y = badness_of(table, points, y);
    uint32_t *kept = ec_calloc(points->count, sizeof *kept);
    uint8_t *states = ec_calloc(points->count, sizeof *states);
    size_t count = 0;
    drop_beaten(bad_x, bad_y, points->count);
    for (size_t i = 0; i < points->count; i++) {
        if (isnan(bad_x[i]) || isnan(bad_y[i]))
            continue;
        bad_x[count] = bad_x[i];
        bad_y[count] = bad_y[i];
        kept[count++] = (uint32_t)i;
    }
    const struct ec_pareto_axis axes[] = {{.values = bad_x, .direction = EC_LOWER},
                                          {.values = bad_y, .direction = EC_LOWER}};
    ec_pareto_mark(axes, 2, count, states);
    for (size_t i = 0; i < count; i++) {
        points->items[kept[i]].front = states[i] == EC_PARETO_FRONT;
        points->front_count += states[i] == EC_PARETO_FRONT;
    }
    free(states);
    free(kept);
    free(bad_x);
    free(bad_y);
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
        if (!isfinite(number)) {
            bins.missing++;
            continue;
        }
        bins.numbers++;
        min = fmin(min, number);
        max = fmax(max, number);
    }
    if (bins.numbers > 0) {
        bins.count = min < max ? (count < EC_BINS_MAX ? count : EC_BINS_MAX) : 1;
        /* The difference may be larger than any double. */
        long double step = ((long double)max - min) / bins.count;
        for (size_t i = 0; i <= bins.count; i++) {
            double edge = i == bins.count ? max : (double)(min + step * i);
            bins.edges[i] = log ? pow(10, edge) : edge;
        }
        for (size_t row = 0; row < table->row_count; row++) {
            double number = coordinate(table, row, column, log);
            if (!isfinite(number))
                continue;
            size_t bin = step > 0 ? (size_t)(((long double)number - min) / step) : 0;
            bin = bin < bins.count ? bin : bins.count - 1;
            bins.sizes[bin]++;
        }
        for (size_t i = 0; i < bins.count; i++)
            bins.largest = bins.sizes[i] > bins.largest ? bins.sizes[i] : bins.largest;
    }
    *ret_bins = bins;
}
