/* A plot as SVG, for a paper's column: no script, no style sheet, no font but the reader's
 * Helvetica or Arial. Colours are Okabe and Ito's, which colour-blind people tell apart.
 */
#include "render/formats.h"

#include "base/utf8.h"
#include "render/plot.h"
#include "table/format.h"

#include <math.h>

#define BLUE   "#0072b2"
#define ORANGE "#d55e00"
#define GREY   "#767676"

struct svg_writer {
    const struct ec_plot *plot;
    const struct ec_table *table;
    struct ec_out *out;
};

static void write_text(struct ec_out *out, struct ec_str text)
{
    static const ec_escapes escapes = {
        ['&'] = "&amp;", ['<'] = "&lt;", ['>'] = "&gt;", ['"'] = "&quot;", ['\''] = "&#39;"};
    ec_utf8_write_escaped(out, text, escapes);
}

/* ` name="1.25"` */
static void write_number(struct ec_out *out, const char *name, double number)
{
    char text[EC_NUMBER_MAX];
    ec_format_fixed(text, number, 2);
    ec_out_printf(out, " %s=\"%s\"", name, text);
}

static void write_line(struct ec_out *out, double x1, double y1, double x2, double y2,
                       const char *attributes)
{
    ec_out_text(out, "<line");
    write_number(out, "x1", x1);
    write_number(out, "y1", y1);
    write_number(out, "x2", x2);
    write_number(out, "y2", y2);
    ec_out_printf(out, " %s/>\n", attributes);
}

/* "10^15" with the exponent raised. */
static void write_power(struct ec_out *out, const char *text)
{
    const char *power = strstr(text, "10^");
    if (!power) {
        write_text(out, ec_str(text));
        return;
    }
    size_t length = strspn(power + 3, "-0123456789");
    write_text(out, (struct ec_str){text, (size_t)(power + 2 - text)});
    ec_out_printf(out, "<tspan dy=\"-0.4em\" font-size=\"75%%\">%.*s</tspan><tspan dy=\"0.3em\">",
                  (int)length, power + 3);
    write_text(out, ec_str(power + 3 + length));
    ec_out_text(out, "</tspan>");
}

static void begin_text(struct ec_out *out, double x, double y, const char *anchor)
{
    ec_out_text(out, "<text");
    write_number(out, "x", x);
    write_number(out, "y", y);
    ec_out_printf(out, " text-anchor=\"%s\">", anchor);
}

/* ---- Axes ---- */

/* Text is centred on a height by a third of its size: the height of small letters, near enough. */
static double middle(double y)
{
    return y + EC_PLOT_SMALL * 0.35;
}

static void write_x_axis(const struct svg_writer *writer)
{
    const struct ec_plot *plot = writer->plot;
    struct ec_out *out = writer->out;
    double y = plot->area.bottom;
    write_line(out, plot->area.left, y, plot->area.right, y,
               "stroke=\"#000\" stroke-width=\"0.7\"");
    for (int i = 0; i < plot->x_axis.tick_count; i++) {
        double x = ec_plot_x(plot, plot->x_axis.ticks[i].value);
        write_line(out, x, y, x, y + 3, "stroke=\"#000\" stroke-width=\"0.7\"");
        begin_text(out, x, y + 5 + EC_PLOT_SMALL, "middle");
        write_power(out, plot->x_axis.ticks[i].label);
        ec_out_text(out, "</text>\n");
    }
    ec_out_printf(out, "<g font-size=\"%g\">", EC_PLOT_TITLE);
    begin_text(out, (plot->area.left + plot->area.right) / 2, plot->height - 5, "middle");
    write_power(out, plot->x_title);
    ec_out_text(out, "</text></g>\n");
}

