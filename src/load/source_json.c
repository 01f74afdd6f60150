/* JSON and NDJSON that effcompare wrote: a header, then rows that tell all of a run.
 *
 * Neither is read as a whole: NDJSON line by line, JSON row by row out of its text. Files joined
 * with cat have headers in between, and each header says how many rows follow it, so that a file
 * that was cut off is noticed.
 */
#include "load/source_run.h"
#include "load/source_stream.h"

#include "base/arena.h"
#include "base/memory.h"
#include "load/json_split.h"
#include "load/scan.h"

#include <jansson.h>
#include <stdlib.h>
#include <time.h>

enum { VERSION = 1 };

/* No member twice; names may hold NULs. */
enum { PARSE_FLAGS = JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL };

struct json_source {
    struct ec_source_file *source;
    const char *schema;            /* that the header must have */
    size_t rows_wanted, rows_seen; /* below the last header */
    size_t line;                   /* of the part that is being read, 1-based */
    struct ec_arena arena;         /* of the row that is being read */
};

static void issue(struct json_source *json, const char *reason)
{
    ec_source_issue(json->source, json->line, 1, reason);
}

static struct ec_str string_of(const json_t *string)
{
    return (struct ec_str){json_string_value(string), json_string_length(string)};
}

/* ---- Names, times, values ---- */

static int hex_digit(char c)
{
    static const char digits[] = "0123456789abcdef";
    const char *at = c ? strchr(digits, c) : NULL;
    return at ? (int)(at - digits) : -1;
}

static bool read_hex(struct ec_str text, struct ec_arena *arena, struct ec_str *ret_bytes)
{
    if (text.len % 2)
        return false;
    char *bytes = ec_arena_alloc(arena, text.len / 2 + 1);
    for (size_t i = 0; i < text.len / 2; i++) {
        int high = hex_digit(text.ptr[2 * i]), low = hex_digit(text.ptr[2 * i + 1]);
        if (high < 0 || low < 0)
            return false;
        bytes[i] = (char)(high * 16 + low);
    }
    *ret_bytes = (struct ec_str){bytes, text.len / 2};
    return true;
}

/* The member `key`, or the exact bytes that KEY_bytes has in hexadecimal digits; *ret_text stays as
 * it is when there is neither. Returns false when it is no text. */
static bool read_file_name(struct json_source *json, const json_t *object, const char *key,
                           struct ec_str *ret_text)
{
    const json_t *text = json_object_get(object, key);
    const json_t *bytes = json_object_get(object, ec_arena_printf(&json->arena, "%s_bytes", key));
    if (bytes)
        return json_is_string(bytes) && read_hex(string_of(bytes), &json->arena, ret_text);
    if (text && json_is_string(text))
        *ret_text = string_of(text);
    return !text || json_is_string(text);
}

/* Reads `digits` digits; -1 when there are others. */
static int64_t read_digits(const char **cursor, int digits)
{
    int64_t number = 0;
    for (int i = 0; i < digits; i++) {
        if (**cursor < '0' || **cursor > '9')
            return -1;
        number = number * 10 + (*(*cursor)++ - '0');
    }
    return number;
}

/* "2025-01-31T23:59:59.123456789Z" as ec_json_time writes it. */
static bool read_time(struct ec_str text, int64_t *ret_nanoseconds)
{
    static const struct {
        int digits;
        char end;
    } parts[] = {{4, '-'}, {2, '-'}, {2, 'T'}, {2, ':'}, {2, ':'}, {2, '.'}, {9, 'Z'}};
    enum { YEAR, MONTH, DAY, HOUR, MINUTE, SECOND, NANOSECOND, PARTS };
    int64_t numbers[PARTS];
    const char *cursor = text.ptr;
    for (int i = 0; i < PARTS; i++) {
        numbers[i] = read_digits(&cursor, parts[i].digits);
        if (numbers[i] < 0 || *cursor++ != parts[i].end)
            return false;
    }
    struct tm tm = {.tm_year = (int)numbers[YEAR] - 1900,
                    .tm_mon = (int)numbers[MONTH] - 1,
                    .tm_mday = (int)numbers[DAY],
                    .tm_hour = (int)numbers[HOUR],
                    .tm_min = (int)numbers[MINUTE],
                    .tm_sec = (int)numbers[SECOND]};
    int64_t nanoseconds;
    if (cursor != text.ptr + text.len ||
        __builtin_mul_overflow((int64_t)timegm(&tm), INT64_C(1000000000), &nanoseconds))
        return false;
    return !__builtin_add_overflow(nanoseconds, numbers[NANOSECOND], ret_nanoseconds);
}

