#include "tui/state.h"

#include "base/memory.h"
#include "query/list.h"

#include <stdio.h>
#include <stdlib.h>

static bool is_one_key(enum ec_prompt_kind kind)
{
    return kind == EC_PROMPT_REPLACE || kind == EC_PROMPT_YANK || kind == EC_PROMPT_FORMAT;
}

const char *ec_prompt_title(const struct ec_prompt *prompt)
{
    static const char *const titles[EC_PROMPT_COUNT] = {
        [EC_PROMPT_SEARCH] = "/",
        [EC_PROMPT_FILTER] = "filter: ",
        [EC_PROMPT_GROUP] = "group by: ",
        [EC_PROMPT_COLUMN] = "add column: ",
        [EC_PROMPT_LABEL] = "show as: ",
        [EC_PROMPT_EXPORT] = "write to: ",
        [EC_PROMPT_REPLACE] = "exists; replace it? y/n: ",
        [EC_PROMPT_YANK] = "copy: c cell, r row, m marked, t table",
        [EC_PROMPT_FORMAT] = "as: m Markdown, l LaTeX, c CSV",
    };
    return titles[prompt->kind];
}

void ec_prompt_open(struct ec_model *model, enum ec_prompt_kind kind, struct ec_str text)
{
    struct ec_prompt *prompt = &model->prompt;
    prompt->kind = kind;
    prompt->error[0] = '\0';
    bool in_table = model->place == 'T';
    prompt->row = in_table ? model->grid.row : model->page.row;
    prompt->top = in_table ? model->grid.top : model->page.top;
    ec_line_begin(&prompt->line, text, &model->histories[kind]);
    if (kind != EC_PROMPT_LABEL)
        return;
    /* Other runs may be under the cursor when it is answered. */
    struct ec_str name = ec_grid_plain_name(model->table, model->grid.row);
    free(prompt->name);
    prompt->name = ec_strndup(name.ptr, name.len);
}

static void close_prompt(struct ec_model *model)
{
    model->prompt.kind = EC_PROMPT_NONE;
}

/* ---- Searching ---- */

static void back_to_start(struct ec_model *model)
{
    if (model->place == 'T') {
        model->grid.row = model->prompt.row;
        model->grid.top = model->prompt.top;
    } else {
        model->page.row = model->prompt.row;
        model->page.found = 0;
        model->page.top = model->prompt.top;
    }
}

static void search_typed(struct ec_model *model)
{
    struct ec_str text = ec_str(model->prompt.line.text);
    back_to_start(model);
    bool found =
        text.len == 0 || (model->place == 'T' ? ec_grid_search(model, text, false, true)
                                              : ec_page_search(&model->page, text, false, true));
    snprintf(model->prompt.error, sizeof model->prompt.error, "%s", found ? "" : "nowhere");
}

static void accept_search(struct ec_model *model)
{
    struct ec_prompt *prompt = &model->prompt;
    if (prompt->line.length > 0) {
        free(model->needle);
        model->needle = ec_strndup(prompt->line.text, prompt->line.length);
    }
    if (prompt->error[0])
        ec_model_say(model, true, "'%s' is nowhere", prompt->line.text);
}

/* ---- Accepting a line ---- */

static bool accept_filter(struct ec_model *model, struct ec_str text, struct ec_error *error)
{
    struct ec_view view;
    ec_view_copy(&view, &model->view);
    ec_texts_free(&view.where);
    if (text.len > 0)
        ec_texts_add(&view.where, text);
    return ec_model_apply(model, &view, error);
}

static bool accept_group(struct ec_model *model, struct ec_str text, struct ec_error *error)
{
    struct ec_view view;
    struct ec_str item;
    ec_view_copy(&view, &model->view);
    ec_texts_free(&view.group_by);
    while (text.len > 0 && ec_list_next(&text, &item))
        if (item.len > 0)
            ec_texts_add(&view.group_by, item);
    return ec_model_apply(model, &view, error);
}

static bool has_values(const struct ec_table *table, size_t column)
{
    for (size_t row = 0; row < table->row_count; row++)
        if (ec_table_value(table, row, column).kind != EC_MISSING)
            return true;
    return false;
}

static bool accept_column(struct ec_model *model, struct ec_str text, struct ec_error *error)
{
    struct ec_view view;
    struct ec_str item;
    if (text.len == 0)
        return true;
    ec_view_copy(&view, &model->view);
    ec_view_spell_columns(&view, model->table);
    const struct ec_column *column = ec_grid_column(model);
    size_t at = column ? ec_view_find_column(&view, ec_str(column->key)) + 1 : 0;
    while (text.len > 0 && ec_list_next(&text, &item)) {
        at = at < view.columns.count ? at : view.columns.count;
        ec_texts_insert(&view.columns, at++, item);
    }
    if (!ec_model_apply(model, &view, error))
        return false;
    model->grid.column++;
    ec_grid_fit(model);
    column = ec_grid_column(model);
    if (column && !has_values(model->table, model->grid.column - 1))
        ec_model_say(model, true, "no run that is shown has a value %s (more: i)", column->label);
    return true;
}

static bool accept_label(struct ec_model *model, struct ec_str text, struct ec_error *error)
{
    struct ec_view view;
    ec_view_copy(&view, &model->view);
    const char *name = model->prompt.name;
    bool removes = text.len == 0 || ec_str_equal(text, ec_str(name));
    ec_view_set(&view.labels, name, removes ? NULL : text.ptr);
    return ec_model_apply(model, &view, error);
}