static void write_y_axis(const struct svg_writer *writer)
{
    const struct ec_plot *plot = writer->plot;
    struct ec_out *out = writer->out;
    double x = plot->area.left, centre = (plot->area.top + plot->area.bottom) / 2;
    write_line(out, x, plot->area.top, x, plot->area.bottom,
               "stroke=\"#000\" stroke-width=\"0.7\"");
    for (int i = 0; i < plot->y_axis.tick_count; i++) {
        double y = ec_plot_y(plot, plot->y_axis.ticks[i].value);
        write_line(out, x - 3, y, x, y, "stroke=\"#000\" stroke-width=\"0.7\"");
        begin_text(out, x - 5, middle(y), "end");
        write_power(out, plot->y_axis.ticks[i].label);
        ec_out_text(out, "</text>\n");
    }
    char text[EC_NUMBER_MAX];
    ec_format_fixed(text, centre, 2);
    ec_out_printf(out, "<g font-size=\"%g\" transform=\"translate(%g %s) rotate(-90)\">",
                  EC_PLOT_TITLE, 2 + EC_PLOT_TITLE, text);
    begin_text(out, 0, 0, "middle");
    write_power(out, plot->y_title);
    ec_out_text(out, "</text></g>\n");
}

/* ---- Scatter ---- */

/* A staircase: whatever is on the worse side of it is beaten by a run on it. */
static void write_front(const struct svg_writer *writer)
{
    const struct ec_plot *plot = writer->plot;
    struct ec_out *out = writer->out;
    if (!plot->front || plot->front_count < 2)
        return;
    ec_out_text(out, "<path fill=\"none\" stroke=\"" ORANGE "\" stroke-dasharray=\"3 2\" d=\"");
    for (size_t i = 0; i < plot->front_count; i++) {
        const struct ec_plot_point *point = &plot->points[plot->front[i]];
        char x[EC_NUMBER_MAX], y[EC_NUMBER_MAX];
        ec_format_fixed(x, ec_plot_x(plot, point->x), 2);
        ec_format_fixed(y, ec_plot_y(plot, point->y), 2);
        ec_out_printf(out, i == 0 ? "M%s %s" : "H%sV%s", x, y);
    }
    ec_out_text(out, "\"/>\n");
}

/* Okabe and Ito's, without the yellow that is hard to see on white. */
static const char *line_color(size_t line)
{
    static const char *const colors[] = {BLUE,      ORANGE,    "#009e73", "#cc79a7",
                                         "#e69f00", "#56b4e9", "#000"};
    return colors[line % (sizeof colors / sizeof colors[0])];
}

static void write_lines(const struct svg_writer *writer)
{
    const struct ec_plot *plot = writer->plot;
    struct ec_out *out = writer->out;
    for (size_t i = 0; i < plot->line_count; i++) {
        const struct ec_plot_line *line = &plot->lines[i];
        ec_out_printf(out, "<path fill=\"none\" stroke=\"%s\" d=\"", line_color(i));
        for (size_t k = 0; k < line->count; k++) {
            const struct ec_plot_point *point = &plot->points[line->points[k]];
            char x[EC_NUMBER_MAX], y[EC_NUMBER_MAX];
            ec_format_fixed(x, ec_plot_x(plot, point->x), 2);
            ec_format_fixed(y, ec_plot_y(plot, point->y), 2);
            ec_out_printf(out, "%c%s %s", k == 0 ? 'M' : 'L', x, y);
        }
        ec_out_text(out, "\"/>\n");
    }
}

static void write_error_bars(const struct svg_writer *writer, const struct ec_plot_point *point)
{
    const struct ec_plot *plot = writer->plot;
    double x = ec_plot_x(plot, point->x), y = ec_plot_y(plot, point->y);
    static const char attributes[] = "stroke=\"" GREY "\" stroke-width=\"0.7\"";
    if (point->dx > 0)
        write_line(writer->out, ec_plot_x(plot, point->x - point->dx), y,
                   ec_plot_x(plot, point->x + point->dx), y, attributes);
    if (point->dy > 0)
        write_line(writer->out, x, ec_plot_y(plot, point->y - point->dy), x,
                   ec_plot_y(plot, point->y + point->dy), attributes);
}

