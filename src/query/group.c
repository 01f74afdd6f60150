#include "query/group.h"

#include "base/compare.h"
#include "base/memory.h"
#include "base/out.h"
#include "query/list.h"
#include "query/pivot.h"
#include "query/stats.h"
#include "table/format.h"

#include <math.h>
#include <stdlib.h>

/* What columns are of, rows are not. */
static int read_pivot(struct ec_grouping *grouping, struct ec_names *names, struct ec_str name,
                      struct ec_error *error)
{
    grouping->pivot = ec_names_require_key(names, name);
    grouping->has_pivot = true;
    size_t kept = 0;
    for (size_t i = 0; i < grouping->count; i++)
        if (grouping->slots[i] != grouping->pivot)
            grouping->slots[kept++] = grouping->slots[i];
    grouping->count = kept;
    if (kept == 0)
        return ec_error_set(error, "--pivot: rows need another key than %.*s (--group-by)",
                            (int)name.len, name.ptr);
    return 0;
}

int ec_grouping_read(struct ec_grouping *ret_grouping, const struct ec_query *query,
                     struct ec_names *names, struct ec_error *error)
{
    static const char *const checked[] = {"steps", "model_size", "gpu_name", "forget_samples"};
    enum { CHECKED = sizeof checked / sizeof checked[0] };
    struct ec_grouping *grouping = ret_grouping;
    *grouping = (struct ec_grouping){0};
    for (size_t i = 0; i < query->group_by.count; i++) {
        struct ec_str list = ec_str(query->group_by.items[i]), item;
        while (ec_list_next(&list, &item)) {
            if (item.len == 0)
                return ec_error_set(error, "--group-by: a name is empty");
            grouping->slots = ec_grow(grouping->slots, grouping->count, &grouping->capacity,
                                      sizeof *grouping->slots);
            grouping->slots[grouping->count++] = ec_names_require_key(names, item);
        }
    }
    if (grouping->count == 0)
        return 0;
    if (query->pivot && read_pivot(grouping, names, ec_str(query->pivot), error) < 0)
        return -1;
    grouping->checked = ec_calloc(CHECKED, sizeof *grouping->checked);
    for (size_t i = 0; i < CHECKED; i++)
        grouping->checked[grouping->checked_count++] = ec_names_add_record_key(names, checked[i]);
    return 0;
}

void ec_grouping_free(struct ec_grouping *grouping)
{
    free(grouping->slots);
    free(grouping->checked);
    *grouping = (struct ec_grouping){0};
}

struct by_keys {
    const struct ec_grouping *grouping;
    const struct ec_names *names;
};

/* "NPO", or "NPO, 10" with several keys; "no method" for one that is missing. */
static struct ec_str group_name(const struct by_keys *by, uint32_t run, struct ec_arena *arena)
{
    struct ec_out out;
    ec_out_to_memory(&out);
    for (size_t i = 0; i < by->grouping->count; i++) {
        struct ec_value value = ec_names_value(by->names, run, by->grouping->slots[i]);
        ec_out_text(&out, i > 0 ? ", " : "");
        if (value.kind == EC_MISSING)
            ec_out_printf(&out, "no %s", by->names->items[by->grouping->slots[i]].text);
        else
            ec_format_cell_exact(&out, value);
    }
    struct ec_str name = {ec_arena_strndup(arena, out.buffer, out.length), out.length};
    ec_out_free(&out);
    return name;
}

/* What one column's values in one group come to. */
struct summary {
    struct ec_sample sample;
    double min, max;
    struct ec_value common; /* for what is not a number: what all agree in */
};

static struct summary summarize(const struct ec_table *table, const struct ec_column *column,
                                const uint32_t *runs, size_t count, double *scratch)
{
    struct summary summary = {.min = INFINITY, .max = -INFINITY};
    size_t numbers = 0;
    bool agree = true;
    for (size_t i = 0; i < count; i++) {
        struct ec_value value = ec_table_base_value(table, column, runs[i]);
        if (i == 0)
            summary.common = value;
        agree = agree && ec_value_same(value, summary.common);
        if (!ec_value_is_number(value))
            continue;
        double number = ec_value_number(value);
        scratch[numbers++] = number;
        summary.min = fmin(summary.min, number);
        summary.max = fmax(summary.max, number);
    }
    if (!agree)
        summary.common = ec_value_missing();
    summary.sample = ec_stats_describe(scratch, numbers);
    return summary;
}

