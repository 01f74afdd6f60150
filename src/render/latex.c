/* A LaTeX table: booktabs, siunitx, the caption above.
 *
 * siunitx's S columns align the numbers and take \bfseries before them, but nothing around them. So
 * an underlined number is a text cell, padded with phantom digits to the width that siunitx
 * reserves: both are centred and have the same decimals, so the points stay in line. What follows a
 * number (± spread, how many runs) has a column of its own, which is glued to the number's. All of
 * this means the same in siunitx 2 and 3: detect-weight is 3's name of the past for what 2 needs,
 * and \robustify is needed by 2 and does no harm in 3.
 */
#include "render/formats.h"

#include "base/utf8.h"
#include "render/latex_plan.h"
#include "render/rows.h"
#include "render/spread.h"
#include "render/tex.h"
#include "table/format.h"

#include <inttypes.h>
#include <math.h>

struct latex_writer {
    const struct ec_table *table;
    const struct ec_render_options *options;
    const struct ec_latex_plan *plan;
    struct ec_out *out;
    struct ec_out text; /* of one cell */
};

static const struct ec_tex_style LINE = {.macro = true};

static void write_words(struct latex_writer *writer, const char *text)
{
    ec_tex_write(writer->out, ec_str(text), LINE);
}

static size_t printed_columns(const struct latex_writer *writer)
{
    size_t count = 1;
    for (size_t i = 0; i < writer->table->column_count; i++)
        count += writer->plan->columns[i].spread ? 2 : 1;
    return count;
}

/* ---- The numbers ---- */

static struct ec_str number_text(struct latex_writer *writer, size_t row, size_t column,
                                 struct ec_value value)
{
    writer->text.length = 0;
    ec_format_cell(&writer->text, ec_table_format(writer->table, row, column), value);
    return (struct ec_str){writer->text.buffer, writer->text.length};
}

/* An invisible sign or point, and digits, that make text as wide as the column's numbers. */
static void write_phantom(struct ec_out *out, const char *sign, int digits)
{
    if (!*sign && digits <= 0)
        return;
    ec_out_printf(out, "\\phantom{%s", sign);
    ec_out_fill(out, '0', digits > 0 ? (size_t)digits : 0);
    ec_out_char(out, '}');
}

static void write_underlined(struct latex_writer *writer, const struct ec_latex_column *plan,
                             struct ec_str text)
{
    struct ec_latex_number number = ec_latex_number(text);
    ec_out_text(writer->out, "{$");
    write_phantom(writer->out, plan->negative && !number.negative ? "-" : "",
                  plan->before - number.before);
    ec_out_text(writer->out, "\\underline{");
    ec_tex_write_number(writer->out, text);
    ec_out_char(writer->out, '}');
    if (number.exponent > 0 && plan->exponent > number.exponent) {
        ec_out_text(writer->out, "^{");
        write_phantom(writer->out, "", plan->exponent - number.exponent);
        ec_out_char(writer->out, '}');
    } else if (plan->after > number.after) {
        write_phantom(writer->out, number.after > 0 ? "" : ".", plan->after - number.after);
    }
    ec_out_text(writer->out, "$}");
}

/* For siunitx: "1.93e+15" is "1.93e15". */
static void write_plain_number(struct ec_out *out, struct ec_str text)
{
    const char *exponent = memchr(text.ptr, 'e', text.len);
    size_t length = exponent ? (size_t)(exponent + 1 - text.ptr) : text.len;
    ec_out_bytes(out, text.ptr, length);
    if (exponent)
        ec_tex_write_exponent(out, (struct ec_str){text.ptr + length, text.len - length});
}

static void write_number(struct latex_writer *writer, size_t row, size_t column,
                         struct ec_cell cell)
{
    struct ec_str text = number_text(writer, row, column, cell.value);
    bool bold = cell.marks & (EC_MARK_BEST | EC_MARK_TIED);
    if (!bold && (cell.marks & EC_MARK_SECOND)) {
        write_underlined(writer, &writer->plan->columns[column], text);
        return;
    }
    ec_out_text(writer->out, bold ? "\\bfseries " : "");
    write_plain_number(writer->out, text);
}

static void write_text_cell(struct latex_writer *writer, size_t row, size_t column,
                            struct ec_cell cell)
{
    if (cell.value.kind == EC_STR)
        ec_tex_write(writer->out, ec_value_text(cell.value), LINE);
    else
        ec_tex_write(writer->out, number_text(writer, row, column, cell.value), LINE);
}

