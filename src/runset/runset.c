/* While runs are loaded each thread fills a block of its own, so that threads need not wait for
 * each other; ec_runset_finish then copies the runs into new blocks, in order, so that whoever goes
 * through them reads memory in order. A run's number is its block's times EC_BLOCK_ROWS plus its
 * place in the block: until then there are numbers without a run, for blocks that are not full. */
#include "runset/runset.h"

#include "base/arena.h"
#include "base/memory.h"
#include "base/parallel.h"
#include "runset/block.h"
#include "runset/intern.h"
#include "runset/order.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>

enum { PLACES = 16, CACHE_LINES = 128 };

/* Where threads add runs. */
struct place {
    pthread_mutex_t lock; /* taken before the runset's */
    struct ec_block *block;
    struct ec_arena arena;   /* of paths and names */
    atomic_size_t count;     /* runs added here */
    char apart[CACHE_LINES]; /* processors that change neighbours' lines wait for each other */
};

struct column {
    struct ec_str key;
    const struct ec_metric *metric;
    size_t zeros; /* set by ec_runset_finish */
};

struct ec_runset {
    struct place places[PLACES];
    atomic_bool has_copies, has_outdated;
    size_t count; /* set by ec_runset_finish */

    pthread_mutex_t lock; /* of all that follows, while loading */
    struct ec_arena arena;

    struct ec_block **blocks;
    size_t block_count, block_capacity;

    struct column *columns;
    size_t column_count, column_capacity;
    struct ec_intern keys;    /* of the columns */
    uint32_t *column_of_key;  /* a key's index in `keys` -> column; NULL before ec_runset_finish */
    struct ec_intern strings; /* text values */

    struct ec_issue *issues;
    size_t issue_count, issue_capacity;
    const char *remark;
};

struct ec_runset *ec_runset_new(void)
{
    struct ec_runset *runset = ec_calloc(1, sizeof *runset);
    pthread_mutex_init(&runset->lock, NULL);
    for (int i = 0; i < PLACES; i++)
        pthread_mutex_init(&runset->places[i].lock, NULL);
    return runset;
}

static void free_blocks(struct ec_block **blocks, size_t count)
{
    for (size_t i = 0; i < count; i++)
        ec_block_free(blocks[i]);
    free(blocks);
}

