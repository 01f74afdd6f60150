#include "tui/state.h"

#include "base/memory.h"
#include "base/utf8.h"
#include "table/format.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/* ---- Dots ---- */

/* A picture of dots, two by four in each cell: Unicode's braille patterns. */
struct canvas {
    int width, height; /* in cells */
    uint8_t *cells;    /* the pattern's dots */
};

static void set_dot(struct canvas *canvas, int x, int y)
{
    static const uint8_t bits[4][2] = {{0x01, 0x08}, {0x02, 0x10}, {0x04, 0x20}, {0x40, 0x80}};
    canvas->cells[(y / 4) * canvas->width + x / 2] |= bits[y % 4][x % 2];
}

static void draw_canvas(const struct canvas *canvas, struct ec_surface *surface, int y, int x)
{
    for (int line = 0; line < canvas->height; line++) {
        for (int column = 0; column < canvas->width; column++) {
            unsigned dots = canvas->cells[line * canvas->width + column];
            char text[] = {'\xe2', (char)(0xa0 | dots >> 6), (char)(0x80 | (dots & 0x3f)), '\0'};
            int count = __builtin_popcount(dots);
            const char *ascii = count < 2 ? "." : count < 4 ? ":" : "#";
            if (dots)
                ec_surface_text(surface, y + line, x + column, surface->ascii ? ascii : text,
                                EC_STYLE_PLAIN);
        }
    }
}

/* ---- Scatter ---- */

/* Where the plot is on the screen, and what of the axes is there. */
struct area {
    const struct ec_points *points;
    int y, x, width, height; /* in cells */
};

/* The dot of a coordinate among `count`; in the middle when all are equal. The difference may be
 * larger than any double. */
static int dot_of(double value, double min, double max, int count)
{
    if (!(max > min))
        return count / 2;
    return (int)lroundl(((long double)value - min) / ((long double)max - min) * (count - 1));
}

static int dot_x(const struct area *area, const struct ec_point *point)
{
    return dot_of(point->x, area->points->min_x, area->points->max_x, 2 * area->width);
}

static int dot_y(const struct area *area, const struct ec_point *point)
{
    int count = 4 * area->height;
    return count - 1 - dot_of(point->y, area->points->min_y, area->points->max_y, count);
}

static void draw_dots(const struct area *area, struct ec_surface *surface)
{
    struct canvas canvas = {area->width, area->height, NULL};
    canvas.cells = ec_calloc((size_t)area->width * (size_t)area->height, 1);
    for (size_t i = 0; i < area->points->count; i++) {
        const struct ec_point *point = &area->points->items[i];
        set_dot(&canvas, dot_x(area, point), dot_y(area, point));
    }
    draw_canvas(&canvas, surface, area->y, area->x);
    free(canvas.cells);
}

static void draw_point(const struct area *area, struct ec_surface *surface,
                       const struct ec_point *point, const char *sign, unsigned style)
{
    ec_surface_text(surface, area->y + dot_y(area, point) / 4, area->x + dot_x(area, point) / 2,
                    sign, style);
}

/* The number of a coordinate, back from its logarithm. */
static double number_at(double coordinate, bool log)
{
    return log ? pow(10, coordinate) : coordinate;
}

static void draw_ticks(const struct ec_model *model, const struct area *area,
                       struct ec_surface *surface)
{
    const struct ec_points *points = area->points;
    const struct ec_plot *plot = &model->plot;
    char text[32];
    for (int i = 0; i <= 2; i++) {
        double x = points->min_x * (1 - i / 2.0) + points->max_x * (i / 2.0);
        double y = points->min_y * (1 - i / 2.0) + points->max_y * (i / 2.0);
        if (i > 0 && !(points->max_y > points->min_y))
            y = NAN;
        if (i > 0 && !(points->max_x > points->min_x))
            x = NAN;
        snprintf(text, sizeof text, "%.4g", number_at(y, plot->log_y));
        int line = area->y + (area->height - 1) * (2 - i) / 2;
        if (!isnan(y))
            ec_surface_text(surface, line, area->x - 1 - (int)strlen(text), text, EC_STYLE_DIM);
        snprintf(text, sizeof text, "%.4g", number_at(x, plot->log_x));
        int at = area->x + (area->width - (int)strlen(text)) * i / 2;
        if (!isnan(x))
            ec_surface_text(surface, area->y + area->height, at, text, EC_STYLE_DIM);
    }
    for (int line = 0; line < area->height; line++)
        ec_surface_text(surface, area->y + line, area->x - 1, "\u2502", EC_STYLE_DIM);
}

static void write_axis(struct ec_out *out, const char *word, const struct ec_column *column,
                       bool log)
{
    struct ec_arena arena = {0};
    ec_out_text(out, word);
    ec_utf8_write_harmless(out, ec_str(ec_column_title(column, &arena)));
    ec_out_text(out, log ? ", log" : "");
    ec_arena_free(&arena);
}

/* What the axes are, and how many points there are. */
static void draw_legend(struct ec_model *model, const struct ec_points *points,
                        struct ec_surface *surface, int y)
{
    const struct ec_table *table = model->table;
    size_t x_column, y_column;
    struct ec_out text;
    if (!ec_plot_columns(model, &x_column, &y_column))
        return;
    ec_out_to_memory(&text);
    write_axis(&text, "y ", &table->columns[y_column], model->plot.log_y);
    write_axis(&text, "  x ", &table->columns[x_column], model->plot.log_x);
    ec_out_printf(&text, "  %zu run%s", points->count, points->count == 1 ? "" : "s");
    if (points->has_front)
        ec_out_printf(&text, ", %zu on the front \u25cf", points->front_count);
    else
        ec_out_text(&text, ", no front: not both have better values");
    ec_surface_put(surface, y, 0, surface->width, (struct ec_str){text.buffer, text.length},
                   EC_STYLE_HEADER | EC_STYLE_BOLD);
    ec_out_free(&text);
}

