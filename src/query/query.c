#include "query/query.h"

#include "query/rank.h"
#include "table/format.h"

/* The columns of the efficiency tracker's document. */
static const char *const default_columns[] = {"time", "steps", "mem", "tps"};

static struct ec_query with_defaults(const struct ec_query *query)
{
    struct ec_query complete = *query;
    if (!complete.columns) {
        complete.columns = default_columns;
        complete.column_count = sizeof default_columns / sizeof default_columns[0];
    }
    return complete;
}

/* What the user calls `name` as a JSON key. */
static const char *column_key(const char *name)
{
    const struct ec_metric *metric = ec_metric_find(name, strlen(name));
    return metric ? metric->key : name;
}

const char *const *ec_query_keys(const struct ec_query *query, struct ec_arena *arena,
                                 size_t *ret_count)
{
    struct ec_query complete = with_defaults(query);
    const char **keys = ec_arena_alloc(arena, complete.column_count * sizeof *keys);
    for (size_t i = 0; i < complete.column_count; i++)
        keys[i] = column_key(complete.columns[i]);
    *ret_count = complete.column_count;
    return keys;
}

/* The widths of the efficiency tracker's document, which the plain-text table keeps. */
static int document_width(const struct ec_metric *metric)
{
    switch (ec_metric_index(metric)) {
    case EC_METRIC_time:
        return 12;
    case EC_METRIC_steps:
        return 8;
    case EC_METRIC_mem:
        return 15;
    case EC_METRIC_tps:
        return 11;
    default:
        return 0;
    }
}

/* A key that the registry does not name: a number without a unit and without a direction. */
static struct ec_column plain_column(const char *key)
{
    const struct ec_unit *none = ec_unit_get(EC_UNIT_NONE);
    return (struct ec_column){.key = key,
                              .label = key,
                              .stored_unit = none,
                              .unit = none,
                              .direction = EC_NEUTRAL,
                              .digits = -1};
}

static struct ec_column metric_column(const struct ec_metric *metric)
{
    return (struct ec_column){.key = metric->key,
                              .label = metric->label,
                              .header = metric->header,
                              .metric = metric,
                              .stored_unit = ec_unit_get(metric->unit),
                              .unit = ec_unit_get(metric->unit),
                              .direction = metric->direction,
                              .target = metric->target,
                              .digits = metric->digits,
                              .min_width = document_width(metric)};
}

static void build_columns(struct ec_table *table, const struct ec_query *query)
{
    table->column_count = query->column_count;
    table->columns = ec_arena_calloc(&table->arena, table->column_count, sizeof *table->columns);
    for (size_t i = 0; i < table->column_count; i++) {
        struct ec_column *column = &table->columns[i];
        const char *name = query->columns[i];
        const struct ec_metric *metric = ec_metric_find(name, strlen(name));
        *column = metric ? metric_column(metric) : plain_column(name);
        if (!ec_runset_find_column(table->runset, ec_str(column->key), &column->runset_column))
            column->runset_column = EC_NO_COLUMN;
        if (column->digits < 0)
            ec_format_choose_digits(table, column);
    }
}

static void build_rows(struct ec_table *table)
{
    table->row_count = table->base_count = ec_runset_count(table->runset);
    uint32_t *order = ec_arena_alloc(&table->arena, table->row_count * sizeof *order);
    for (size_t row = 0; row < table->row_count; row++)
        order[row] = (uint32_t)row;
    table->order = order;
}

/* Says which columns hold zeros that are shown as not measured. */
static const char *zeros_note(struct ec_table *table)
{
    struct ec_arena *arena = &table->arena;
    const char *text = NULL;
    for (size_t i = 0; i < table->column_count; i++) {
        const struct ec_column *column = &table->columns[i];
        if (column->runset_column == EC_NO_COLUMN)
            continue;
        size_t zeros = ec_runset_column_zeros(table->runset, column->runset_column);
        if (zeros > 0)
            text = ec_arena_printf(arena, "%s%s%s in %zu run%s", text ? text : "", text ? ", " : "",
                                   column->header ? column->header : column->label, zeros,
                                   zeros == 1 ? "" : "s");
    }
    if (!text)
        return NULL;
    return ec_arena_printf(arena,
                           "0 means \"not measured\" in records without a schema version and is "
                           "shown as -: %s (--keep-zeros shows 0)",
                           text);
}

static void build_notes(struct ec_table *table)
{
    const char **notes = ec_arena_alloc(&table->arena, sizeof *notes);
    const char *zeros = zeros_note(table);
    if (zeros)
        notes[table->note_count++] = zeros;
    table->notes = notes;
}

struct ec_table *ec_query_run(const struct ec_query *query, const struct ec_runset *runset,
                              struct ec_error *error)
{
    (void)error;
    struct ec_query complete = with_defaults(query);
    struct ec_table *table = ec_table_new(runset);
    table->title = "Unlearning Efficiency Metrics Comparison";
    table->name_header = "Experiment";
    build_rows(table);
    build_columns(table, &complete);
    ec_rank(table);
    build_notes(table);
    return table;
}
