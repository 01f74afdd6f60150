/* Actions that change what the view shows: each edits a copy of the options and shows it, so that
 * an impossible change leaves everything as it was. */
#include "tui/state.h"

#include "query/derive.h"
#include "query/list.h"

#include "table/format.h"

#include <stdlib.h>

enum { MAX_DIGITS = 15 };

static struct ec_view edited(const struct ec_model *model)
{
    struct ec_view view;
    ec_view_copy(&view, &model->view);
    return view;
}

/* ---- Sorting ---- */

/* The cursor stays on its run, but on the first row, from where one looks at what comes first. */
static void show_sorted(struct ec_model *model, struct ec_view *view)
{
    bool at_top = model->grid.row == 0;
    if (!ec_model_try(model, view) || !at_top)
        return;
    model->grid.row = model->grid.top = 0;
}

static void sort(struct ec_model *model, bool alone)
{
    const struct ec_column *column = ec_grid_column(model);
    struct ec_view view = edited(model);
    const char *known = column ? ec_derive_name(column) : "name";
    size_t place;
    if (ec_view_sorted(&view, column, &place) != 0) { /* maybe by another of its names */
        known = view.sort.items[place - 1];
        known += known[0] == '-';
    }
    char *name = ec_view_quoted(known);
    /* Rows stand in the order of names at first, so sorting by name alone turns it round. */
    if (!column && alone && view.sort.count == 0)
        ec_texts_add(&view.sort, ec_str("name"));
    ec_view_sort(&view, name, alone);
    free(name);
    show_sorted(model, &view);
}

static void unsort(struct ec_model *model)
{
    struct ec_view view = edited(model);
    ec_texts_free(&view.sort);
    show_sorted(model, &view);
}

/* ---- Filtering ---- */

static bool is_simple_name(struct ec_str name)
{
    static const char safe[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789.";
    bool simple = name.len > 0 && !memchr("0123456789.", name.ptr[0], 11);
    for (size_t i = 0; i < name.len && simple; i++)
        simple = memchr(safe, name.ptr[i], sizeof safe - 1) != NULL;
    return simple;
}

/* Writes text as expressions quote it. */
static void write_quoted(struct ec_out *out, struct ec_str text, char quote)
{
    ec_out_char(out, quote);
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == quote || text.ptr[i] == '\\')
            ec_out_char(out, '\\');
        ec_out_char(out, text.ptr[i]);
    }
    ec_out_char(out, quote);
}

static void write_name(struct ec_out *out, struct ec_str name)
{
    if (is_simple_name(name))
        ec_out_str(out, name);
    else
        write_quoted(out, name, '`');
}

/* Writes the condition that a name has this value. */
static void write_equals(struct ec_out *out, struct ec_str name, struct ec_value value)
{
    if (value.kind == EC_MISSING) {
        ec_out_text(out, "missing(");
        write_name(out, name);
        ec_out_char(out, ')');
        return;
    }
    write_name(out, name);
    ec_out_text(out, " = ");
    if (value.kind == EC_STR)
        write_quoted(out, ec_value_text(value), '"');
    else
        ec_format_cell_exact(out, value);
}

/* Writes the filter there is, so that another condition can follow. */
static void write_filter(struct ec_out *out, const struct ec_view *view)
{
    if (view->where.count == 0)
        return;
    const char *where = view->where.items[0];
    bool alternatives = strstr(where, "or") || strstr(where, "||"); /* or a word that holds "or" */
    ec_out_printf(out, alternatives ? "(%s) and " : "%s and ", where);
}

/* Whether it is how a group is called whose runs do not have the key: "no method". */
static bool is_absence(struct ec_str text, struct ec_str key)
{
    static const char no[] = "no ";
    size_t length = sizeof no - 1;
    return ec_str_begins(text, no) &&
           ec_str_equal((struct ec_str){text.ptr + length, text.len - length}, key);
}

/* The value of one of a group's keys: what its runs have, else what its name says, which is a
 * number where it looks like one. */
