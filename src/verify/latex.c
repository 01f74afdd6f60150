/* Tables in LaTeX: what stands between \begin and \end of a tabular-like environment, cut at \\ and
 * & outside braces and other environments. Rules, colours and spacing between rows are left out. */
#include "verify/grid.h"

#include "verify/texscan.h"

#include <stdlib.h>

/* The environments that are tables, and how many arguments in braces stand before the first row. */
static const struct {
    const char *name;
    int arguments;
} environments[] = {{"tabular", 1},   {"tabular*", 2},     {"tabularx", 2}, {"tabulary", 2},
                    {"longtable", 1}, {"supertabular", 1}, {"array", 1},    {"tblr", 1},
                    {"longtblr", 1},  {"tabu", 1}};

static struct ec_str from(struct ec_str text, size_t start)
{
    return start < text.len ? (struct ec_str){text.ptr + start, text.len - start}
                            : (struct ec_str){text.ptr + text.len, 0};
}

/* The environment's name when \begin or \end (`command`) is at the beginning of text; an empty text
 * otherwise. *ret_length: up to behind its brace. */
static struct ec_str environment_name(struct ec_str text, const char *command, size_t *ret_length)
{
    size_t start = strlen(command);
    if (text.len <= start || memcmp(text.ptr, command, start) != 0)
        return (struct ec_str){text.ptr, 0};
    while (start < text.len && text.ptr[start] == ' ')
        start++;
    size_t end = ec_texscan_group(from(text, start));
    if (end == 0)
        return (struct ec_str){text.ptr, 0};
    *ret_length = start + end;
    return (struct ec_str){text.ptr + start + 1, end - 2};
}

static int table_arguments(struct ec_str name)
{
    for (size_t i = 0; i < sizeof environments / sizeof environments[0]; i++)
        if (ec_str_equal(name, ec_str(environments[i].name)))
            return environments[i].arguments;
    return -1;
}

/* Skips optional arguments and `count` arguments in braces; returns the bytes. */
static size_t skip_arguments(struct ec_str text, int count)
{
    size_t at = 0;
    for (;;) {
        size_t start = at + ec_texscan_blank(from(text, at));
        struct ec_str rest = from(text, start);
        size_t length = rest.len > 0 && *rest.ptr == '[' ? ec_texscan_option(rest) : 0;
        if (length == 0 && count > 0) {
            length = ec_texscan_group(rest);
            count--;
        }
        if (length == 0)
            return at;
        at = start + length;
    }
}

/* ---- Rows ---- */

struct row_reader {
    struct ec_grid *grid;
    struct ec_grid_row *row; /* the one being read; NULL before its first cell */
    struct ec_arena *arena;
    const char *line_at; /* up to where lines were counted */
    size_t line;
};

static size_t line_of(struct row_reader *reader, const char *at)
{
    for (; reader->line_at < at; reader->line_at++)
        reader->line += *reader->line_at == '\n';
    return reader->line;
}

/* Cuts the rules and other commands between rows off the front of a row's first cell; *ret_midrule:
 * whether \midrule was among them. */
static struct ec_str without_rules(struct ec_str text, bool *ret_midrule)
{
    static const struct {
        const char *name;
        int arguments;
    } commands[] = {
        {"hline", 0},         {"toprule", 0},     {"midrule", 0},        {"bottomrule", 0},
        {"cmidrule", 1},      {"cline", 1},       {"specialrule", 3},    {"addlinespace", 0},
        {"rowcolor", 1},      {"noalign", 1},     {"endhead", 0},        {"endfirsthead", 0},
        {"endfoot", 0},       {"endlastfoot", 0}, {"hdashline", 0},      {"cdashline", 1},
        {"morecmidrules", 0}, {"heavyrule", 0},   {"arrayrulecolor", 1}, {"Xhline", 1}};
    *ret_midrule = false;
    for (;;) {
        text = from(text, ec_texscan_blank(text));
        struct ec_str name = ec_texscan_command(text);
        size_t i = 0, count = sizeof commands / sizeof commands[0];
        while (i < count && !ec_str_equal(name, ec_str(commands[i].name)))
            i++;
        if (name.len == 0 || i == count)
            return text;
        *ret_midrule = *ret_midrule || ec_str_equal(name, ec_str("midrule"));
        text = from(text, name.len + 1);
        if (text.len > 0 && *text.ptr == '(') { /* \cmidrule(lr) */
            const char *end = memchr(text.ptr, ')', text.len);
            text = from(text, end ? (size_t)(end - text.ptr) + 1 : 0);
        }
        text = from(text, skip_arguments(text, commands[i].arguments));
    }
}

