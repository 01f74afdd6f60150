#include "render/latex_plan.h"

#include "base/out.h"
#include "base/utf8.h"
#include "render/render.h"
#include "render/tex.h"
#include "render/text_width.h"
#include "table/format.h"

#include <math.h>

/* In em, of the digits, signs and points of TeX's fonts, with a little for bold. */
static const double DIGIT = 0.51, POINT = 0.28, SIGN = 0.8, POWER = 2.3, ARROW = 1.3, COUNT = 1.8;
/* A line's height as a multiple of the type's size, and that of the text of a page of LaTeX's
 * article in points. */
static const double LINE_HEIGHT = 1.2, PAGE_HEIGHT = 540;
enum { CAPTION_LINES = 3 };
static const double NAME_MIN = 7; /* no name column is broken into less than this many em */

struct ec_latex_number ec_latex_number(struct ec_str text)
{
    struct ec_latex_number number = {0};
    size_t i = 0;
    if (i < text.len && text.ptr[i] == '-')
        number.negative = true, i++;
    for (; i < text.len && text.ptr[i] != '.' && text.ptr[i] != 'e'; i++)
        number.before++;
    if (i < text.len && text.ptr[i] == '.')
        for (i++; i < text.len && text.ptr[i] != 'e'; i++)
            number.after++;
    if (i < text.len && text.ptr[i] == 'e')
        for (i++; i < text.len; i++) {
            if (text.ptr[i] == '-')
                number.small_exponent = true;
            else if (text.ptr[i] != '+' &&
                     (text.ptr[i] != '0' || number.exponent > 0 || i + 1 == text.len))
                number.exponent++;
        }
    return number;
}

/* Of text as pdflatex shows it: what its fonts lack is a code point, which is long. */
static double tex_width(struct ec_str text)
{
    struct ec_arena arena = {0};
    double width = ec_text_width(ec_tex_spell(ec_utf8_harmless(text, &arena), &arena));
    ec_arena_free(&arena);
    return width;
}

static void widen(double *width, double other)
{
    if (*width < other)
        *width = other;
}

static void take_number(struct ec_latex_column *plan, struct ec_str text)
{
    struct ec_latex_number number = ec_latex_number(text);
    plan->numbers = true;
    plan->negative |= number.negative;
    plan->small_exponent |= number.small_exponent;
    plan->before = number.before > plan->before ? number.before : plan->before;
    plan->after = number.after > plan->after ? number.after : plan->after;
    plan->exponent = number.exponent > plan->exponent ? number.exponent : plan->exponent;
}

static double number_width(const struct ec_latex_column *plan)
{
    double width = (plan->before + plan->after) * DIGIT + (plan->after > 0 ? POINT : 0) +
                   (plan->negative ? SIGN : 0);
    if (plan->exponent > 0)
        width += POWER + (plan->exponent + plan->small_exponent) * 0.7 * DIGIT;
    return width;
}

/* What siunitx must reserve, and how wide that is. */
static void plan_cells(const struct ec_table *table, size_t index, struct ec_latex_column *plan)
{
    struct ec_out text;
    ec_out_to_memory(&text);
    double spread = 0;
    for (size_t row = 0; row < table->row_count; row++) {
        const struct ec_column *column = ec_table_format(table, row, index);
        struct ec_cell cell = ec_table_cell(table, row, index);
        text.length = 0;
        ec_format_cell(&text, column, cell.value);
        struct ec_str written = {text.buffer, text.length};
        if (ec_value_is_number(cell.value))
            take_number(plan, written);
        else
            widen(&plan->width, tex_width(written));
        if (isnan(cell.spread))
            continue;
        text.length = 0;
        ec_format_spread(&text, column, cell.spread);
        widen(&spread, 1.2 + (double)text.length * DIGIT + (column->scientific ? POWER : 0));
    }
    ec_out_free(&text);
    plan->counts = ec_table_counts_differ(table, index);
    plan->spread = plan->numbers && (spread > 0 || plan->counts);
    widen(&plan->width, number_width(plan) + spread + (plan->counts ? COUNT : 0));
}

static double line_width(const struct ec_latex_column *plan)
{
    double width = 0;
    for (int i = 0; i < plan->line_count; i++)
        widen(&width, ec_text_width(plan->lines[i]));
    return width;
}

static bool has_arrow(const struct ec_column *column)
{
    return column->direction != EC_NEUTRAL;
}

/* Whether a line may end before the byte at `at`: a blank is left out, the others stay. */
static bool may_end(struct ec_str text, size_t at)
{
    return text.ptr[at] == ' ' || (text.ptr[at - 1] != '\0' && strchr("_/-", text.ptr[at - 1]));
}

/* The beginning of text that goes on a line of its own: the longest that is at most `room` em wide,
 * or the shortest there is; all of it when it cannot be broken. */
static size_t line_length(struct ec_str text, double room)
{
    size_t length = text.len, measured = 0;
    double width = 0;
    for (size_t at = 1; at < text.len; at++) {
        if (!may_end(text, at))
            continue;
        width += ec_text_width((struct ec_str){text.ptr + measured, at - measured});
        measured = at;
        if (width > room && length < text.len)
            break;
        length = at;
    }
    return length;
}

