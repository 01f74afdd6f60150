#include "tui/state.h"

#include "base/memory.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

enum { UNDO_MAX = 50 };

/* ---- Life ---- */

struct ec_model *ec_model_new(const struct ec_model_options *options)
{
    struct ec_model *model = ec_calloc(1, sizeof *model);
    model->options = *options;
    model->place = model->behind = 'T';
    model->loading = true;
    ec_out_to_memory(&model->effect_bytes);
    ec_view_init(&model->view, &options->query);
    return model;
}

void ec_model_free(struct ec_model *model)
{
    if (!model)
        return;
    ec_table_free(model->table);
    ec_table_free(model->turned);
    ec_plan_free(model->plan);
    ec_view_free(&model->view);
    for (size_t i = 0; i < model->undo_count; i++)
        ec_view_free(&model->undo[i]);
    free(model->undo);
    ec_texts_free(&model->ungrouped);
    ec_marks_free(&model->marks);
    ec_plot_free(&model->plot);
    ec_page_free(&model->page);
    ec_line_free(&model->prompt.line);
    free(model->prompt.name);
    for (size_t i = 0; i < EC_PROMPT_COUNT; i++)
        ec_texts_free(&model->histories[i]);
    free(model->needle);
    free(model->grid.measures);
    free(model->hits);
    free(model->effect_text);
    ec_out_free(&model->effect_bytes);
    free(model);
}

/* ---- The table ---- */

/* What the cursor is on, to find it again in another table. */
struct place {
    char *row, *column, *plot_row; /* NULL: none, or the name's column */
    uint32_t base, plot_base;      /* where these rows come from */
    size_t number;                 /* the column's, as several may have its key */
};

static char *copy_id(const struct ec_table *table, size_t row, uint32_t *ret_base)
{
    if (!table || row >= table->row_count)
        return NULL;
    struct ec_str id = ec_grid_row_id(table, row);
    *ret_base = table->order ? table->order[row] : (uint32_t)row;
    return ec_strndup(id.ptr, id.len);
}

static struct place remember(const struct ec_model *model)
{
    const struct ec_column *column = ec_grid_column(model);
    struct place place = {0};
    place.row = copy_id(model->table, model->grid.row, &place.base);
    place.plot_row = copy_id(model->table, model->plot.row, &place.plot_base);
    place.column = column ? ec_strndup(column->key, strlen(column->key)) : NULL;
    place.number = model->grid.column;
    return place;
}

/* The number of the column with this key: `number`, where that has it, or the first. `none` where
 * none has. */
static size_t find_column(const struct ec_table *table, const char *key, size_t number, size_t none)
{
    if (number <= table->column_count && strcmp(table->columns[number - 1].key, key) == 0)
        return number;
    for (size_t i = 0; i < table->column_count; i++)
        if (strcmp(table->columns[i].key, key) == 0)
            return i + 1;
    return none;
}

/* Tells who reads of a run that it is not there any more. */
static void say_gone(struct ec_model *model, bool found, bool found_in_plot)
{
    bool detail = model->place == 'D' && model->page_kind == EC_PAGE_DETAIL;
    if (detail && !(model->behind == 'P' ? found_in_plot : found))
        ec_model_say(model, true, "the run that was shown here is gone; this is another");
}

/* Puts the cursor back where it was, as far as that is still there, with the row at the same height
 * of the screen. */
static void find_again(struct ec_model *model, struct place *place)
{
    struct ec_grid *grid = &model->grid;
    const struct ec_table *table = model->table;
    size_t row;
    bool found = false, found_in_plot = false;
    if (table && place->row && ec_grid_find_row(table, ec_str(place->row), place->base, &row)) {
        found = true;
        size_t above = grid->row - grid->top;
        grid->row = row;
        grid->top = row > above ? row - above : 0;
    }
    if (table && place->plot_row &&
        ec_grid_find_row(table, ec_str(place->plot_row), place->plot_base, &row)) {
        found_in_plot = true;
        model->plot.row = row;
    }
    say_gone(model, found, found_in_plot);
    if (table && place->column)
        grid->column = find_column(table, place->column, place->number, grid->column);
    free(place->row);
    free(place->column);
    free(place->plot_row);
    ec_grid_fit(model);
}