static void write_cell(struct latex_writer *writer, size_t row, size_t column, struct ec_cell cell)
{
    bool numbers = writer->plan->columns[column].numbers;
    if (ec_value_is_number(cell.value)) {
        write_number(writer, row, column, cell);
        return;
    }
    ec_out_text(writer->out, numbers ? "{" : "");
    if (cell.value.kind == EC_MISSING)
        ec_out_text(writer->out, "--");
    else
        write_text_cell(writer, row, column, cell);
    ec_out_text(writer->out, numbers ? "}" : "");
}

static void write_spread_text(struct latex_writer *writer, struct ec_str spread)
{
    struct ec_out *out = writer->out;
    if (writer->options->spread_form == EC_SPREAD_PAREN && !memchr(spread.ptr, 'e', spread.len)) {
        ec_out_text(out, " (");
        ec_spread_write_digits(out, spread);
        ec_out_char(out, ')');
        return;
    }
    bool sub = writer->options->spread_form == EC_SPREAD_SUB;
    ec_out_text(out, sub ? " ${}_{\\pm " : " $\\,\\pm\\,");
    ec_tex_write_number(out, spread);
    ec_out_text(out, sub ? "}$" : "$");
}

/* What follows the number, in its own column. */
static void write_spread(struct latex_writer *writer, size_t row, size_t column,
                         struct ec_cell cell)
{
    ec_out_text(writer->out, " &");
    if (cell.value.kind == EC_MISSING)
        return;
    if (!isnan(cell.spread)) {
        writer->text.length = 0;
        ec_format_spread(&writer->text, ec_table_format(writer->table, row, column), cell.spread);
        write_spread_text(writer, (struct ec_str){writer->text.buffer, writer->text.length});
    }
    if (!writer->plan->columns[column].counts || !ec_table_has_count(writer->table, row, column))
        return;
    if (writer->options->spread_form == EC_SPREAD_PAREN) /* two parentheses would be confused */
        ec_out_printf(writer->out, " ($n{=}%" PRIu32 "$)", cell.n);
    else
        ec_out_printf(writer->out, isnan(cell.spread) ? " \\,(%" PRIu32 ")" : " (%" PRIu32 ")",
                      cell.n);
}

/* ---- The header ---- */

static void write_specification(struct latex_writer *writer)
{
    struct ec_out *out = writer->out;
    if (!writer->plan->wrap_names)
        ec_out_text(out, "{@{}l");
    else
        ec_out_text(out, "{@{}>{\\raggedright\\arraybackslash\\hangindent=1em}");
    if (writer->plan->wrap_names && writer->plan->is_long)
        ec_out_printf(out, "p{%.0fbp}", floor(writer->plan->name_room));
    else if (writer->plan->wrap_names)
        ec_out_char(out, 'X');
    for (size_t i = 0; i < writer->table->column_count; i++) {
        const struct ec_latex_column *column = &writer->plan->columns[i];
        if (!column->numbers) {
            ec_out_text(out, " l");
            continue;
        }
        ec_out_printf(out, " S[table-format=%s%d.%d", column->negative ? "-" : "", column->before,
                      column->after);
        if (column->exponent > 0)
            ec_out_printf(out, "e%s%d", column->small_exponent ? "-" : "", column->exponent);
        ec_out_text(out, column->spread ? "]@{}l" : "]");
    }
    ec_out_text(out, "@{}}\n");
}

/* Writes "& {" or "& \multicolumn{2}{c}{" for the header of a column; a closing brace is due. The
 * last column ends at the table's edge. */
static void begin_header_cell(struct latex_writer *writer, size_t column, size_t span)
{
    bool last = column + span == writer->table->column_count;
    size_t printed = 0;
    for (size_t i = column; i < column + span; i++)
        printed += writer->plan->columns[i].spread ? 2 : 1;
    if (printed > 1)
        ec_out_printf(writer->out, " & \\multicolumn{%zu}{c%s}{", printed, last ? "@{}" : "");
    else
        ec_out_text(writer->out, " & {");
}

