/* A plot for LaTeX's pgfplots: the same picture as the SVG, set in the paper's fonts.
 *
 * Ranges, ticks and the places of labels are ours, so that both agree; the axis is scaled to its
 * size without its labels, in which the places were found.
 */
#include "render/formats.h"

#include "base/utf8.h"
#include "render/plot.h"
#include "render/tex.h"
#include "table/format.h"

#include <math.h>

struct pgf_writer {
    const struct ec_plot *plot;
    const struct ec_table *table;
    struct ec_out *out;
};

static const struct ec_tex_style PLAIN = {0};

/* A coordinate: all digits that matter, without the locale. */
static void write_value(struct ec_out *out, double value)
{
    char text[EC_NUMBER_MAX];
    ec_format_exact(text, value);
    ec_out_text(out, text);
}

static void write_length(struct ec_out *out, double points)
{
    char text[EC_NUMBER_MAX];
    ec_format_fixed(text, points, 2);
    ec_out_text(out, text);
    ec_out_text(out, "bp");
}

/* "10^15" as a formula; the rest as text. */
static void write_power(struct ec_out *out, const char *text)
{
    const char *power = strstr(text, "10^");
    if (!power) {
        ec_tex_write(out, ec_str(text), PLAIN);
        return;
    }
    size_t length = strspn(power + 3, "-0123456789");
    ec_tex_write(out, (struct ec_str){text, (size_t)(power - text)}, PLAIN);
    ec_out_printf(out, "$10^{%.*s}$", (int)length, power + 3);
    ec_tex_write(out, ec_str(power + 3 + length), PLAIN);
}

static void write_axis(struct ec_out *out, char name, const struct ec_axis *axis)
{
    ec_out_printf(out, "  %cmin=", name);
    write_value(out, axis->min);
    ec_out_printf(out, ", %cmax=", name);
    write_value(out, axis->max);
    ec_out_printf(out, ", %cmode=%s,\n  %ctick={", name, axis->log ? "log" : "linear", name);
    for (int i = 0; i < axis->tick_count; i++) {
        ec_out_text(out, i > 0 ? "," : "");
        write_value(out, axis->ticks[i].value);
    }
    ec_out_printf(out, "}, %cticklabels={", name);
    for (int i = 0; i < axis->tick_count; i++) {
        ec_out_text(out, i > 0 ? "," : "");
        write_power(out, axis->ticks[i].label);
    }
    ec_out_text(out, "},\n");
}

/* The titles stand where the layout has room for them; pgfplots' own place depends on the document.
 */
static void write_titles(const struct pgf_writer *writer)
{
    const struct ec_plot *plot = writer->plot;
    struct ec_out *out = writer->out;
    ec_out_text(out, "\\node[anchor=base, inner sep=0pt, font=\\footnotesize] at ([yshift=");
    write_length(out, plot->area.bottom - plot->height + 5);
    ec_out_text(out, "]axis description cs:0.5,0) {");
    write_power(out, plot->x_title);
    ec_out_text(out, "};\n");
    if (plot->bars)
        return;
    ec_out_text(out, "\\node[rotate=90, anchor=base, inner sep=0pt, font=\\footnotesize] at "
                     "([xshift=");
    write_length(out, 2 + EC_PLOT_TITLE - plot->area.left);
    ec_out_text(out, "]axis description cs:0,0.5) {");
    write_power(out, plot->y_title);
    ec_out_text(out, "};\n");
}

/* ---- Scatter ---- */

static void write_coordinates(struct ec_out *out, double x, double y)
{
    ec_out_char(out, '(');
    write_value(out, x);
    ec_out_char(out, ',');
    write_value(out, y);
    ec_out_char(out, ')');
}

static void write_front(const struct pgf_writer *writer)
{
    const struct ec_plot *plot = writer->plot;
    struct ec_out *out = writer->out;
    if (!plot->front || plot->front_count < 2)
        return;
    ec_out_text(out, "\\draw[orange!85!black, dashed] ");
    for (size_t i = 0; i < plot->front_count; i++) {
        const struct ec_plot_point *point = &plot->points[plot->front[i]];
        ec_out_text(out, i > 0 ? " -| (axis cs:" : "(axis cs:");
        write_value(out, point->x);
        ec_out_char(out, ',');
        write_value(out, point->y);
        ec_out_char(out, ')');
    }
    ec_out_text(out, ";\n");
}

static void write_error_bar(struct ec_out *out, double x1, double y1, double x2, double y2)
{
    ec_out_text(out, "\\draw[gray] (axis cs:");
    write_value(out, x1);
    ec_out_char(out, ',');
    write_value(out, y1);
    ec_out_text(out, ") -- (axis cs:");
    write_value(out, x2);
    ec_out_char(out, ',');
    write_value(out, y2);
    ec_out_text(out, ");\n");
}