/* Puts a table in place of the one there is; the cursor stays on its run. */
static void replace_table(struct ec_model *model, struct ec_plan *plan, struct ec_table *table,
                          bool same_rows)
{
    struct place place = remember(model);
    ec_table_free(model->table);
    ec_plan_free(model->plan);
    model->plan = plan;
    model->table = table;
    model->problem[0] = '\0';
    model->plot.is_made = false;
    ec_grid_forget(model, same_rows);
    find_again(model, &place);
    ec_page_refresh(model);
}

static bool has_runs(const struct ec_model *model)
{
    return model->runset && ec_runset_count(model->runset) > 0;
}

static void push_undo(struct ec_model *model, struct ec_view view)
{
    if (model->undo_count == UNDO_MAX) {
        ec_view_free(&model->undo[0]);
        memmove(model->undo, model->undo + 1, --model->undo_count * sizeof *model->undo);
    }
    model->undo = ec_realloc(model->undo, model->undo_count + 1, sizeof *model->undo);
    model->undo[model->undo_count++] = view;
}

/* Sorts the table that there is, where the view asks for no more, as the first key does in a large
 * table. Plan and table have texts of the old view, so that stays and the new one is for undoing.
 */
static bool sort_only(struct ec_model *model, struct ec_view *view)
{
    if (!model->table || !ec_view_same_but_sort(&model->view, view))
        return false;
    struct ec_texts sort = model->view.sort;
    model->view.sort = view->sort;
    view->sort = sort;
    struct ec_query query = ec_view_query(&model->view);
    struct place place = remember(model);
    bool sorted = ec_plan_sort(model->plan, &query, model->table);
    if (sorted) {
        push_undo(model, *view);
        model->plot.is_made = false;
    } else {
        view->sort = model->view.sort;
        model->view.sort = sort;
    }
    find_again(model, &place);
    if (sorted)
        ec_page_refresh(model);
    return sorted;
}

bool ec_model_apply(struct ec_model *model, struct ec_view *view, struct ec_error *error)
{
    if (sort_only(model, view))
        return true;
    struct ec_query query = ec_view_query(view);
    struct ec_plan *plan = ec_plan_new(&query, error);
    struct ec_table *table = NULL;
    if (plan && has_runs(model))
        table = ec_plan_table(plan, model->runset, error);
    if (!plan || (has_runs(model) && !table)) {
        ec_plan_free(plan);
        ec_view_free(view);
        return false;
    }
    replace_table(model, plan, table, ec_view_same_rows(&model->view, view));
    push_undo(model, model->view);
    model->view = *view;
    return true;
}

bool ec_model_try(struct ec_model *model, struct ec_view *view)
{
    struct ec_error error = {0};
    if (ec_model_apply(model, view, &error))
        return true;
    ec_model_say(model, true, "%s", error.text);
    return false;
}

void ec_model_undo(struct ec_model *model)
{
    struct ec_view view = model->undo[--model->undo_count];
    if (!ec_model_try(model, &view))
        return;
    ec_view_free(&model->undo[--model->undo_count]); /* what was undone is not kept */
    ec_model_say(model, false, "undone");
}

void ec_model_set_runs(struct ec_model *model, const struct ec_runset *runset)
{
    struct ec_error error = {0};
    const struct ec_runset *old = model->runset;
    model->runset = runset;
    struct ec_query query = ec_view_query(&model->view);
    struct ec_plan *plan = ec_plan_new(&query, &error);
    struct ec_table *table = plan && has_runs(model) ? ec_plan_table(plan, runset, &error) : NULL;
    /* While the first runs come in, who has not moved looks at the beginning, not at a run. */
    bool at_top = model->partial && model->grid.row == 0, first = model->partial || !old;
    model->partial = model->loading;
    replace_table(model, plan, table, runset == old);
    if (at_top)
        model->grid.row = model->grid.top = 0;
    memcpy(model->problem, error.text, sizeof model->problem);
    if (table && first && !model->loading && table->remark_count > 0)
        ec_model_say(model, true, "%s", table->remarks[0]);
}

