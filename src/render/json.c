/* JSON and NDJSON: exact values, and everything that reading them back needs (load/source.h).
 *
 * Both hold the same members in the same order, described in docs/schema.md and
 * docs/effcompare.schema.json; a change there is a change of EC_JSON_VERSION's meaning. JSON is one
 * object with one line per column, row and issue. NDJSON is a header line with the same members but
 * `rows`, then one line per row, so that shards can be written, read and joined line by line.
 */
#include "render/json.h"

#include "base/memory.h"
#include "base/utf8.h"
#include "render/formats.h"
#include "render/json_write.h"
#include "table/ranks.h"

#include <math.h>
#include <stdlib.h>

/* What readers check first: files with another version are refused. */
enum { EC_JSON_VERSION = 1 };

static const char *direction_name(enum ec_direction direction)
{
    switch (direction) {
    case EC_NEUTRAL:
        break;
    case EC_LOWER:
        return "lower";
    case EC_HIGHER:
        return "higher";
    case EC_TARGET:
        return "target";
    case EC_REFERENCE:
        return "reference";
    }
    return "none";
}

/* What is written. Columns are told apart by their key: one that was asked for twice (in two units,
 * say) has the same values both times and is written once. */
struct document {
    const struct ec_table *table;
    size_t *columns; /* of the table */
    size_t column_count;
    uint32_t *ranks; /* per column of the table and row; 0: not ranked */
};

static int compare_keys(const void *a, const void *b)
{
    const struct ec_column *left = *(const struct ec_column *const *)a;
    const struct ec_column *right = *(const struct ec_column *const *)b;
    int order = strcmp(left->key, right->key);
    return order != 0 ? order : (left > right) - (left < right);
}

/* Which columns have the key of an earlier one; the caller frees. */
static bool *find_repeated(const struct ec_table *table)
{
    size_t count = table->column_count;
    const struct ec_column **sorted = ec_malloc(count * sizeof *sorted);
    bool *repeated = ec_calloc(count, sizeof *repeated);
    for (size_t i = 0; i < count; i++)
        sorted[i] = &table->columns[i];
    qsort(sorted, count, sizeof *sorted, compare_keys);
    for (size_t i = 1; i < count; i++)
        repeated[sorted[i] - table->columns] = strcmp(sorted[i - 1]->key, sorted[i]->key) == 0;
    free(sorted);
    return repeated;
}

/* Rows are runs whichever way the table is shown. */
static struct document document_of(const struct ec_table *shown)
{
    const struct ec_table *table = ec_table_upright(shown);
    struct document document = {
        .table = table, .columns = ec_malloc(table->column_count * sizeof *document.columns)};
    bool *repeated = find_repeated(table);
    for (size_t i = 0; i < table->column_count; i++)
        if (!repeated[i])
            document.columns[document.column_count++] = i;
    free(repeated);
    document.ranks = ec_calloc(table->column_count * table->row_count, sizeof *document.ranks);
    for (size_t i = 0; i < table->column_count; i++)
        ec_table_ranks(table, i, document.ranks + i * table->row_count);
    return document;
}

static void free_document(struct document *document)
{
    free(document->columns);
    free(document->ranks);
}

/* File names are bytes: when they are not UTF-8, the exact ones follow as KEY_bytes. */
static void write_file_name(struct ec_json *object, const char *key, struct ec_str text)
{
    ec_json_member(object, key);
    ec_json_string(object->out, text);
    if (ec_utf8_is_valid(text))
        return;
    struct ec_out bytes_key;
    ec_out_to_memory(&bytes_key);
    ec_out_printf(&bytes_key, "%s_bytes", key);
    ec_json_key(object, (struct ec_str){bytes_key.buffer, bytes_key.length});
    ec_json_hex(object->out, text);
    ec_out_free(&bytes_key);
}

/* ---- The header: every member but the rows ---- */

