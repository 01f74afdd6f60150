#include "runset/runset.h"

#include "base/arena.h"
#include "base/memory.h"
#include "base/natural.h"
#include "runset/intern.h"
#include "runset/order.h"

#include <pthread.h>
#include <stdlib.h>

/* Path and name in one block of the arena: the name is a part of the path, or follows its NUL. */
struct row {
    const char *path;
    uint32_t path_length;
    uint32_t name_offset, name_length;
    int64_t mtime_ns;
    uint64_t key; /* the first of the name, for sorting; made while many threads add rows */
    struct ec_natural_cursor cursor;
    uint8_t status; /* enum ec_status */
    bool is_copy;
};

enum { PIECE_ROWS = 1024 };

struct column {
    struct ec_str key;
    const struct ec_metric *metric;
    struct ec_store store;
    size_t zeros;
};

struct ec_runset {
    pthread_mutex_t lock; /* held by every function that may be called while loading */
    struct ec_arena arena;

    struct row **pieces; /* of PIECE_ROWS rows; a row's address does not change */
    size_t piece_count, piece_capacity;
    size_t count;
    bool has_copies;
    uint32_t *order; /* place -> row in order of arrival; NULL before ec_runset_finish */

    struct column *columns;
    size_t column_count, column_capacity;
    struct ec_intern keys;    /* of the columns */
    uint32_t *column_of_key;  /* a key's index in `keys` -> column; NULL before ec_runset_finish */
    struct ec_intern strings; /* text values */

    struct ec_issue *issues;
    size_t issue_count, issue_capacity;
};

struct ec_runset *ec_runset_new(void)
{
    struct ec_runset *runset = ec_calloc(1, sizeof *runset);
    pthread_mutex_init(&runset->lock, NULL);
    return runset;
}

void ec_runset_free(struct ec_runset *runset)
{
    if (!runset)
        return;
    for (size_t i = 0; i < runset->piece_count; i++)
        free(runset->pieces[i]);
    free(runset->pieces);
    for (size_t i = 0; i < runset->column_count; i++)
        ec_store_free(&runset->columns[i].store);
    free(runset->columns);
    free(runset->column_of_key);
    free(runset->order);
    free(runset->issues);
    ec_intern_free(&runset->keys);
    ec_intern_free(&runset->strings);
    ec_arena_free(&runset->arena);
    pthread_mutex_destroy(&runset->lock);
    free(runset);
}

/* ---- Loading ---- */

uint32_t ec_runset_column(struct ec_runset *runset, struct ec_str key)
{
    pthread_mutex_lock(&runset->lock);
    const char *interned = ec_intern_add(&runset->keys, key);
    uint32_t index = ec_interned_index(interned);
    if (index == runset->column_count) {
        runset->columns = ec_grow(runset->columns, runset->column_count, &runset->column_capacity,
                                  sizeof *runset->columns);
        runset->columns[runset->column_count++] = (struct column){
            .key = ec_interned_text(interned), .metric = ec_metric_find_key(key.ptr, key.len)};
    }
    pthread_mutex_unlock(&runset->lock);
    return index;
}

static struct row *row_at(const struct ec_runset *runset, size_t row)
{
    return &runset->pieces[row / PIECE_ROWS][row % PIECE_ROWS];
}

static struct row *new_row(struct ec_runset *runset)
{
    if (runset->count == runset->piece_count * PIECE_ROWS) {
        runset->pieces = ec_grow(runset->pieces, runset->piece_count, &runset->piece_capacity,
                                 sizeof *runset->pieces);
        runset->pieces[runset->piece_count++] = ec_malloc(PIECE_ROWS * sizeof(struct row));
    }
    return row_at(runset, runset->count++);
}

static bool is_part(struct ec_str part, struct ec_str whole)
{
    uintptr_t start = (uintptr_t)whole.ptr, part_start = (uintptr_t)part.ptr;
    return part_start >= start && part_start + part.len <= start + whole.len;
}

/* Copies path and name. */
static void row_set_texts(struct ec_runset *runset, struct row *row, const struct ec_run *run)
{
    size_t path_length = run->path.len;
    row->path_length = (uint32_t)path_length;
    row->name_length = (uint32_t)run->name.len;
    if (is_part(run->name, run->path)) {
        row->path = ec_arena_strndup(&runset->arena, run->path.ptr, path_length);
        row->name_offset = (uint32_t)(run->name.ptr - run->path.ptr);
    } else {
        row->path = ec_arena_printf(&runset->arena, "%.*s%c%.*s", (int)path_length, run->path.ptr,
                                    '\0', (int)run->name.len, run->name.ptr);
        row->name_offset = (uint32_t)(path_length + 1);
    }
}