void ec_model_set_progress(struct ec_model *model, size_t found, bool loading)
{
    model->found = found;
    model->loading = loading;
}

void ec_model_set_watch(struct ec_model *model, const char *state)
{
    model->watch_state = state;
}

/* ---- Messages and effects ---- */

void ec_model_say(struct ec_model *model, bool is_error, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(model->message, sizeof model->message, format, arguments);
    va_end(arguments);
    model->message_is_error = is_error;
}

void ec_model_ask(struct ec_model *model, enum ec_effect_kind kind, const char *text)
{
    char *copy = text ? ec_strndup(text, strlen(text)) : NULL;
    free(model->effect_text);
    model->effect_text = copy;
    model->effect = (struct ec_effect){
        .kind = kind,
        .text = copy,
        .bytes = {model->effect_bytes.buffer, model->effect_bytes.length},
    };
}

struct ec_effect ec_model_take_effect(struct ec_model *model)
{
    struct ec_effect effect = model->effect;
    model->effect = (struct ec_effect){.kind = EC_EFFECT_NONE};
    return effect;
}

void ec_model_ask_replace(struct ec_model *model)
{
    ec_prompt_open(model, EC_PROMPT_REPLACE, ec_str(model->effect_text));
}

/* ---- Actions ---- */

/* Whether the column has other units than its own. */
static bool has_units(const struct ec_column *column)
{
    return column && column->stored_unit && column->stored_unit->dimension != EC_DIM_NONE &&
           column->stored_unit->dimension != EC_DIM_RATE;
}

static bool has_rows(const struct ec_model *model)
{
    return model->table && model->table->row_count > 0;
}

bool ec_model_offers(const struct ec_model *model, enum ec_action action)
{
    const struct ec_view *view = &model->view;
    const struct ec_column *column = ec_grid_column(model);
    if (!ec_action_is_in(action, model->place))
        return false;
    switch (action) {
    case EC_ACTION_DIFF:
        return has_rows(model) && model->marks.count > 0;
    case EC_ACTION_UNMARK_ALL:
        return model->marks.count > 0;
    case EC_ACTION_NEXT_MATCH:
    case EC_ACTION_PREVIOUS_MATCH:
        return model->needle != NULL;
    case EC_ACTION_UNFILTER:
        return view->where.count > 0;
    case EC_ACTION_UNSORT:
        return view->sort.count > 0;
    case EC_ACTION_UNGROUP:
        return view->group_by.count > 0 || model->ungrouped.count > 0;
    case EC_ACTION_SPREAD:
        return view->group_by.count > 0;
    case EC_ACTION_UNDO:
        return model->undo_count > 0;
    case EC_ACTION_NEXT_RUN:
    case EC_ACTION_PREVIOUS_RUN:
        return model->page_kind == EC_PAGE_DETAIL && has_rows(model);
    case EC_ACTION_Y_AXIS:
    case EC_ACTION_SWAP_AXES:
    case EC_ACTION_FRONT:
        return has_rows(model) && !model->plot.histogram;
    case EC_ACTION_PLOT_OPEN:
        return has_rows(model) && !model->plot.histogram && !model->table->grouped;
    case EC_ACTION_X_AXIS:
        return has_rows(model);
    case EC_ACTION_UNIT:
        return has_units(column);
    case EC_ACTION_PARETO_ONLY:
        return view->pareto.count > 0;
    case EC_ACTION_PARETO:
    case EC_ACTION_HISTOGRAM:
    case EC_ACTION_HIDE:
        return has_rows(model) && column;
    case EC_ACTION_MOVE_LEFT:
    case EC_ACTION_MOVE_RIGHT:
        return model->place == 'C' || column;
    case EC_ACTION_MARK:
        return has_rows(model) && !(model->place == 'P' && model->plot.histogram);
    case EC_ACTION_OPEN:
    case EC_ACTION_SORT:
    case EC_ACTION_SORT_MORE:
    case EC_ACTION_MARK_ALL:
    case EC_ACTION_PLOT:
    case EC_ACTION_EXPORT:
    case EC_ACTION_YANK:
    case EC_ACTION_FILTER_EQUAL:
    case EC_ACTION_REFERENCE:
    case EC_ACTION_BASELINE:
    case EC_ACTION_LABEL:
    case EC_ACTION_ADD_COLUMN:
    case EC_ACTION_COLUMNS:
    case EC_ACTION_PRINT:
        return has_rows(model);
    default:
        return true;
    }
}