static void write_groups(struct latex_writer *writer)
{
    const struct ec_table *table = writer->table;
    for (size_t i = 0, end; i < table->column_count; i = end) {
        end = ec_table_group_end(table, i);
        begin_header_cell(writer, i, end - i);
        if (table->columns[i].group)
            write_words(writer, table->columns[i].group);
        ec_out_char(writer->out, '}');
    }
    ec_out_text(writer->out, " \\\\\n");
    size_t printed = 2;
    for (size_t i = 0; i < table->column_count;) {
        size_t first = printed, end = ec_table_group_end(table, i);
        bool grouped = table->columns[i].group != NULL;
        for (; i < end; i++)
            printed += writer->plan->columns[i].spread ? 2 : 1;
        if (grouped)
            ec_out_printf(writer->out, "\\cmidrule(lr){%zu-%zu}", first, printed - 1);
    }
    ec_out_char(writer->out, '\n');
}

static void write_arrow(struct latex_writer *writer, const struct ec_column *column)
{
    switch (column->direction) {
    case EC_LOWER:
        ec_out_text(writer->out, " $\\downarrow$");
        break;
    case EC_HIGHER:
        ec_out_text(writer->out, " $\\uparrow$");
        break;
    case EC_TARGET:
    case EC_REFERENCE:
        ec_out_text(writer->out, " $\\to ");
        writer->text.length = 0;
        ec_format_target(&writer->text, column);
        ec_tex_write_number(writer->out, (struct ec_str){writer->text.buffer, writer->text.length});
        ec_out_char(writer->out, '$');
        break;
    case EC_NEUTRAL:
        break;
    }
}

/* One line of the labels, which stand on the line of units. */
static void write_labels(struct latex_writer *writer, int line)
{
    for (size_t i = 0; i < writer->table->column_count; i++) {
        const struct ec_latex_column *column = &writer->plan->columns[i];
        int own = line - (writer->plan->header_lines - column->line_count);
        begin_header_cell(writer, i, 1);
        if (own >= 0)
            ec_tex_write(writer->out, column->lines[own], LINE);
        if (own == column->line_count - 1)
            write_arrow(writer, &writer->table->columns[i]);
        ec_out_char(writer->out, '}');
    }
    ec_out_text(writer->out, " \\\\\n");
}

static void write_units(struct latex_writer *writer)
{
    for (size_t i = 0; i < writer->table->column_count; i++) {
        const struct ec_unit *unit = writer->table->columns[i].unit;
        begin_header_cell(writer, i, 1);
        if (unit && unit->symbol[0] != '\0') {
            ec_out_char(writer->out, '(');
            write_words(writer, unit->symbol);
            ec_out_char(writer->out, ')');
        }
        ec_out_char(writer->out, '}');
    }
    ec_out_text(writer->out, " \\\\\n");
}

static void write_header(struct latex_writer *writer)
{
    const struct ec_latex_plan *plan = writer->plan;
    int lines = plan->header_lines + plan->units + plan->groups;
    ec_out_text(writer->out, "\\toprule\n");
    if (lines > 1)
        ec_out_printf(writer->out, "\\multirow{%d}{*}{", lines);
    write_words(writer, writer->table->name_header);
    ec_out_text(writer->out, lines > 1 ? "}" : "");
    if (plan->groups)
        write_groups(writer);
    for (int line = 0; line < plan->header_lines; line++)
        write_labels(writer, line);
    if (plan->units)
        write_units(writer);
    ec_out_text(writer->out, "\\midrule\n");
}

/* ---- The rows ---- */

static void write_row(void *context, size_t row)
{
    struct latex_writer *writer = context;
    struct ec_tex_style style = {.macro = true, .breaks = writer->plan->wrap_names};
    ec_tex_write(writer->out, ec_table_row_name(writer->table, row), style);
    ec_tex_write(writer->out, ec_str(ec_table_row_mark(writer->table, row)), style);
    if (writer->table->source)
        write_arrow(writer, ec_table_format(writer->table, row, 0));
    for (size_t i = 0; i < writer->table->column_count; i++) {
        struct ec_cell cell = ec_table_cell(writer->table, row, i);
        ec_out_text(writer->out, " & ");
        write_cell(writer, row, i, cell);
        if (writer->plan->columns[i].spread)
            write_spread(writer, row, i, cell);
    }
    ec_out_text(writer->out, " \\\\\n");
}

static void write_section(void *context, const struct ec_section *section)
{
    struct latex_writer *writer = context;
    if (section->first_row > 0)
        ec_out_text(writer->out, "\\midrule\n");
    if (!section->title)
        return;
    ec_out_printf(writer->out, "\\multicolumn{%zu}{@{}l@{}}{\\itshape ", printed_columns(writer));
    write_words(writer, section->title);
    ec_out_text(writer->out, "} \\\\\n");
}

