#include "query/query.h"

#include "base/memory.h"
#include "query/baseline.h"
#include "query/budget.h"
#include "query/columns.h"
#include "query/doubt.h"
#include "query/gate.h"
#include "query/group.h"
#include "query/having.h"
#include "query/list.h"
#include "query/names.h"
#include "query/notes.h"
#include "query/parameters.h"
#include "query/production.h"
#include "query/rank.h"
#include "query/reorder.h"
#include "query/rows.h"
#include "query/section.h"
#include "query/settings.h"
#include "query/tradeoff.h"
#include "query/transpose.h"
#include "query/twice.h"
#include "query/unused.h"

#include <stdlib.h>

struct ec_plan {
    struct ec_query query;
    struct ec_arena arena; /* of the names */
    struct ec_names names;
    struct ec_parameters parameters;
    struct ec_columns columns;
    struct ec_rows rows;
    struct ec_grouping grouping;
    struct ec_budget budget;
    struct ec_production production;
    struct ec_sectioning sectioning;
    struct ec_doubt doubt;
    struct ec_gate gate;
    const char *const *keys; /* NULL: all */
    size_t key_count;
    const char *const *beside; /* those that files beside a record may hold */
    size_t beside_count;
};

static void plan_keys(struct ec_plan *plan)
{
    if (!plan->columns.has_glob) {
        plan->keys = ec_names_keys(&plan->names, &plan->key_count);
        plan->beside = ec_names_beside(&plan->names, &plan->beside_count);
        return;
    }
    size_t name_count, glob_count;
    const char *const *names = ec_names_beside(&plan->names, &name_count);
    const char *const *globs = ec_columns_globs(&plan->columns, &plan->arena, &glob_count);
    const char **beside = ec_arena_alloc(&plan->arena, (name_count + glob_count) * sizeof *beside);
    memcpy(beside, names, name_count * sizeof *names);
    memcpy(beside + name_count, globs, glob_count * sizeof *globs);
    plan->beside = beside;
    plan->beside_count = name_count + glob_count;
}

static int read_query(struct ec_plan *plan, struct ec_error *error)
{
    const struct ec_query *query = &plan->query;
    struct ec_names *names = &plan->names;
    if (query->fixed_digits && query->figures > 0)
        return ec_error_set(error, "--digits and --figures exclude each other");
    if (ec_settings_check(query, &plan->arena, error) < 0 ||
        ec_parameters_read(&plan->parameters, query, names, error) < 0)
        return -1;
    if (ec_columns_read(&plan->columns, query, names, error) < 0)
        return -1;
    ec_section_read(&plan->sectioning, query, names);
    if (ec_rows_read(&plan->rows, query, names, error) < 0 ||
        ec_grouping_read(&plan->grouping, query, names, error) < 0 ||
        ec_tradeoff_read(&plan->columns, query, names, error) < 0 ||
        ec_budget_read(&plan->budget, &plan->columns, query, names, error) < 0 ||
        ec_gate_read(&plan->gate, &plan->columns, query, names, error) < 0)
        return -1;
    if (ec_production_read(&plan->production, &plan->columns, query, names, error) < 0)
        return -1;
    ec_unused_read(query, names);
    return 0;
}

struct ec_plan *ec_plan_new(const struct ec_query *query, struct ec_error *error)
{
    struct ec_plan *plan = ec_calloc(1, sizeof *plan);
    plan->query = *query;
    ec_names_init(&plan->names, &plan->arena);
    if (read_query(plan, error) < 0) {
        ec_plan_free(plan);
        return NULL;
    }
    ec_doubt_read(&plan->doubt, &plan->names, plan->columns.has_glob);
    plan_keys(plan);
    return plan;
}

void ec_plan_free(struct ec_plan *plan)
{
    if (!plan)
        return;
    ec_parameters_free(&plan->parameters);
    ec_columns_free(&plan->columns);
    ec_rows_free(&plan->rows);
    ec_grouping_free(&plan->grouping);
    ec_budget_free(&plan->budget);
    ec_production_free(&plan->production);
    ec_gate_free(&plan->gate);
    ec_names_free(&plan->names);
    ec_arena_free(&plan->arena);
    free(plan);
}

