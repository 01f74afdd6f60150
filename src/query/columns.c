#include "query/columns.h"

#include "base/memory.h"
#include "common/nearest.h"
#include "query/list.h"
#include "query/settings.h"

#include <fnmatch.h>
#include <stdlib.h>

/* The columns of the efficiency tracker's document; parameters that are taken from names come
 * before them, unless rows are groups. */
static const char *const default_columns[] = {"time", "steps", "mem", "tps"};

static void add_spec(struct ec_columns *columns, struct ec_column_spec spec)
{
    columns->specs =
        ec_grow(columns->specs, columns->count, &columns->capacity, sizeof *columns->specs);
    columns->specs[columns->count++] = spec;
}

/* Whether the name is of a column that another option brings, such as time_ratio; the registry has
 * metrics of such names, too. */
static bool is_computed(const struct ec_columns *columns, struct ec_str name)
{
    if (ec_metric_find(name.ptr, name.len))
        return false;
    if (columns->has_ratios && (ec_str_ends(name, "_ratio") || ec_str_ends(name, "_percent")))
        return true;
    while (name.len > 0 && name.ptr[name.len - 1] >= '0' && name.ptr[name.len - 1] <= '9')
        name.len--;
    return columns->has_totals &&
           (ec_str_ends(name, "_total_") || ec_str_ends(name, "_per_request_"));
}

static int read_item(struct ec_columns *columns, struct ec_names *names, struct ec_str item,
                     struct ec_error *error)
{
    struct ec_str name, source;
    struct ec_column_spec spec = {.source = EC_COLUMN_NAME};
    bool is_expr = ec_list_split(item, &name, &source);
    if (is_expr) {
        item = name;
        ec_list_unquote(&item);
    }
    if (item.len == 0)
        return ec_error_set(error, "a column's name is empty");
    if (is_expr) {
        struct ec_expr_names binder = ec_names_for_expr(names);
        spec.source = EC_COLUMN_EXPR;
        spec.expr = ec_expr_compile(source, EC_EXPR_ANY, &binder, error);
        if (!spec.expr)
            return -1;
    }
    spec.name = ec_arena_strndup(names->arena, item.ptr, item.len);
    if (!is_expr && strcmp(spec.name, "all") == 0)
        spec.name = "*";
    if (spec.source == EC_COLUMN_NAME && spec.name[0] != '`' && strpbrk(spec.name, "*?["))
        spec.source = EC_COLUMN_GLOB;
    if (spec.source == EC_COLUMN_NAME) {
        spec.slot = ec_names_add(names, item);
        spec.need = is_computed(columns, item) ? EC_COLUMN_USEFUL : EC_COLUMN_ASKED;
    }
    if (is_expr)
        ec_names_define(names, item, spec.expr);
    columns->has_glob = columns->has_glob || spec.source == EC_COLUMN_GLOB;
    add_spec(columns, spec);
    return 0;
}

static int read_list(struct ec_columns *columns, struct ec_names *names, struct ec_str list,
                     struct ec_error *error)
{
    struct ec_str item;
    while (ec_list_next(&list, &item)) {
        struct ec_error reason = {0};
        if (read_item(columns, names, item, &reason) < 0)
            return ec_error_set(error, "--columns: %s", reason.text);
    }
    return 0;
}

static void add_name(struct ec_columns *columns, struct ec_names *names, struct ec_str name,
                     enum ec_column_need need)
{
    struct ec_column_spec spec = {.source = EC_COLUMN_NAME, .need = need};
    spec.slot =
        need == EC_COLUMN_WANTED ? ec_names_require(names, name) : ec_names_add(names, name);
    spec.name = ec_arena_strndup(names->arena, name.ptr, name.len);
    add_spec(columns, spec);
}

static void want(struct ec_columns *columns, struct ec_names *names, struct ec_str name,
                 enum ec_column_need need)
{
    struct ec_str bare = name;
    ec_list_unquote(&bare);
    for (size_t i = 0; i < columns->count; i++)
        if (columns->specs[i].source == EC_COLUMN_EXPR &&
            ec_str_equal(ec_str(columns->specs[i].name), bare))
            return;
    if (is_computed(columns, name))
        return;
    add_name(columns, names, name, need);
}

void ec_columns_want(struct ec_columns *columns, struct ec_names *names, struct ec_str name)
{
    want(columns, names, name, EC_COLUMN_WANTED);
}

void ec_columns_want_if_any(struct ec_columns *columns, struct ec_names *names, struct ec_str name)
{
    want(columns, names, name, EC_COLUMN_USEFUL);
}

