/* A Typst table: a figure with the caption above, rules like booktabs', the same marks as in LaTeX.
 *
 * Every text is a string of Typst's code mode, in which nothing but the quote and the backslash
 * means anything. Numbers of a column have the same decimals and are set to the right in digits of
 * one width, so their points are in line.
 *
 * How wide the page or its column is, only the document knows. Typst makes columns narrower than
 * their numbers, which then lie on each other, so the table measures itself: type becomes smaller
 * until it fits, then names are broken.
 */
#include "render/formats.h"

#include "base/utf8.h"
#include "render/rows.h"
#include "render/spread.h"
#include "table/format.h"

#include <inttypes.h>
#include <math.h>

struct typst_writer {
    const struct ec_table *table;
    struct ec_out *out;
    struct ec_out text; /* of one cell */
    bool counts;        /* cells tell how many runs, since that differs */
    const struct ec_render_options *options;
};

static void write_string(struct ec_out *out, struct ec_str text)
{
    static const ec_escapes escapes = {['\\'] = "\\\\", ['"'] = "\\\""};
    ec_out_char(out, '"');
    ec_utf8_write_escaped(out, text, escapes);
    ec_out_char(out, '"');
}

/* ---- Cells ---- */

/* How a mark is written: around a string, and around a formula. */
struct typst_mark {
    const char *text, *math;
};

static const struct typst_mark *mark_of(unsigned marks)
{
    static const struct typst_mark none = {"", ""}, best = {"strong", "bold"},
                                   second = {"underline", "underline"};
    if (marks & (EC_MARK_BEST | EC_MARK_TIED))
        return &best;
    return marks & EC_MARK_SECOND ? &second : &none;
}

/* "1.93e+15" becomes the formula 1.93 times 10^(15). */
static void write_formula(struct ec_out *out, struct ec_str number, const struct typst_mark *mark)
{
    const char *exponent = memchr(number.ptr, 'e', number.len);
    int power = 0;
    for (const char *c = exponent + 1; c < number.ptr + number.len; c++)
        if (*c >= '0' && *c <= '9')
            power = 10 * power + (*c - '0');
    bool marked = mark->math[0] != '\0';
    ec_out_printf(out, "$%s%s%.*s times 10^(%s%d)%s$", mark->math, marked ? "(" : "",
                  (int)(exponent - number.ptr), number.ptr, exponent[1] == '-' ? "-" : "", power,
                  marked ? ")" : "");
}

/* A minus of a number is one in Typst too, where a hyphen in a string stays a hyphen. */
static void write_plain_number(struct ec_out *out, struct ec_str number)
{
    bool negative = number.len > 0 && number.ptr[0] == '-';
    ec_out_text(out, negative ? "\u2212" : "");
    ec_out_bytes(out, number.ptr + negative, number.len - negative);
}

static void write_number(struct ec_out *out, struct ec_str number, const struct typst_mark *mark)
{
    if (memchr(number.ptr, 'e', number.len)) {
        write_formula(out, number, mark);
        return;
    }
    ec_out_text(out, mark->text);
    ec_out_text(out, mark->text[0] ? "(\"" : "\"");
    write_plain_number(out, number);
    ec_out_text(out, mark->text[0] ? "\")" : "\"");
}

static struct ec_str written(const struct typst_writer *writer)
{
    return (struct ec_str){writer->text.buffer, writer->text.length};
}

/* Behind a number: the spread in writer->text. */
static void write_spread_text(struct typst_writer *writer)
{
    static const struct typst_mark none = {"", ""};
    struct ec_str spread = written(writer);
    bool sub = writer->options->spread_form == EC_SPREAD_SUB;
    if (writer->options->spread_form == EC_SPREAD_PAREN && !memchr(spread.ptr, 'e', spread.len)) {
        ec_out_text(writer->out, " + \"(");
        ec_spread_write_digits(writer->out, spread);
        ec_out_text(writer->out, ")\"");
        return;
    }
    ec_out_text(writer->out, sub ? " + sub(\"\u00b1\" + " : " + \" \u00b1 \" + ");
    write_number(writer->out, spread, &none);
    ec_out_text(writer->out, sub ? ")" : "");
}

static void write_spread(struct typst_writer *writer, const struct ec_column *column,
                         struct ec_cell cell)
{
    if (!isnan(cell.spread)) {
        writer->text.length = 0;
        ec_format_spread(&writer->text, column, cell.spread);
        write_spread_text(writer);
    }
    if (writer->counts && ec_column_has_counts(column))
        ec_out_printf(writer->out,
                      writer->options->spread_form == EC_SPREAD_PAREN ? " + \" (n=%" PRIu32 ")\""
                                                                      : " + \" (%" PRIu32 ")\"",
                      cell.n);
}