static void write_marks(const struct pgf_writer *writer, const char *style,
                        bool (*fits)(const struct ec_plot_point *))
{
    const struct ec_plot *plot = writer->plot;
    bool any = false;
    for (size_t i = 0; i < plot->point_count; i++) {
        if (!fits(&plot->points[i]))
            continue;
        if (!any)
            ec_out_printf(writer->out,
                          "\\addplot[only marks, mark=*, mark size=1.6pt, %s] "
                          "coordinates {",
                          style);
        any = true;
        write_coordinates(writer->out, plot->points[i].x, plot->points[i].y);
    }
    if (any)
        ec_out_text(writer->out, "};\n");
}

/* Okabe and Ito's colours, without the yellow that is hard to see on white. */
static void write_lines(const struct pgf_writer *writer)
{
    static const char *const colors[] = {"red,0;green,114;blue,178", "red,213;green,94;blue,0",
                                         "red,0;green,158;blue,115", "red,204;green,121;blue,167",
                                         "red,230;green,159;blue,0", "red,86;green,180;blue,233",
                                         "red,0;green,0;blue,0"};
    const struct ec_plot *plot = writer->plot;
    for (size_t i = 0; i < plot->line_count; i++) {
        const struct ec_plot_line *line = &plot->lines[i];
        ec_out_printf(writer->out,
                      "\\addplot[mark=*, mark size=1.6pt, color={rgb,255:%s}] "
                      "coordinates {",
                      colors[i % (sizeof colors / sizeof colors[0])]);
        for (size_t k = 0; k < line->count; k++)
            write_coordinates(writer->out, plot->points[line->points[k]].x,
                              plot->points[line->points[k]].y);
        ec_out_text(writer->out, "};\n");
    }
}

static bool is_reference(const struct ec_plot_point *point)
{
    return point->reference;
}

static bool is_on_front(const struct ec_plot_point *point)
{
    return point->front;
}

static bool is_other(const struct ec_plot_point *point)
{
    return !point->front && !point->reference;
}

/* Text is anchored on the side of its point, so that a font of another width does not cover that.
 */
static void write_label(const struct pgf_writer *writer, size_t index)
{
    const struct ec_label *label = &writer->plot->labels[index];
    const struct ec_plot_point *point = &writer->plot->points[index];
    struct ec_out *out = writer->out;
    if (!label->placed)
        return;
    double middle = (label->box.top + label->box.bottom) / 2;
    bool to_left = label->box.right <= label->x, to_right = label->box.left >= label->x;
    ec_out_printf(out, "\\node[anchor=%s, inner sep=0pt, font=\\scriptsize, xshift=",
                  to_left    ? "east"
                  : to_right ? "west"
                             : "center");
    write_length(out, (to_left    ? label->box.right
                       : to_right ? label->box.left
                                  : (label->box.left + label->box.right) / 2) -
                          label->x);
    ec_out_text(out, ", yshift=");
    write_length(out, label->y - middle);
    ec_out_printf(out, "] (label%zu) at (axis cs:", index);
    write_value(out, point->x);
    ec_out_char(out, ',');
    write_value(out, point->y);
    ec_out_text(out, ") {");
    ec_tex_write(out, point->label, PLAIN);
    ec_out_text(out, "};\n");
    if (!label->leader)
        return;
    ec_out_text(out, "\\draw[gray, very thin] (axis cs:");
    write_value(out, point->x);
    ec_out_char(out, ',');
    write_value(out, point->y);
    ec_out_printf(out, ") -- (label%zu);\n", index);
}

static void write_scatter(const struct pgf_writer *writer)
{
    const struct ec_plot *plot = writer->plot;
    write_front(writer);
    for (size_t i = 0; i < plot->point_count; i++) {
        const struct ec_plot_point *point = &plot->points[i];
        if (point->dx > 0)
            write_error_bar(writer->out, point->x - point->dx, point->y, point->x + point->dx,
                            point->y);
        if (point->dy > 0)
            write_error_bar(writer->out, point->x, point->y - point->dy, point->x,
                            point->y + point->dy);
    }
    write_lines(writer);
    if (!plot->lines) {
        write_marks(writer, "gray, fill=white", is_reference);
        write_marks(writer, "blue!70!black", is_other);
        write_marks(writer, "orange!85!black", is_on_front);
    }
    for (size_t i = 0; i < plot->point_count; i++)
        write_label(writer, i);
}

/* ---- Bars ---- */