static const struct ec_row_hooks row_hooks = {write_section, write_row};

/* ---- Around the table ---- */

static bool has_numbers(const struct latex_writer *writer)
{
    for (size_t i = 0; i < writer->table->column_count; i++)
        if (writer->plan->columns[i].numbers)
            return true;
    return false;
}

static void write_packages(struct latex_writer *writer)
{
    const struct ec_latex_plan *plan = writer->plan;
    ec_out_text(writer->out, "\\usepackage{booktabs");
    if (plan->header_lines + plan->units + plan->groups > 1)
        ec_out_text(writer->out, ",multirow");
    if (has_numbers(writer))
        ec_out_text(writer->out, ",etoolbox,siunitx");
    if (plan->is_long)
        ec_out_text(writer->out, plan->wrap_names ? ",array,longtable" : ",longtable");
    else if (plan->wrap_names)
        ec_out_text(writer->out, ",tabularx");
    ec_out_text(writer->out, "}\n");
}

/* Whether the table holds a character that pdflatex has no glyph for. */
static bool lacks_glyphs(const struct ec_table *table)
{
    bool lacks = false;
    for (size_t row = 0; row < table->row_count && !lacks; row++) {
        lacks = ec_tex_lacks_glyphs(ec_table_row_name(table, row));
        for (size_t i = 0; i < table->column_count && !lacks; i++) {
            struct ec_value value = ec_table_value(table, row, i);
            lacks = value.kind == EC_STR && ec_tex_lacks_glyphs(ec_value_text(value));
        }
    }
    for (size_t i = 0; i < table->column_count && !lacks; i++)
        lacks = ec_tex_lacks_glyphs(ec_str(table->columns[i].label));
    for (size_t i = 0; i < table->section_count && !lacks; i++)
        lacks = table->sections[i].title && ec_tex_lacks_glyphs(ec_str(table->sections[i].title));
    for (size_t i = 0; i < table->note_count && !lacks; i++)
        lacks = ec_tex_lacks_glyphs(ec_str(table->notes[i]));
    return lacks;
}

static void write_comments(struct latex_writer *writer, bool unicode)
{
    const struct ec_latex_plan *plan = writer->plan;
    if (writer->options->command) {
        ec_out_text(writer->out, "% Made by: ");
        ec_utf8_write_harmless(writer->out, ec_str(writer->options->command));
        ec_out_char(writer->out, '\n');
    }
    if (!writer->options->standalone) {
        ec_out_text(writer->out, "% Needs:   ");
        write_packages(writer);
    }
    if (unicode)
        ec_out_text(writer->out,
                    "% Some characters have no glyph in pdflatex's standard fonts; \\ecuni shows "
                    "their\n% code points. Define \\ecuni{CODE}{CHARACTER} to show them in a font "
                    "that has them.\n");
    if (plan->is_long)
        ec_out_text(writer->out,
                    "% Longer than a page, so it is a longtable, which two columns do not "
                    "take: put it after \\onecolumn.\n");
    if (plan->width > plan->text_width)
        ec_out_printf(writer->out,
                      "%% Too wide for a text of %.0f points: about %.0f. Use table*, a larger "
                      "--text-width\n%% or fewer columns.\n",
                      plan->text_width, plan->width);
}

static void write_note(struct latex_writer *writer, const char *note)
{
    ec_out_text(writer->out, "\\par{\\footnotesize ");
    write_words(writer, note);
    ec_out_text(writer->out, "\\par}\n");
}

static void write_notes(struct latex_writer *writer)
{
    struct ec_arena arena = {0};
    const char *spread = ec_spread_note(writer->table, writer->options->spread_form, &arena);
    if (spread || writer->table->note_count > 0)
        ec_out_text(writer->out, "\\par\\smallskip\n");
    if (spread)
        write_note(writer, spread);
    for (size_t i = 0; i < writer->table->note_count; i++)
        write_note(writer, writer->table->notes[i]);
    ec_arena_free(&arena);
}

static void write_caption(struct latex_writer *writer)
{
    const char *caption = writer->options->caption;
    if (!caption)
        caption = writer->table->title;
    ec_out_text(writer->out, "\\caption{");
    if (caption)
        ec_tex_write(writer->out, ec_str(caption), (struct ec_tex_style){0});
    ec_out_printf(writer->out, "}\n\\label{%s}\n",
                  writer->options->label ? writer->options->label : "tab:efficiency");
}

