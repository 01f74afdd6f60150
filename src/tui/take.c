#include "tui/state.h"

#include "base/memory.h"
#include "base/utf8.h"
#include "query/transpose.h"
#include "render/render.h"
#include "table/format.h"

#include <stdlib.h>

/* Of specification files, which hold the view's options. */
#define EC_TAKE_SPEC_SUFFIX ".eff"

void ec_take_command(const struct ec_model *model, struct ec_out *out)
{
    const struct ec_model_options *options = &model->options;
    ec_recipe_write_command(out, options->settings, options->setting_count, &model->view,
                            options->paths);
}

const struct ec_table *ec_model_output(struct ec_model *model)
{
    if (!model->table || !model->view.given.transpose)
        return model->table;
    ec_table_free(model->turned);
    struct ec_table *again = ec_plan_table(model->plan, model->runset, NULL);
    model->turned = again ? ec_transpose(again) : NULL;
    return model->turned;
}

/* Renders into effect_bytes. */
static int render(struct ec_model *model, const struct ec_renderer *renderer,
                  const struct ec_table *table, struct ec_error *error)
{
    struct ec_out command;
    ec_out_to_memory(&command);
    ec_take_command(model, &command);
    ec_out_char(&command, '\0');
    struct ec_render_options options = model->options.document;
    options.command = command.buffer;
    model->effect_bytes.length = 0;
    int result = renderer->render(table, &options, &model->effect_bytes, error);
    ec_out_free(&command);
    return result;
}

/* Writes the view's options into effect_bytes. */
static int write_spec(struct ec_model *model, const char *path, struct ec_error *error)
{
    const struct ec_model_options *options = &model->options;
    bool is_here = !strchr(path, '/');
    model->effect_bytes.length = 0;
    return ec_recipe_write_spec(&model->effect_bytes, options->settings, options->setting_count,
                                &model->view, options->paths, is_here ? NULL : options->directory,
                                error);
}

static int refuse_suffix(struct ec_error *error)
{
    struct ec_out suffixes;
    ec_out_to_memory(&suffixes);
    for (const struct ec_renderer *const *each = ec_renderers(); *each; each++)
        if ((*each)->suffixes[0])
            ec_out_printf(&suffixes, " %s", (*each)->suffixes[0]);
    ec_error_set(error, "no format has this suffix; there are%.*s and %s", (int)suffixes.length,
                 suffixes.buffer, EC_TAKE_SPEC_SUFFIX);
    ec_out_free(&suffixes);
    return -1;
}

/* What is taken is never a part of the runs. */
static bool is_whole(const struct ec_model *model, struct ec_error *error)
{
    if (model->loading)
        ec_error_set(error, "records are still being read; this would be a part of them");
    return !model->loading;
}

bool ec_take_export(struct ec_model *model, const char *path, struct ec_error *error)
{
    const struct ec_renderer *renderer = ec_renderer_for_file(path);
    const struct ec_table *table = ec_model_output(model);
    int result = -1;
    if (ec_str_ends(ec_str(path), EC_TAKE_SPEC_SUFFIX))
        result = write_spec(model, path, error);
    else if (!renderer || !table)
        result = refuse_suffix(error);
    else if (is_whole(model, error))
        result = render(model, renderer, table, error);
    if (result < 0)
        return false;
    ec_model_ask(model, EC_EFFECT_WRITE, path);
    return true;
}

/* ---- Copying ---- */

static void yank_cell(struct ec_model *model)
{
    struct ec_out *out = &model->effect_bytes;
    const struct ec_column *column = ec_grid_column(model);
    size_t row = model->grid.row;
    out->length = 0;
    if (column)
        ec_format_cell(out, column, ec_table_value(model->table, row, model->grid.column - 1));
    else
        ec_out_str(out, ec_table_row_name(model->table, row));
    ec_model_ask(model, EC_EFFECT_COPY, "the cell");
}

/* A table of some rows of the one shown, without what is said about all. */
static struct ec_table part_of(const struct ec_table *table, const uint32_t *order, size_t count)
{
    struct ec_table part = *table;
    part.order = order;
    part.row_count = count;
    part.section_count = part.best_count = part.note_count = 0;
    return part;
}

static size_t chosen_rows(const struct ec_model *model, char what, uint32_t *ret_order)
{
    const struct ec_table *table = model->table;
    size_t count = 0;
    for (size_t row = 0; row < table->row_count; row++)
        if (what == 'r' ? row == model->grid.row : ec_grid_is_marked(model, row))
            ret_order[count++] = table->order ? table->order[row] : (uint32_t)row;
    return count;
}

void ec_take_yank(struct ec_model *model, char what, const char *format)
{
    if (what == 'c') {
        yank_cell(model);
        return;
    }
    const struct ec_table *table = what == 't' ? ec_model_output(model) : model->table;
    const struct ec_renderer *renderer = ec_renderer_find(format);
    struct ec_error error = {0};
    int result = -1;
    if (!is_whole(model, &error)) {
        /* told below */
    } else if (what == 't') {
        result = render(model, renderer, table, &error);
    } else {
        uint32_t *order = ec_calloc(table->row_count, sizeof *order);
        struct ec_table part = part_of(table, order, chosen_rows(model, what, order));
        result = render(model, renderer, &part, &error);
        free(order);
    }
    if (result < 0)
        ec_model_say(model, true, "%s", error.text);
    else
        ec_model_ask(model, EC_EFFECT_COPY,
                     what == 't'   ? "the table"
                     : what == 'r' ? "the row"
                                   : "the marked rows");
}