void ec_runset_free(struct ec_runset *runset)
{
    if (!runset)
        return;
    free_blocks(runset->blocks, runset->block_count);
    for (int i = 0; i < PLACES; i++) {
        ec_arena_free(&runset->places[i].arena);
        pthread_mutex_destroy(&runset->places[i].lock);
    }
    free(runset->columns);
    free(runset->column_of_key);
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

/* A place that no other thread is using; where it can be, the one that this processor used last. */
static struct place *lock_place(struct ec_runset *runset)
{
    unsigned first = (unsigned)sched_getcpu() % PLACES;
    for (unsigned i = first; i < first + PLACES; i++)
        if (pthread_mutex_trylock(&runset->places[i % PLACES].lock) == 0)
            return &runset->places[i % PLACES];
    pthread_mutex_lock(&runset->places[first].lock);
    return &runset->places[first];
}

static struct ec_block *add_block(struct ec_runset *runset)
{
    pthread_mutex_lock(&runset->lock);
    runset->blocks = ec_grow(runset->blocks, runset->block_count, &runset->block_capacity,
                             sizeof(struct ec_block *));
    struct ec_block *block = runset->blocks[runset->block_count++] = ec_block_new(0);
    pthread_mutex_unlock(&runset->lock);
    return block;
}

static bool is_part(struct ec_str part, struct ec_str whole)
{
    uintptr_t start = (uintptr_t)whole.ptr, part_start = (uintptr_t)part.ptr;
    return part_start >= start && part_start + part.len <= start + whole.len;
}

/* Copies path and name. */
static void set_texts(struct ec_row *row, const struct ec_run *run, struct ec_arena *arena)
{
    size_t path_length = run->path.len;
    row->path_length = (uint32_t)path_length;
    row->name_length = (uint32_t)run->name.len;
    if (is_part(run->name, run->path)) {
        row->path = ec_arena_strndup(arena, run->path.ptr, path_length);
        row->name_offset = (uint32_t)(run->name.ptr - run->path.ptr);
    } else {
        char *texts = ec_arena_alloc(arena, path_length + 1 + run->name.len); /* may hold NULs */
        if (path_length > 0)
            memcpy(texts, run->path.ptr, path_length);
        texts[path_length] = '\0';
        if (run->name.len > 0)
            memcpy(texts + path_length + 1, run->name.ptr, run->name.len);
        row->path = texts;
        row->name_offset = (uint32_t)(path_length + 1);
    }
}

static void set_field(struct ec_runset *runset, struct ec_block *block, size_t row,
                      const struct ec_field *field)
{
    struct ec_value value = field->value;
    if (value.kind == EC_STR) {
        pthread_mutex_lock(&runset->lock);
        value.text = ec_intern_add(&runset->strings, ec_value_text(value));
        pthread_mutex_unlock(&runset->lock);
    }
    if (value.kind != EC_MISSING)
        ec_block_set(block, row, field->column, value);
    if (field->zero_dropped)
        ec_block_drop_zero(block, field->column);
}

void ec_runset_add(struct ec_runset *runset, const struct ec_run *run,
                   const struct ec_field *fields, size_t field_count)
{
    struct ec_row row = {
        .mtime_ns = run->mtime_ns,
        .status = (uint8_t)run->status,
        .is_copy = run->is_copy,
        .outdated_evaluation = run->outdated_evaluation,
    };
    row.key = ec_natural_key(run->name, &row.cursor);
    struct place *place = lock_place(runset);
    if (!place->block || place->block->count == EC_BLOCK_ROWS)
        place->block = add_block(runset);
    struct ec_block *block = place->block;
    set_texts(&row, run, &place->arena);
    for (size_t i = 0; i < field_count; i++)
        set_field(runset, block, block->count, &fields[i]);
    block->rows[block->count++] = row;
    atomic_fetch_add_explicit(&place->count, 1, memory_order_relaxed);
    pthread_mutex_unlock(&place->lock);
    if (run->is_copy)
        atomic_store(&runset->has_copies, true);
    if (run->outdated_evaluation)
        atomic_store(&runset->has_outdated, true);
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
    size_t count = 0;
    for (int i = 0; i < PLACES; i++)
        count += atomic_load_explicit(&runset->places[i].count, memory_order_relaxed);
    return count;
}

/* ---- The one order ---- */

static struct ec_block *block_of(const struct ec_runset *runset, size_t row)
{
    return runset->blocks[row / EC_BLOCK_ROWS];
}

static struct ec_row *row_at(const struct ec_runset *runset, size_t row)
{
    return &block_of(runset, row)->rows[row % EC_BLOCK_ROWS];
}

static struct ec_value value_at(const struct ec_runset *runset, size_t row, uint32_t column)
{
    return ec_block_value(block_of(runset, row), row % EC_BLOCK_ROWS, column);
}

static struct ec_str row_path(const void *rows, uint32_t row)
{
    const struct ec_row *found = row_at(rows, row);
    return (struct ec_str){found->path, found->path_length};
}

static struct ec_str row_name(const void *rows, uint32_t row)
{
    const struct ec_row *found = row_at(rows, row);
    return (struct ec_str){found->path + found->name_offset, found->name_length};
}

static uint64_t row_key(const void *rows, uint32_t row, struct ec_natural_cursor *ret_cursor)
{
    const struct ec_row *found = row_at(rows, row);
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

static size_t column_zeros(const struct ec_runset *runset, uint32_t column)
{
    size_t zeros = 0;
    for (size_t i = 0; i < runset->block_count; i++)
        zeros += ec_block_zeros(runset->blocks[i], column);
    return zeros;
}

static void order_columns(struct ec_runset *runset)
{
    for (size_t i = 0; i < runset->column_count; i++)
        runset->columns[i].zeros += column_zeros(runset, (uint32_t)i);
    if (runset->column_count > 0)
        qsort(runset->columns, runset->column_count, sizeof *runset->columns, column_compare);
    runset->column_of_key = ec_malloc(runset->column_count * sizeof *runset->column_of_key);
    for (size_t i = 0; i < runset->column_count; i++)
        runset->column_of_key[ec_interned_index(runset->columns[i].key.ptr)] = (uint32_t)i;
}

/* The numbers of the runs, in their order. The caller frees. */
static uint32_t *ordered_rows(const struct ec_runset *runset)
{
    uint32_t *rows = ec_malloc(runset->count * sizeof *rows);
    size_t count = 0;
    for (size_t i = 0; i < runset->block_count; i++)
        for (size_t row = 0; row < runset->blocks[i]->count; row++)
            rows[count++] = (uint32_t)(i * EC_BLOCK_ROWS + row);
    const struct ec_order_source source = {runset, row_name, row_path, row_key};
    ec_order_rows(&source, rows, count);
    return rows;
}

/* Runs on their way to the blocks where they stay. */
struct move {
    struct ec_runset *runset;
    const uint32_t *rows; /* from where */
    struct ec_block **blocks;
};

static void move_rows(void *context, size_t number)
{
    const struct move *move = context;
    struct ec_block *block = ec_block_new(move->runset->column_count);
    size_t first = number * EC_BLOCK_ROWS, left = move->runset->count - first;
    block->count = left < EC_BLOCK_ROWS ? left : EC_BLOCK_ROWS;
    for (size_t i = 0; i < block->count; i++)
        block->rows[i] = *row_at(move->runset, move->rows[first + i]);
    move->blocks[number] = block;
}

static void move_column(void *context, size_t number)
{
    const struct move *move = context;
    struct ec_runset *runset = move->runset;
    uint32_t column = (uint32_t)number;
    for (size_t i = 0; i < runset->count; i++)
        ec_block_copy(move->blocks[i / EC_BLOCK_ROWS], i % EC_BLOCK_ROWS,
                      runset->column_of_key[column], block_of(runset, move->rows[i]),
                      move->rows[i] % EC_BLOCK_ROWS, column);
    for (size_t i = 0; i < runset->block_count; i++)
        ec_block_forget(runset->blocks[i], column);
}

/* Nothing is there twice for longer than it takes to move it. */
static void order_rows(struct ec_runset *runset)
{
    uint32_t *rows = ordered_rows(runset);
    size_t block_count = (runset->count + EC_BLOCK_ROWS - 1) / EC_BLOCK_ROWS;
    struct ec_block **blocks = ec_calloc(block_count, sizeof *blocks);
    struct move move = {runset, rows, blocks};
    ec_parallel(block_count, runset->count, move_rows, &move);
    for (size_t i = 0; i < runset->block_count; i++) {
        free(runset->blocks[i]->rows);
        runset->blocks[i]->rows = NULL;
    }
    ec_parallel(runset->column_count, runset->count * runset->column_count, move_column, &move);
    free(rows);
    free_blocks(runset->blocks, runset->block_count);
    runset->blocks = blocks;
    runset->block_count = block_count;
}

void ec_runset_finish(struct ec_runset *runset)
{
    runset->count = ec_runset_progress(runset);
    order_columns(runset);
    order_rows(runset);
    if (runset->issue_count > 0)
        qsort(runset->issues, runset->issue_count, sizeof *runset->issues, issue_compare);
}

/* ---- Snapshots ---- */

static void copy_run(struct ec_runset *copy, const struct ec_runset *runset, uint32_t number,
                     struct ec_field *fields)
{
    const struct ec_row *row = row_at(runset, number);
    struct ec_run run = {
        .path = row_path(runset, number),
        .name = row_name(runset, number),
        .mtime_ns = row->mtime_ns,
        .status = (enum ec_status)row->status,
        .is_copy = row->is_copy,
        .outdated_evaluation = row->outdated_evaluation,
    };
    for (size_t i = 0; i < runset->column_count; i++)
        fields[i] = (struct ec_field){
            .column = (uint32_t)i,
            .value = value_at(runset, number, (uint32_t)i),
        };
    ec_runset_add(copy, &run, fields, runset->column_count);
}

static void copy_runs(struct ec_runset *copy, const struct ec_runset *runset, size_t limit)
{
    struct ec_field *fields = ec_calloc(runset->column_count, sizeof *fields);
    for (size_t i = 0; i < runset->column_count; i++) {
        ec_runset_column(copy, runset->columns[i].key);
        copy->columns[i].zeros = column_zeros(runset, (uint32_t)i);
    }
    size_t copied = 0;
    for (size_t i = 0; i < runset->block_count; i++)
        for (size_t row = 0; row < runset->blocks[i]->count && copied < limit; row++, copied++)
            copy_run(copy, runset, (uint32_t)(i * EC_BLOCK_ROWS + row), fields);
    free(fields);
}

struct ec_runset *ec_runset_snapshot(struct ec_runset *runset, size_t limit)
{
    struct ec_runset *copy = ec_runset_new();
    for (int i = 0; i < PLACES; i++)
        pthread_mutex_lock(&runset->places[i].lock);
    pthread_mutex_lock(&runset->lock);
    copy_runs(copy, runset, limit);
    for (size_t i = 0; i < runset->issue_count && i < limit; i++) {
        const struct ec_issue *issue = &runset->issues[i];
        ec_runset_add_issue(copy, issue->kind, issue->path, issue->line, issue->column,
                            issue->reason);
    }
    pthread_mutex_unlock(&runset->lock);
    for (int i = 0; i < PLACES; i++)
        pthread_mutex_unlock(&runset->places[i].lock);
    ec_runset_finish(copy);
    return copy;
}

/* ---- Reading ---- */

size_t ec_runset_count(const struct ec_runset *runset)
{
    return runset->count;
}

struct ec_run ec_runset_run(const struct ec_runset *runset, size_t row)
{
    const struct ec_row *found = row_at(runset, row);
    return (struct ec_run){
        .path = row_path(runset, (uint32_t)row),
        .name = row_name(runset, (uint32_t)row),
        .mtime_ns = found->mtime_ns,
        .status = (enum ec_status)found->status,
        .is_copy = found->is_copy,
        .outdated_evaluation = found->outdated_evaluation,
    };
}

bool ec_runset_has_copies(const struct ec_runset *runset)
{
    return atomic_load(&runset->has_copies);
}

bool ec_runset_has_outdated(const struct ec_runset *runset)
{
    return atomic_load(&runset->has_outdated);
}

void ec_runset_set_status(struct ec_runset *runset, size_t row, enum ec_status status)
{
    row_at(runset, row)->status = (uint8_t)status;
}

void ec_runset_set_remark(struct ec_runset *runset, const char *remark)
{
    runset->remark = ec_arena_strndup(&runset->arena, remark, strlen(remark));
}

const char *ec_runset_remark(const struct ec_runset *runset)
{
    return runset->remark;
}

enum ec_status ec_runset_status(const struct ec_runset *runset, size_t row)
{
    return (enum ec_status)row_at(runset, row)->status;
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
    return value_at(runset, row, column);
}

size_t ec_runset_issue_count(const struct ec_runset *runset)
{
    return runset->issue_count;
}

const struct ec_issue *ec_runset_issue(const struct ec_runset *runset, size_t index)
{
    return &runset->issues[index];
}
