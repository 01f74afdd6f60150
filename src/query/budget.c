#include "query/budget.h"

#include "base/memory.h"
#include "query/derive.h"
#include "query/list.h"

#include <math.h>
#include <stdlib.h>

/* ---- Reading ---- */

static struct ec_str trimmed(struct ec_str text)
{
    while (text.len > 0 && text.ptr[0] == ' ')
        text.ptr++, text.len--;
    while (text.len > 0 && text.ptr[text.len - 1] == ' ')
        text.len--;
    return text;
}

static int read_limit(struct ec_str item, struct ec_budget_limit *ret_limit, struct ec_error *error)
{
    size_t at = 0;
    while (at < item.len && item.ptr[at] != '<' && item.ptr[at] != '>')
        at++;
    *ret_limit = (struct ec_budget_limit){.text = item, .strict = true};
    ret_limit->name = trimmed((struct ec_str){item.ptr, at});
    if (at == item.len || ret_limit->name.len == 0)
        return ec_error_set(error, "'%.*s' is not like mem<=24GiB", (int)item.len, item.ptr);
    ret_limit->lower = item.ptr[at++] == '<';
    if (at < item.len && item.ptr[at] == '=') {
        ret_limit->strict = false;
        at++;
    }
    return ec_amount_read(trimmed((struct ec_str){item.ptr + at, item.len - at}), &ret_limit->bound,
                          error);
}

int ec_budget_read(struct ec_budget *ret_budget, struct ec_columns *columns,
                   const struct ec_query *query, struct ec_names *names, struct ec_error *error)
{
    struct ec_budget *budget = ret_budget;
    *budget = (struct ec_budget){0};
    for (size_t i = 0; i < query->budgets.count; i++) {
        struct ec_str list = ec_str(query->budgets.items[i]), item;
        while (ec_list_next(&list, &item)) {
            struct ec_budget_limit limit;
            struct ec_error reason = {0};
            if (read_limit(item, &limit, &reason) < 0)
                return ec_error_set(error, "--budget: %s", reason.text);
            ec_columns_want(columns, names, limit.name);
            budget->limits =
                ec_grow(budget->limits, budget->count, &budget->capacity, sizeof *budget->limits);
            budget->limits[budget->count++] = limit;
        }
    }
    return 0;
}

void ec_budget_free(struct ec_budget *budget)
{
    free(budget->limits);
    *budget = (struct ec_budget){0};
}

/* ---- Applying ---- */

enum verdict { FITS, UNKNOWN, OVER };

static const char *const verdict_names[] = {"fits", "unknown", "over"};

/* The limit in the column's stored unit; NAN with *error set when the dimensions differ. */
static double limit_for(const struct ec_budget_limit *limit, const struct ec_column *column,
                        struct ec_error *error)
{
    const struct ec_unit *stored = column->stored_unit;
    double bound = ec_amount_in(limit->bound, stored);
    if (isnan(bound))
        ec_error_set(error, "--budget: %.*s: %s is recorded in %s", (int)limit->text.len,
                     limit->text.ptr, column->key,
                     stored->symbol[0] ? stored->symbol : "plain numbers");
    return bound;
}

/* By how much the value is over the limit; NANs: not measured. */
static struct ec_estimate excess_of(const struct ec_budget_limit *limit, double bound,
                                    struct ec_estimate value)
{
    double over = limit->lower ? value.value - bound : bound - value.value;
    return (struct ec_estimate){over, value.spread};
}

static enum verdict judge(const struct ec_table *table, size_t row,
                          const struct ec_budget_limit *limit, double excess)
{
    if (isnan(excess))
        return UNKNOWN;
    bool over = limit->strict ? excess >= 0 : excess > 0;
    bool completed = ec_table_row_status(table, row) == EC_STATUS_COMPLETED;
    /* What a run has cost so far only grows; nothing else about it is known. */
    if (!completed)
        return over && limit->lower ? OVER : UNKNOWN;
    return over ? OVER : FITS;
}

static int apply_limit(const struct ec_budget_limit *limit, struct ec_table *table,
                       enum verdict *verdicts, struct ec_error *error)
{
    struct ec_error reason = {0};
    const struct ec_column *found = ec_columns_require(table, limit->name, &reason);
    if (!found)
        return ec_error_set(error, "--budget: %s", reason.text);
    struct ec_column column = *found;
    size_t index = (size_t)(found - table->columns);
    double bound = limit_for(limit, &column, error);
    if (isnan(bound))
        return -1;
    struct ec_series *series = ec_derive_series(table);
    for (size_t row = 0; row < table->row_count; row++) {
        struct ec_estimate excess = excess_of(limit, bound, ec_derive_get(table, row, index));
        enum verdict verdict = judge(table, row, limit, excess.value);
        ec_derive_set(table, series, row, excess);
        if (verdict > verdicts[row])
            verdicts[row] = verdict;
    }
    struct ec_arena *arena = &table->arena;
    const char *key =
        ec_arena_printf(arena, "%s_%s", ec_derive_name(&column), limit->lower ? "over" : "short");
    struct ec_column added = ec_derive_column(key, column.label, series);
    added.group = limit->lower ? "Over budget by" : "Short of budget by";
    added.stored_unit = column.stored_unit;
    added.unit = column.unit;
    added.digits = column.digits;
    added.scientific = column.scientific;
    ec_derive_add(table, added);
    return 0;
}

static void note_verdicts(const struct ec_budget *budget, const struct ec_table *table,
                          const enum verdict *verdicts, struct ec_notes *notes)
{
    size_t counts[OVER + 1] = {0}, total = 0;
    for (size_t row = 0; row < table->row_count; row++) {
        bool counted = !ec_table_row_is_reference(table, row);
        counts[verdicts[row]] += counted;
        total += counted;
    }
    const char *text = "budget";
    for (size_t i = 0; i < budget->count; i++)
        text = ec_arena_printf(notes->arena, "%s%s%.*s", text, i > 0 ? ", " : " ",
                               (int)budget->limits[i].text.len, budget->limits[i].text.ptr);
    text = ec_arena_printf(notes->arena, "%s: %zu of %zu fit", text, counts[FITS], total);
    if (counts[OVER] > 0)
        text = ec_arena_printf(notes->arena, "%s, %zu over", text, counts[OVER]);
    if (counts[UNKNOWN] > 0)
        text = ec_arena_printf(notes->arena, "%s, %zu unknown (not measured, or not completed)",
                               text, counts[UNKNOWN]);
    ec_notes_add(notes, text);
}

int ec_budget_apply(const struct ec_budget *budget, struct ec_table *table, struct ec_notes *notes,
                    const bool **ret_fits, struct ec_error *error)
{
    *ret_fits = NULL;
    if (budget->count == 0)
        return 0;
    struct ec_arena *arena = &table->arena;
    struct ec_series *series = ec_derive_series(table);
    enum verdict *verdicts = ec_arena_calloc(arena, table->row_count, sizeof *verdicts);
    bool *fits = ec_arena_calloc(arena, table->base_count, sizeof *fits);
    ec_derive_add(table, ec_derive_column("budget", "Budget", series));
    for (size_t i = 0; i < budget->count; i++)
        if (apply_limit(&budget->limits[i], table, verdicts, error) < 0)
            return -1;
    for (size_t row = 0; row < table->row_count; row++) {
        ec_derive_set_text(table, series, row, verdict_names[verdicts[row]]);
        fits[table->order[row]] = verdicts[row] == FITS;
    }
    note_verdicts(budget, table, verdicts, notes);
    *ret_fits = fits;
    return 0;
}
