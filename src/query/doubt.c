#include "query/doubt.h"

#include "base/compare.h"
#include "base/hash.h"
#include "base/memory.h"
#include "common/retain.h"

#include <math.h>
#include <stdlib.h>

void ec_doubt_read(struct ec_doubt *ret_doubt, struct ec_names *names, bool all)
{
    const struct ec_metric *time = ec_metric_get(EC_METRIC_time);
    const struct ec_metric *retain = ec_metric_get(EC_METRIC_retain);
    struct ec_doubt doubt = {
        .checks_time = all || ec_names_has_key(names, time->key),
        .checks_retain = all || ec_names_has_key(names, retain->key),
    };
    if (doubt.checks_time) {
        doubt.time = ec_names_add_record_key(names, time->key);
        doubt.steps = ec_names_add_record_key(names, ec_metric_get(EC_METRIC_steps)->key);
        doubt.gpu_name = ec_names_add_record_key(names, "gpu_name");
    }
    if (doubt.checks_retain) {
        doubt.retain = ec_names_add_record_key(names, retain->key);
        doubt.method = ec_names_add_record_key(names, "method");
    }
    *ret_doubt = doubt;
}

/* ---- The same numbers under two names ---- */

static bool same_values(const struct ec_runset *runset, uint32_t a, uint32_t b)
{
    for (uint32_t i = 0; i < ec_runset_column_count(runset); i++)
        if (!ec_value_same(ec_runset_value(runset, a, i), ec_runset_value(runset, b, i)))
            return false;
    return true;
}

static uint64_t hash_of_time(double time)
{
    uint64_t bits;
    memcpy(&bits, &time, sizeof bits);
    return bits * UINT64_C(0x9e3779b97f4a7c15);
}

static uint64_t hash_of_values(const struct ec_runset *runset, uint32_t run)
{
    uint64_t hash = EC_HASH_START;
    for (uint32_t i = 0; i < ec_runset_column_count(runset); i++)
        hash = ec_value_hash(hash, ec_runset_value(runset, run, i));
    return hash;
}

/* Earlier runs, in tables of run + 1, 0 where nothing is: the first of each time, and by the hash
 * of all their values those that share a time with it but are not the same. Mostly times differ,
 * and the second table is not needed. */
struct twins {
    const struct ec_names *names;
    uint32_t time; /* the slot of its name */
    size_t mask;
    uint32_t *by_time, *by_values;
    uint64_t *hashes; /* of by_values */
};

/* The first run with the time of `run`, which may be itself. */
static uint32_t first_of_time(struct twins *twins, uint32_t run)
{
    double time = ec_value_number(ec_names_value(twins->names, run, twins->time));
    uint64_t hash = hash_of_time(time);
    for (size_t i = (hash ^ hash >> 32) & twins->mask;; i = (i + 1) & twins->mask) {
        if (twins->by_time[i] == 0) {
            twins->by_time[i] = run + 1;
            return run;
        }
        uint32_t other = twins->by_time[i] - 1;
        if (ec_value_number(ec_names_value(twins->names, other, twins->time)) == time)
            return other;
    }
}

/* An earlier run with the same values as `run`; adds `run` where there is none. */
static bool find_twin(struct twins *twins, uint32_t run, uint32_t *ret_twin)
{
    const struct ec_runset *runset = twins->names->runset;
    uint32_t first = first_of_time(twins, run);
    *ret_twin = first;
    if (first == run || same_values(runset, first, run))
        return first != run;
    if (!twins->by_values) {
        twins->by_values = ec_calloc(twins->mask + 1, sizeof *twins->by_values);
        twins->hashes = ec_calloc(twins->mask + 1, sizeof *twins->hashes);
    }
    uint64_t hash = hash_of_values(runset, run);
    size_t i = (hash ^ hash >> 32) & twins->mask;
    for (; twins->by_values[i] != 0; i = (i + 1) & twins->mask) {
        *ret_twin = twins->by_values[i] - 1;
        if (twins->hashes[i] == hash && same_values(runset, *ret_twin, run))
            return true;
    }
    twins->by_values[i] = run + 1;
    twins->hashes[i] = hash;
    return false;
}

/* The end of a note that names the first of `count` runs. */
static const char *and_more(size_t count, struct ec_arena *arena)
{
    return count > 1 ? ec_arena_printf(arena, "; so it is with %zu more", count - 1) : "";
}