/* Whether the prompt is about a table; there may be none any more when it is answered. */
static bool needs_table(enum ec_prompt_kind kind)
{
    return kind == EC_PROMPT_COLUMN || kind == EC_PROMPT_LABEL || kind == EC_PROMPT_EXPORT ||
           kind == EC_PROMPT_YANK || kind == EC_PROMPT_FORMAT;
}

static bool accept(struct ec_model *model, struct ec_str text, struct ec_error *error)
{
    switch (model->prompt.kind) {
    case EC_PROMPT_FILTER:
        return accept_filter(model, text, error);
    case EC_PROMPT_GROUP:
        return accept_group(model, text, error);
    case EC_PROMPT_COLUMN:
        return accept_column(model, text, error);
    case EC_PROMPT_LABEL:
        return accept_label(model, text, error);
    case EC_PROMPT_EXPORT:
        return text.len == 0 || ec_take_export(model, text.ptr, error);
    default:
        accept_search(model);
        return true;
    }
}

/* Puts the cursor where an error points: "...column 7: ...". */
static void point_at(struct ec_line *line, const char *error)
{
    const char *column = strstr(error, "column ");
    long characters = column ? strtol(column + strlen("column "), NULL, 10) : 0;
    if (characters < 1)
        return;
    size_t at = 0;
    for (; at < line->length && characters > 1; characters--)
        do
            at++;
        while (at < line->length && (line->text[at] & 0xc0) == 0x80);
    line->cursor = at;
}

/* Keeps the first line of the reason, without the name of the option that says the same. */
static void complain(struct ec_prompt *prompt, const char *reason)
{
    const char *colon = strncmp(reason, "--", 2) == 0 ? strstr(reason, ": ") : NULL;
    if (colon)
        reason = colon + 2;
    snprintf(prompt->error, sizeof prompt->error, "%.*s", (int)strcspn(reason, "\n"), reason);
    point_at(&prompt->line, prompt->error);
}

static void enter(struct ec_model *model)
{
    struct ec_prompt *prompt = &model->prompt;
    struct ec_error error = {0};
    enum ec_prompt_kind kind = prompt->kind;
    struct ec_str text = ec_str(prompt->line.text);
    if (accept(model, text, &error)) {
        ec_history_add(&model->histories[kind], text);
        close_prompt(model);
    } else {
        complain(prompt, error.text);
    }
}

/* ---- One key ---- */

static void answer_replace(struct ec_model *model, uint32_t key)
{
    const char *path = model->prompt.line.text;
    close_prompt(model);
    if (key == 'y' || key == 'Y') {
        ec_model_ask(model, EC_EFFECT_WRITE, path);
        model->effect.replace = true;
    } else {
        ec_model_say(model, false, "%s is as it was", path);
    }
}

static void answer_yank(struct ec_model *model, uint32_t key)
{
    close_prompt(model);
    if (key == 'c')
        ec_take_yank(model, 'c', NULL);
    else if (key == 'm' && ec_grid_marked_count(model) == 0)
        ec_model_say(model, true, "%s",
                     model->marks.count > 0 ? "none of the marked runs is shown"
                                            : "no run is marked");
    else if (key == 'r' || key == 'm' || key == 't') {
        model->prompt.yank = (char)key;
        ec_prompt_open(model, EC_PROMPT_FORMAT, ec_str(""));
    }
}

static void answer_format(struct ec_model *model, uint32_t key)
{
    close_prompt(model);
    const char *format = key == 'm' ? "markdown" : key == 'l' ? "latex" : key == 'c' ? "csv" : NULL;
    if (format)
        ec_take_yank(model, model->prompt.yank, format);
}

static void answer(struct ec_model *model, uint32_t key)
{
    if (model->prompt.kind == EC_PROMPT_REPLACE)
        answer_replace(model, key);
    else if (model->prompt.kind == EC_PROMPT_YANK)
        answer_yank(model, key);
    else
        answer_format(model, key);
}

void ec_prompt_key(struct ec_model *model, uint32_t key)
{
    struct ec_prompt *prompt = &model->prompt;
    bool cancel = key == EC_KEY_ESCAPE || key == EC_KEY_CONTROL('C') || key == EC_KEY_CONTROL('G');
    if (cancel) {
        if (prompt->kind == EC_PROMPT_SEARCH)
            back_to_start(model);
        close_prompt(model);
    } else if (key == EC_KEY_CONTROL('Z') || key == EC_KEY_CONTROL('L')) {
        ec_model_ask(model, key == EC_KEY_CONTROL('Z') ? EC_EFFECT_SUSPEND : EC_EFFECT_REDRAW,
                     NULL);
    } else if (!model->table && needs_table(prompt->kind)) {
        close_prompt(model);
        ec_model_say(model, true, "there are no runs any more");
    } else if (is_one_key(prompt->kind)) {
        answer(model, key);
    } else if (key == EC_KEY_ENTER) {
        enter(model);
    } else if (ec_line_key(&prompt->line, key)) {
        prompt->error[0] = '\0';
        if (prompt->kind == EC_PROMPT_SEARCH)
            search_typed(model);
    }
}