const char *const *ec_plan_keys(const struct ec_plan *plan, size_t *ret_count)
{
    *ret_count = plan->key_count;
    return plan->keys;
}

const char *const *ec_plan_beside(const struct ec_plan *plan, size_t *ret_count)
{
    *ret_count = plan->beside_count;
    return plan->beside;
}

/* How many of the rows, or of all runs, have no value in the column. */
static size_t count_missing(const struct ec_table *table, uint32_t column, bool all)
{
    size_t count = all ? ec_runset_count(table->runset) : table->row_count, missing = 0;
    for (size_t i = 0; i < count; i++) {
        size_t run = all ? i : table->order[i];
        missing += ec_runset_value(table->runset, run, column).kind == EC_MISSING;
    }
    return missing;
}

/* How many rows have a zero that means "not measured", which is one of the missing values. Where
 * some runs are no rows, only the most that it can be may be known. */
static size_t count_zeros(const struct ec_table *table, uint32_t column, bool *ret_exact)
{
    size_t zeros = ec_runset_column_zeros(table->runset, column);
    *ret_exact = true;
    if (zeros == 0 || table->row_count == ec_runset_count(table->runset))
        return zeros;
    size_t shown = count_missing(table, column, false), all = count_missing(table, column, true);
    *ret_exact = shown == 0 || shown == all || zeros == all;
    return shown < zeros ? shown : zeros;
}

/* Says which columns hold zeros that are shown as not measured. */
static const char *zeros_note(struct ec_table *table)
{
    const char *text = NULL;
    for (size_t i = 0; i < table->column_count; i++) {
        const struct ec_column *column = &table->columns[i];
        if (column->runset_column == EC_NO_COLUMN)
            continue;
        bool exact;
        size_t zeros = count_zeros(table, column->runset_column, &exact);
        if (zeros > 0)
            text =
                ec_arena_printf(&table->arena, "%s%s%s in %s%zu run%s", text ? text : "",
                                text ? ", " : "", column->header ? column->header : column->label,
                                exact ? "" : "at most ", zeros, zeros == 1 ? "" : "s");
    }
    if (!text)
        return NULL;
    return ec_arena_printf(&table->arena,
                           "0 means \"not measured\" in records without a schema version and is "
                           "shown as -: %s (--keep-zeros shows 0)",
                           text);
}

/* Says how many runs are shown but not ranked because they are not completed. */
static const char *status_note(struct ec_table *table)
{
    static const enum ec_status order[] = {EC_STATUS_PENDING, EC_STATUS_RUNNING, EC_STATUS_FAILED,
                                           EC_STATUS_INTERRUPTED, EC_STATUS_PARTIAL};
    size_t counts[EC_STATUS_COUNT] = {0}, count = 0;
    for (size_t row = 0; row < table->row_count; row++)
        counts[ec_table_row_status(table, row)]++;
    const char *list = "";
    for (size_t i = 0; i < sizeof order / sizeof order[0]; i++) {
        if (counts[order[i]] == 0)
            continue;
        list = ec_arena_printf(&table->arena, "%s%s%zu %s", list, count > 0 ? ", " : "",
                               counts[order[i]], ec_status_name(order[i]));
        count += counts[order[i]];
    }
    if (count == 0)
        return NULL;
    const char *cost = "";
    if (count > counts[EC_STATUS_PENDING])
        cost = count == 1 ? "; what it cost so far is shown, but not ranked"
                          : "; what they cost so far is shown, but not ranked";
    return ec_arena_printf(&table->arena, "%zu run%s not completed (%s)%s", count,
                           count == 1 ? " is" : "s are", list, cost);
}

