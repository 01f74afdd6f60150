/* CSV and TSV: one header line of keys, exact numbers, nothing for a missing value, lines that end
 * in LF (RFC 4180 says CRLF, but every reader takes LF, and so do diff and the shell).
 *
 * A column whose cells have a spread is followed by KEY_spread, and one whose cells come from
 * several runs by KEY_n. Where some run did not complete, a last column `status` tells of each run.
 *
 * Text is harmless here too (base/utf8.h), so that the file is valid UTF-8 and may be shown on a
 * terminal; CSV keeps newlines and tabs within quotes, TSV writes them as \n and \t and doubles
 * backslashes. Text that a spreadsheet would run as a formula, which starts with = + - @, a tab or
 * a carriage return, gets an apostrophe before it; numbers never do.
 */
#include "render/formats.h"

#include "base/memory.h"
#include "base/utf8.h"
#include "table/format.h"

#include <csv.h>
#include <math.h>
#include <stdlib.h>

struct separated_writer {
    const struct ec_table *table;
    struct ec_out *out;
    ec_write_text *write_text;
    char separator;
    bool has_status; /* a last column for it */
};

static bool is_formula(struct ec_str text)
{
    return text.len > 0 && memchr("=+-@\t\r", text.ptr[0], 6) != NULL;
}

/* ---- Text cells ---- */

static bool needs_quotes(struct ec_str text)
{
    for (size_t i = 0; i < text.len; i++)
        if (text.ptr[i] == ',' || text.ptr[i] == '"' || text.ptr[i] == '\n' || text.ptr[i] == '\t')
            return true;
    /* Empty text is not a missing value; blanks at the ends would get lost in some readers. */
    return text.len == 0 || text.ptr[0] == ' ' || text.ptr[text.len - 1] == ' ';
}

static void write_quoted(struct ec_out *out, struct ec_str text)
{
    const char *bytes = text.len > 0 ? text.ptr : "";
    size_t size = csv_write2(NULL, 0, bytes, text.len, '"');
    char *quoted = ec_malloc(size);
    csv_write2(quoted, size, bytes, text.len, '"');
    ec_out_bytes(out, quoted, size);
    free(quoted);
}

static void write_csv_text(struct ec_out *out, struct ec_str text)
{
    static const ec_escapes kept = {['\n'] = "\n", ['\t'] = "\t"};

    if (!is_formula(text) && !needs_quotes(text) && ec_utf8_is_harmless(text)) {
        ec_out_str(out, text);
        return;
    }
    struct ec_out cell;
    ec_out_to_memory(&cell);
    if (is_formula(text))
        ec_out_char(&cell, '\'');
    ec_utf8_write_escaped(&cell, text, kept);
    struct ec_str harmless = {cell.buffer, cell.length};
    if (needs_quotes(harmless))
        write_quoted(out, harmless);
    else
        ec_out_str(out, harmless);
    ec_out_free(&cell);
}

static void write_tsv_text(struct ec_out *out, struct ec_str text)
{
    static const ec_escapes escapes = {
        ['\t'] = "\\t", ['\n'] = "\\n", ['\r'] = "\\r", ['\\'] = "\\\\"};

    if (is_formula(text))
        ec_out_char(out, '\'');
    ec_utf8_write_escaped(out, text, escapes);
}

/* ---- Lines ---- */

static bool needs_status(const struct ec_table *table)
{
    for (size_t i = 0; i < table->column_count; i++)
        if (strcmp(table->columns[i].key, "status") == 0)
            return false;
    for (size_t row = 0; row < table->row_count; row++)
        if (ec_table_row_status(table, row) != EC_STATUS_COMPLETED)
            return true;
    return false;
}

static void write_header(const struct separated_writer *writer)
{
    const struct ec_table *table = writer->table;
    struct ec_arena arena = {0};
    writer->write_text(writer->out, ec_str(table->source ? "metric" : "experiment"));
    for (size_t i = 0; i < table->column_count; i++) {
        const struct ec_column *column = &table->columns[i];
        ec_out_char(writer->out, writer->separator);
        writer->write_text(writer->out, ec_str(column->key));
        if (ec_column_has_spread(column)) {
            ec_out_char(writer->out, writer->separator);
            writer->write_text(writer->out,
                               ec_str(ec_arena_printf(&arena, "%s_spread", column->key)));
        }
        if (ec_column_has_counts(column)) {
            ec_out_char(writer->out, writer->separator);
            writer->write_text(writer->out, ec_str(ec_arena_printf(&arena, "%s_n", column->key)));
        }
    }
    if (writer->has_status) {
        ec_out_char(writer->out, writer->separator);
        ec_out_text(writer->out, "status");
    }
    ec_out_char(writer->out, '\n');
    ec_arena_free(&arena);
}

static void write_value(const struct separated_writer *writer, struct ec_value value)
{
    ec_out_char(writer->out, writer->separator);
    if (value.kind == EC_STR)
        writer->write_text(writer->out, ec_value_text(value));
    else
        ec_format_cell_exact(writer->out, value);
}

static void write_row(const struct separated_writer *writer, size_t row)
{
    const struct ec_table *table = writer->table;
    writer->write_text(writer->out, ec_table_row_key(table, row));
    for (size_t i = 0; i < table->column_count; i++) {
        struct ec_cell cell = ec_table_cell(table, row, i);
        write_value(writer, cell.value);
        if (ec_column_has_spread(&table->columns[i]))
            write_value(writer,
                        isnan(cell.spread) ? ec_value_missing() : ec_value_real(cell.spread));
        if (ec_column_has_counts(&table->columns[i]))
            write_value(writer, ec_table_has_count(table, row, i) ? ec_value_int(cell.n)
                                                                  : ec_value_missing());
    }
    if (writer->has_status)
        write_value(writer, ec_value_str(ec_str(ec_status_name(ec_table_row_status(table, row)))));
    ec_out_char(writer->out, '\n');
}

static void write_lines(const struct separated_writer *writer)
{
    write_header(writer);
    for (size_t row = 0; row < writer->table->row_count; row++)
        write_row(writer, row);
}

static int render_csv(const struct ec_table *table, const struct ec_render_options *options,
                      struct ec_out *out, struct ec_error *error)
{
    (void)options;
    (void)error;
    write_lines(&(struct separated_writer){table, out, write_csv_text, ',', needs_status(table)});
    return 0;
}

static int render_tsv(const struct ec_table *table, const struct ec_render_options *options,
                      struct ec_out *out, struct ec_error *error)
{
    (void)options;
    (void)error;
    write_lines(&(struct separated_writer){table, out, write_tsv_text, '\t', needs_status(table)});
    return 0;
}

static const char *const csv_suffixes[] = {".csv", NULL};
static const char *const tsv_suffixes[] = {".tsv", ".tab", NULL};

const struct ec_renderer ec_renderer_csv = {
    .name = "csv",
    .suffixes = csv_suffixes,
    .help = "comma-separated values with exact numbers",
    .is_exact = true,
    .render = render_csv,
};

const struct ec_renderer ec_renderer_tsv = {
    .name = "tsv",
    .suffixes = tsv_suffixes,
    .help = "tab-separated values with exact numbers",
    .is_exact = true,
    .render = render_tsv,
};