static struct ec_value key_value(const struct ec_model *model, struct ec_str key,
                                 struct ec_str text)
{
    const struct ec_table *table = model->table;
    const struct ec_metric *metric = ec_metric_find(key.ptr, key.len);
    uint32_t column;
    if (table->group_runs &&
        ec_runset_find_column(table->runset, metric ? ec_str(metric->key) : key, &column))
        return ec_runset_value(table->runset, table->group_runs[table->order[model->grid.row]],
                               column);
    char copy[64], *end;
    if (is_absence(text, key))
        return ec_value_missing();
    if (text.len == 0 || text.len >= sizeof copy)
        return ec_value_str(text);
    memcpy(copy, text.ptr, text.len);
    copy[text.len] = '\0';
    double number = strtod(copy, &end);
    if (*end != '\0' || strspn(copy, "+-.0123456789eE") != text.len)
        return ec_value_str(text);
    return ec_value_real(number);
}

/* Writes the condition that the runs of the group under the cursor meet. */
static void write_group(struct ec_out *out, const struct ec_model *model)
{
    const struct ec_texts *keys = &model->view.group_by;
    struct ec_str rest = ec_grid_plain_name(model->table, model->grid.row);
    for (size_t i = 0; i < keys->count; i++) {
        const char *comma = i + 1 < keys->count ? memmem(rest.ptr, rest.len, ", ", 2) : NULL;
        struct ec_str text = {rest.ptr, comma ? (size_t)(comma - rest.ptr) : rest.len};
        struct ec_str key = ec_str(keys->items[i]);
        ec_list_unquote(&key);
        ec_out_text(out, i > 0 ? " and " : "");
        write_equals(out, key, key_value(model, key, text));
        size_t used = comma ? text.len + 2 : rest.len;
        rest = (struct ec_str){rest.ptr + used, rest.len - used};
    }
}

static void filter_equal(struct ec_model *model)
{
    const struct ec_table *table = model->table;
    const struct ec_column *column = ec_grid_column(model);
    size_t row = model->grid.row;
    struct ec_out filter;
    ec_out_to_memory(&filter);
    write_filter(&filter, &model->view);
    if (column)
        write_equals(&filter, ec_str(ec_derive_name(column)),
                     ec_table_value(table, row, model->grid.column - 1));
    else if (table->grouped)
        write_group(&filter, model);
    else
        write_equals(&filter, ec_str("name"), ec_value_str(ec_grid_plain_name(table, row)));
    ec_prompt_open(model, EC_PROMPT_FILTER, (struct ec_str){filter.buffer, filter.length});
    ec_out_free(&filter);
}

static void unfilter(struct ec_model *model)
{
    struct ec_view view = edited(model);
    ec_texts_free(&view.where);
    ec_model_try(model, &view);
}

/* ---- Groups ---- */

static void ungroup(struct ec_model *model)
{
    struct ec_view view = edited(model);
    if (view.group_by.count > 0) {
        ec_texts_free(&model->ungrouped);
        model->ungrouped = view.group_by;
        view.group_by = (struct ec_texts){0};
    } else {
        ec_texts_copy(&view.group_by, &model->ungrouped);
    }
    ec_model_try(model, &view);
}

/* Shows the runs of the group under the cursor. */
static void open_group(struct ec_model *model)
{
    struct ec_view view = edited(model);
    struct ec_out filter;
    ec_out_to_memory(&filter);
    write_filter(&filter, &view);
    write_group(&filter, model);
    ec_texts_free(&view.where);
    ec_texts_add(&view.where, (struct ec_str){filter.buffer, filter.length});
    ec_out_free(&filter);
    ec_texts_free(&model->ungrouped);
    model->ungrouped = view.group_by;
    view.group_by = (struct ec_texts){0};
    if (ec_model_try(model, &view))
        ec_model_say(model, false, "the group's runs; U goes back");
}

static void open_row(struct ec_model *model)
{
    if (model->table->grouped)
        open_group(model);
    else
        ec_page_open(model, EC_PAGE_DETAIL);
}

static void next_spread(struct ec_model *model)
{
    static const char *const names[] = {"standard deviation", "standard error of the mean",
                                        "95 % confidence interval", "median and range"};
    struct ec_view view = edited(model);
    view.spread = (enum ec_spread)((view.spread + 1) % 4);
    enum ec_spread spread = view.spread;
    if (ec_model_try(model, &view))
        ec_model_say(model, false, "%s", names[spread]);
}

/* ---- Runs ---- */

/* Reference runs are named by globs: characters that mean something there are escaped, and any one
 * character stands for those that mean something in lists. */
static void write_glob(struct ec_out *out, struct ec_str name)
{
    for (size_t i = 0; i < name.len; i++) {
        if (strchr("*?[\\", name.ptr[i]))
            ec_out_char(out, '\\');
        ec_out_char(out, strchr(",()'\"`", name.ptr[i]) ? '?' : name.ptr[i]);
    }
}