static void add_defaults(struct ec_columns *columns, const struct ec_query *query,
                         struct ec_names *names)
{
    /* A parameter's name is not a list: it may hold a comma, or be what would be a glob there. */
    for (size_t i = 0; query->group_by.count == 0 && i < names->parameter_count; i++)
        add_name(columns, names, ec_str(names->parameters[i]), EC_COLUMN_ASKED);
    for (size_t i = 0; i < sizeof default_columns / sizeof default_columns[0]; i++) {
        struct ec_column_spec spec = {.source = EC_COLUMN_NAME, .name = default_columns[i]};
        spec.slot = ec_names_add_own(names, spec.name, false);
        spec.has_stand_in = names->items[spec.slot].metric == ec_metric_get(EC_METRIC_mem);
        if (spec.has_stand_in)
            spec.stand_in = ec_names_add_own(names, "host_mem", false);
        add_spec(columns, spec);
    }
}

int ec_columns_read(struct ec_columns *ret_columns, const struct ec_query *query,
                    struct ec_names *names, struct ec_error *error)
{
    *ret_columns = (struct ec_columns){.has_ratios = query->baseline != NULL,
                                       .has_totals = query->requests.count > 0};
    size_t first = query->columns.count;
    while (first > 0 && query->columns.items[first - 1][0] == '+')
        first--;
    /* A list without "+" replaces what was there. */
    int result = 0;
    if (first == 0)
        add_defaults(ret_columns, query, names);
    for (size_t i = first > 0 ? first - 1 : 0; i < query->columns.count && result == 0; i++) {
        const char *list = query->columns.items[i];
        result = read_list(ret_columns, names, ec_str(list + (list[0] == '+')), error);
    }
    return result;
}

const char *const *ec_columns_globs(const struct ec_columns *columns, struct ec_arena *arena,
                                    size_t *ret_count)
{
    const char **globs = ec_arena_alloc(arena, columns->count * sizeof *globs);
    size_t count = 0;
    for (size_t i = 0; i < columns->count; i++)
        if (columns->specs[i].source == EC_COLUMN_GLOB)
            globs[count++] = columns->specs[i].name;
    *ret_count = count;
    return globs;
}

void ec_columns_free(struct ec_columns *columns)
{
    for (size_t i = 0; i < columns->count; i++)
        ec_expr_free(columns->specs[i].expr);
    free(columns->specs);
    *columns = (struct ec_columns){0};
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

/* A column without a unit and a direction, as of a key that the registry does not name. */
static struct ec_column plain_column(const char *key)
{
    const struct ec_unit *none = ec_unit_get(EC_UNIT_NONE);
    return (struct ec_column){.key = key,
                              .label = key,
                              .stored_unit = none,
                              .unit = none,
                              .direction = EC_NEUTRAL,
                              .digits = -1,
                              .runset_column = EC_NO_COLUMN};
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
                              .min_width = document_width(metric),
                              .runset_column = EC_NO_COLUMN};
}

/* The metric that a key names behind a prefix, as mia_forget_quality from evals_mia; NULL when
 * there is none. */
static const struct ec_metric *prefixed_metric(const char *key)
{
    for (const char *tail = strchr(key, '_'); tail; tail = strchr(tail, '_')) {
        tail++;
        const struct ec_metric *metric = ec_metric_find_key(tail, strlen(tail));
        if (metric && ec_metric_is_effectiveness(metric))
            return metric;
    }
    return NULL;
}

/* The column of a loaded key; metric: of the key itself, may be NULL. */
static struct ec_column key_column(const char *key, const struct ec_metric *metric)
{
    if (metric)
        return metric_column(metric);
    struct ec_column column = plain_column(key);
    const struct ec_metric *similar = prefixed_metric(key);
    if (similar) {
        column.stored_unit = column.unit = ec_unit_get(similar->unit);
        column.direction = similar->direction;
        column.target = similar->target;
        column.digits = similar->digits;
    }
    return column;
}

static struct ec_series *new_series(struct ec_table *table)
{
    struct ec_series *series = ec_arena_calloc(&table->arena, 1, sizeof *series);
    series->values = ec_arena_calloc(&table->arena, table->base_count, sizeof *series->values);
    return series;
}

static struct ec_column field_column(struct ec_table *table, const struct ec_names *names,
                                     uint32_t slot)
{
    const struct ec_name *field = &names->items[slot];
    if (field->kind == EC_NAME_KEY) {
        struct ec_column column = key_column(field->text, field->metric);
        column.runset_column = field->column;
        return column;
    }
    struct ec_column column = plain_column(field->text);
    struct ec_series *series = new_series(table);
    for (size_t run = 0; run < table->base_count; run++)
        series->values[run] = ec_names_value(names, run, slot);
    column.series = series;
    return column;
}