void ec_runset_add(struct ec_runset *runset, const struct ec_run *run,
                   const struct ec_field *fields, size_t field_count)
{
    struct ec_natural_cursor cursor = {0};
    uint64_t key = ec_natural_key(run->name, &cursor);
    pthread_mutex_lock(&runset->lock);
    size_t number = runset->count;
    struct row *row = new_row(runset);
    row_set_texts(runset, row, run);
    row->mtime_ns = run->mtime_ns;
    row->key = key;
    row->cursor = cursor;
    row->status = (uint8_t)run->status;
    row->is_copy = run->is_copy;
    runset->has_copies = runset->has_copies || run->is_copy;
    for (size_t i = 0; i < field_count; i++) {
        struct column *column = &runset->columns[fields[i].column];
        struct ec_value value = fields[i].value;
        if (value.kind == EC_STR)
            value.s.ptr = ec_intern_add(&runset->strings, value.s);
        if (value.kind != EC_MISSING)
            ec_store_set(&column->store, number, value);
        column->zeros += fields[i].zero_dropped;
    }
    pthread_mutex_unlock(&runset->lock);
}

void ec_runset_add_issue(struct ec_runset *runset, enum ec_issue_kind kind, struct ec_str path,
                         int line, int column, const char *reason)
{
    pthread_mutex_lock(&runset->lock);
    runset->issues = ec_grow(runset->issues, runset->issue_count, &runset->issue_capacity,
                             sizeof *runset->issues);
    runset->issues[runset->issue_count++] = (struct ec_issue){
        .kind = kind,
        .line = line,
        .column = column,
        .path = {ec_arena_strndup(&runset->arena, path.ptr, path.len), path.len},
        .reason = ec_arena_strndup(&runset->arena, reason, strlen(reason)),
    };
    pthread_mutex_unlock(&runset->lock);
}

size_t ec_runset_progress(struct ec_runset *runset)
{
    pthread_mutex_lock(&runset->lock);
    size_t count = runset->count;
    pthread_mutex_unlock(&runset->lock);
    return count;
}

/* ---- The one order ---- */

static struct ec_str row_path(const void *rows, uint32_t row)
{
    const struct row *found = row_at(rows, row);
    return (struct ec_str){found->path, found->path_length};
}

static struct ec_str row_name(const void *rows, uint32_t row)
{
    const struct row *found = row_at(rows, row);
    return (struct ec_str){found->path + found->name_offset, found->name_length};
}

static uint64_t row_key(const void *rows, uint32_t row, struct ec_natural_cursor *ret_cursor)
{
    const struct row *found = row_at(rows, row);
    *ret_cursor = found->cursor;
    return found->key;
}

static int issue_compare(const void *a, const void *b)
{
    const struct ec_issue *issue_a = a, *issue_b = b;
    int result = ec_natural_compare(issue_a->path, issue_b->path);
    if (result == 0)
        result = (issue_a->line > issue_b->line) - (issue_a->line < issue_b->line);
    return result ? result : strcmp(issue_a->reason, issue_b->reason);
}

/* Metrics in the registry's order, then other keys in natural order. */
static int column_compare(const void *a, const void *b)
{
    const struct column *column_a = a, *column_b = b;
    if (column_a->metric && column_b->metric)
        return (int)ec_metric_index(column_a->metric) - (int)ec_metric_index(column_b->metric);
    if (column_a->metric || column_b->metric)
        return column_a->metric ? -1 : 1;
    return ec_natural_compare(column_a->key, column_b->key);
}

static void order_columns(struct ec_runset *runset)
{
    if (runset->column_count > 0)
        qsort(runset->columns, runset->column_count, sizeof *runset->columns, column_compare);
    runset->column_of_key = ec_malloc(runset->column_count * sizeof *runset->column_of_key);
    for (size_t i = 0; i < runset->column_count; i++)
        runset->column_of_key[ec_interned_index(runset->columns[i].key.ptr)] = (uint32_t)i;
}