static bool read_value(const json_t *json, struct ec_value *ret_value)
{
    switch (json_typeof(json)) {
    case JSON_NULL:
        *ret_value = ec_value_missing();
        return true;
    case JSON_TRUE:
    case JSON_FALSE:
        *ret_value = ec_value_bool(json_is_true(json));
        return true;
    case JSON_INTEGER:
        *ret_value = ec_value_int(json_integer_value(json));
        return true;
    case JSON_REAL:
        *ret_value = ec_value_real(json_real_value(json));
        return true;
    case JSON_STRING:
        *ret_value = ec_value_str(string_of(json));
        return true;
    case JSON_OBJECT:
    case JSON_ARRAY:
        break;
    }
    return false;
}

/* ---- Rows ---- */

/* What is known of the run besides its values. Returns what is wrong, or NULL. */
static const char *read_run(struct json_source *json, const json_t *row, struct ec_run *ret_run)
{
    *ret_run =
        (struct ec_run){.path = json->source->file->path, .mtime_ns = json->source->mtime_ns};
    if (!json_is_object(row))
        return "a row that is not an object";
    if (!read_file_name(json, row, "name", &ret_run->name) || !ret_run->name.ptr)
        return "a row without a name";
    if (!read_file_name(json, row, "file", &ret_run->path))
        return "'file' is not text";
    const json_t *modified = json_object_get(row, "modified");
    if (modified &&
        !(json_is_string(modified) && read_time(string_of(modified), &ret_run->mtime_ns)))
        return "'modified' is not a time such as 2025-01-31T23:59:59.123456789Z";
    ret_run->is_copy = modified && json_object_get(row, "file");
    const json_t *status = json_object_get(row, "status");
    if (!json_is_string(status) ||
        !ec_status_find(json_string_value(status), json_string_length(status), &ret_run->status))
        return "'status' is none that this version knows";
    return NULL;
}

static const char *read_values(struct json_source *json, json_t *row)
{
    json_t *values = json_object_get(row, "values"), *member;
    const char *key;
    if (!json_is_object(values))
        return "'values' is not an object";
    json_object_foreach(values, key, member)
    {
        struct ec_value value;
        if (!read_value(member, &value))
            return "'values' holds something that is not a value";
        ec_source_add_value(json->source, ec_str(key), value);
    }
    return NULL;
}

static void take_row(struct json_source *json, json_t *row)
{
    struct ec_run run;
    const char *wrong = read_run(json, row, &run);
    json->rows_seen++;
    if (!wrong)
        wrong = read_values(json, row);
    if (wrong) {
        issue(json, wrong);
        ec_source_drop_run(json->source);
    } else {
        ec_source_add_run(json->source, run);
    }
    ec_arena_free(&json->arena);
}

/* ---- The header ---- */

static size_t count_of(const json_t *integer)
{
    return json_is_integer(integer) && json_integer_value(integer) > 0
               ? (size_t)json_integer_value(integer)
               : 0;
}

/* Says which rows an earlier header promised, but did not come. */
static void check_count(struct json_source *json)
{
    if (json->rows_seen >= json->rows_wanted)
        return;
    struct ec_arena arena = {0};
    issue(json, ec_arena_printf(&arena, "%zu of %zu rows are missing: the file was cut off",
                                json->rows_wanted - json->rows_seen, json->rows_wanted));
    ec_arena_free(&arena);
}

static void add_zeros(struct ec_source_file *source, uint32_t member, size_t zeros)
{
    if (member >= source->zero_count) {
        size_t old = source->zero_count, count = 2 * (size_t)member + 1;
        source->zeros = ec_realloc(source->zeros, count, sizeof *source->zeros);
        memset(source->zeros + old, 0, (count - old) * sizeof *source->zeros);
        source->zero_count = count;
    }
    source->zeros[member] += zeros;
}

static void take_zeros(struct ec_source_file *source, const json_t *columns)
{
    size_t index;
    json_t *column;
    json_array_foreach(columns, index, column)
    {
        const json_t *key = json_object_get(column, "key");
        size_t zeros = count_of(json_object_get(column, "zeros_not_measured"));
        if (!json_is_string(key) || zeros == 0)
            continue;
        uint32_t member = ec_keys_member(&source->keys, EC_SCAN_ROOT, string_of(key));
        if (member != EC_SCAN_SKIP)
            add_zeros(source, member, zeros);
    }
}

/* What could not be read when the file was written. */
static void take_issues(struct json_source *json, const json_t *issues)
{
    size_t index;
    json_t *entry;
    json_array_foreach(issues, index, entry)
    {
        struct ec_str path = {0};
        const json_t *kind_name = json_object_get(entry, "kind");
        const json_t *reason = json_object_get(entry, "reason");
        enum ec_issue_kind kind;
        if (!json_is_string(kind_name) || !ec_issue_kind_find(string_of(kind_name), &kind) ||
            !json_is_string(reason) || !read_file_name(json, entry, "file", &path) || !path.ptr) {
            issue(json, "'issues' holds one that this version does not know");
            continue;
        }
        ec_runset_add_issue(
            json->source->runset, kind, path, (int)count_of(json_object_get(entry, "line")),
            (int)count_of(json_object_get(entry, "column")), json_string_value(reason));
    }
    ec_arena_free(&json->arena);
}