/* Breaks the label into lines of at most `room` em where it can be; the arrow counts with the last
 * word. */
static void break_label(struct ec_latex_column *plan, const struct ec_column *column, double room)
{
    struct ec_str rest = ec_str(column->label);
    double arrow = has_arrow(column) ? ARROW : 0;
    plan->line_count = 0;
    while (plan->line_count < EC_LATEX_LINES_MAX - 1 && ec_text_width(rest) + arrow > room) {
        size_t length = line_length(rest, room);
        if (length == rest.len)
            break;
        plan->lines[plan->line_count++] = (struct ec_str){rest.ptr, length};
        length += rest.ptr[length] == ' ';
        rest = (struct ec_str){rest.ptr + length, rest.len - length};
    }
    plan->lines[plan->line_count++] = rest;
}

static const char *unit_symbol(const struct ec_column *column)
{
    return column->unit ? column->unit->symbol : "";
}

/* The width of a column with its header, in em. */
static double column_width(const struct ec_column *column, const struct ec_latex_column *plan)
{
    double width = plan->width;
    widen(&width, line_width(plan) + (has_arrow(column) ? ARROW : 0));
    widen(&width, ec_text_width(ec_str(unit_symbol(column))) + 0.8);
    return width;
}

static double name_width(const struct ec_table *table)
{
    double width = ec_text_width(ec_str(table->name_header));
    for (size_t row = 0; row < table->row_count; row++)
        widen(&width, tex_width(ec_table_row_name(table, row)) +
                          ec_text_width(ec_str(ec_table_row_mark(table, row))) +
                          (table->source && has_arrow(ec_table_format(table, row, 0)) ? ARROW : 0));
    return width;
}

static const struct {
    const char *size;
    double points, gap;
    bool break_labels, wrap_names;
} attempts[] = {
    {"\\small", 9, 0, false, false},       {"\\small", 9, 0, true, false},
    {"\\footnotesize", 8, 4, true, false}, {"\\footnotesize", 8, 4, true, true},
    {"\\scriptsize", 7, 3, true, true},
};

static const double DOCUMENT_GAP = 6; /* \tabcolsep of the usual classes */

/* Sets the labels for an attempt and returns the width of all columns but the names', with gaps. */
static double try_columns(const struct ec_table *table, struct ec_latex_plan *plan, size_t attempt)
{
    double width = 0;
    for (size_t i = 0; i < table->column_count; i++) {
        struct ec_latex_column *column = &plan->columns[i];
        double room = attempts[attempt].break_labels ? column->width : INFINITY;
        break_label(column, &table->columns[i], room);
        width += column_width(&table->columns[i], column) * attempts[attempt].points;
    }
    double gap = attempts[attempt].gap > 0 ? attempts[attempt].gap : DOCUMENT_GAP;
    return width + (double)table->column_count * 2 * gap;
}

static void fit(const struct ec_table *table, struct ec_latex_plan *plan)
{
    double names = name_width(table);
    for (size_t i = 0; i < sizeof attempts / sizeof attempts[0]; i++) {
        bool wrap = attempts[i].wrap_names && names > NAME_MIN;
        plan->size = attempts[i].size;
        plan->gap = attempts[i].gap;
        plan->wrap_names = wrap;
        plan->line_height = LINE_HEIGHT * attempts[i].points;
        double columns = try_columns(table, plan, i);
        double least = (wrap ? NAME_MIN : names) * attempts[i].points;
        plan->width = columns + least;
        plan->name_room = fmax(plan->text_width - columns, least);
        if (plan->width <= plan->text_width)
            return;
    }
}

/* Names that are broken take two lines, say. */
static void plan_length(const struct ec_table *table, struct ec_latex_plan *plan)
{
    size_t lines = (size_t)(plan->header_lines + plan->units + plan->groups) + CAPTION_LINES +
                   table->row_count * (plan->wrap_names ? 2 : 1) + table->note_count;
    for (size_t i = 0; i < table->section_count; i++)
        lines += table->sections[i].title != NULL;
    plan->is_long = (double)lines * plan->line_height > PAGE_HEIGHT;
}

static void plan_header(const struct ec_table *table, struct ec_latex_plan *plan)
{
    plan->header_lines = 1;
    for (size_t i = 0; i < table->column_count; i++) {
        if (plan->columns[i].line_count > plan->header_lines)
            plan->header_lines = plan->columns[i].line_count;
        plan->units |= unit_symbol(&table->columns[i])[0] != '\0';
        plan->groups |= table->columns[i].group != NULL;
    }
}

struct ec_latex_plan *ec_latex_plan(const struct ec_table *table, double text_width,
                                    struct ec_arena *arena)
{
    struct ec_latex_plan *plan = ec_arena_calloc(arena, 1, sizeof *plan);
    plan->columns = ec_arena_calloc(arena, table->column_count, sizeof *plan->columns);
    plan->text_width = text_width > 0 ? text_width : EC_TEXT_WIDTH;
    for (size_t i = 0; i < table->column_count; i++)
        plan_cells(table, i, &plan->columns[i]);
    fit(table, plan);
    plan_header(table, plan);
    plan_length(table, plan);
    return plan;
}