static void reference(struct ec_model *model)
{
    struct ec_view view = edited(model);
    struct ec_str name = ec_grid_plain_name(model->table, model->grid.row);
    struct ec_out glob;
    ec_out_to_memory(&glob);
    write_glob(&glob, name);
    struct ec_str item = {glob.buffer, glob.length};
    size_t at = ec_texts_find(&view.references, item);
    bool is_reference = ec_table_row_is_reference(model->table, model->grid.row);
    if (at < view.references.count)
        ec_texts_remove(&view.references, at);
    else if (is_reference)
        ec_model_say(model, true, "a pattern of --reference makes it one");
    else
        ec_texts_add(&view.references, item);
    ec_out_free(&glob);
    if (model->message[0])
        ec_view_free(&view);
    else
        ec_model_try(model, &view);
}

/* Ratios to this row, then percentages, both, and nothing; on another row, ratios to that. */
static void baseline(struct ec_model *model)
{
    struct ec_view view = edited(model);
    struct ec_str name = ec_grid_plain_name(model->table, model->grid.row);
    bool same = view.baseline.count > 0 && ec_str_equal(ec_str(view.baseline.items[0]), name);
    view.relative = same ? view.relative + 1 : EC_RELATIVE_RATIO;
    ec_texts_free(&view.baseline);
    if (view.relative <= EC_RELATIVE_BOTH)
        ec_texts_add(&view.baseline, name);
    else
        view.relative = EC_RELATIVE_RATIO;
    ec_model_try(model, &view);
}

static void pareto(struct ec_model *model)
{
    struct ec_view view = edited(model);
    const struct ec_column *column = ec_grid_column(model);
    char *name = ec_view_quoted(ec_derive_name(column));
    size_t at = ec_view_find_name(&view.pareto, column);
    if (at < view.pareto.count)
        ec_texts_remove(&view.pareto, at);
    else
        ec_texts_add(&view.pareto, ec_str(name));
    view.pareto_only = view.pareto_only && view.pareto.count > 0; /* not for other axes later */
    free(name);
    ec_model_try(model, &view);
}

static void pareto_only(struct ec_model *model)
{
    struct ec_view view = edited(model);
    view.pareto_only = !view.pareto_only;
    ec_model_try(model, &view);
}

static void mark(struct ec_model *model)
{
    size_t row = model->place == 'P' ? model->plot.row : model->grid.row;
    ec_grid_mark(model, row, !ec_grid_is_marked(model, row));
    if (model->place == 'T')
        ec_grid_move(model, EC_ACTION_DOWN);
}

static void mark_all(struct ec_model *model)
{
    for (size_t row = 0; row < model->table->row_count; row++)
        ec_grid_mark(model, row, true);
}

/* ---- Columns ---- */

void ec_edit_move_column(struct ec_model *model, const char *name, int by)
{
    struct ec_view view = edited(model);
    ec_view_spell_columns(&view, model->table);
    size_t from = ec_view_find_column(&view, ec_str(name));
    bool fits = from < view.columns.count && (by < 0 ? from > 0 : from + 1 < view.columns.count);
    if (!fits) {
        ec_view_free(&view);
        return;
    }
    size_t to = by < 0 ? from - 1 : from + 1;
    char *item = view.columns.items[from];
    view.columns.items[from] = view.columns.items[to];
    view.columns.items[to] = item;
    ec_model_try(model, &view);
}

static void hide(struct ec_model *model)
{
    struct ec_view view = edited(model);
    ec_view_spell_columns(&view, model->table);
    size_t at = ec_view_find_column(&view, ec_str(ec_grid_column(model)->key));
    if (at < view.columns.count && view.columns.count > 1) {
        ec_texts_remove(&view.columns, at);
        ec_model_try(model, &view);
        return;
    }
    ec_model_say(model, true, "%s",
                 at < view.columns.count ? "the last column stays"
                                         : "this column comes with others (v, % or an option)");
    ec_view_free(&view);
}