/* Returns false when nothing below this header can be read. */
static bool take_header(struct json_source *json, const json_t *header)
{
    const json_t *schema = json_object_get(header, "schema");
    const json_t *version = json_object_get(header, "version");
    if (!json_is_string(schema) || strcmp(json_string_value(schema), json->schema) != 0 ||
        !json_is_integer(version)) {
        issue(json, "not a header that effcompare wrote");
        return false;
    }
    if (json_integer_value(version) != VERSION) {
        struct ec_arena arena = {0};
        issue(json, ec_arena_printf(&arena, "version %lld of the format; this effcompare reads %d",
                                    (long long)json_integer_value(version), VERSION));
        ec_arena_free(&arena);
        return false;
    }
    if (json_is_true(json_object_get(header, "grouped"))) {
        issue(json, "a table of groups: means are not runs");
        return false;
    }
    json->rows_wanted = count_of(json_object_get(header, "row_count"));
    json->rows_seen = 0;
    json->source->zero_count = 0; /* those of an earlier header */
    take_zeros(json->source, json_object_get(header, "columns"));
    take_issues(json, json_object_get(header, "issues"));
    return true;
}

/* Parses a part of the file that starts in json->line; NULL, with an issue, when it is not JSON. */
static json_t *parse(struct json_source *json, struct ec_str text)
{
    json_error_t error;
    if (text.len > EC_SOURCE_MAX_PART) {
        issue(json, "a part larger than 64 MiB");
        return NULL;
    }
    json_t *parsed = json_loadb(text.ptr, text.len, PARSE_FLAGS, &error);
    if (!parsed)
        ec_source_issue(json->source, json->line + (size_t)error.line - 1, (size_t)error.column,
                        error.text);
    return parsed;
}

/* ---- NDJSON ---- */

/* Returns false when nothing more of the file can be read. */
static bool take_line(struct json_source *json, struct ec_str text)
{
    json_t *line = parse(json, text);
    bool go_on = true;
    if (line && json_object_get(line, "schema")) {
        check_count(json);
        go_on = take_header(json, line);
    } else if (line) {
        take_row(json, line);
    } else {
        json->rows_seen++;
    }
    json_decref(line);
    return go_on;
}

void ec_source_read_ndjson(struct ec_source_file *source, FILE *stream)
{
    struct json_source json = {.source = source, .schema = "effcompare.rows"};
    char *text = NULL;
    size_t capacity = 0;
    ssize_t length;
    bool go_on = true;
    while (go_on && (length = getline(&text, &capacity, stream)) > 0) {
        json.line++;
        if (strspn(text, " \t\r\n") < (size_t)length)
            go_on = take_line(&json, (struct ec_str){text, (size_t)length});
    }
    if (!ferror(stream) && go_on)
        check_count(&json);
    free(text);
}

/* ---- JSON ---- */

struct rows {
    struct json_source *json;
    const char *counted; /* json->line is the line here */
};

static void take_item(void *context, struct ec_str item)
{
    struct rows *rows = context;
    for (; rows->counted < item.ptr; rows->counted++)
        rows->json->line += *rows->counted == '\n';
    json_t *row = parse(rows->json, item);
    if (row)
        take_row(rows->json, row);
    else
        rows->json->rows_seen++;
    json_decref(row);
}

static void read_whole(struct ec_out *out, FILE *stream)
{
    char bytes[1 << 16];
    size_t length;
    ec_out_to_memory(out);
    while ((length = fread(bytes, 1, sizeof bytes, stream)) > 0)
        ec_out_bytes(out, bytes, length);
}

static void read_table(struct json_source *json, struct ec_str text)
{
    struct ec_out rest;
    ec_out_to_memory(&rest);
    json_t *header = NULL;
    if (ec_json_split(text, "rows", &rest, NULL, NULL))
        header = parse(json, (struct ec_str){rest.buffer, rest.length});
    else
        json_decref(parse(json, text)); /* for the reason */
    if (header && take_header(json, header)) {
        struct rows rows = {json, text.ptr};
        ec_json_split(text, "rows", NULL, take_item, &rows);
        check_count(json);
    }
    json_decref(header);
    ec_out_free(&rest);
}

void ec_source_read_json(struct ec_source_file *source, FILE *stream)
{
    struct json_source json = {.source = source, .schema = "effcompare.table", .line = 1};
    struct ec_out text;
    read_whole(&text, stream);
    if (!ferror(stream))
        read_table(&json, (struct ec_str){text.buffer, text.length});
    ec_out_free(&text);
}