static void write_column(struct ec_out *out, const struct ec_table *table, size_t index)
{
    const struct ec_column *column = &table->columns[index];
    const char *unit = column->stored_unit ? column->stored_unit->symbol : "";
    struct ec_json object = ec_json_object(out, EC_JSON_INLINE);
    ec_json_member(&object, "key");
    ec_json_text(out, column->key);
    ec_json_member(&object, "label");
    ec_json_text(out, column->label);
    if (column->group) {
        ec_json_member(&object, "group");
        ec_json_text(out, column->group);
    }
    ec_json_member(&object, "unit");
    ec_json_text(out, *unit ? unit : NULL);
    ec_json_member(&object, "direction");
    ec_json_text(out, direction_name(column->direction));
    if (column->direction == EC_TARGET || column->direction == EC_REFERENCE) {
        ec_json_member(&object, "target");
        ec_json_number(out, column->target);
    }
    size_t zeros = ec_table_column_zeros(table, index);
    if (zeros > 0) {
        ec_json_member(&object, "zeros_not_measured");
        ec_out_printf(out, "%zu", zeros);
    }
    ec_json_end(&object);
}

static void write_columns(struct ec_out *out, const struct document *document, int indent)
{
    struct ec_json array = ec_json_array(out, indent);
    for (size_t i = 0; i < document->column_count; i++) {
        ec_json_item(&array);
        write_column(out, document->table, document->columns[i]);
    }
    ec_json_end(&array);
}

static void write_sections(struct ec_out *out, const struct ec_table *table)
{
    struct ec_json array = ec_json_array(out, EC_JSON_INLINE);
    for (size_t i = 0; i < table->section_count; i++) {
        ec_json_item(&array);
        struct ec_json object = ec_json_object(out, EC_JSON_INLINE);
        ec_json_member(&object, "title");
        ec_json_text(out, table->sections[i].title);
        ec_json_member(&object, "first_row");
        ec_out_printf(out, "%zu", table->sections[i].first_row);
        ec_json_member(&object, "reference");
        ec_json_bool(out, table->sections[i].reference);
        ec_json_end(&object);
    }
    ec_json_end(&array);
}

static void write_best(struct ec_out *out, const struct ec_table *table, const struct ec_best *best)
{
    struct ec_json object = ec_json_object(out, EC_JSON_INLINE);
    ec_json_member(&object, "title");
    ec_json_text(out, best->title);
    ec_json_member(&object, "column");
    ec_json_text(out, table->columns[best->column].key);
    ec_json_member(&object, "count");
    ec_out_printf(out, "%zu", best->count);
    ec_json_member(&object, "rows");
    struct ec_json rows = ec_json_array(out, EC_JSON_INLINE);
    for (size_t i = 0; i < best->count && i < EC_BEST_NAMED; i++) {
        ec_json_item(&rows);
        ec_out_printf(out, "%zu", best->rows[i]);
    }
    ec_json_end(&rows);
    ec_json_end(&object);
}

static void write_bests(struct ec_out *out, const struct ec_table *table, int indent)
{
    struct ec_json array = ec_json_array(out, indent);
    for (size_t i = 0; i < table->best_count; i++) {
        ec_json_item(&array);
        write_best(out, table, &table->bests[i]);
    }
    ec_json_end(&array);
}

static void write_notes(struct ec_out *out, const struct ec_table *table, int indent)
{
    struct ec_json array = ec_json_array(out, indent);
    for (size_t i = 0; i < table->note_count; i++) {
        ec_json_item(&array);
        ec_json_text(out, table->notes[i]);
    }
    ec_json_end(&array);
}