static double spread_of(struct ec_sample sample, enum ec_spread kind)
{
    switch (kind) {
    case EC_SPREAD_SEM:
        return ec_stats_standard_error(sample);
    case EC_SPREAD_CI95:
        return ec_stats_confidence(sample, 0.95);
    case EC_SPREAD_STD:
    case EC_SPREAD_RANGE:
        break;
    }
    return sample.std;
}

static double *unknown_numbers(struct ec_table *table, size_t count)
{
    double *numbers = ec_arena_alloc(&table->arena, count * sizeof *numbers);
    for (size_t i = 0; i < count; i++)
        numbers[i] = NAN;
    return numbers;
}

static struct ec_series *group_series(struct ec_table *table, size_t group_count)
{
    struct ec_series *series = ec_arena_calloc(&table->arena, 1, sizeof *series);
    series->values = ec_arena_calloc(&table->arena, group_count, sizeof *series->values);
    series->ns = ec_arena_calloc(&table->arena, group_count, sizeof *series->ns);
    series->stds = unknown_numbers(table, group_count);
    if (table->spread)
        series->spreads = unknown_numbers(table, group_count);
    else
        series->means = unknown_numbers(table, group_count);
    return series;
}

/* The groups' values of a column, of one part of their runs, instead of the runs'. With the range,
 * the smallest and the largest value go to *min and *max. */
static struct ec_series *aggregate(struct ec_table *table, const struct ec_column *column,
                                   const struct ec_members *members, const struct ec_part *part,
                                   enum ec_spread kind, struct ec_series *min,
                                   struct ec_series *max)
{
    struct ec_series *series = group_series(table, members->group_count);
    double *scratch = ec_malloc(members->count * sizeof *scratch);
    for (size_t group = 0; group < members->group_count; group++) {
        struct ec_span span = part->spans[group];
        size_t count = span.end - span.start;
        struct summary summary = summarize(table, column, part->runs + span.start, count, scratch);
        if (summary.sample.n == 0) {
            series->values[group] = summary.common;
            series->ns[group] = summary.common.kind == EC_MISSING ? 0 : (uint32_t)count;
            continue;
        }
        series->ns[group] = (uint32_t)summary.sample.n;
        series->stds[group] = summary.sample.std;
        if (kind == EC_SPREAD_RANGE) {
            series->values[group] = ec_value_real(ec_stats_median(scratch, summary.sample.n));
            series->means[group] = summary.sample.mean;
            min->values[group] = ec_value_real(summary.min);
            max->values[group] = ec_value_real(summary.max);
        } else {
            series->values[group] = ec_value_real(summary.sample.mean);
            series->spreads[group] = spread_of(summary.sample, kind);
        }
    }
    free(scratch);
    return series;
}

/* A column beside a median, for the smallest or the largest value. */
static struct ec_column bound_column(struct ec_table *table, const struct ec_column *column,
                                     const char *word, const struct ec_series *series)
{
    struct ec_column bound = *column;
    bound.key = ec_arena_printf(&table->arena, "%s_%s", column->key, word);
    bound.label = ec_arena_printf(&table->arena, "%s %s", column->label, word);
    bound.header = NULL;
    bound.min_width = 0;
    bound.metric = NULL;
    bound.renames = NULL;
    bound.direction = EC_NEUTRAL;
    bound.series = series;
    bound.runset_column = EC_NO_COLUMN;
    bound.derived = true;
    return bound;
}

static bool has_numbers(const struct ec_series *series, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (ec_value_is_number(series->values[i]))
            return true;
    return false;
}

static bool all_whole(const struct ec_series *series, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (ec_value_is_number(series->values[i]) &&
            floor(ec_value_number(series->values[i])) != ec_value_number(series->values[i]))
            return false;
    return true;
}

/* The column of one part of the groups' runs: what it shows is told by a heading over it, what it
 * is of by its name. */
static void name_part(struct ec_table *table, struct ec_column *column, const struct ec_part *part)
{
    struct ec_arena *arena = &table->arena;
    const struct ec_metric *metric = column->metric;
    const char *superlative = column->superlative;
    if (!superlative && metric)
        superlative = metric->superlative;
    if (!superlative)
        superlative = ec_arena_printf(arena, "Best %s", column->label);
    column->superlative = ec_arena_printf(arena, "%s, %s", superlative, part->title);
    column->group = column->label;
    column->label = part->title;
    column->key = ec_arena_printf(arena, "%s %s", column->key, part->key);
    column->header = NULL;
    column->min_width = 0;
    column->metric = NULL; /* other columns show the same one */
    column->renames = NULL;
    if (part->unknown)
        column->direction = EC_NEUTRAL;
}

