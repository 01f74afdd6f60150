/* CSV that effcompare wrote: the header's keys, then a name and values per line.
 *
 * What a cell was is told from how it is written: nothing is missing, true and false are booleans,
 * numbers are numbers, an integer without a point or an exponent, the rest is text. A column
 * `status` tells how each run ended.
 */
#include "load/source_run.h"

#include "base/arena.h"
#include "base/memory.h"
#include "load/number.h"

#include <csv.h>
#include <errno.h>
#include <stdlib.h>

struct csv_source {
    struct ec_source_file *source;
    locale_t c_locale;
    struct ec_str *keys; /* of the header; [0] is the name's */
    size_t key_count, key_capacity;
    struct ec_str *cells; /* of the line that is being read; missing ones have no ptr */
    size_t cell_count, cell_capacity;
    struct ec_arena key_texts, cell_texts;
    size_t line;     /* of the row's beginning, 1-based */
    size_t newlines; /* within this row's cells */
    bool refused;    /* the header: nothing more is read */
};

/* ---- Cells ---- */

/* Text that a spreadsheet would run was written behind an apostrophe. */
static bool is_guarded(struct ec_str text)
{
    return text.len > 1 && text.ptr[0] == '\'' && memchr("=+-@\t\r", text.ptr[1], 6);
}

static bool read_number(const struct csv_source *csv, struct ec_str text,
                        struct ec_value *ret_value)
{
    struct ec_number number;
    const char *end = ec_number_scan(text.ptr, &number);
    return end == text.ptr + text.len && ec_number_value(&number, csv->c_locale, ret_value);
}

static struct ec_value cell_value(const struct csv_source *csv, struct ec_str text)
{
    struct ec_value value;
    if (!text.ptr)
        return ec_value_missing();
    if (is_guarded(text))
        return ec_value_str((struct ec_str){text.ptr + 1, text.len - 1});
    if (ec_str_equal(text, ec_str("true")) || ec_str_equal(text, ec_str("false")))
        return ec_value_bool(text.ptr[0] == 't');
    return read_number(csv, text, &value) ? value : ec_value_str(text);
}

static struct ec_str cell_name(struct ec_str text)
{
    struct ec_value value = {.kind = EC_STR, .s = text.ptr ? text : ec_str("")};
    if (is_guarded(value.s))
        value.s = (struct ec_str){text.ptr + 1, text.len - 1};
    return value.s;
}

/* ---- Lines ---- */

/* KEY is followed by KEY_spread where rows are groups. */
static bool has_spreads(const struct csv_source *csv)
{
    static const char suffix[] = "_spread";
    for (size_t i = 2; i < csv->key_count; i++) {
        struct ec_str key = csv->keys[i - 1], next = csv->keys[i];
        if (next.len == key.len + sizeof suffix - 1 && memcmp(next.ptr, key.ptr, key.len) == 0 &&
            memcmp(next.ptr + key.len, suffix, sizeof suffix - 1) == 0)
            return true;
    }
    return false;
}

static void take_header(struct csv_source *csv)
{
    for (size_t i = 0; i < csv->cell_count; i++) {
        struct ec_str text = cell_name(csv->cells[i]);
        csv->keys = ec_grow(csv->keys, csv->key_count, &csv->key_capacity, sizeof *csv->keys);
        csv->keys[csv->key_count++] =
            (struct ec_str){ec_arena_strndup(&csv->key_texts, text.ptr, text.len), text.len};
    }
    csv->refused = has_spreads(csv);
    if (csv->refused)
        ec_source_issue(csv->source, csv->line, 1, "a table of groups: means are not runs");
}

static void take_row(struct csv_source *csv)
{
    struct ec_source_file *source = csv->source;
    if (csv->cell_count != csv->key_count) {
        struct ec_arena arena = {0};
        ec_source_issue(source, csv->line, 1,
                        ec_arena_printf(&arena, "%zu cells under a header of %zu", csv->cell_count,
                                        csv->key_count));
        ec_arena_free(&arena);
        return;
    }
    struct ec_run run = {
        .path = source->file->path, .name = cell_name(csv->cells[0]), .mtime_ns = source->mtime_ns};
    for (size_t i = 1; i < csv->cell_count; i++) {
        if (ec_str_equal(csv->keys[i], ec_str("status")))
            ec_status_find(csv->cells[i], &run.status);
        ec_source_add_value(source, csv->keys[i], cell_value(csv, csv->cells[i]));
    }
    ec_source_add_run(source, run);
}

static void on_cell(void *bytes, size_t length, void *context)
{
    struct csv_source *csv = context;
    csv->cells = ec_grow(csv->cells, csv->cell_count, &csv->cell_capacity, sizeof *csv->cells);
    struct ec_str *cell = &csv->cells[csv->cell_count++];
    *cell = (struct ec_str){0};
    if (!bytes)
        return;
    *cell = (struct ec_str){ec_arena_strndup(&csv->cell_texts, bytes, length), length};
    for (size_t i = 0; i < length; i++)
        csv->newlines += cell->ptr[i] == '\n';
}

static void on_row(int end, void *context)
{
    (void)end;
    struct csv_source *csv = context;
    bool header = csv->key_count == 0;
    if (header)
        take_header(csv);
    else if (!csv->refused)
        take_row(csv);
    csv->line += 1 + csv->newlines;
    csv->newlines = csv->cell_count = 0;
    ec_arena_free(&csv->cell_texts);
}

/* ---- The file ---- */

static void parse(struct csv_source *csv, struct csv_parser *parser, FILE *stream)
{
    char bytes[1 << 15];
    size_t length;
    while (!csv->refused && (length = fread(bytes, 1, sizeof bytes, stream)) > 0) {
        if (csv_parse(parser, bytes, length, on_cell, on_row, csv) != length) {
            ec_source_issue(csv->source, csv->line, 1, csv_strerror(csv_error(parser)));
            return;
        }
    }
    if (ferror(stream))
        ec_source_issue(csv->source, 0, 0, strerror(errno));
    else if (!csv->refused && csv_fini(parser, on_cell, on_row, csv) != 0)
        ec_source_issue(csv->source, csv->line, 1, csv_strerror(csv_error(parser)));
}

void ec_source_read_csv(struct ec_source_file *source, FILE *stream)
{
    struct csv_source csv = {.source = source, .line = 1};
    csv.c_locale = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    struct csv_parser parser;
    if (csv_init(&parser, CSV_STRICT | CSV_STRICT_FINI | CSV_EMPTY_IS_NULL) == 0)
        parse(&csv, &parser, stream);
    csv_free(&parser);
    freelocale(csv.c_locale);
    free(csv.keys);
    free(csv.cells);
    ec_arena_free(&csv.key_texts);
    ec_arena_free(&csv.cell_texts);
}
