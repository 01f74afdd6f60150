#include "load/source.h"

#include "base/memory.h"
#include "load/scan.h"
#include "load/source_run.h"
#include "load/source_stream.h"
#include "load/text.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>

/* ---- Which format ---- */

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* Moves *cursor behind `word` and blanks before it; false when something else is there. */
static bool accept(struct ec_str *cursor, const char *word)
{
    while (cursor->len > 0 && is_blank(cursor->ptr[0]))
        *cursor = (struct ec_str){cursor->ptr + 1, cursor->len - 1};
    size_t length = strlen(word);
    if (cursor->len < length || memcmp(cursor->ptr, word, length) != 0)
        return false;
    *cursor = (struct ec_str){cursor->ptr + length, cursor->len - length};
    return true;
}

/* The header of a CSV or TSV file that effcompare wrote starts with the word experiment; one that
 * has no other column is CSV. */
static enum ec_source detect_separated(struct ec_str cursor)
{
    bool quoted = accept(&cursor, "\"experiment\"");
    if ((!quoted && !accept(&cursor, "experiment")) || cursor.len == 0)
        return EC_SOURCE_NONE;
    if (cursor.ptr[0] == '\t')
        return quoted ? EC_SOURCE_NONE : EC_SOURCE_TSV;
    return strchr(",\r\n", cursor.ptr[0]) ? EC_SOURCE_CSV : EC_SOURCE_NONE;
}

enum ec_source ec_source_detect(const char *bytes, size_t length)
{
    const char *start = ec_text_skip_bom(bytes, length);
    struct ec_str cursor = {start, length - (size_t)(start - bytes)};
    enum ec_source separated = detect_separated(cursor);
    if (separated != EC_SOURCE_NONE)
        return separated;
    if (!accept(&cursor, "{") || !accept(&cursor, "\"schema\"") || !accept(&cursor, ":"))
        return EC_SOURCE_NONE;
    if (accept(&cursor, "\"effcompare.table\""))
        return EC_SOURCE_JSON;
    return accept(&cursor, "\"effcompare.rows\"") ? EC_SOURCE_NDJSON : EC_SOURCE_NONE;
}

/* ---- Rows become runs ---- */

void ec_source_issue(struct ec_source_file *source, size_t line, size_t column, const char *reason)
{
    ec_runset_add_issue(source->runset, EC_ISSUE_BAD_RECORD, source->file->path,
                        line < INT_MAX ? (int)line : 0, column < INT_MAX ? (int)column : 0, reason);
}

/* Whether this missing value is one of the zeros that were dropped; it is then counted as such. */
static bool take_zero(struct ec_source_file *source, uint32_t member)
{
    if (member >= source->zero_count || source->zeros[member] == 0)
        return false;
    source->zeros[member]--;
    return true;
}

void ec_source_add_value(struct ec_source_file *source, struct ec_str key, struct ec_value value)
{
    uint32_t member = ec_keys_member(&source->keys, EC_SCAN_ROOT, key);
    if (member == EC_SCAN_SKIP || !source->keys.keys[member].wanted)
        return;
    source->fields = ec_grow(source->fields, source->field_count, &source->field_capacity,
                             sizeof *source->fields);
    source->fields[source->field_count++] =
        (struct ec_field){.column = ec_keys_column(&source->keys, member),
                          .zero_dropped = value.kind == EC_MISSING && take_zero(source, member),
                          .value = value};
}

void ec_source_drop_run(struct ec_source_file *source)
{
    source->field_count = 0;
}

void ec_source_add_run(struct ec_source_file *source, struct ec_run run)
{
    if (source->prefix) {
        ec_path_join(&source->name, source->file->name, run.name);
        run.name = (struct ec_str){source->name.ptr, source->name.len};
    }
    ec_runset_add(source->runset, &run, source->fields, source->field_count);
    ec_source_drop_run(source);
}

/* ---- A file ---- */

/* Whether the comparison is of this file alone. */
static bool is_alone(const struct ec_load_options *options, const struct ec_record_file *file)
{
    if (options->path_count != 1)
        return false;
    char *path = ec_path_tidy(options->paths[0]);
    bool alone = ec_str_equal(ec_str(path), file->path);
    free(path);
    return alone;
}

void ec_source_read(struct ec_runset *runset, const struct ec_load_options *options,
                    enum ec_source kind, const struct ec_record_file *file, int fd,
                    int64_t mtime_ns)
{
    static void (*const readers[])(struct ec_source_file *, FILE *) = {
        [EC_SOURCE_JSON] = ec_source_read_json,
        [EC_SOURCE_NDJSON] = ec_source_read_ndjson,
        [EC_SOURCE_CSV] = ec_source_read_csv,
        [EC_SOURCE_TSV] = ec_source_read_tsv,
    };
    struct ec_source_file source = {.runset = runset,
                                    .options = options,
                                    .file = file,
                                    .mtime_ns = mtime_ns,
                                    .prefix = !is_alone(options, file)};
    struct ec_source_stream guarded;
    FILE *stream = ec_source_stream_open(&guarded, fd, kind != EC_SOURCE_JSON);
    if (!stream) {
        ec_source_issue(&source, 0, 0, strerror(errno));
        return;
    }
    ec_keys_init(&source.keys, options, runset, false);
    readers[kind](&source, stream);
    if (ferror(stream))
        ec_source_issue(&source, 0, 0, ec_source_stream_reason(&guarded));
    fclose(stream);
    ec_keys_free(&source.keys);
    free(source.zeros);
    free(source.fields);
    free(source.name.ptr);
}