static void write_setup(struct latex_writer *writer, bool unicode)
{
    ec_out_printf(writer->out, "%s\n", writer->plan->size);
    if (writer->plan->gap > 0)
        ec_out_printf(writer->out, "\\setlength{\\tabcolsep}{%.0fpt}\n", writer->plan->gap);
    if (has_numbers(writer))
        ec_out_text(writer->out, "\\robustify\\bfseries\n"
                                 "\\sisetup{detect-weight=true,group-digits=false}\n");
    if (unicode)
        ec_out_text(writer->out, EC_TEX_UNICODE);
}

static void write_float(struct latex_writer *writer, bool unicode)
{
    const char *environment = writer->plan->wrap_names ? "tabularx" : "tabular";
    /* A float page of its own would be centred; a document by itself begins at the top. */
    ec_out_printf(writer->out, "\\begin{table}[%s]\n\\centering\n",
                  writer->options->standalone ? "!h" : "t");
    write_caption(writer);
    write_setup(writer, unicode);
    ec_out_printf(writer->out, "\\begin{%s}%s", environment,
                  writer->plan->wrap_names ? "{\\linewidth}" : "");
    write_specification(writer);
    write_header(writer);
    ec_render_rows(writer->table, &row_hooks, writer);
    ec_out_text(writer->out, "\\bottomrule\n");
    ec_out_printf(writer->out, "\\end{%s}\n", environment);
    write_notes(writer);
    ec_out_text(writer->out, "\\end{table}\n");
}

/* A table that goes on over pages, each of which begins with the header. */
static void write_long(struct latex_writer *writer, bool unicode)
{
    ec_out_text(writer->out, "\\begingroup\n");
    write_setup(writer, unicode);
    ec_out_text(writer->out, "\\begin{longtable}");
    write_specification(writer);
    write_caption(writer);
    ec_out_text(writer->out, "\\\\\n");
    write_header(writer);
    ec_out_text(writer->out, "\\endfirsthead\n");
    write_header(writer);
    ec_out_text(writer->out, "\\endhead\n\\bottomrule\n\\endfoot\n");
    ec_render_rows(writer->table, &row_hooks, writer);
    ec_out_text(writer->out, "\\end{longtable}\n");
    write_notes(writer);
    ec_out_text(writer->out, "\\endgroup\n");
}

static int render_latex(const struct ec_table *table, const struct ec_render_options *options,
                        struct ec_out *out, struct ec_error *error)
{
    (void)error;
    struct ec_arena arena = {0};
    struct latex_writer writer = {
        .table = table,
        .options = options,
        .plan = ec_latex_plan(table, options->text_width, &arena),
        .out = out,
    };
    ec_out_to_memory(&writer.text);
    bool unicode = lacks_glyphs(table);
    write_comments(&writer, unicode);
    if (options->standalone) {
        ec_out_text(out, "\\documentclass{article}\n");
        ec_out_printf(out, "\\usepackage[textwidth=%.2fbp]{geometry}\n", writer.plan->text_width);
        write_packages(&writer);
        ec_out_text(out, "\\setlength{\\belowcaptionskip}{6pt}\n\\begin{document}\n");
    }
    if (writer.plan->is_long)
        write_long(&writer, unicode);
    else
        write_float(&writer, unicode);
    if (options->standalone)
        ec_out_text(out, "\\end{document}\n");
    ec_out_free(&writer.text);
    ec_arena_free(&arena);
    return 0;
}

static const char *remark_latex(const struct ec_table *table,
                                const struct ec_render_options *options, struct ec_arena *arena)
{
    const struct ec_latex_plan *plan = ec_latex_plan(table, options->text_width, arena);
    if (plan->width <= plan->text_width)
        return NULL;
    return ec_arena_printf(arena,
                           "the table does not fit a text %.2fin wide, its smallest form takes "
                           "about %.2fin; fewer columns (-c), --transpose, shorter names (--label) "
                           "or a larger --text-width would help",
                           plan->text_width / 72, plan->width / 72);
}

static const char *const suffixes[] = {".tex", ".latex", NULL};

const struct ec_renderer ec_renderer_latex = {
    .name = "latex",
    .suffixes = suffixes,
    .help = "table for a paper, with booktabs and siunitx",
    .render = render_latex,
    .remark = remark_latex,
};
