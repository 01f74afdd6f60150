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

/* Whether two points differ in nothing but key number `x`. */
static bool on_one_line(const struct ec_table *table, const struct ec_plot_point *a,
                        const struct ec_plot_point *b, size_t x)
{
    const struct ec_value *values_a = values_of(table, a), *values_b = values_of(table, b);
    for (size_t i = 0; i < table->group_key_count; i++)
        if (i != x && !ec_value_same(values_a[i], values_b[i]))
            return false;
    return true;
}

/* Puts each point on the line that it belongs to. */
static void gather(struct ec_plot *plot, const struct ec_table *table, size_t x,
                   struct ec_arena *arena)
{
    plot->lines = ec_arena_calloc(arena, plot->point_count, sizeof *plot->lines);
    for (size_t i = 0; i < plot->point_count; i++) {
        struct ec_plot_point *point = &plot->points[i];
        size_t line = 0;
        while (line < plot->line_count &&
               !on_one_line(table, point, &plot->points[plot->lines[line].points[0]], x))
            line++;
        struct ec_plot_line *found = &plot->lines[line];
        if (line == plot->line_count) {
            found->points = ec_arena_alloc(arena, plot->point_count * sizeof *found->points);
            plot->line_count++;
        }
        point->line = line;
        found->points[found->count++] = i;
    }
}

static int compare_points(const void *a, const void *b, void *plot)
{
    const struct ec_plot_point *points = ((const struct ec_plot *)plot)->points;
    size_t i = *(const size_t *)a, k = *(const size_t *)b;
    if (points[i].x != points[k].x)
        return points[i].x < points[k].x ? -1 : 1;
    return (i > k) - (i < k);
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
        struct ec_plot_line *line = &plot->lines[i];
        qsort_r(line->points, line->count, sizeof *line->points, compare_points, plot);
        struct ec_plot_point *last = &plot->points[line->points[line->count - 1]];
        last->label = line_name(table, last, x, font, arena);
    }
}