static void next_unit(struct ec_model *model)
{
    const struct ec_column *column = ec_grid_column(model);
    int unit = 0;
    while (unit < EC_UNIT_COUNT && ec_unit_get((enum ec_unit_id)unit) != column->unit)
        unit++;
    const struct ec_unit *next;
    do {
        unit = (unit + 1) % EC_UNIT_COUNT;
        next = ec_unit_get((enum ec_unit_id)unit);
    } while (next->dimension != column->stored_unit->dimension || next->symbol[0] == '\0');
    struct ec_view view = edited(model);
    char *name = ec_view_quoted(ec_derive_name(column));
    ec_view_set(&view.units, column->key, NULL);
    ec_view_set(&view.units, name, next == column->stored_unit ? NULL : next->symbol);
    free(name);
    if (ec_model_try(model, &view))
        ec_model_say(model, false, "%s in %s", ec_grid_column(model)->label, next->symbol);
}

/* Decimals that the column has now, or that all have when they are fixed. */
static void change_digits(struct ec_model *model, int by)
{
    const struct ec_column *column = ec_grid_column(model);
    struct ec_view view = edited(model);
    int digits = view.fixed_digits ? view.digits : column ? column->digits : 2;
    digits += by;
    if (digits < 0 || digits > MAX_DIGITS) {
        ec_view_free(&view);
        return;
    }
    view.fixed_digits = true;
    view.digits = digits;
    if (ec_model_try(model, &view))
        ec_model_say(model, false, "%d decimal%s", digits, digits == 1 ? "" : "s");
}

/* ---- Which is which ---- */

static bool edit_rows(struct ec_model *model, enum ec_action action)
{
    switch (action) {
    case EC_ACTION_SORT:
    case EC_ACTION_SORT_MORE:
        sort(model, action == EC_ACTION_SORT);
        return true;
    case EC_ACTION_UNSORT:
        unsort(model);
        return true;
    case EC_ACTION_FILTER:
        ec_prompt_open(model, EC_PROMPT_FILTER,
                       ec_str(model->view.where.count > 0 ? model->view.where.items[0] : ""));
        return true;
    case EC_ACTION_FILTER_EQUAL:
        filter_equal(model);
        return true;
    case EC_ACTION_UNFILTER:
        unfilter(model);
        return true;
    case EC_ACTION_UNGROUP:
        ungroup(model);
        return true;
    case EC_ACTION_SPREAD:
        next_spread(model);
        return true;
    case EC_ACTION_REFERENCE:
        reference(model);
        return true;
    case EC_ACTION_BASELINE:
        baseline(model);
        return true;
    case EC_ACTION_PARETO:
        pareto(model);
        return true;
    case EC_ACTION_PARETO_ONLY:
        pareto_only(model);
        return true;
    case EC_ACTION_MARK:
        mark(model);
        return true;
    case EC_ACTION_MARK_ALL:
        mark_all(model);
        return true;
    case EC_ACTION_UNMARK_ALL:
        ec_marks_clear(&model->marks);
        return true;
    default:
        return false;
    }
}

/* The keys to group by, to be edited. */
static void open_group_prompt(struct ec_model *model)
{
    char *list = ec_texts_list(&model->view.group_by);
    ec_prompt_open(model, EC_PROMPT_GROUP, ec_str(list));
    free(list);
}

bool ec_edit_do(struct ec_model *model, enum ec_action action)
{
    const struct ec_column *column = ec_grid_column(model);
    switch (action) {
    case EC_ACTION_OPEN:
        open_row(model);
        return true;
    case EC_ACTION_GROUP:
        open_group_prompt(model);
        return true;
    case EC_ACTION_LABEL:
        ec_prompt_open(model, EC_PROMPT_LABEL, ec_table_row_name(model->table, model->grid.row));
        return true;
    case EC_ACTION_ADD_COLUMN:
        ec_prompt_open(model, EC_PROMPT_COLUMN, ec_str(""));
        return true;
    case EC_ACTION_HIDE:
        hide(model);
        return true;
    case EC_ACTION_MOVE_LEFT:
    case EC_ACTION_MOVE_RIGHT:
        ec_edit_move_column(model, column->key, action == EC_ACTION_MOVE_LEFT ? -1 : 1);
        return true;
    case EC_ACTION_UNIT:
        next_unit(model);
        return true;
    case EC_ACTION_MORE_DIGITS:
        change_digits(model, 1);
        return true;
    case EC_ACTION_FEWER_DIGITS:
        change_digits(model, -1);
        return true;
    case EC_ACTION_UNDO:
        ec_model_undo(model);
        return true;
    default:
        return edit_rows(model, action);
    }
}