/* Bars stand at heights 0, -1, -2, ... */
static void write_bar(const struct pgf_writer *writer, size_t index)
{
    const struct ec_plot_point *point = &writer->plot->points[index];
    const struct ec_plot *plot = writer->plot;
    struct ec_out *out = writer->out;
    double height = -(double)index;
    ec_out_printf(out, "\\fill[%s] (axis cs:0,",
                  point->reference ? "gray!60"
                  : point->best    ? "orange!85!black"
                                   : "blue!70!black");
    write_value(out, height - 0.33);
    ec_out_text(out, ") rectangle (axis cs:");
    write_value(out, point->x);
    ec_out_char(out, ',');
    write_value(out, height + 0.33);
    ec_out_text(out, ");\n");
    if (point->dx > 0)
        write_error_bar(out, point->x - point->dx, height, point->x + point->dx, height);
    ec_out_text(out, "\\node[anchor=west, inner sep=2pt, font=\\scriptsize] at (axis cs:");
    write_value(out, fmax(0, point->x + point->dx));
    ec_out_char(out, ',');
    write_value(out, height);
    ec_out_text(out, ") {");
    ec_format_cell(
        out, plot->x_column,
        ec_table_cell(writer->table, point->row, (size_t)(plot->x_column - writer->table->columns))
            .value);
    ec_out_text(out, "};\n");
}

static void write_bar_axis(const struct pgf_writer *writer)
{
    const struct ec_plot *plot = writer->plot;
    struct ec_out *out = writer->out;
    ec_out_printf(out, "  ymin=-%zu.5, ymax=0.5, ytick={", plot->point_count - 1);
    for (size_t i = 0; i < plot->point_count; i++)
        ec_out_printf(out, "%s-%zu", i > 0 ? "," : "", i);
    ec_out_text(out, "}, yticklabels={");
    for (size_t i = 0; i < plot->point_count; i++) {
        ec_out_text(out, i > 0 ? ",{" : "{");
        ec_tex_write(out, plot->points[i].label, PLAIN);
        ec_out_char(out, '}');
    }
    ec_out_text(out, "}, ytick style={draw=none},\n");
}

/* ---- The picture ---- */

static void begin_axis(const struct pgf_writer *writer)
{
    const struct ec_plot *plot = writer->plot;
    struct ec_out *out = writer->out;
    ec_out_text(out, "\\begin{tikzpicture}\n\\begin{axis}[scale only axis, width=");
    write_length(out, plot->area.right - plot->area.left);
    ec_out_text(out, ", height=");
    write_length(out, plot->area.bottom - plot->area.top);
    ec_out_text(out,
                ",\n  axis lines=left, axis line style={-}, tick align=outside, clip=false,\n"
                "  minor tick num=0, scaled ticks=false,\n"
                "  tick label style={font=\\scriptsize}, label style={font=\\footnotesize},\n");
    write_axis(out, 'x', &plot->x_axis);
    if (plot->bars)
        write_bar_axis(writer);
    else
        write_axis(out, 'y', &plot->y_axis);
    ec_out_text(out, "]\n");
}

static void write_comments(const struct pgf_writer *writer, const struct ec_render_options *options)
{
    const struct ec_plot *plot = writer->plot;
    if (options->command) {
        ec_out_text(writer->out, "% Made by: ");
        ec_utf8_write_harmless(writer->out, ec_str(options->command));
        ec_out_char(writer->out, '\n');
    }
    if (!options->standalone)
        ec_out_text(writer->out, "% Needs:   \\usepackage{pgfplots}\\pgfplotsset{compat=1.16}\n");
    if (plot->missing > 0)
        ec_out_printf(writer->out, "%% Not shown, without a value: %zu\n", plot->missing);
    if (plot->unlabelled > 0)
        ec_out_printf(writer->out, "%% No room for the names of: %zu\n", plot->unlabelled);
}

static int render_pgfplots(const struct ec_table *table, const struct ec_render_options *options,
                           struct ec_out *out, struct ec_error *error)
{
    /* Computer Modern in 7 points is wider than Helvetica, other papers' fonts are narrower. */
    static const struct ec_plot_font small_roman = {.width = 1.15, .spell = ec_tex_spell};
    struct ec_arena arena = {0};
    struct pgf_writer writer = {.table = ec_table_upright(table), .out = out};
    writer.plot = ec_plot_new(writer.table, options, &small_roman, &arena, error);
    if (!writer.plot) {
        ec_arena_free(&arena);
        return -1;
    }
    write_comments(&writer, options);
    if (options->standalone)
        ec_out_text(out, "\\documentclass{article}\n\\usepackage{pgfplots}\n"
                         "\\pgfplotsset{compat=1.16}\n\\pagestyle{empty}\n\\begin{document}\n"
                         "\\noindent\n");
    begin_axis(&writer);
    if (writer.plot->bars)
        for (size_t i = 0; i < writer.plot->point_count; i++)
            write_bar(&writer, i);
    else
        write_scatter(&writer);
    write_titles(&writer);
    ec_out_text(out, "\\end{axis}\n\\end{tikzpicture}\n");
    if (options->standalone)
        ec_out_text(out, "\\end{document}\n");
    ec_arena_free(&arena);
    return 0;
}

static const char *const suffixes[] = {".pgf", ".tikz", NULL};

const struct ec_renderer ec_renderer_pgfplots = {
    .name = "pgfplots",
    .suffixes = suffixes,
    .help = "the same plot for LaTeX, in the paper's fonts",
    .is_plot = true,
    .render = render_pgfplots,
};