/* What a reader's pointer shows: the whole name and the exact numbers as the table prints them. */
static void write_tooltip(const struct svg_writer *writer, const struct ec_plot_point *point)
{
    const struct ec_column *columns[] = {writer->plot->x_column, writer->plot->y_column};
    ec_out_text(writer->out, "<title>");
    write_text(writer->out, ec_table_row_name(writer->table, point->row));
    for (size_t i = 0; i < 2 && columns[i]; i++) {
        size_t column = (size_t)(columns[i] - writer->table->columns);
        ec_out_text(writer->out, i == 0 ? ": " : ", ");
        ec_format_cell_spread(writer->out, columns[i],
                              ec_table_cell(writer->table, point->row, column), write_text);
        if (columns[i]->unit && columns[i]->unit->symbol[0])
            ec_out_printf(writer->out, " %s", columns[i]->unit->symbol);
    }
    ec_out_text(writer->out, "</title>");
}

static void write_point(const struct svg_writer *writer, const struct ec_plot_point *point)
{
    const char *color = point->front ? ORANGE : BLUE;
    if (writer->plot->lines)
        color = line_color(point->line);
    ec_out_text(writer->out, "<circle");
    write_number(writer->out, "cx", ec_plot_x(writer->plot, point->x));
    write_number(writer->out, "cy", ec_plot_y(writer->plot, point->y));
    ec_out_printf(writer->out, " r=\"2.6\" fill=\"%s\" stroke=\"%s\" stroke-width=\"0.7\">",
                  point->reference ? "#fff" : color, point->reference ? GREY : "#fff");
    write_tooltip(writer, point);
    ec_out_text(writer->out, "</circle>\n");
}

static void write_label(const struct svg_writer *writer, size_t index)
{
    const struct ec_label *label = &writer->plot->labels[index];
    if (!label->placed)
        return;
    if (label->leader)
        write_line(writer->out, label->x, label->y,
                   fmin(fmax(label->x, label->box.left), label->box.right),
                   fmin(fmax(label->y, label->box.top), label->box.bottom),
                   "stroke=\"" GREY "\" stroke-width=\"0.4\"");
    const struct ec_plot_point *point = &writer->plot->points[index];
    if (writer->plot->lines)
        ec_out_printf(writer->out, "<g fill=\"%s\">", line_color(point->line));
    begin_text(writer->out, label->box.left, label->box.bottom - label->height * 0.2, "start");
    write_text(writer->out, point->label);
    ec_out_text(writer->out, writer->plot->lines ? "</text></g>\n" : "</text>\n");
}

static void write_scatter(const struct svg_writer *writer)
{
    const struct ec_plot *plot = writer->plot;
    write_y_axis(writer);
    write_front(writer);
    write_lines(writer);
    for (size_t i = 0; i < plot->point_count; i++)
        write_error_bars(writer, &plot->points[i]);
    for (size_t i = 0; i < plot->point_count; i++)
        write_point(writer, &plot->points[i]);
    for (size_t i = 0; i < plot->point_count; i++)
        write_label(writer, i);
}

/* ---- Bars ---- */