/* Two measurements of a time in seconds do not agree in all digits by chance; whole seconds may. */
static bool is_measured_time(struct ec_value value)
{
    return ec_value_is_number(value) && ec_value_number(value) != floor(ec_value_number(value));
}

static void note_twins(const struct ec_doubt *doubt, const struct ec_names *names,
                       struct ec_table *table, struct ec_notes *notes)
{
    struct twins twins = {.names = names, .time = doubt->time, .mask = 1};
    while (twins.mask < 2 * table->row_count)
        twins.mask = twins.mask * 2 + 1;
    twins.by_time = ec_calloc(twins.mask + 1, sizeof *twins.by_time);
    size_t count = 0;
    uint32_t twin = 0, first = 0, first_twin = 0;
    for (size_t row = 0; row < table->row_count; row++) {
        uint32_t run = table->order[row];
        if (!is_measured_time(ec_names_value(names, run, doubt->time)) ||
            !find_twin(&twins, run, &twin))
            continue;
        if (count++ == 0)
            first = run, first_twin = twin;
    }
    free(twins.by_time);
    free(twins.by_values);
    free(twins.hashes);
    if (count == 0)
        return;
    struct ec_str name = ec_runset_run(names->runset, first).name;
    struct ec_str other = ec_runset_run(names->runset, first_twin).name;
    ec_notes_add(notes, ec_arena_printf(&table->arena,
                                        "%.*s has exactly the numbers of %.*s, as if copied%s",
                                        (int)name.len, name.ptr, (int)other.len, other.ptr,
                                        and_more(count, &table->arena)));
}

/* ---- Different things that are said of a run ---- */

enum { NAMED = 3 }; /* texts that a note lists */

/* Different texts among the rows, in the order of their first appearance. */
struct texts {
    struct ec_str items[NAMED];
    size_t count; /* may be more than NAMED; what is beyond is counted once each time it changes */
};

static void add_text(struct texts *texts, struct ec_str text)
{
    size_t known = texts->count < NAMED ? texts->count : NAMED;
    for (size_t i = 0; i < known; i++)
        if (ec_str_equal(texts->items[i], text))
            return;
    if (texts->count < NAMED)
        texts->items[texts->count] = text;
    texts->count++;
}

static const char *list_texts(const struct texts *texts, struct ec_arena *arena)
{
    const char *list = "";
    for (size_t i = 0; i < texts->count && i < NAMED; i++)
        list = ec_arena_printf(arena, "%s%s%.*s", list, i > 0 ? ", " : "", (int)texts->items[i].len,
                               texts->items[i].ptr);
    return texts->count > NAMED ? ec_arena_printf(arena, "%s and others", list) : list;
}

static void note_hardware(const struct ec_doubt *doubt, const struct ec_names *names,
                          struct ec_table *table, struct ec_notes *notes)
{
    struct texts gpus = {0};
    for (size_t row = 0; row < table->row_count; row++) {
        struct ec_value value = ec_names_value(names, table->order[row], doubt->gpu_name);
        if (value.kind == EC_STR)
            add_text(&gpus, ec_value_text(value));
    }
    if (gpus.count > 1)
        ec_notes_add(notes, ec_arena_printf(&table->arena, "the runs used different GPUs: %s",
                                            list_texts(&gpus, &table->arena)));
}

/* Whether the trainer is known to use the retain set. */
static bool uses_retain_set(struct ec_value method)
{
    enum { LONGEST = 64 };
    char name[LONGEST];
    if (method.kind != EC_STR || method.text_length >= sizeof name)
        return false;
    memcpy(name, method.text, method.text_length);
    name[method.text_length] = '\0';
    const struct ec_retain *known = ec_retain_find(name);
    return known && known->retain_set;
}

static void note_retain_set(const struct ec_doubt *doubt, const struct ec_names *names,
                            struct ec_table *table, struct ec_notes *notes)
{
    struct texts methods = {0};
    size_t count = 0;
    for (size_t row = 0; row < table->row_count; row++) {
        uint32_t run = table->order[row];
        struct ec_value retain = ec_names_value(names, run, doubt->retain);
        struct ec_value method = ec_names_value(names, run, doubt->method);
        if (retain.kind != EC_BOOL || retain.b || !uses_retain_set(method))
            continue;
        count++;
        add_text(&methods, ec_value_text(method));
    }
    if (count > 0)
        ec_notes_add(notes,
                     ec_arena_printf(&table->arena,
                                     "%zu run%s no retain set, but as open-unlearning ships "
                                     "it the method uses one: %s",
                                     count, count == 1 ? " claims to need" : "s claim to need",
                                     list_texts(&methods, &table->arena)));
}