static void write_cell(struct ec_out *out, const struct ec_table *table, size_t row, size_t column)
{
    const struct ec_column *shown = &table->columns[column];
    struct ec_value value = ec_table_cell(table, row, column).value;
    ec_out_text(out, " \u00b7 ");
    ec_utf8_write_harmless(out, ec_str(shown->label));
    ec_out_char(out, ' ');
    if (value.kind == EC_MISSING) {
        ec_out_char(out, '-');
        return;
    }
    ec_format_cell(out, shown, value);
    if (shown->unit && shown->unit->symbol[0])
        ec_out_printf(out, " %s", shown->unit->symbol);
}

/* The run under the cursor. */
static void draw_run(struct ec_model *model, struct ec_surface *surface, int y)
{
    const struct ec_table *table = model->table;
    size_t row = model->plot.row, x_column, y_column;
    struct ec_out text;
    if (row >= table->row_count || !ec_plot_columns(model, &x_column, &y_column))
        return;
    ec_out_to_memory(&text);
    ec_out_text(&text, ec_table_row_mark(table, row));
    write_cell(&text, table, row, x_column);
    if (y_column != x_column)
        write_cell(&text, table, row, y_column);
    ec_draw_named(surface, y, ec_table_row_name(table, row),
                  (struct ec_str){text.buffer, text.length});
    ec_out_free(&text);
}

static void draw_scatter(struct ec_model *model, struct ec_surface *surface, int y, int height)
{
    enum { MARGIN = 10 };
    const struct ec_points *points = ec_plot_points(model);
    int margin = surface->width >= 40 ? MARGIN : 1;
    bool legend = height >= 4, run = height >= 3, ticks = height >= 6 && margin > 1;
    if (!points)
        return;
    struct area area = {.points = points, .y = y + legend, .x = margin};
    area.width = surface->width - margin - 1;
    area.height = height - legend - run - ticks;
    if (legend)
        draw_legend(model, points, surface, y);
    if (run)
        draw_run(model, surface, y + height - 1);
    if (area.width < 1 || area.height < 1 || points->count == 0)
        return;
    if (ticks)
        draw_ticks(model, &area, surface);
    draw_dots(&area, surface);
    for (size_t i = 0; i < points->count; i++) {
        const struct ec_point *point = &points->items[i];
        if (ec_grid_is_marked(model, point->row))
            draw_point(&area, surface, point, "\u25cb", EC_STYLE_MARKED | EC_STYLE_BOLD);
        if (point->front)
            draw_point(&area, surface, point, "\u25cf", EC_STYLE_BEST | EC_STYLE_BOLD);
    }
    const struct ec_point *cursor = ec_points_find(points, model->plot.row);
    if (cursor)
        draw_point(&area, surface, cursor, "\u25c6", EC_STYLE_REVERSE | EC_STYLE_BOLD);
}

/* ---- Histogram ---- */

static void draw_bin(struct ec_surface *surface, const struct ec_bins *bins, size_t bin, int y)
{
    enum { LABEL = 21 };
    char label[64];
    snprintf(label, sizeof label, "%9.4g \u2013 %.4g", bins->edges[bin], bins->edges[bin + 1]);
    int x = surface->width >= 2 * LABEL ? LABEL : surface->width / 2;
    ec_surface_put(surface, y, 0, x, ec_str(label), EC_STYLE_DIM);
    int room = surface->width - x - 10;
    room = room > 1 ? room : 1;
    double share = bins->largest > 0 ? (double)bins->sizes[bin] / (double)bins->largest : 0;
    int length = (int)ceil(share * room);
    ec_surface_text(surface, y, x, "\u2502", EC_STYLE_DIM);
    for (int i = 0; i < length; i++)
        ec_surface_text(surface, y, x + 1 + i, "\u2588", EC_STYLE_ACCENT);
    ec_surface_printf(surface, y, x + 2 + length, EC_STYLE_PLAIN, "%zu", bins->sizes[bin]);
}

static void draw_histogram(struct ec_model *model, struct ec_surface *surface, int y, int height)
{
    enum { MOST = 20 };
    size_t column, other;
    if (!ec_plot_points(model) || !ec_plot_columns(model, &column, &other))
        return;
    struct ec_bins bins;
    struct ec_out text;
    int lines = height - 1 < MOST ? height - 1 : MOST;
    ec_bins_make(&bins, model->table, column, model->plot.log_x, lines > 0 ? (size_t)lines : 1);
    ec_out_to_memory(&text);
    write_axis(&text, "", &model->table->columns[column], model->plot.log_x);
    ec_out_printf(&text, "  %zu run%s", bins.numbers, bins.numbers == 1 ? "" : "s");
    if (bins.missing > 0)
        ec_out_printf(&text, ", %zu without a value", bins.missing);
    ec_surface_put(surface, y, 0, surface->width, (struct ec_str){text.buffer, text.length},
                   EC_STYLE_HEADER | EC_STYLE_BOLD);
    ec_out_free(&text);
    for (size_t bin = 0; bin < bins.count && (int)bin < lines; bin++)
        draw_bin(surface, &bins, bin, y + 1 + (int)bin);
}

void ec_draw_plot(struct ec_model *model, struct ec_surface *surface, int y, int height)
{
    if (!model->table)
        return;
    if (model->plot.histogram)
        draw_histogram(model, surface, y, height);
    else
        draw_scatter(model, surface, y, height);
}
