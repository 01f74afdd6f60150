/* CSV and TSV that effcompare wrote: the header's keys, then a name and values per line.
 *
 * What a cell was is told from how it is written: nothing is missing, true and false are booleans,
 * numbers are numbers, an integer without a point or an exponent, the rest is text. A column
 * `status` tells how each run ended. libcsv takes CSV apart; TSV has no quotes, only lines, tabs
 * and the escapes \t \n \r and \\.
 */
#include "load/source_run.h"

#include "base/arena.h"
#include "base/memory.h"
#include "load/number.h"

#include <csv.h>
#include <stdlib.h>

struct separated_file {
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

static bool read_number(const struct separated_file *file, struct ec_str text,
                        struct ec_value *ret_value)
{
    struct ec_number number;
    const char *end = ec_number_scan(text.ptr, &number);
    return end == text.ptr + text.len && ec_number_value(&number, file->c_locale, ret_value);
}

static struct ec_value cell_value(const struct separated_file *file, struct ec_str text)
{
    struct ec_value value;
    if (!text.ptr)
        return ec_value_missing();
    if (is_guarded(text))
        return ec_value_str((struct ec_str){text.ptr + 1, text.len - 1});
    if (ec_str_equal(text, ec_str("true")) || ec_str_equal(text, ec_str("false")))
        return ec_value_bool(text.ptr[0] == 't');
    return read_number(file, text, &value) ? value : ec_value_str(text);
}

static struct ec_str cell_name(struct ec_str text)
{
    if (!text.ptr)
        return ec_str("");
    return is_guarded(text) ? (struct ec_str){text.ptr + 1, text.len - 1} : text;
}

/* ---- Lines ---- */

/* Whether a key of the header is another one with this suffix. */
static bool is_key_with(const struct separated_file *file, size_t index, struct ec_str key,
                        const char *suffix)
{
    if (index >= file->key_count)
        return false;
    struct ec_str text = file->keys[index];
    return text.len == key.len + strlen(suffix) && ec_str_begins(text, key.ptr) &&
           ec_str_ends(text, suffix);
}

/* Where rows are groups, KEY is followed by KEY_spread, or of medians by KEY_n, KEY_min and
 * KEY_max. */
static bool has_groups(const struct separated_file *file)
{
    for (size_t i = 1; i < file->key_count; i++) {
        struct ec_str key = file->keys[i];
        if (is_key_with(file, i + 1, key, "_spread") ||
            (is_key_with(file, i + 1, key, "_n") && is_key_with(file, i + 2, key, "_min") &&
             is_key_with(file, i + 3, key, "_max")))
            return true;
    }
    return false;
}

static void take_header(struct separated_file *file)
{
    for (size_t i = 0; i < file->cell_count; i++) {
        struct ec_str text = cell_name(file->cells[i]);
        file->keys = ec_grow(file->keys, file->key_count, &file->key_capacity, sizeof *file->keys);
        file->keys[file->key_count++] =
            (struct ec_str){ec_arena_strndup(&file->key_texts, text.ptr, text.len), text.len};
    }
    file->refused = has_groups(file);
    if (file->refused)
        ec_source_issue(file->source, file->line, 1, "a table of groups: means are not runs");
}

static void take_row(struct separated_file *file)
{
    struct ec_source_file *source = file->source;
    if (file->cell_count != file->key_count) {
        struct ec_arena arena = {0};
        ec_source_issue(source, file->line, 1,
                        ec_arena_printf(&arena, "%zu cells under a header of %zu", file->cell_count,
                                        file->key_count));
        ec_arena_free(&arena);
        return;
    }
    struct ec_run run = {.path = source->file->path,
                         .name = cell_name(file->cells[0]),
                         .mtime_ns = source->mtime_ns};
    for (size_t i = 1; i < file->cell_count; i++) {
        if (ec_str_equal(file->keys[i], ec_str("status")))
            ec_status_find(file->cells[i].ptr, file->cells[i].len, &run.status);
        ec_source_add_value(source, file->keys[i], cell_value(file, file->cells[i]));
    }
    ec_source_add_run(source, run);
}

static void on_cell(void *bytes, size_t length, void *context)
{
    struct separated_file *file = context;
    file->cells = ec_grow(file->cells, file->cell_count, &file->cell_capacity, sizeof *file->cells);
    struct ec_str *cell = &file->cells[file->cell_count++];
    *cell = (struct ec_str){0};
    if (!bytes)
        return;
    *cell = (struct ec_str){ec_arena_strndup(&file->cell_texts, bytes, length), length};
    for (size_t i = 0; i < length; i++)
        file->newlines += cell->ptr[i] == '\n';
}

static void on_row(int end, void *context)
{
    (void)end;
    struct separated_file *file = context;
    bool header = file->key_count == 0;
    if (header)
        take_header(file);
    else if (!file->refused)
        take_row(file);
    file->line += 1 + file->newlines;
    file->newlines = file->cell_count = 0;
    ec_arena_free(&file->cell_texts);
}

/* ---- CSV ---- */

static void parse(struct separated_file *file, struct csv_parser *parser, FILE *stream)
{
    char bytes[1 << 15];
    size_t length;
    while (!file->refused && (length = fread(bytes, 1, sizeof bytes, stream)) > 0) {
        if (csv_parse(parser, bytes, length, on_cell, on_row, file) != length) {
            ec_source_issue(file->source, file->line, 1, csv_strerror(csv_error(parser)));
            return;
        }
    }
    if (!ferror(stream) && !file->refused && csv_fini(parser, on_cell, on_row, file) != 0)
        ec_source_issue(file->source, file->line, 1, csv_strerror(csv_error(parser)));
}

static void read_csv(struct separated_file *file, FILE *stream)
{
    struct csv_parser parser;
    if (csv_init(&parser, CSV_STRICT | CSV_STRICT_FINI | CSV_EMPTY_IS_NULL) == 0)
        parse(file, &parser, stream);
    csv_free(&parser);
}

/* ---- TSV ---- */

/* Puts the characters that escapes stand for in their place; returns how many bytes are left. */
static size_t unescape(char *text, size_t length)
{
    static const char escaped[] = "tnr\\", meant[] = "\t\n\r\\";
    size_t kept = 0;
    for (size_t i = 0; i < length; i++) {
        const char *escape = NULL;
        if (text[i] == '\\' && i + 1 < length)
            escape = memchr(escaped, text[i + 1], sizeof escaped - 1);
        text[kept++] = escape ? meant[escape - escaped] : text[i];
        i += escape != NULL;
    }
    return kept;
}

static void take_line(struct separated_file *file, char *line, size_t length)
{
    for (char *cell = line, *end = line + length; cell;) {
        char *tab = memchr(cell, '\t', (size_t)(end - cell));
        size_t size = unescape(cell, (size_t)((tab ? tab : end) - cell));
        on_cell(size > 0 ? cell : NULL, size, file);
        cell = tab ? tab + 1 : NULL;
    }
    file->newlines = 0; /* those that were escapes are in one line of the file */
    on_row('\n', file);
}

static void read_tsv(struct separated_file *file, FILE *stream)
{
    char *line = NULL;
    size_t size = 0;
    ssize_t length;
    while (!file->refused && (length = getline(&line, &size, stream)) > 0) {
        length -= line[length - 1] == '\n';
        length -= length > 0 && line[length - 1] == '\r';
        if (length > 0)
            take_line(file, line, (size_t)length);
        else
            file->line++;
    }
    free(line);
}

/* ---- The file ---- */

static void read_file(struct ec_source_file *source, FILE *stream,
                      void (*read)(struct separated_file *, FILE *))
{
    struct separated_file file = {.source = source, .line = 1};
    file.c_locale = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    read(&file, stream);
    freelocale(file.c_locale);
    free(file.keys);
    free(file.cells);
    ec_arena_free(&file.key_texts);
    ec_arena_free(&file.cell_texts);
}

void ec_source_read_csv(struct ec_source_file *source, FILE *stream)
{
    read_file(source, stream, read_csv);
}

void ec_source_read_tsv(struct ec_source_file *source, FILE *stream)
{
    read_file(source, stream, read_tsv);
}