static bool is_measured(const struct ec_names *names, uint32_t slot, const struct ec_table *table)
{
    for (size_t row = 0; row < table->row_count; row++)
        if (ec_value_is_number(ec_names_value(names, table->order[row], slot)))
            return true;
    return false;
}

/* Whether the host's memory is shown in place of the GPU's: they are never mixed in one column, nor
 * is the host's shown twice. */
static bool stands_in(const struct ec_columns *columns, const struct ec_column_spec *spec,
                      const struct ec_names *names, const struct ec_table *table)
{
    if (!spec->has_stand_in || is_measured(names, spec->slot, table))
        return false;
    for (size_t i = 0; i < columns->count; i++)
        if (columns->specs[i].source == EC_COLUMN_NAME && columns->specs[i].slot == spec->stand_in)
            return false;
    return is_measured(names, spec->stand_in, table);
}

/* As the GPU's memory looks in its place, with a header that names what it is. */
static struct ec_column host_memory_column(struct ec_table *table, const struct ec_names *names,
                                           uint32_t slot)
{
    struct ec_column column = field_column(table, names, slot);
    column.header = "Host Mem(MiB)";
    column.unit = ec_unit_get(EC_UNIT_MIB);
    column.digits = ec_metric_get(EC_METRIC_mem)->digits;
    column.min_width = document_width(ec_metric_get(EC_METRIC_mem));
    return column;
}

/* Whether the column is another one under a new name, and that one's slot. */
static bool is_renamed(const struct ec_names *names, const struct ec_expr *expr, uint32_t *ret_slot)
{
    if (!ec_expr_is_name(expr, ret_slot))
        return false;
    const struct ec_name *of = &names->items[*ret_slot];
    return of->kind != EC_NAME_EXPR || is_renamed(names, of->expr, ret_slot);
}

/* All is as in the column itself, but what it is called. */
static struct ec_column renamed_column(struct ec_table *table, const struct ec_names *names,
                                       uint32_t slot, const char *name)
{
    struct ec_column column = field_column(table, names, slot);
    column.renames = column.key;
    column.key = column.label = name;
    column.header = NULL;
    return column;
}

static struct ec_column expr_column(struct ec_table *table, const struct ec_names *names,
                                    const struct ec_column_spec *spec)
{
    uint32_t slot;
    if (is_renamed(names, spec->expr, &slot))
        return renamed_column(table, names, slot, spec->name);
    struct ec_column column = plain_column(spec->name);
    column.stored_unit = column.unit = ec_expr_unit(spec->expr);
    if (column.unit->symbol[0] == '\0' && ec_expr_unit_text(spec->expr)[0] != '\0')
        column.label =
            ec_arena_printf(&table->arena, "%s (%s)", spec->name, ec_expr_unit_text(spec->expr));
    struct ec_series *series = new_series(table);
    for (size_t run = 0; run < table->base_count; run++) {
        struct ec_names_row row = {names, run};
        series->values[run] = ec_expr_eval(spec->expr, ec_names_get, &row);
    }
    column.series = series;
    return column;
}

static void add_column(struct ec_table *table, struct ec_column column, size_t *capacity)
{
    if (table->column_count == *capacity) {
        size_t larger = *capacity ? 2 * *capacity : 8;
        struct ec_column *columns = ec_arena_calloc(&table->arena, larger, sizeof *columns);
        if (table->column_count > 0)
            memcpy(columns, table->columns, table->column_count * sizeof *columns);
        table->columns = columns;
        *capacity = larger;
    }
    table->columns[table->column_count++] = column;
}

/* Which of the runset's columns are shown under their own names. */
static bool *find_shown(struct ec_table *table)
{
    bool *shown = ec_arena_calloc(&table->arena, ec_runset_column_count(table->runset), 1);
    for (size_t i = 0; i < table->column_count; i++)
        if (table->columns[i].runset_column != EC_NO_COLUMN && !table->columns[i].renames)
            shown[table->columns[i].runset_column] = true;
    return shown;
}