static void note_outdated(const struct ec_runset *runset, struct ec_table *table,
                          struct ec_notes *notes)
{
    size_t count = 0;
    struct ec_str first = {0};
    for (size_t row = 0; row < table->row_count; row++) {
        struct ec_run run = ec_runset_run(runset, table->order[row]);
        if (run.outdated_evaluation && count++ == 0)
            first = run.name;
    }
    if (count == 0)
        return;
    ec_notes_add(notes, ec_arena_printf(&table->arena,
                                        "the evaluation of %.*s was written before that run began, "
                                        "so it may be of an earlier model%s",
                                        (int)first.len, first.ptr, and_more(count, &table->arena)));
}

void ec_doubt_note_runs(const struct ec_doubt *doubt, const struct ec_names *names,
                        struct ec_table *table, struct ec_notes *notes)
{
    if (doubt->checks_time) {
        note_twins(doubt, names, table, notes);
        note_hardware(doubt, names, table, notes);
    }
    if (doubt->checks_retain)
        note_retain_set(doubt, names, table, notes);
    if (ec_runset_has_outdated(names->runset))
        note_outdated(names->runset, table, notes);
}

/* ---- The table ---- */

static const struct ec_column *find_column(const struct ec_table *table, enum ec_metric_id id)
{
    for (size_t i = 0; i < table->column_count; i++)
        if (table->columns[i].metric == ec_metric_get(id))
            return &table->columns[i];
    return NULL;
}

/* The steps of a row; of a group that has no such column, those of one of its runs, since of groups
 * whose runs differ is told elsewhere. */
static struct ec_value row_steps(const struct ec_doubt *doubt, const struct ec_names *names,
                                 const struct ec_table *table, size_t row)
{
    const struct ec_column *column = find_column(table, EC_METRIC_steps);
    if (column)
        return ec_table_value(table, row, (size_t)(column - table->columns));
    uint32_t base = table->order[row];
    return ec_names_value(names, table->grouped ? table->group_runs[base] : base, doubt->steps);
}

static int decimals(double steps)
{
    return floor(steps) == steps ? 0 : 2;
}

/* Times are of the same work only after the same number of steps. */
static void note_steps(const struct ec_doubt *doubt, const struct ec_names *names,
                       struct ec_table *table, struct ec_notes *notes)
{
    double least = INFINITY, most = -INFINITY;
    for (size_t row = 0; row < table->row_count; row++) {
        struct ec_value steps = row_steps(doubt, names, table, row);
        if (!ec_value_is_number(steps) || ec_table_row_is_reference(table, row) ||
            ec_table_row_status(table, row) != EC_STATUS_COMPLETED)
            continue;
        least = fmin(least, ec_value_number(steps));
        most = fmax(most, ec_value_number(steps));
    }
    if (least < most) /* the steps of a group may be a mean */
        ec_notes_add(notes, ec_arena_printf(&table->arena,
                                            "the runs took from %.*f to %.*f steps; their times "
                                            "are of different amounts of work",
                                            decimals(least), least, decimals(most), most));
}

static bool has_vague_unit(const char *key)
{
    static const char *const endings[] = {"_kb", "_mb", "_gb"};
    for (size_t i = 0; i < sizeof endings / sizeof endings[0]; i++)
        if (ec_str_ends(ec_str(key), endings[i]))
            return true;
    return false;
}

/* What the registry knows in MiB the known trackers write in MiB; of other keys nobody can tell. */
static void note_units(struct ec_table *table, struct ec_notes *notes)
{
    const char *list = NULL;
    for (size_t i = 0; i < table->column_count; i++) {
        const struct ec_column *column = &table->columns[i];
        if (column->metric || column->runset_column == EC_NO_COLUMN ||
            !has_vague_unit(column->renames ? column->renames : column->key))
            continue;
        list = list ? ec_arena_printf(&table->arena, "%s, %s", list, column->key) : column->key;
    }
    if (list)
        ec_notes_add(notes, ec_arena_printf(&table->arena,
                                            "whether the units of %s are powers of 1000 or of 1024 "
                                            "is not known",
                                            list));
}

void ec_doubt_note_table(const struct ec_doubt *doubt, const struct ec_names *names,
                         struct ec_table *table, struct ec_notes *notes)
{
    if (doubt->checks_time && find_column(table, EC_METRIC_time))
        note_steps(doubt, names, table, notes);
    note_units(table, notes);
}