static void write_cell(struct typst_writer *writer, const struct ec_column *column,
                       struct ec_cell cell)
{
    if (cell.value.kind == EC_MISSING) {
        ec_out_text(writer->out, "\"\u2013\"");
        return;
    }
    writer->text.length = 0;
    ec_format_cell(&writer->text, column, cell.value);
    if (!ec_value_is_number(cell.value)) {
        write_string(writer->out, written(writer));
        return;
    }
    write_number(writer->out, written(writer), mark_of(cell.marks));
    write_spread(writer, column, cell);
}

/* ---- The header ---- */

static void write_target(struct ec_out *out, const struct ec_column *column)
{
    size_t start = out->length;
    ec_format_target(out, column);
    if (out->buffer[start] != '-')
        return;
    struct ec_arena arena = {0};
    size_t length = out->length - start;
    const char *target = ec_arena_strndup(&arena, out->buffer + start, length);
    out->length = start;
    write_plain_number(out, (struct ec_str){target, length});
    ec_arena_free(&arena);
}

/* No line begins with an arrow. */
static void write_arrow(struct typst_writer *writer, const struct ec_column *column)
{
    switch (column->direction) {
    case EC_LOWER:
        ec_out_text(&writer->text, "\u00a0\u2193");
        break;
    case EC_HIGHER:
        ec_out_text(&writer->text, "\u00a0\u2191");
        break;
    case EC_TARGET:
    case EC_REFERENCE:
        ec_out_text(&writer->text, "\u00a0\u2192\u00a0");
        write_target(&writer->text, column);
        break;
    case EC_NEUTRAL:
        break;
    }
}

/* Labels with their arrows, units on a line below. */
static void write_titles(struct typst_writer *writer)
{
    const struct ec_table *table = writer->table;
    for (size_t i = 0; i < table->column_count; i++) {
        const struct ec_column *column = &table->columns[i];
        writer->text.length = 0;
        ec_out_text(&writer->text, column->label);
        write_arrow(writer, column);
        ec_out_text(writer->out, ", ");
        write_string(writer->out, written(writer));
        if (!column->unit || column->unit->symbol[0] == '\0')
            continue;
        ec_out_text(writer->out, " + linebreak() + ");
        writer->text.length = 0;
        ec_out_printf(&writer->text, "(%s)", column->unit->symbol);
        write_string(writer->out, written(writer));
    }
}

/* The line of headings over columns, each underlined by its own rule. */
static void write_groups(struct typst_writer *writer)
{
    const struct ec_table *table = writer->table;
    ec_out_text(writer->out, "      \"\"");
    for (size_t i = 0, end; i < table->column_count; i = end) {
        const struct ec_column *column = &table->columns[i];
        end = ec_table_group_end(table, i);
        for (; !column->group && i < end; i++)
            ec_out_text(writer->out, ", \"\"");
        if (i == end)
            continue;
        ec_out_printf(writer->out, ", table.cell(colspan: %zu, align: center, ", end - i);
        write_string(writer->out, ec_str(column->group));
        ec_out_printf(writer->out, "), table.hline(start: %zu, end: %zu, stroke: 0.05em)", i + 1,
                      end + 1);
    }
    ec_out_text(writer->out, ",\n");
}

static void write_header(struct typst_writer *writer)
{
    const struct ec_table *table = writer->table;
    bool grouped = false;
    for (size_t i = 0; i < table->column_count; i++)
        grouped |= table->columns[i].group != NULL;
    ec_out_text(writer->out, "    table.header(\n      table.hline(stroke: 0.08em),\n");
    if (grouped)
        write_groups(writer);
    ec_out_text(writer->out, "      ");
    write_string(writer->out, ec_str(table->name_header));
    write_titles(writer);
    ec_out_text(writer->out, ",\n      table.hline(stroke: 0.05em),\n    ),\n");
}

static void write_alignment(struct typst_writer *writer)
{
    const struct ec_table *table = writer->table;
    ec_out_printf(writer->out,
                  "    columns: (names,) + %zu * (auto,),\n    stroke: none,\n    inset: 0.5em,\n"
                  "    align: (left",
                  table->column_count);
    for (size_t i = 0; i < table->column_count; i++)
        ec_out_text(writer->out, ec_table_has_numbers(table, i) ? ", right" : ", left");
    ec_out_text(writer->out, ",),\n");
}

/* ---- The rows ---- */

static void write_row(void *context, size_t row)
{
    struct typst_writer *writer = context;
    const struct ec_table *table = writer->table;
    struct ec_str name = ec_table_row_name(table, row);
    writer->text.length = 0;
    ec_out_str(&writer->text, name);
    ec_out_text(&writer->text, ec_table_row_mark(table, row));
    if (table->source)
        write_arrow(writer, ec_table_format(table, row, 0));
    ec_out_text(writer->out, "    ");
    write_string(writer->out, written(writer));
    for (size_t i = 0; i < table->column_count; i++) {
        ec_out_text(writer->out, ", ");
        write_cell(writer, ec_table_format(table, row, i), ec_table_cell(table, row, i));
    }
    ec_out_text(writer->out, ",\n");
}

