/* The pane in which columns are chosen: those shown, in their order, then the others. The second
 * cell of a row is the name by which options know the column. */
#include "tui/state.h"

#include "query/derive.h"

#include "base/memory.h"

#include <stdlib.h>

static void add_row(struct ec_page *page, bool shown, const char *title, const char *name,
                    const char *help)
{
    ec_page_row(page, EC_STYLE_PLAIN);
    ec_page_printf(page, "[%s] %s", shown ? "x" : " ", title);
    ec_page_cell(page, ec_str(name));
    ec_page_cell(page, ec_str(help));
}

static bool is_shown(const struct ec_table *table, uint32_t runset_column,
                     const struct ec_metric *metric)
{
    for (size_t i = 0; i < table->column_count; i++)
        if (table->columns[i].runset_column == runset_column ||
            (metric && table->columns[i].metric == metric))
            return true;
    return false;
}

static bool has_values(const struct ec_runset *runset, uint32_t column)
{
    for (size_t run = 0; run < ec_runset_count(runset); run++)
        if (ec_runset_value(runset, run, column).kind != EC_MISSING)
            return true;
    return false;
}

static void add_others(struct ec_model *model)
{
    const struct ec_runset *runset = model->runset;
    struct ec_page *page = &model->page;
    for (uint32_t i = 0; i < ec_runset_column_count(runset); i++) {
        const struct ec_metric *metric = ec_runset_column_metric(runset, i);
        if (is_shown(model->table, i, metric) || !has_values(runset, i))
            continue;
        struct ec_str key = ec_runset_column_key(runset, i);
        const char *name = ec_arena_strndup(&page->arena, key.ptr, key.len);
        add_row(page, false, metric ? metric->label : name, metric ? metric->id : name,
                metric ? metric->help : "");
    }
}

void ec_choose_fill(struct ec_model *model)
{
    struct ec_page *page = &model->page;
    const struct ec_table *table = model->table;
    ec_page_begin(page, "Columns");
    page->has_cursor = true;
    for (size_t i = 0; table && i < table->column_count; i++) {
        const struct ec_column *column = &table->columns[i];
        if (column->derived)
            continue;
        add_row(page, true, column->label, ec_derive_name(column),
                column->metric ? column->metric->help : "");
    }
    if (table && model->runset)
        add_others(model);
}

/* The row whose column has this name, or the one that the cursor was on. */
static void follow(struct ec_page *page, struct ec_str name)
{
    for (size_t row = 0; row < page->count; row++)
        if (ec_str_equal(page->rows[row].cells[1], name))
            page->row = row;
}

static void toggle(struct ec_model *model, const char *name)
{
    struct ec_view view;
    ec_view_copy(&view, &model->view);
    ec_view_spell_columns(&view, model->table);
    size_t at = ec_view_find_column(&view, ec_str(name));
    if (at == view.columns.count) {
        char *item = ec_view_quoted(name);
        ec_texts_add(&view.columns, ec_str(item));
        free(item);
    } else if (view.columns.count > 1) {
        ec_texts_remove(&view.columns, at);
    } else {
        ec_model_say(model, true, "the last column stays");
        ec_view_free(&view);
        return;
    }
    ec_model_try(model, &view);
}

bool ec_choose_do(struct ec_model *model, enum ec_action action)
{
    struct ec_page *page = &model->page;
    bool mine = action == EC_ACTION_TOGGLE || action == EC_ACTION_MOVE_LEFT ||
                action == EC_ACTION_MOVE_RIGHT;
    if (!mine)
        return false;
    if (page->row >= page->count || !model->table)
        return true;
    struct ec_str name = page->rows[page->row].cells[1];
    char *copy = ec_strndup(name.ptr, name.len);
    if (action == EC_ACTION_TOGGLE)
        toggle(model, copy);
    else
        ec_edit_move_column(model, copy, action == EC_ACTION_MOVE_LEFT ? -1 : 1);
    if (action != EC_ACTION_TOGGLE)
        follow(page, ec_str(copy));
    free(copy);
    return true;
}