/* \multicolumn{2}{c}{text}: returns the text and sets the span. */
static struct ec_str open_span(struct ec_str text, size_t *ret_span)
{
    static const struct ec_str multicolumn = {"multicolumn", 11};
    *ret_span = 1;
    text = from(text, ec_texscan_blank(text));
    if (!ec_str_equal(ec_texscan_command(text), multicolumn))
        return text;
    struct ec_str rest = from(text, multicolumn.len + 1);
    rest = from(rest, ec_texscan_blank(rest));
    if (ec_texscan_group(rest) == 0)
        return text;
    long span = strtol(rest.ptr + 1, NULL, 10); /* ends at the brace, at the latest */
    *ret_span = span >= 1 && span <= 1000 ? (size_t)span : 1;
    return from(rest, skip_arguments(rest, 2));
}

static void end_cell(struct row_reader *reader, struct ec_str cell)
{
    size_t span;
    if (!reader->row) {
        bool midrule;
        cell = without_rules(cell, &midrule);
        if (midrule && reader->grid->ruled_rows == 0)
            reader->grid->ruled_rows = reader->grid->row_count;
        reader->row = ec_grid_add_row(reader->grid, line_of(reader, cell.ptr), reader->arena);
    }
    cell = open_span(cell, &span);
    struct ec_str text = ec_grid_plain_latex(cell, reader->arena);
    ec_grid_add_cell(reader->row, text, span, reader->arena);
}

/* A row of one empty cell is what rules leave behind. */
static void end_row(struct row_reader *reader, struct ec_str cell)
{
    end_cell(reader, cell);
    if (reader->row->count == 1 && reader->row->cells[0].text.len == 0)
        reader->grid->row_count--;
    reader->row = NULL;
}

/* The bytes at the beginning of a row that cannot hold a separator: a comment, an escaped
 * character, a group; at least one. */
static size_t skip_piece(struct ec_str text)
{
    size_t length = 0;
    if (*text.ptr == '%')
        length = ec_texscan_blank(text);
    else if (*text.ptr == '{')
        length = ec_texscan_group(text);
    else if (*text.ptr == '\\' && text.len > 1)
        length = 2;
    return length > 0 ? length : 1;
}

/* Reads the body up to its own \end; returns its length. */
static size_t read_body(struct row_reader *reader, struct ec_str body)
{
    size_t start = 0, at = 0, depth = 0, length = 0;
    while (at < body.len) {
        struct ec_str rest = from(body, at);
        if (environment_name(rest, "\\begin", &length).len > 0) {
            depth++;
            at += length;
        } else if (environment_name(rest, "\\end", &length).len > 0) {
            if (depth == 0)
                break;
            depth--;
            at += length;
        } else if (depth == 0 && (*rest.ptr == '&' || ec_texscan_is_newline(rest))) {
            struct ec_str cell = {body.ptr + start, at - start};
            if (*rest.ptr == '&') {
                end_cell(reader, cell);
                at++;
            } else {
                end_row(reader, cell);
                at += ec_texscan_newline(rest);
            }
            start = at;
        } else {
            at += skip_piece(rest);
        }
    }
    at = at < body.len ? at : body.len;
    end_row(reader, (struct ec_str){body.ptr + start, at - start});
    return at;
}

struct ec_grid **ec_grid_read_latex(struct ec_str source, struct ec_arena *arena,
                                    struct ec_grid **last)
{
    struct row_reader reader = {.arena = arena, .line_at = source.ptr, .line = 1};
    for (size_t at = 0; at < source.len;) {
        struct ec_str rest = from(source, at);
        size_t length = 0;
        int arguments = table_arguments(environment_name(rest, "\\begin", &length));
        if (arguments < 0) {
            at += *rest.ptr == '%' || *rest.ptr == '\\' ? skip_piece(rest) : 1;
            continue;
        }
        at += length;
        at += skip_arguments(from(source, at), arguments);
        reader.grid = *last = ec_arena_calloc(arena, 1, sizeof *reader.grid);
        last = &reader.grid->next;
        at += read_body(&reader, from(source, at));
    }
    return last;
}
