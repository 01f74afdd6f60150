/* A table in GitHub Flavored Markdown: numbers to the right, best in bold, second best underlined.
 *
 * Markdown has no underline; GitHub's sanitizer drops <u> but keeps <ins>, which it shows
 * underlined. The source is padded so that it reads as a table too.
 */
#include "render/formats.h"

#include "base/memory.h"
#include "base/utf8.h"
#include "render/rows.h"
#include "table/format.h"
#include "table/summary.h"

#include <stdlib.h>

struct markdown_writer {
    const struct ec_table *table;
    struct ec_out *out;
    struct ec_out cell; /* the cell being made */
    int *widths;        /* of the columns, the name's first */
    bool *to_right;     /* whether a column is numbers, the name's first */
};

/* ---- Text ---- */

static bool is_word(struct ec_str text, size_t at)
{
    unsigned char c = at < text.len ? (unsigned char)text.ptr[at] : 0;
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

/* Underscores between letters are text in GitHub's Markdown and stay as they are: names are full of
 * them, and the source should be readable. Returns the length up to the end of the first such run;
 * its underscores begin at *ret_run. */
static size_t next_inner_run(struct ec_str text, size_t *ret_run)
{
    for (size_t at = 1; at < text.len; at++) {
        if (text.ptr[at] != '_' || !is_word(text, at - 1))
            continue;
        size_t end = at;
        while (end < text.len && text.ptr[end] == '_')
            end++;
        if (is_word(text, end)) {
            *ret_run = at;
            return end;
        }
        at = end;
    }
    *ret_run = text.len;
    return text.len;
}

static void write_markdown_text(struct ec_out *out, struct ec_str text)
{
    static const ec_escapes escapes = {
        ['\\'] = "\\\\", ['`'] = "\\`",  ['*'] = "\\*",   ['_'] = "\\_", ['['] = "\\[",
        [']'] = "\\]",   ['#'] = "\\#",  ['|'] = "\\|",   ['~'] = "\\~", ['$'] = "\\$",
        ['<'] = "&lt;",  ['>'] = "&gt;", ['&'] = "&amp;",
    };

    while (text.len > 0) {
        size_t run, end = next_inner_run(text, &run);
        ec_utf8_write_escaped(out, (struct ec_str){text.ptr, run}, escapes);
        ec_out_bytes(out, text.ptr + run, end - run);
        text = (struct ec_str){text.ptr + end, text.len - end};
    }
}

/* ---- The table ---- */

/* Each of these puts one cell's source into writer->cell and returns its width. */

static int finish_cell(const struct markdown_writer *writer)
{
    return ec_utf8_width((struct ec_str){writer->cell.buffer, writer->cell.length});
}

/* Markdown has no headings over several columns: the group is part of the column's title. */
static int make_header(struct markdown_writer *writer, size_t column)
{
    writer->cell.length = 0;
    if (column == 0) {
        write_markdown_text(&writer->cell, ec_str(writer->table->name_header));
        return finish_cell(writer);
    }
    const struct ec_column *shown = &writer->table->columns[column - 1];
    struct ec_arena arena = {0};
    if (shown->group) {
        write_markdown_text(&writer->cell, ec_str(shown->group));
        ec_out_text(&writer->cell, ": ");
    }
    write_markdown_text(&writer->cell, ec_str(ec_column_title(shown, &arena)));
    ec_arena_free(&arena);
    return finish_cell(writer);
}

static int make_name(struct markdown_writer *writer, size_t row)
{
    writer->cell.length = 0;
    write_markdown_text(&writer->cell, ec_table_row_name(writer->table, row));
    write_markdown_text(&writer->cell, ec_str(ec_table_row_mark(writer->table, row)));
    return finish_cell(writer);
}

/* A section's title stands alone in its row: Markdown has no cells that span columns. */
static int make_section(struct markdown_writer *writer, const struct ec_section *section)
{
    writer->cell.length = 0;
    ec_out_text(&writer->cell, "**");
    write_markdown_text(&writer->cell, ec_str(section->title));
    ec_out_text(&writer->cell, "**");
    return finish_cell(writer);
}

static int make_value(struct markdown_writer *writer, size_t row, size_t column)
{
    struct ec_cell cell = ec_table_cell(writer->table, row, column - 1);
    bool bold = cell.marks & (EC_MARK_BEST | EC_MARK_TIED);
    bool underlined = !bold && (cell.marks & EC_MARK_SECOND);
    writer->cell.length = 0;
    ec_out_text(&writer->cell, bold ? "**" : underlined ? "<ins>" : "");
    ec_format_cell_spread(&writer->cell, ec_table_format(writer->table, row, column - 1), cell,
                          write_markdown_text);
    ec_out_text(&writer->cell, bold ? "**" : underlined ? "</ins>" : "");
    return finish_cell(writer);
}

static int make_cell(struct markdown_writer *writer, size_t row, size_t column)
{
    return column == 0 ? make_name(writer, row) : make_value(writer, row, column);
}

static int larger(int a, int b)
{
    return a > b ? a : b;
}

static void measure_column(struct markdown_writer *writer, size_t column)
{
    const struct ec_table *table = writer->table;
    int width = larger(make_header(writer, column), 3); /* "--:" */
    bool words = column == 0;
    for (size_t row = 0; row < table->row_count; row++) {
        width = larger(width, make_cell(writer, row, column));
        if (!words) {
            enum ec_kind kind = ec_table_value(table, row, column - 1).kind;
            words = kind == EC_STR || kind == EC_BOOL;
        }
    }
    for (size_t i = 0; i < table->section_count && column == 0; i++)
        if (table->sections[i].title)
            width = larger(width, make_section(writer, &table->sections[i]));
    writer->widths[column] = width;
    /* In a transposed table a line of text among the numbers does not turn the column. */
    if (table->source && column > 0)
        words = !ec_table_has_numbers(table, column - 1);
    writer->to_right[column] = !words;
}

/* Writes the cell that was made last. */
static void put_cell(struct markdown_writer *writer, size_t column, int width)
{
    struct ec_out *out = writer->out;
    size_t padding = (size_t)(writer->widths[column] - width);
    ec_out_text(out, "| ");
    if (writer->to_right[column])
        ec_out_fill(out, ' ', padding);
    ec_out_bytes(out, writer->cell.buffer, writer->cell.length);
    if (!writer->to_right[column])
        ec_out_fill(out, ' ', padding);
    ec_out_char(out, ' ');
}

static void end_row(struct markdown_writer *writer)
{
    ec_out_text(writer->out, "|\n");
}

static void write_header(struct markdown_writer *writer)
{
    size_t columns = writer->table->column_count + 1;
    for (size_t column = 0; column < columns; column++)
        put_cell(writer, column, make_header(writer, column));
    end_row(writer);
    for (size_t column = 0; column < columns; column++) {
        ec_out_text(writer->out, "| ");
        ec_out_fill(writer->out, '-', (size_t)writer->widths[column] - 1);
        ec_out_text(writer->out, writer->to_right[column] ? ": " : "- ");
    }
    end_row(writer);
}

static void write_section(void *context, const struct ec_section *section)
{
    struct markdown_writer *writer = context;
    if (!section->title)
        return;
    put_cell(writer, 0, make_section(writer, section));
    writer->cell.length = 0;
    for (size_t column = 1; column <= writer->table->column_count; column++)
        put_cell(writer, column, 0);
    end_row(writer);
}

static void write_row(void *context, size_t row)
{
    struct markdown_writer *writer = context;
    for (size_t column = 0; column <= writer->table->column_count; column++)
        put_cell(writer, column, make_cell(writer, row, column));
    end_row(writer);
}

static const struct ec_row_hooks row_hooks = {write_section, write_row};

/* ---- Below the table ---- */

static void write_summary(const struct ec_table *table, struct ec_out *out)
{
    if (table->best_count == 0)
        return;
    ec_out_text(out, "\nBest performers:\n\n");
    for (size_t i = 0; i < table->best_count; i++) {
        ec_out_text(out, "- ");
        ec_summary_write(out, table, &table->bests[i], EC_SUMMARY_TRUE, write_markdown_text);
        ec_out_char(out, '\n');
    }
}

static int render_markdown(const struct ec_table *table, const struct ec_render_options *options,
                           struct ec_out *out, struct ec_error *error)
{
    (void)options;
    (void)error;
    struct markdown_writer writer = {
        .table = table,
        .out = out,
        .widths = ec_calloc(table->column_count + 1, sizeof *writer.widths),
        .to_right = ec_calloc(table->column_count + 1, sizeof *writer.to_right),
    };
    ec_out_to_memory(&writer.cell);
    for (size_t column = 0; column <= table->column_count; column++)
        measure_column(&writer, column);
    write_header(&writer);
    ec_render_rows(table, &row_hooks, &writer);
    write_summary(table, out);
    ec_summary_write_notes(out, table, "", "\nNote: ", write_markdown_text);
    ec_out_free(&writer.cell);
    free(writer.widths);
    free(writer.to_right);
    return 0;
}

static const char *const suffixes[] = {".md", ".markdown", NULL};

const struct ec_renderer ec_renderer_markdown = {
    .name = "markdown",
    .suffixes = suffixes,
    .help = "GitHub table with the best in bold",
    .render = render_markdown,
};