static void write_section(void *context, const struct ec_section *section)
{
    struct typst_writer *writer = context;
    if (section->first_row > 0)
        ec_out_text(writer->out, "    table.hline(stroke: 0.05em),\n");
    if (!section->title)
        return;
    ec_out_printf(writer->out, "    table.cell(colspan: %zu, align: left, emph(",
                  writer->table->column_count + 1);
    write_string(writer->out, ec_str(section->title));
    ec_out_text(writer->out, ")),\n");
}

static const struct ec_row_hooks row_hooks = {write_section, write_row};

/* ---- Around the table ---- */

static bool counts_differ(const struct ec_table *table)
{
    for (size_t i = 0; i < table->column_count; i++)
        if (ec_table_counts_differ(table, i))
            return true;
    return false;
}

static void write_note(struct ec_out *out, const char *note)
{
    ec_out_text(out, "  text(0.85em, ");
    write_string(out, ec_str(note));
    ec_out_text(out, ")\n  parbreak()\n");
}

static void write_notes(struct typst_writer *writer)
{
    struct ec_arena arena = {0};
    const char *spread = ec_spread_note(writer->table, writer->options->spread_form, &arena);
    if (spread)
        write_note(writer->out, spread);
    for (size_t i = 0; i < writer->table->note_count; i++)
        write_note(writer->out, writer->table->notes[i]);
    ec_arena_free(&arena);
}

/* Of the table, in its usual type; what a page of text nine inches high has room for. */
static size_t table_lines(const struct ec_table *table)
{
    size_t lines = 5 + table->row_count + table->note_count;
    for (size_t i = 0; i < table->section_count; i++)
        lines += table->sections[i].title != NULL;
    return lines;
}
enum { PAGE_LINES = 36 };

static void write_beginning(struct ec_out *out, const struct ec_render_options *options)
{
    if (options->command) {
        ec_out_text(out, "// Made by: ");
        ec_utf8_write_harmless(out, ec_str(options->command));
        ec_out_char(out, '\n');
    }
    if (options->standalone)
        ec_out_printf(out, "#set page(width: %.2fpt + 2cm, height: auto, margin: 1cm)\n",
                      options->text_width > 0 ? options->text_width : EC_TEXT_WIDTH);
}

/* Before the table. Names may be broken where LaTeX's are. */
static const char beginning[] =
    "  set text(number-width: \"tabular\")\n"
    "  // Names may be broken after these, and within GradAscent.\n"
    "  show table.cell.where(x: 0): it => {\n"
    "    show regex(\"[_/.:-]|[a-z][A-Z][a-z]\"): c => c.text.first() + sym.zws + "
    "c.text.slice(1)\n"
    "    it\n"
    "  }\n";

static const char fitting[] =
    "  // Type becomes smaller until the table fits; then names are broken.\n"
    "  layout(room => {\n"
    "    let fit(names) = 0.99 * room.width / measure(rows(names)).width\n"
    "    let broken = fit(auto) < 0.7 and fit(auto) < fit(7em)\n"
    "    let size = if broken { calc.min(0.7, fit(7em)) } else { calc.min(1, fit(auto)) }\n"
    "    set text(calc.max(0.5, size) * 1em)\n"
    "    rows(if not broken { auto } else if size < 0.5 { 7em } else { 1fr })\n"
    "  })\n";

static int render_typst(const struct ec_table *table, const struct ec_render_options *options,
                        struct ec_out *out, struct ec_error *error)
{
    (void)error;
    const char *caption = options->caption ? options->caption : table->title;
    struct typst_writer writer = {
        .table = table, .out = out, .counts = counts_differ(table), .options = options};
    ec_out_to_memory(&writer.text);
    write_beginning(out, options);
    bool is_long = !options->standalone && table_lines(table) > PAGE_LINES;
    if (is_long)
        ec_out_text(out, "// Longer than a page, so it goes on over the next ones.\n"
                         "#[\n#show figure: set block(breakable: true)\n");
    ec_out_text(out, "#figure(\n  kind: table,\n  caption: figure.caption(position: top, ");
    write_string(out, ec_str(caption ? caption : ""));
    ec_out_text(out, "), {\n");
    ec_out_text(out, beginning);
    ec_out_text(out, "  let rows(names) = table(\n");
    write_alignment(&writer);
    write_header(&writer);
    ec_render_rows(writer.table, &row_hooks, &writer);
    ec_out_text(out, "    table.hline(stroke: 0.08em),\n  )\n");
    ec_out_text(out, fitting);
    write_notes(&writer);
    ec_out_printf(out, "}) <%s>\n%s", options->label ? options->label : "tab:efficiency",
                  is_long ? "]\n" : "");
    ec_out_free(&writer.text);
    return 0;
}

static const char *const suffixes[] = {".typ", NULL};

const struct ec_renderer ec_renderer_typst = {
    .name = "typst",
    .suffixes = suffixes,
    .help = "table for a paper written in Typst",
    .render = render_typst,
};
