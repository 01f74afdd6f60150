#include "tui/state.h"

#include "base/memory.h"
#include "base/utf8.h"
#include "table/format.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/* ---- Numbers beside axes ---- */

enum { NUMBER_MAX = 32, DIGITS = 4, DIGITS_MAX = 17 };

/* A number as text with so many digits; up to 1e9 no power of ten stands for the last ones. */
static void write_number(char ret_text[NUMBER_MAX], double number, int digits)
{
    double size = fabs(number);
    bool whole = size < 1e9 && size >= pow(10, digits - 1);
    snprintf(ret_text, NUMBER_MAX, "%.*g", whole ? 10 : digits, whole ? round(number) : number);
}

/* As many digits as tell neighbours apart that are different. */
static int digits_of(const double *numbers, size_t count)
{
    char text[NUMBER_MAX], before[NUMBER_MAX];
    int digits = DIGITS;
    for (size_t i = 1; i < count && digits < DIGITS_MAX; i++) {
        write_number(before, numbers[i - 1], digits);
        write_number(text, numbers[i], digits);
        if (numbers[i] != numbers[i - 1] && strcmp(text, before) == 0) {
            digits++;
            i = 0;
        }
    }
    return digits;
}

static int widest_of(const double *numbers, size_t count, int digits)
{
    int widest = 0;
    for (size_t i = 0; i < count; i++) {
        char text[NUMBER_MAX];
        write_number(text, numbers[i], digits);
        widest = (int)strlen(text) > widest ? (int)strlen(text) : widest;
    }
    return widest;
}

/* "7 runs" */
static void write_rows(struct ec_out *out, const struct ec_table *table, size_t count)
{
    ec_out_printf(out, "  %zu %s%s", count, table->grouped ? "group" : "run",
                  count == 1 ? "" : "s");
}

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

/* The numbers at the beginning, the middle and the end of an axis, or the only one. */
struct ticks {
    double numbers[3];
    size_t count;
    int digits, widest;
};

static struct ticks ticks_of(double min, double max, bool log)
{
    struct ticks ticks = {.count = max > min ? 3 : 1};
    ticks.numbers[0] = number_at(min, log);
    ticks.numbers[1] = number_at(min / 2 + max / 2, log);
    ticks.numbers[2] = number_at(max, log);
    ticks.digits = digits_of(ticks.numbers, ticks.count);
    ticks.widest = widest_of(ticks.numbers, ticks.count, ticks.digits);
    return ticks;
}

static void draw_y_ticks(const struct area *area, struct ec_surface *surface,
                         const struct ticks *ticks)
{
    char text[NUMBER_MAX];
    for (size_t i = 0; i < ticks->count; i++) {
        write_number(text, ticks->numbers[i], ticks->digits);
        int line = area->y + (area->height - 1) * (2 - (int)i) / 2;
        ec_surface_text(surface, line, area->x - 1 - (int)strlen(text), text, EC_STYLE_DIM);
    }
    for (int line = 0; line < area->height; line++)
        ec_surface_text(surface, area->y + line, area->x - 1, "\u2502", EC_STYLE_DIM);
}

/* First those at the ends; the one in the middle where there is room. */
static void draw_x_ticks(const struct area *area, struct ec_surface *surface,
                         const struct ticks *ticks)
{
    static const int order[] = {0, 2, 1};
    char text[NUMBER_MAX];
    int start = area->x, end = area->x + area->width;
    for (size_t i = 0; i < ticks->count; i++) {
        write_number(text, ticks->numbers[order[i]], ticks->digits);
        int length = (int)strlen(text), at = area->x + (area->width - length) * order[i] / 2;
        if (at < start || at + length > end)
            continue;
        ec_surface_text(surface, area->y + area->height, at, text, EC_STYLE_DIM);
        start = order[i] == 0 ? at + length + 1 : start;
        end = order[i] == 2 ? at - 1 : end;
    }
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
    write_rows(&text, table, points->count);
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
    struct ec_value value = ec_table_value(table, row, column);
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
    if (!points)
        return;
    struct ticks x_ticks = ticks_of(points->min_x, points->max_x, model->plot.log_x);
    struct ticks y_ticks = ticks_of(points->min_y, points->max_y, model->plot.log_y);
    int margin = y_ticks.widest < MARGIN ? MARGIN : y_ticks.widest + 1;
    bool legend = height >= 4, run = height >= 3;
    bool ticks = height >= 6 && surface->width >= 40 && surface->width >= 2 * margin;
    struct area area = {.points = points, .y = y + legend, .x = ticks ? margin : 1};
    area.width = surface->width - area.x - 1;
    area.height = height - legend - run - ticks;
    if (legend)
        draw_legend(model, points, surface, y);
    if (run)
        draw_run(model, surface, y + height - 1);
    if (area.width < 1 || area.height < 1 || points->count == 0)
        return;
    if (ticks) {
        draw_x_ticks(&area, surface, &x_ticks);
        draw_y_ticks(&area, surface, &y_ticks);
    }
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

/* "245.3 \u2013 302.1", or the lower edge alone where there is little room. */
static void draw_bin(struct ec_surface *surface, const struct ec_bins *bins, size_t bin, int y)
{
    char low[NUMBER_MAX], high[NUMBER_MAX], label[2 * NUMBER_MAX + 8];
    int digits = digits_of(bins->edges, bins->count + 1);
    int widest = widest_of(bins->edges, bins->count + 1, digits), x = 2 * widest + 3;
    write_number(low, bins->edges[bin], digits);
    write_number(high, bins->edges[bin + 1], digits);
    snprintf(label, sizeof label, "%*s \u2013 %s", widest, low, high);
    if (x > surface->width / 2) {
        snprintf(label, sizeof label, "%*s", widest, low);
        x = widest < surface->width / 2 ? widest : surface->width / 2;
    }
    ec_surface_put_cut(surface, y, 0, x, ec_str(label), EC_STYLE_DIM);
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
    write_rows(&text, model->table, bins.numbers);
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