void ec_runset_finish(struct ec_runset *runset)
{
    const struct ec_order_source source = {runset, row_name, row_path, row_key};
    runset->order = ec_order_rows(&source, runset->count);
    order_columns(runset);
    if (runset->issue_count > 0)
        qsort(runset->issues, runset->issue_count, sizeof *runset->issues, issue_compare);
}

/* ---- Snapshots ---- */

static void copy_run(struct ec_runset *copy, const struct ec_runset *runset, uint32_t number,
                     struct ec_field *fields)
{
    const struct row *row = row_at(runset, number);
    struct ec_run run = {
        .path = row_path(runset, number),
        .name = row_name(runset, number),
        .mtime_ns = row->mtime_ns,
        .status = (enum ec_status)row->status,
        .is_copy = row->is_copy,
    };
    for (size_t i = 0; i < runset->column_count; i++)
        fields[i] = (struct ec_field){
            .column = (uint32_t)i,
            .value = ec_store_get(&runset->columns[i].store, number),
        };
    ec_runset_add(copy, &run, fields, runset->column_count);
}

struct ec_runset *ec_runset_snapshot(struct ec_runset *runset, size_t limit)
{
    struct ec_runset *copy = ec_runset_new();
    pthread_mutex_lock(&runset->lock);
    struct ec_field *fields = ec_calloc(runset->column_count, sizeof *fields);
    for (size_t i = 0; i < runset->column_count; i++) {
        ec_runset_column(copy, runset->columns[i].key);
        copy->columns[i].zeros = runset->columns[i].zeros;
    }
    for (size_t i = 0; i < runset->count && i < limit; i++)
        copy_run(copy, runset, (uint32_t)i, fields);
    for (size_t i = 0; i < runset->issue_count && i < limit; i++) {
        const struct ec_issue *issue = &runset->issues[i];
        ec_runset_add_issue(copy, issue->kind, issue->path, issue->line, issue->column,
                            issue->reason);
    }
    pthread_mutex_unlock(&runset->lock);
    free(fields);
    ec_runset_finish(copy);
    return copy;
}

/* ---- Reading ---- */

size_t ec_runset_count(const struct ec_runset *runset)
{
    return runset->count;
}

/* The number by order of arrival, under which values are stored. */
static uint32_t stored_row(const struct ec_runset *runset, size_t row)
{
    return runset->order ? runset->order[row] : (uint32_t)row;
}

struct ec_run ec_runset_run(const struct ec_runset *runset, size_t row)
{
    uint32_t stored = stored_row(runset, row);
    const struct row *found = row_at(runset, stored);
    return (struct ec_run){
        .path = row_path(runset, stored),
        .name = row_name(runset, stored),
        .mtime_ns = found->mtime_ns,
        .status = (enum ec_status)found->status,
        .is_copy = found->is_copy,
    };
}

bool ec_runset_has_copies(const struct ec_runset *runset)
{
    return runset->has_copies;
}

enum ec_status ec_runset_status(const struct ec_runset *runset, size_t row)
{
    return (enum ec_status)row_at(runset, stored_row(runset, row))->status;
}

size_t ec_runset_column_count(const struct ec_runset *runset)
{
    return runset->column_count;
}

struct ec_str ec_runset_column_key(const struct ec_runset *runset, uint32_t column)
{
    return runset->columns[column].key;
}

const struct ec_metric *ec_runset_column_metric(const struct ec_runset *runset, uint32_t column)
{
    return runset->columns[column].metric;
}

bool ec_runset_find_column(const struct ec_runset *runset, struct ec_str key, uint32_t *ret_column)
{
    const char *interned = ec_intern_find(&runset->keys, key);
    if (!interned)
        return false;
    uint32_t index = ec_interned_index(interned);
    *ret_column = runset->column_of_key ? runset->column_of_key[index] : index;
    return true;
}

size_t ec_runset_column_zeros(const struct ec_runset *runset, uint32_t column)
{
    return runset->columns[column].zeros;
}

struct ec_value ec_runset_value(const struct ec_runset *runset, size_t row, uint32_t column)
{
    return ec_store_get(&runset->columns[column].store, stored_row(runset, row));
}

size_t ec_runset_issue_count(const struct ec_runset *runset)
{
    return runset->issue_count;
}

const struct ec_issue *ec_runset_issue(const struct ec_runset *runset, size_t index)
{
    return &runset->issues[index];
}