static void close_pane(struct ec_model *model)
{
    model->place = model->place == 'P' ? 'T' : model->behind;
    model->behind = 'T';
}

/* What is the same everywhere; returns whether it was that. */
static bool do_common(struct ec_model *model, enum ec_action action)
{
    switch (action) {
    case EC_ACTION_HELP:
        ec_page_open(model, EC_PAGE_HELP);
        return true;
    case EC_ACTION_CLOSE:
        close_pane(model);
        return true;
    case EC_ACTION_QUIT:
        ec_model_ask(model, EC_EFFECT_QUIT, NULL);
        return true;
    case EC_ACTION_PRINT:
        ec_model_ask(model, EC_EFFECT_PRINT, NULL);
        return true;
    case EC_ACTION_REDRAW:
        ec_model_ask(model, EC_EFFECT_REDRAW, NULL);
        return true;
    case EC_ACTION_SUSPEND:
        ec_model_ask(model, EC_EFFECT_SUSPEND, NULL);
        return true;
    case EC_ACTION_SEARCH:
        ec_prompt_open(model, EC_PROMPT_SEARCH, ec_str(""));
        return true;
    case EC_ACTION_EXPORT:
        ec_prompt_open(model, EC_PROMPT_EXPORT, ec_str(""));
        return true;
    default:
        return false;
    }
}

static void search_again(struct ec_model *model, bool back)
{
    struct ec_str needle = ec_str(model->needle);
    bool found = model->place == 'T' ? ec_grid_search(model, needle, back, false)
                                     : ec_page_search(&model->page, needle, back, false);
    if (!found)
        ec_model_say(model, true, "'%s' is nowhere", model->needle);
}

static bool do_open(struct ec_model *model, enum ec_action action)
{
    switch (action) {
    case EC_ACTION_DIFF:
        ec_page_open(model, EC_PAGE_DIFF);
        return true;
    case EC_ACTION_NOTES:
        ec_page_open(model, EC_PAGE_NOTES);
        return true;
    case EC_ACTION_COMMAND:
        ec_page_open(model, EC_PAGE_COMMAND);
        return true;
    case EC_ACTION_COLUMNS:
        ec_page_open(model, EC_PAGE_COLUMNS);
        return true;
    case EC_ACTION_PLOT:
    case EC_ACTION_HISTOGRAM:
        ec_plot_open(model, action == EC_ACTION_HISTOGRAM);
        return true;
    case EC_ACTION_YANK:
        ec_prompt_open(model, EC_PROMPT_YANK, ec_str(""));
        return true;
    case EC_ACTION_RELOAD:
        ec_model_ask(model, EC_EFFECT_RELOAD, NULL);
        return true;
    case EC_ACTION_WATCH:
        ec_model_ask(model, EC_EFFECT_WATCH, NULL);
        return true;
    default:
        return false;
    }
}