/* Adds the groups' column of one part of the runs, and those beside a median. */
static void add_aggregated(struct ec_table *table, const struct ec_column *of,
                           const struct ec_members *members, const struct ec_part *part,
                           enum ec_spread kind, struct ec_column *columns, size_t *count)
{
    struct ec_column column = *of;
    struct ec_series *min = NULL, *max = NULL;
    if (kind == EC_SPREAD_RANGE) {
        min = group_series(table, members->group_count);
        max = group_series(table, members->group_count);
        min->ns = max->ns = NULL; /* told with the median */
    }
    column.series = aggregate(table, of, members, part, kind, min, max);
    column.runset_column = EC_NO_COLUMN;
    if (column.digits == 0 && !all_whole(column.series, members->group_count))
        column.digits = 2; /* a mean of counts */
    if (part->title)
        name_part(table, &column, part);
    columns[(*count)++] = column;
    if (kind == EC_SPREAD_RANGE && has_numbers(min, members->group_count)) {
        columns[(*count)++] = bound_column(table, &column, "min", min);
        columns[(*count)++] = bound_column(table, &column, "max", max);
    }
}

static void aggregate_columns(struct ec_table *table, const struct ec_members *members,
                              const struct ec_parts *parts, enum ec_spread kind)
{
    struct ec_column *columns =
        ec_arena_calloc(&table->arena, 3 * table->column_count * parts->count, sizeof *columns);
    size_t count = 0;
    for (size_t i = 0; i < table->column_count; i++)
        for (size_t k = 0; k < parts->count; k++)
            add_aggregated(table, &table->columns[i], members, &parts->items[k], kind, columns,
                           &count);
    table->columns = columns;
    table->column_count = count;
}

/* Whether two of the runs have different values; a run that has none says nothing. */
static bool runs_differ(const struct ec_names *names, const uint32_t *runs, size_t count,
                        uint32_t slot)
{
    struct ec_value first = ec_value_missing();
    for (size_t i = 0; i < count; i++) {
        struct ec_value value = ec_names_value(names, runs[i], slot);
        if (first.kind == EC_MISSING)
            first = value;
        else if (value.kind != EC_MISSING && !ec_value_same(first, value))
            return true;
    }
    return false;
}

/* Tells of groups of which the runs of one part differ in what should be the same. */
static void note_mixtures(const struct by_keys *by, const struct ec_part *part,
                          struct ec_table *table, struct ec_notes *notes)
{
    for (size_t i = 0; i < by->grouping->checked_count; i++) {
        uint32_t slot = by->grouping->checked[i];
        for (size_t group = 0; group < table->row_count; group++) {
            struct ec_span span = part->spans[group];
            if (!runs_differ(by->names, part->runs + span.start, span.end - span.start, slot))
                continue;
            struct ec_str name = table->row_names[group];
            ec_notes_add(notes, ec_arena_printf(&table->arena, "the runs of %.*s%s%s differ in %s",
                                                (int)name.len, name.ptr, part->title ? ", " : "",
                                                part->title ? part->title : "",
                                                by->names->items[slot].key));
        }
    }
}

static void note_left_out(struct ec_table *table, struct ec_notes *notes)
{
    size_t count = table->left_out;
    if (count > 0)
        ec_notes_add(notes,
                     ec_arena_printf(&table->arena, "%zu run%s did not complete and %s in no group",
                                     count, count == 1 ? "" : "s", count == 1 ? "is" : "are"));
}

/* Whether the run has none of the keys. */
static bool is_unknown(const struct by_keys *by, uint32_t run)
{
    for (size_t i = 0; i < by->grouping->count; i++)
        if (ec_names_value(by->names, run, by->grouping->slots[i]).kind != EC_MISSING)
            return false;
    return true;
}

/* Marks the group of the runs that have none of the keys, of which there is one at most. */
static void find_unknown(const struct by_keys *by, struct ec_table *table)
{
    bool *unknown = ec_arena_calloc(&table->arena, table->row_count, sizeof *unknown);
    for (size_t group = 0; group < table->row_count; group++) {
        unknown[group] = is_unknown(by, table->group_runs[group]);
        if (unknown[group])
            table->unknown = unknown;
    }
}