static void write_issue(struct ec_out *out, const struct ec_issue *issue)
{
    struct ec_json object = ec_json_object(out, EC_JSON_INLINE);
    ec_json_member(&object, "kind");
    ec_json_text(out, ec_issue_kind_name(issue->kind));
    write_file_name(&object, "file", issue->path);
    if (issue->line > 0) {
        ec_json_member(&object, "line");
        ec_out_printf(out, "%d", issue->line);
        ec_json_member(&object, "column");
        ec_out_printf(out, "%d", issue->column);
    }
    ec_json_member(&object, "reason");
    ec_json_text(out, issue->reason);
    ec_json_end(&object);
}

static void write_issues(struct ec_out *out, const struct ec_table *table, int indent)
{
    struct ec_json array = ec_json_array(out, indent);
    for (size_t i = 0; i < ec_table_issue_count(table); i++) {
        ec_json_item(&array);
        write_issue(out, ec_table_issue(table, i));
    }
    ec_json_end(&array);
}

/* `indent` is that of lines two levels deep. */
static void write_header(struct ec_json *object, const struct document *document,
                         const char *schema, int indent)
{
    const struct ec_table *table = document->table;
    struct ec_out *out = object->out;
    ec_json_member(object, "schema"); /* the first member: readers know the file by it */
    ec_json_text(out, schema);
    ec_json_member(object, "version");
    ec_out_printf(out, "%d", EC_JSON_VERSION);
    ec_json_member(object, "title");
    ec_json_text(out, table->title);
    ec_json_member(object, "grouped");
    ec_json_bool(out, table->grouped);
    ec_json_member(object, "spread");
    ec_json_text(out, table->spread);
    ec_json_member(object, "row_count");
    ec_out_printf(out, "%zu", table->row_count);
    ec_json_member(object, "columns");
    write_columns(out, document, indent);
    ec_json_member(object, "sections");
    write_sections(out, table);
    ec_json_member(object, "best");
    write_bests(out, table, indent);
    ec_json_member(object, "notes");
    write_notes(out, table, indent);
    ec_json_member(object, "issues");
    write_issues(out, table, indent);
}

/* ---- Rows ---- */

static void write_marks(struct ec_out *out, unsigned marks)
{
    static const struct {
        unsigned mark;
        const char *name;
    } names[] = {{EC_MARK_BEST, "best"}, {EC_MARK_SECOND, "second"}, {EC_MARK_TIED, "tied"}};

    struct ec_json array = ec_json_array(out, EC_JSON_INLINE);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (!(marks & names[i].mark))
            continue;
        ec_json_item(&array);
        ec_json_text(out, names[i].name);
    }
    ec_json_end(&array);
}

/* What a cell says in one of the row's objects; writes nothing when it has nothing to say there. */
typedef void write_part(struct ec_json *object, const struct ec_column *column,
                        struct ec_cell cell);

static void write_value(struct ec_json *object, const struct ec_column *column, struct ec_cell cell)
{
    ec_json_member(object, column->key);
    ec_json_value(object->out, cell.value);
}

static void write_spread(struct ec_json *object, const struct ec_column *column,
                         struct ec_cell cell)
{
    if (!isfinite(cell.spread))
        return;
    ec_json_member(object, column->key);
    ec_json_number(object->out, cell.spread);
}

static void write_count(struct ec_json *object, const struct ec_column *column, struct ec_cell cell)
{
    if (!ec_column_has_counts(column))
        return;
    ec_json_member(object, column->key);
    ec_out_printf(object->out, "%u", cell.n);
}

static void write_cell_marks(struct ec_json *object, const struct ec_column *column,
                             struct ec_cell cell)
{
    if (cell.marks == 0)
        return;
    ec_json_member(object, column->key);
    write_marks(object->out, cell.marks);
}

static void write_parts(struct ec_json *object, const struct document *document, size_t row,
                        const char *key, write_part *write)
{
    ec_json_member(object, key);
    struct ec_json parts = ec_json_object(object->out, EC_JSON_INLINE);
    for (size_t i = 0; i < document->column_count; i++) {
        size_t column = document->columns[i];
        write(&parts, &document->table->columns[column],
              ec_table_cell(document->table, row, column));
    }
    ec_json_end(&parts);
}