/* Says which columns nobody has, when the registry does not know them either. */
static const char *unknown_note(const struct ec_names *names, struct ec_table *table)
{
    const char *text = NULL;
    for (size_t i = 0; i < table->column_count; i++) {
        bool known = table->columns[i].metric;
        for (size_t row = 0; row < table->row_count && !known; row++)
            known = ec_table_value(table, row, i).kind != EC_MISSING;
        if (known)
            continue;
        const char *nearest = ec_names_nearest(names, table->columns[i].key);
        text = ec_arena_printf(&table->arena, "%s%s%s%s%s%s", text ? text : "no run has a value ",
                               text ? ", " : "", table->columns[i].key,
                               nearest ? " (did you mean " : "", nearest ? nearest : "",
                               nearest ? "?)" : "");
    }
    return text;
}

/* Says that rows which --top left out may be better than the best; there were `row_count`. */
static const char *top_note(struct ec_table *table, size_t row_count)
{
    size_t references = ec_rows_first_ranked(table);
    if (table->row_count == row_count)
        return NULL;
    size_t count = row_count - references;
    if (table->row_count - references == 1)
        return ec_arena_printf(&table->arena, "only the first of %zu rows is shown (--top)", count);
    return ec_arena_printf(&table->arena,
                           "the first %zu of %zu rows are shown (--top); the others are not ranked",
                           table->row_count - references, count);
}

/* Adds the columns that are computed from others; rows are not in order yet, so that they may be
 * sorted by them. *ret_fits is per base row, NULL without a budget. */
static int derive(const struct ec_plan *plan, struct ec_table *table, struct ec_notes *notes,
                  const bool **ret_fits, struct ec_error *error)
{
    const struct ec_query *query = &plan->query;
    size_t loaded = table->column_count, baseline;
    if (ec_baseline_row(query, table, &baseline, error) < 0 ||
        ec_production_apply(&plan->production, query, baseline, table, notes, error) < 0 ||
        ec_baseline(query, baseline, table, notes, error) < 0 ||
        ec_budget_apply(&plan->budget, table, notes, ret_fits, error) < 0 ||
        ec_settings_apply(query, table, loaded, error) < 0)
        return -1;
    if (ec_tradeoff(query, table, notes, error) < 0 ||
        ec_columns_check_names(&plan->columns, table, error) < 0)
        return -1;
    return ec_having(query, table, error);
}

static int build(struct ec_plan *plan, struct ec_table *table, struct ec_error *error)
{
    table->title = "Unlearning Efficiency Metrics Comparison";
    table->name_header = "Experiment";
    ec_names_resolve(&plan->names, table->runset);
    if (ec_names_check(&plan->names, error) < 0 ||
        ec_parameters_match(&plan->parameters, &plan->names, error) < 0)
        return -1;
    ec_rows_filter(&plan->rows, &plan->names, table);
    struct ec_notes remarks = {.arena = &table->arena};
    ec_unused_where(&plan->rows, &plan->names, &remarks);
    if (table->row_count == 0 && remarks.count > 0)
        return ec_error_set(error, "%s; no run meets it", remarks.items[0]);
    if (table->row_count == 0)
        return ec_error_set(error, "no run meets --where");
    struct ec_notes notes = {.arena = &table->arena};
    ec_twice_drop(table, &notes);
    if (ec_columns_build(&plan->columns, &plan->query, &plan->names, table, error) < 0)
        return -1;
    ec_notes_add(&notes, zeros_note(table));
    ec_notes_add(&notes, unknown_note(&plan->names, table));
    ec_parameters_note(&plan->parameters, table, &notes);
    ec_doubt_note_runs(&plan->doubt, &plan->names, table, &notes);
    if (ec_group(&plan->grouping, &plan->query, &plan->names, table, &notes, error) < 0)
        return -1;
    ec_rows_label(&plan->query, table);
    ec_rank_references(&plan->query, table);
    ec_rank_targets(table, &notes);
    ec_unused_rows(&plan->query, table, &remarks);
    const bool *fits;
    if (derive(plan, table, &notes, &fits, error) < 0)
        return -1;
    struct ec_row_values values = {&plan->names, &plan->grouping};
    ec_section_columns(&plan->sectioning, table);
    ec_unused_columns(&plan->columns, &plan->rows, &plan->query, &values, table, &remarks);
    size_t row_count = table->row_count;
    ec_rows_sort(&plan->rows, &plan->query, &values, table);
    ec_notes_add(&notes, top_note(table, row_count));
    ec_section_rows(&plan->sectioning, &values, table);
    ec_rank(table, fits, &notes);
    ec_notes_add(&notes, status_note(table));
    ec_notes_add(&notes, ec_runset_remark(table->runset));
    ec_doubt_note_table(&plan->doubt, &plan->names, table, &notes);
    table->notes = notes.items;
    table->note_count = notes.count;
    table->remarks = remarks.items;
    table->remark_count = remarks.count;
    return 0;
}