static void write_bar(const struct svg_writer *writer, size_t index)
{
    const struct ec_plot *plot = writer->plot;
    const struct ec_plot_point *point = &plot->points[index];
    struct ec_out *out = writer->out;
    double zero = ec_plot_x(plot, 0), end = ec_plot_x(plot, point->x);
    double top = ec_plot_bar_top(plot, index), centre = top + ec_plot_bar_height() / 2;
    ec_out_text(out, "<rect");
    write_number(out, "x", fmin(zero, end));
    write_number(out, "y", top);
    write_number(out, "width", fabs(end - zero));
    write_number(out, "height", ec_plot_bar_height());
    ec_out_printf(out, " fill=\"%s\">", point->reference ? "#bbbbbb" : point->best ? ORANGE : BLUE);
    write_tooltip(writer, point);
    ec_out_text(out, "</rect>\n");
    if (point->dx > 0)
        write_line(out, ec_plot_x(plot, point->x - point->dx), centre,
                   ec_plot_x(plot, point->x + point->dx), centre,
                   "stroke=\"#000\" stroke-width=\"0.7\"");
    begin_text(out, plot->area.left - 5, middle(centre), "end");
    write_text(out, point->label);
    ec_out_text(out, "</text>\n");
    begin_text(out, fmax(zero, ec_plot_x(plot, point->x + point->dx)) + 3, middle(centre), "start");
    struct ec_value value =
        ec_table_cell(writer->table, point->row, (size_t)(plot->x_column - writer->table->columns))
            .value;
    ec_format_cell(out, plot->x_column, value);
    ec_out_text(out, "</text>\n");
}

static void write_bars(const struct svg_writer *writer)
{
    const struct ec_plot *plot = writer->plot;
    double zero = ec_plot_x(plot, 0);
    for (size_t i = 0; i < plot->point_count; i++)
        write_bar(writer, i);
    write_line(writer->out, zero, plot->area.top, zero, plot->area.bottom,
               "stroke=\"#000\" stroke-width=\"0.7\"");
}

/* ---- The document ---- */

static void write_description(const struct svg_writer *writer,
                              const struct ec_render_options *options)
{
    const struct ec_plot *plot = writer->plot;
    struct ec_out *out = writer->out;
    const char *title = options->caption ? options->caption : writer->table->title;
    ec_out_text(out, "<title>");
    if (title)
        write_text(out, ec_str(title));
    ec_out_text(out, "</title>\n<desc>");
    if (options->command)
        write_text(out, ec_str(options->command));
    if (plot->missing > 0)
        ec_out_printf(out, "; %zu without a value %s not shown", plot->missing,
                      plot->missing == 1 ? "is" : "are");
    if (plot->unlabelled > 0)
        ec_out_printf(out, "; %zu %s no room for a name", plot->unlabelled,
                      plot->unlabelled == 1 ? "has" : "have");
    ec_out_text(out, "</desc>\n");
}

static int render_svg(const struct ec_table *table, const struct ec_render_options *options,
                      struct ec_out *out, struct ec_error *error)
{
    /* Where there is neither Helvetica nor Arial, the reader's font is wider: DejaVu Sans is. */
    static const struct ec_plot_font helvetica = {.width = 1.15};
    struct ec_arena arena = {0};
    struct svg_writer writer = {.table = ec_table_upright(table), .out = out};
    writer.plot = ec_plot_new(writer.table, options, &helvetica, &arena, error);
    if (!writer.plot) {
        ec_arena_free(&arena);
        return -1;
    }
    char width[EC_NUMBER_MAX], height[EC_NUMBER_MAX];
    ec_format_fixed(width, writer.plot->width, 2);
    ec_format_fixed(height, writer.plot->height, 2);
    ec_out_printf(out,
                  "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%spt\" height=\"%spt\" "
                  "viewBox=\"0 0 %s %s\" role=\"img\" font-family=\"Helvetica, Arial, 'Liberation "
                  "Sans', sans-serif\" font-size=\"%g\">\n",
                  width, height, width, height, EC_PLOT_SMALL);
    write_description(&writer, options);
    ec_out_text(out, "<rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>\n");
    if (writer.plot->bars)
        write_bars(&writer);
    else
        write_scatter(&writer);
    write_x_axis(&writer);
    ec_out_text(out, "</svg>\n");
    ec_arena_free(&arena);
    return 0;
}

static const char *const suffixes[] = {".svg", NULL};

const struct ec_renderer ec_renderer_svg = {
    .name = "svg",
    .suffixes = suffixes,
    .help = "plot of two columns with the Pareto front or lines, or bars of one (--plot)",
    .is_plot = true,
    .render = render_svg,
};