static void write_ranks(struct ec_json *object, const struct document *document, size_t row)
{
    const struct ec_table *table = document->table;
    ec_json_member(object, "ranks");
    struct ec_json ranks = ec_json_object(object->out, EC_JSON_INLINE);
    for (size_t i = 0; i < document->column_count; i++) {
        size_t column = document->columns[i];
        uint32_t rank = document->ranks[column * table->row_count + row];
        if (rank == 0)
            continue;
        ec_json_member(&ranks, table->columns[column].key);
        ec_out_printf(object->out, "%u", rank);
    }
    ec_json_end(&ranks);
}

static void write_row(struct ec_out *out, const struct document *document, size_t row)
{
    const struct ec_table *table = document->table;
    struct ec_run run = ec_table_row_run(table, row);
    struct ec_json object = ec_json_object(out, EC_JSON_INLINE);
    write_file_name(&object, "name", run.name);
    if (run.path.len > 0) {
        write_file_name(&object, "file", run.path);
        ec_json_member(&object, "modified");
        ec_json_time(out, run.mtime_ns);
    }
    if (!table->grouped) {
        ec_json_member(&object, "status");
        ec_json_text(out, ec_status_name(run.status));
    }
    write_parts(&object, document, row, "values", write_value);
    if (table->grouped) {
        write_parts(&object, document, row, "spreads", write_spread);
        write_parts(&object, document, row, "counts", write_count);
    }
    write_ranks(&object, document, row);
    write_parts(&object, document, row, "marks", write_cell_marks);
    ec_json_end(&object);
}

/* ---- The formats ---- */

void ec_json_write_table(struct ec_out *out, const struct ec_table *table)
{
    enum { INDENT = 2 };
    struct document document = document_of(table);
    struct ec_json object = ec_json_object(out, INDENT);
    write_header(&object, &document, "effcompare.table", 2 * INDENT);
    ec_json_member(&object, "rows");
    struct ec_json rows = ec_json_array(out, 2 * INDENT);
    for (size_t row = 0; row < document.table->row_count; row++) {
        ec_json_item(&rows);
        write_row(out, &document, row);
    }
    ec_json_end(&rows);
    ec_json_end(&object);
    ec_out_char(out, '\n');
    free_document(&document);
}

static int render_json(const struct ec_table *table, const struct ec_render_options *options,
                       struct ec_out *out, struct ec_error *error)
{
    (void)options, (void)error;
    ec_json_write_table(out, table);
    return 0;
}

static int render_ndjson(const struct ec_table *table, const struct ec_render_options *options,
                         struct ec_out *out, struct ec_error *error)
{
    (void)options, (void)error;
    struct document document = document_of(table);
    struct ec_json header = ec_json_object(out, EC_JSON_INLINE);
    write_header(&header, &document, "effcompare.rows", EC_JSON_INLINE);
    ec_json_end(&header);
    ec_out_char(out, '\n');
    for (size_t row = 0; row < document.table->row_count; row++) {
        write_row(out, &document, row);
        ec_out_char(out, '\n');
    }
    free_document(&document);
    return 0;
}

static const char *const json_suffixes[] = {".json", NULL};
static const char *const ndjson_suffixes[] = {".ndjson", ".jsonl", NULL};

const struct ec_renderer ec_renderer_json = {
    .name = "json",
    .suffixes = json_suffixes,
    .help = "exact values, marks and where they come from; effcompare reads it back",
    .shows_times = true,
    .is_exact = true,
    .render = render_json,
};

const struct ec_renderer ec_renderer_ndjson = {
    .name = "ndjson",
    .suffixes = ndjson_suffixes,
    .help = "the same, one run per line: for streams and for shards of a huge tree",
    .shows_times = true,
    .is_exact = true,
    .render = render_ndjson,
};