/* Tells how many runs lack which key, and which group is not ranked for that. */
static void note_missing(const struct by_keys *by, const struct ec_members *members,
                         struct ec_table *table, struct ec_notes *notes)
{
    struct ec_arena *arena = &table->arena;
    const char *text = NULL;
    for (size_t i = 0; i < by->grouping->count; i++) {
        uint32_t slot = by->grouping->slots[i];
        size_t missing = 0;
        for (size_t run = 0; run < members->count; run++)
            missing += ec_names_value(by->names, members->runs[run], slot).kind == EC_MISSING;
        if (missing > 0)
            text = ec_arena_printf(arena, "%s%s%zu run%s no %s", text ? text : "", text ? ", " : "",
                                   missing, missing == 1 ? " has" : "s have",
                                   by->names->items[slot].text);
    }
    for (size_t group = 0; table->unknown && group < table->row_count; group++)
        if (table->unknown[group])
            text = ec_arena_printf(arena, "%s; '%.*s' is shown, but not ranked", text,
                                   (int)table->row_names[group].len, table->row_names[group].ptr);
    ec_notes_add(notes, text);
}

static const char *key_names(const struct by_keys *by, struct ec_arena *arena)
{
    const char *text = "";
    for (size_t i = 0; i < by->grouping->count; i++)
        text = ec_arena_printf(arena, "%s%s%s", text, i > 0 ? ", " : "",
                               by->names->items[by->grouping->slots[i]].text);
    return text;
}

static void set_keys(const struct by_keys *by, struct ec_table *table)
{
    size_t count = by->grouping->count;
    const char **keys = ec_arena_alloc(&table->arena, count * sizeof *keys);
    struct ec_value *values =
        ec_arena_calloc(&table->arena, table->base_count * count, sizeof *values);
    for (size_t i = 0; i < count; i++) {
        const struct ec_name *name = &by->names->items[by->grouping->slots[i]];
        keys[i] = name->metric ? name->metric->key : name->text;
        for (size_t group = 0; group < table->base_count; group++)
            values[group * count + i] =
                ec_names_value(by->names, table->group_runs[group], by->grouping->slots[i]);
    }
    table->group_keys = keys;
    table->group_key_count = count;
    table->group_values = values;
}

int ec_group(const struct ec_grouping *grouping, const struct ec_query *query,
             const struct ec_names *names, struct ec_table *table, struct ec_notes *notes,
             struct ec_error *error)
{
    static const char *const spreads[] = {[EC_SPREAD_STD] = "sample standard deviation",
                                          [EC_SPREAD_SEM] = "standard error of the mean",
                                          [EC_SPREAD_CI95] = "95 % confidence interval",
                                          [EC_SPREAD_RANGE] = NULL};
    if (grouping->count == 0)
        return 0;
    struct by_keys by = {grouping, names};
    struct ec_members members = ec_members_find(names, grouping->slots, grouping->count, table);
    struct ec_parts parts;
    if (ec_pivot_parts(grouping, names, &members, table, &parts, error) < 0)
        return -1;
    struct ec_str *row_names =
        ec_arena_alloc(&table->arena, members.group_count * sizeof *row_names);
    uint32_t *order = ec_arena_alloc(&table->arena, members.group_count * sizeof *order);
    uint32_t *runs = ec_arena_alloc(&table->arena, members.group_count * sizeof *runs);
    for (size_t group = 0; group < members.group_count; group++) {
        runs[group] = members.runs[members.starts[group]];
        row_names[group] = group_name(&by, runs[group], &table->arena);
        order[group] = (uint32_t)group;
    }
    table->left_out = table->row_count - members.count;
    note_left_out(table, notes);
    table->spread = spreads[query->spread];
    aggregate_columns(table, &members, &parts, query->spread);
    table->name_header = key_names(&by, &table->arena);
    table->row_names = row_names;
    table->order = order;
    table->row_count = table->base_count = members.group_count;
    table->grouped = true;
    table->group_runs = runs;
    table->group_members = members.runs;
    table->group_starts = members.starts;
    set_keys(&by, table);
    if (query->spread == EC_SPREAD_RANGE)
        ec_notes_add(notes, "numbers of groups are medians");
    find_unknown(&by, table);
    note_missing(&by, &members, table, notes);
    for (size_t i = 0; i < parts.count; i++)
        note_mixtures(&by, &parts.items[i], table, notes);
    return 0;
}