/* The detail of the next or the previous run. */
static void next_run(struct ec_model *model, bool back)
{
    size_t top = model->page.top, *row = &model->plot.row;
    if (model->behind == 'P') {
        *row = back ? *row - (*row > 0) : *row + 1;
        ec_grid_fit(model);
    } else {
        ec_grid_move(model, back ? EC_ACTION_UP : EC_ACTION_DOWN);
    }
    ec_page_open(model, EC_PAGE_DETAIL);
    model->page.top = model->page.row = top;
}

void ec_model_do(struct ec_model *model, enum ec_action action)
{
    if (action == EC_ACTION_NEXT_MATCH || action == EC_ACTION_PREVIOUS_MATCH)
        search_again(model, action == EC_ACTION_PREVIOUS_MATCH);
    else if (action == EC_ACTION_NEXT_RUN || action == EC_ACTION_PREVIOUS_RUN)
        next_run(model, action == EC_ACTION_PREVIOUS_RUN);
    else if (do_common(model, action))
        return;
    else if (model->place == 'P')
        ec_plot_do(model, action);
    else if (model->place == 'C' && ec_choose_do(model, action))
        return;
    else if (model->place != 'T')
        ec_page_move(&model->page, action);
    else if (!ec_grid_move(model, action) && !do_open(model, action))
        ec_edit_do(model, action);
}

void ec_model_key(struct ec_model *model, uint32_t key)
{
    model->effect = (struct ec_effect){.kind = EC_EFFECT_NONE};
    model->message[0] = '\0';
    if (model->prompt.kind != EC_PROMPT_NONE) {
        ec_prompt_key(model, key);
        return;
    }
    enum ec_action action = ec_action_find(model->place, key);
    if (action != EC_ACTION_NONE && ec_model_offers(model, action)) {
        ec_model_do(model, action);
        return;
    }
    struct ec_out name;
    ec_out_to_memory(&name);
    ec_key_write(&name, key);
    ec_model_say(model, true, "%.*s: %s (? lists the keys)", (int)name.length, name.buffer,
                 action == EC_ACTION_NONE ? "no such key here" : "nothing to do here");
    ec_out_free(&name);
}

/* ---- Mouse ---- */

static const struct ec_hit *hit_at(const struct ec_model *model, int x, int y)
{
    for (size_t i = 0; i < model->hit_count; i++) {
        const struct ec_hit *hit = &model->hits[i];
        if (hit->y == y && x >= hit->x && x < hit->x + hit->width)
            return hit;
    }
    return NULL;
}

static void do_offered(struct ec_model *model, enum ec_action action)
{
    if (ec_model_offers(model, action))
        ec_model_do(model, action);
}

static void click(struct ec_model *model, const struct ec_hit *hit, bool twice)
{
    switch (hit->kind) {
    case EC_HIT_ACTION:
        do_offered(model, (enum ec_action)hit->number);
        break;
    case EC_HIT_HEADER:
        model->grid.column = hit->number;
        do_offered(model, EC_ACTION_SORT);
        break;
    case EC_HIT_ROW:
        if (model->place == 'C') {
            model->page.row = hit->number; /* drawing keeps it within the page */
            if (twice)
                do_offered(model, EC_ACTION_TOGGLE);
        } else if (model->place == 'T') {
            model->grid.row = hit->number;
            ec_grid_fit(model);
            if (twice)
                do_offered(model, EC_ACTION_OPEN);
        }
        break;
    }
}

void ec_model_mouse(struct ec_model *model, enum ec_mouse event, int x, int y)
{
    model->effect = (struct ec_effect){.kind = EC_EFFECT_NONE};
    model->message[0] = '\0';
    if (model->prompt.kind != EC_PROMPT_NONE)
        return;
    if (event == EC_MOUSE_WHEEL_UP || event == EC_MOUSE_WHEEL_DOWN) {
        for (int i = 0; i < 3; i++)
            do_offered(model, event == EC_MOUSE_WHEEL_UP ? EC_ACTION_UP : EC_ACTION_DOWN);
        return;
    }
    const struct ec_hit *hit = hit_at(model, x, y);
    if (hit)
        click(model, hit, event == EC_MOUSE_DOUBLE_CLICK);
}
