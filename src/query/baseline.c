#include "query/baseline.h"

#include "query/columns.h"
#include "query/derive.h"
#include "query/find.h"
#include "query/list.h"

#include <math.h>

int ec_baseline_row(const struct ec_query *query, const struct ec_table *table, size_t *ret_row,
                    struct ec_error *error)
{
    *ret_row = table->row_count;
    if (!query->baseline)
        return 0;
    struct ec_error reason = {0};
    if (ec_find_row(table, ec_str(query->baseline), ret_row, &reason) < 0)
        return ec_error_set(error, "--baseline: %s", reason.text);
    enum ec_status status = ec_table_row_status(table, *ret_row);
    if (status != EC_STATUS_COMPLETED)
        return ec_error_set(error, "--baseline: %s did not complete (%s): its costs are not known",
                            query->baseline, ec_status_name(status));
    return 0;
}

/* One of the two forms of comparison. */
struct form {
    const char *suffix; /* of the key */
    enum ec_unit_id unit;
    int digits;
    double own; /* the baseline's own value */
    /* How much better than the baseline the value is, where lower or higher is better. */
    struct ec_estimate (*compare)(struct ec_estimate value, struct ec_estimate baseline,
                                  bool lower);
};

static struct ec_estimate compare_ratio(struct ec_estimate value, struct ec_estimate baseline,
                                        bool lower)
{
    if (value.value < 0 || baseline.value < 0)
        return (struct ec_estimate){NAN, NAN};
    return lower ? ec_stats_ratio(baseline, value) : ec_stats_ratio(value, baseline);
}

static struct ec_estimate compare_percent(struct ec_estimate value, struct ec_estimate baseline,
                                          bool lower)
{
    struct ec_estimate change = ec_stats_percent_change(value, baseline);
    if (lower)
        change.value = change.value == 0 ? 0 : -change.value;
    return change;
}

static const struct form forms[] = {
    [EC_RELATIVE_RATIO] = {"ratio", EC_UNIT_TIMES, 2, 1, compare_ratio},
    [EC_RELATIVE_PERCENT] = {"percent", EC_UNIT_PERCENT, 1, 0, compare_percent},
};

/* What is compared: the value, or its distance to the target. */
static struct ec_estimate amount(const struct ec_table *table, size_t row, size_t index)
{
    const struct ec_column *column = &table->columns[index];
    struct ec_estimate estimate = ec_derive_get(table, row, index);
    if (column->direction == EC_TARGET || column->direction == EC_REFERENCE)
        estimate.value = fabs(estimate.value - column->target);
    return estimate;
}

static void add_column(struct ec_table *table, size_t index, const struct form *form,
                       size_t baseline_row)
{
    const struct ec_column *column = &table->columns[index];
    struct ec_series *series = ec_derive_series(table);
    struct ec_estimate baseline = amount(table, baseline_row, index);
    bool lower = column->direction != EC_HIGHER && column->direction != EC_NEUTRAL;
    for (size_t row = 0; row < table->row_count; row++) {
        if (ec_table_row_status(table, row) != EC_STATUS_COMPLETED)
            continue;
        struct ec_estimate value = form->compare(amount(table, row, index), baseline, lower);
        if (row == baseline_row && !isnan(baseline.value))
            value = (struct ec_estimate){form->own, NAN};
        ec_derive_set(table, series, row, value);
    }
    struct ec_arena *arena = &table->arena;
    struct ec_str name = ec_table_row_name(table, baseline_row);
    struct ec_column added = ec_derive_column(
        ec_arena_printf(arena, "%s_%s", ec_derive_name(column), form->suffix),
        column->group ? ec_arena_printf(arena, "%s, %s", column->group, column->label)
                      : column->label,
        series);
    added.group = ec_arena_printf(arena, "%s %.*s",
                                  column->direction == EC_NEUTRAL ? "Relative to" : "Better than",
                                  (int)name.len, name.ptr);
    added.stored_unit = added.unit = ec_unit_get(form->unit);
    added.digits = form->digits;
    added.better = column->direction == EC_NEUTRAL ? EC_NEUTRAL : EC_HIGHER;
    ec_derive_add(table, added);
}

static int choose_named(const struct ec_query *query, const struct ec_table *table, bool *chosen,
                        struct ec_error *error)
{
    for (size_t i = 0; i < query->relative_columns.count; i++) {
        struct ec_str list = ec_str(query->relative_columns.items[i]), item;
        while (ec_list_next(&list, &item)) {
            struct ec_error reason = {0};
            const struct ec_column *column = ec_columns_require(table, item, &reason);
            if (!column)
                return ec_error_set(error, "--relative-columns: %s", reason.text);
            chosen[column - table->columns] = true;
        }
    }
    return 0;
}

/* Every column in which less or more is better, unless some are named. */
static int choose_columns(const struct ec_query *query, const struct ec_table *table, bool *chosen,
                          struct ec_error *error)
{
    if (query->relative_columns.count > 0)
        return choose_named(query, table, chosen, error);
    for (size_t i = 0; i < table->column_count; i++) {
        enum ec_direction direction = table->columns[i].direction;
        chosen[i] = direction == EC_LOWER || direction == EC_HIGHER;
    }
    return 0;
}

static void add_note(const struct ec_query *query, const struct ec_table *table, size_t row,
                     struct ec_notes *notes)
{
    static const char *const scales[] = {[EC_RELATIVE_RATIO] = "above 1 \u00d7",
                                         [EC_RELATIVE_PERCENT] = "above 0 %",
                                         [EC_RELATIVE_BOTH] = "above 1 \u00d7 or 0 %"};
    struct ec_str name = ec_table_row_name(table, row);
    ec_notes_add(notes, ec_arena_printf(notes->arena,
                                        "%s is better than %.*s, whichever way the metric "
                                        "points: less time, more throughput",
                                        scales[query->relative], (int)name.len, name.ptr));
}

int ec_baseline(const struct ec_query *query, size_t row, struct ec_table *table,
                struct ec_notes *notes, struct ec_error *error)
{
    if (row == table->row_count)
        return 0;
    size_t count = table->column_count;
    bool *chosen = ec_arena_calloc(&table->arena, count, sizeof *chosen);
    if (choose_columns(query, table, chosen, error) < 0)
        return -1;
    for (int form = EC_RELATIVE_RATIO; form <= EC_RELATIVE_PERCENT; form++) {
        if (query->relative != EC_RELATIVE_BOTH && (int)query->relative != form)
            continue;
        /* Columns with the same heading stand together. */
        for (int neutral = 0; neutral < 2; neutral++)
            for (size_t i = 0; i < count; i++)
                if (chosen[i] && (table->columns[i].direction == EC_NEUTRAL) == neutral)
                    add_column(table, i, &forms[form], row);
    }
    if (table->column_count == count)
        ec_notes_add(notes, "nothing is compared with the baseline: of no column shown is less or "
                            "more better (--relative-columns names others)");
    for (size_t i = 0; i < count; i++) {
        if (!chosen[i] || table->columns[i].direction == EC_NEUTRAL)
            continue;
        add_note(query, table, row, notes);
        break;
    }
    return 0;
}