/* Whether rows can be told by the table alone, and nothing but their order depends on it. */
static bool is_sortable(const struct ec_query *query, const struct ec_table *table)
{
    if (query->top > 0 || query->section || query->transpose || query->budgets.count > 0)
        return false;
    for (size_t i = 0; i < query->sort.count; i++) {
        struct ec_str list = ec_str(query->sort.items[i]), item;
        while (ec_list_next(&list, &item)) {
            if (item.len > 0 && item.ptr[0] == '-')
                item.ptr++, item.len--;
            if (!ec_str_equal(item, ec_str("name")) && !ec_columns_find(table, item))
                return false;
        }
    }
    return true;
}

bool ec_plan_sort(struct ec_plan *plan, const struct ec_query *query, struct ec_table *table)
{
    if (!is_sortable(query, table))
        return false;
    ec_rows_read_sort(&plan->rows, query, &plan->names, NULL); /* every name was found */
    plan->query = *query;
    uint32_t *old_order = ec_calloc(table->row_count, sizeof *old_order);
    memcpy(old_order, table->order, table->row_count * sizeof *old_order);
    struct ec_row_values values = {&plan->names, &plan->grouping};
    ec_rows_unsort(table);
    ec_rows_sort(&plan->rows, query, &values, table);
    ec_reorder_bests(table, old_order);
    free(old_order);
    return true;
}

static struct ec_table *upright_table(struct ec_plan *plan, const struct ec_runset *runset,
                                      struct ec_error *error)
{
    struct ec_table *table = ec_table_new(runset);
    if (build(plan, table, error) == 0)
        return table;
    ec_table_free(table);
    return NULL;
}

struct ec_table *ec_plan_table(struct ec_plan *plan, const struct ec_runset *runset,
                               struct ec_error *error)
{
    struct ec_table *table = upright_table(plan, runset, error);
    return table && plan->query.transpose ? ec_transpose(table) : table;
}

static void copy_remarks(struct ec_table *table, const struct ec_table *source)
{
    struct ec_notes remarks = {.arena = &table->arena};
    for (size_t i = 0; i < source->remark_count; i++)
        ec_notes_add(&remarks, ec_arena_strndup(&table->arena, source->remarks[i],
                                                strlen(source->remarks[i])));
    table->remarks = remarks.items;
    table->remark_count = remarks.count;
}

struct ec_table *ec_plan_changes(struct ec_plan *plan, const struct ec_runset *before,
                                 const struct ec_runset *now, struct ec_gate_result *ret_result,
                                 struct ec_error *error)
{
    if (plan->query.top > 0 || plan->query.pareto_only || plan->query.having.count > 0) {
        ec_error_set(error, "--top, --having and --pareto-only show other runs before than now; "
                            "choose them with --where instead");
        return NULL;
    }
    struct ec_error reason = {0};
    struct ec_table *table_now = upright_table(plan, now, error), *table_before = NULL;
    struct ec_table *changes = NULL;
    if (table_now)
        table_before = upright_table(plan, before, &reason);
    if (table_before)
        changes =
            ec_gate_changes(&plan->gate, &plan->query, table_before, table_now, ret_result, error);
    else if (table_now)
        ec_error_set(error, "--against: %s", reason.text);
    if (changes)
        copy_remarks(changes, table_now);
    ec_table_free(table_now);
    ec_table_free(table_before);
    return changes && plan->query.transpose ? ec_transpose(changes) : changes;
}