/* A column for every loaded key that matches and is not shown yet, in the runset's order. */
static void add_matching(struct ec_table *table, const char *glob, const char *unasked,
                         size_t *capacity)
{
    const struct ec_runset *runset = table->runset;
    size_t count = ec_runset_column_count(runset);
    const bool *shown = find_shown(table);
    for (uint32_t i = 0; i < count; i++) {
        struct ec_str key = ec_runset_column_key(runset, i);
        if (shown[i])
            continue;
        const char *text = ec_arena_strndup(&table->arena, key.ptr, key.len);
        if (fnmatch(glob, text, 0) != 0)
            continue;
        if (unasked && ec_str_begins(key, unasked) && !ec_str_begins(ec_str(glob), unasked))
            continue;
        struct ec_column column = key_column(text, ec_runset_column_metric(runset, i));
        column.runset_column = i;
        add_column(table, column, capacity);
    }
}

int ec_columns_check_names(const struct ec_columns *columns, const struct ec_table *table,
                           struct ec_error *error)
{
    for (size_t i = 0; i < columns->count; i++) {
        const struct ec_column_spec *spec = &columns->specs[i];
        size_t count = 0;
        for (size_t k = 0; spec->source == EC_COLUMN_EXPR && k < table->column_count; k++)
            count += strcmp(table->columns[k].key, spec->name) == 0;
        if (count > 1)
            return ec_error_set(error, "--columns: two columns are called '%s'", spec->name);
    }
    return 0;
}

struct ec_column *ec_columns_find(const struct ec_table *table, struct ec_str name)
{
    bool literal = ec_list_unquote(&name);
    const struct ec_metric *metric = literal ? NULL : ec_metric_find(name.ptr, name.len);
    struct ec_column *renamed = NULL;
    for (size_t i = 0; i < table->column_count; i++) {
        struct ec_column *column = &table->columns[i];
        bool is_metric = metric && column->metric == metric;
        if ((is_metric && !column->renames) || ec_str_equal(ec_str(column->key), name))
            return column;
        bool is_other = column->renames && ec_str_equal(ec_str(column->renames), name);
        if (!renamed && (is_metric || is_other))
            renamed = column;
    }
    return renamed;
}

struct ec_column *ec_columns_require(const struct ec_table *table, struct ec_str name,
                                     struct ec_error *error)
{
    struct ec_column *column = ec_columns_find(table, name);
    if (column)
        return column;
    struct ec_nearest nearest = {.word = name.ptr, .word_length = name.len};
    for (size_t i = 0; i < table->column_count; i++) {
        ec_nearest_offer(&nearest, table->columns[i].key);
        if (table->columns[i].metric)
            ec_nearest_offer(&nearest, table->columns[i].metric->id);
    }
    if (nearest.best)
        ec_error_set(error, "there is no column '%.*s'; did you mean '%s'?", (int)name.len,
                     name.ptr, nearest.best);
    else
        ec_error_set(error, "there is no column '%.*s'", (int)name.len, name.ptr);
    return NULL;
}

/* Whether the column that another option needs is to be added. */
static bool is_needed(const struct ec_column_spec *spec, const struct ec_names *names,
                      const struct ec_table *table)
{
    if (spec->need == EC_COLUMN_ASKED)
        return true;
    if (ec_columns_find(table, ec_str(spec->name)))
        return false;
    return spec->need == EC_COLUMN_WANTED || ec_names_has_value(names, spec->slot);
}

static bool is_shown(const struct ec_table *table, const char *key)
{
    for (size_t i = 0; i < table->column_count; i++)
        if (!table->columns[i].renames && strcmp(table->columns[i].key, key) == 0)
            return true;
    return false;
}

/* A column for a key or a parameter, once. */
static void add_field(struct ec_table *table, const struct ec_names *names, uint32_t slot,
                      size_t *capacity)
{
    struct ec_column column = field_column(table, names, slot);
    if (!is_shown(table, column.key))
        add_column(table, column, capacity);
}

int ec_columns_build(const struct ec_columns *columns, const struct ec_query *query,
                     const struct ec_names *names, struct ec_table *table, struct ec_error *error)
{
    size_t capacity = 0;
    for (size_t i = 0; i < columns->count; i++) {
        const struct ec_column_spec *spec = &columns->specs[i];
        if (!is_needed(spec, names, table))
            continue;
        if (stands_in(columns, spec, names, table))
            add_column(table, host_memory_column(table, names, spec->stand_in), &capacity);
        else if (spec->source == EC_COLUMN_NAME)
            add_field(table, names, spec->slot, &capacity);
        else if (spec->source == EC_COLUMN_EXPR)
            add_column(table, expr_column(table, names, spec), &capacity);
        else
            add_matching(table, spec->name, query->unasked, &capacity);
    }
    return ec_settings_apply(query, table, 0, error);
}
