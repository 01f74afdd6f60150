#include "render/plot.h"

#include "base/compare.h"
#include "base/out.h"
#include "base/utf8.h"
#include "table/format.h"

#include <stdlib.h>

/* The group keys' values of a point. */
static const struct ec_value *values_of(const struct ec_table *table,
                                        const struct ec_plot_point *point)
{
    return table->group_values + table->order[point->row] * table->group_key_count;
}

/* Points of a plot, to be gathered; `x` is the number of the key that the x axis shows. */
struct gathering {
    const struct ec_plot *plot;
    const struct ec_table *table;
    size_t x;
};

/* 0 where two points differ in nothing but what the x axis shows. */
static int compare_keys(const struct gathering *gathering, size_t a, size_t b)
{
    const struct ec_table *table = gathering->table;
    const struct ec_value *values_a = values_of(table, &gathering->plot->points[a]);
    const struct ec_value *values_b = values_of(table, &gathering->plot->points[b]);
    int result = 0;
    for (size_t i = 0; i < table->group_key_count && result == 0; i++)
        if (i != gathering->x)
            result = ec_value_compare(values_a[i], values_b[i], false);
    return result;
}

static int compare_sizes(size_t a, size_t b)
{
    return (a > b) - (a < b);
}

static int compare_for_lines(const void *a, const void *b, void *gathering)
{
    size_t i = *(const size_t *)a, k = *(const size_t *)b;
    int result = compare_keys(gathering, i, k);
    return result ? result : compare_sizes(i, k);
}

static int compare_lines(const void *a, const void *b)
{
    const struct ec_plot_line *line_a = a, *line_b = b;
    return compare_sizes(line_a->points[0], line_b->points[0]);
}

static int compare_by_x(const void *a, const void *b, void *plot)
{
    const struct ec_plot_point *points = ((const struct ec_plot *)plot)->points;
    size_t i = *(const size_t *)a, k = *(const size_t *)b;
    if (points[i].x != points[k].x)
        return points[i].x < points[k].x ? -1 : 1;
    return compare_sizes(i, k);
}

/* Makes the lines, in the order of their first points. */
static void gather(struct ec_plot *plot, const struct ec_table *table, size_t x,
                   struct ec_arena *arena)
{
    struct gathering gathering = {plot, table, x};
    size_t *points = ec_arena_alloc(arena, plot->point_count * sizeof *points);
    for (size_t i = 0; i < plot->point_count; i++)
        points[i] = i;
    qsort_r(points, plot->point_count, sizeof *points, compare_for_lines, &gathering);
    plot->lines = ec_arena_calloc(arena, plot->point_count, sizeof *plot->lines);
    for (size_t i = 0; i < plot->point_count; i++) {
        if (i == 0 || compare_keys(&gathering, points[i - 1], points[i]) != 0)
            plot->lines[plot->line_count++].points = &points[i];
        plot->lines[plot->line_count - 1].count++;
    }
    qsort(plot->lines, plot->line_count, sizeof *plot->lines, compare_lines);
    for (size_t i = 0; i < plot->line_count; i++) {
        struct ec_plot_line *line = &plot->lines[i];
        for (size_t k = 0; k < line->count; k++)
            plot->points[line->points[k]].line = i;
        qsort_r(line->points, line->count, sizeof *line->points, compare_by_x, plot);
    }
}

/* "NPO", "NPO, 8": the other keys' values. */
static struct ec_str line_name(const struct ec_table *table, const struct ec_plot_point *point,
                               size_t x, const struct ec_plot_font *font, struct ec_arena *arena)
{
    const struct ec_value *values = values_of(table, point);
    struct ec_out out;
    ec_out_to_memory(&out);
    for (size_t i = 0; i < table->group_key_count; i++) {
        if (i == x)
            continue;
        ec_out_text(&out, out.length > 0 ? ", " : "");
        if (values[i].kind == EC_MISSING)
            ec_out_printf(&out, "no %s", table->group_keys[i]);
        else
            ec_format_cell_exact(&out, values[i]);
    }
    struct ec_str name = {ec_arena_strndup(arena, out.buffer, out.length), out.length};
    ec_out_free(&out);
    name = ec_utf8_harmless(name, arena);
    return font->spell ? font->spell(name, arena) : name;
}

void ec_plot_find_lines(struct ec_plot *plot, const struct ec_table *table,
                        const struct ec_plot_font *font, struct ec_arena *arena)
{
    size_t x = 0;
    while (x < table->group_key_count && strcmp(table->group_keys[x], plot->x_column->key) != 0)
        x++;
    if (plot->bars || x == table->group_key_count)
        return;
    gather(plot, table, x, arena);
    for (size_t i = 0; i < plot->point_count; i++)
        plot->points[i].label = ec_str("");
    for (size_t i = 0; i < plot->line_count; i++) {
        const struct ec_plot_line *line = &plot->lines[i];
        struct ec_plot_point *last = &plot->points[line->points[line->count - 1]];
        last->label = line_name(table, last, x, font, arena);
    }
}
