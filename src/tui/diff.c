#include "tui/state.h"

#include "base/compare.h"
#include "table/format.h"

#include <math.h>

/* Runs that are compared with differences; of more, only the values are shown. */
enum { WITH_DIFFERENCES = (EC_PAGE_CELLS - 2) / 3 + 1, WITHOUT = EC_PAGE_CELLS - 1 };

size_t ec_diff_rows(const struct ec_model *model, size_t *ret_rows, size_t max)
{
    const struct ec_table *table = model->table;
    size_t count = 0;
    bool only = model->marks.count == 1;
    for (size_t row = 0; table && row < table->row_count && count < max; row++)
        if (ec_grid_is_marked(model, row) || (only && row == model->grid.row))
            ret_rows[count++] = row;
    return count;
}

static void add_value(struct ec_page *page, struct ec_value value)
{
    struct ec_out text;
    ec_out_to_memory(&text);
    if (value.kind == EC_MISSING)
        ec_out_char(&text, '-');
    ec_format_cell_exact(&text, value);
    ec_page_cell(page, (struct ec_str){text.buffer, text.length});
    ec_out_free(&text);
}

static void add_difference(struct ec_page *page, struct ec_value first, struct ec_value value)
{
    bool numbers = ec_value_is_number(first) && ec_value_is_number(value);
    double a = numbers ? ec_value_number(first) : NAN, b = numbers ? ec_value_number(value) : NAN;
    if (!numbers) {
        ec_page_cell(page, ec_str(""));
        ec_page_cell(page, ec_str(""));
        return;
    }
    double difference = b - a, size = fabs(difference);
    ec_page_printf(page, size >= 1e3 && size < 1e9 ? "%+.0f" : "%+.4g", difference);
    if (a != 0 && isfinite(b / a))
        ec_page_printf(page, "\u00d7%.3g", b / a);
    else
        ec_page_cell(page, ec_str(""));
}

static void add_values(struct ec_page *page, struct ec_str label, const struct ec_value *values,
                       size_t count)
{
    bool differences = count <= WITH_DIFFERENCES, differ = false;
    for (size_t i = 1; i < count; i++)
        differ = differ || !ec_value_same(values[0], values[i]);
    if (!differ)
        return;
    ec_page_row(page, EC_STYLE_PLAIN);
    ec_page_cell(page, label);
    add_value(page, values[0]);
    for (size_t i = 1; i < count; i++) {
        add_value(page, values[i]);
        if (differences)
            add_difference(page, values[0], values[i]);
    }
}

static void add_header(struct ec_model *model, const size_t *rows, size_t count)
{
    struct ec_page *page = &model->page;
    page->header = true;
    ec_page_row(page, EC_STYLE_HEADER | EC_STYLE_BOLD);
    ec_page_cell(page, ec_str("differs"));
    for (size_t i = 0; i < count; i++) {
        ec_page_cell(page, ec_table_row_name(model->table, rows[i]));
        if (i > 0 && count <= WITH_DIFFERENCES) {
            ec_page_cell(page, ec_str("\u0394"));
            ec_page_cell(page, ec_str("\u00d7"));
        }
    }
}

/* "Time (s)", or the key. */
static struct ec_str label_of(const struct ec_runset *runset, uint32_t column,
                              struct ec_arena *arena)
{
    const struct ec_metric *metric = ec_runset_column_metric(runset, column);
    if (!metric)
        return ec_runset_column_key(runset, column);
    struct ec_column shown = {.label = metric->label, .unit = ec_unit_get(metric->unit)};
    return ec_str(ec_column_title(&shown, arena));
}

/* All keys of the runs. */
static void add_runs(struct ec_model *model, const size_t *rows, size_t count)
{
    const struct ec_table *table = model->table;
    struct ec_value values[WITHOUT];
    for (size_t i = 0; i < count; i++)
        values[i] = ec_value_str(ec_str(ec_status_name(ec_table_row_status(table, rows[i]))));
    add_values(&model->page, ec_str("status"), values, count);
    for (uint32_t key = 0; key < ec_runset_column_count(model->runset); key++) {
        for (size_t i = 0; i < count; i++)
            values[i] =
                ec_runset_value(model->runset, table->order ? table->order[rows[i]] : rows[i], key);
        add_values(&model->page, label_of(model->runset, key, &model->page.arena), values, count);
    }
}

/* The columns of groups; a group has no other values. */
static void add_groups(struct ec_model *model, const size_t *rows, size_t count)
{
    const struct ec_table *table = model->table;
    struct ec_value values[WITHOUT];
    for (size_t column = 0; column < table->column_count; column++) {
        struct ec_column stored = table->columns[column];
        stored.unit = stored.stored_unit; /* the values are exact, as they are stored */
        for (size_t i = 0; i < count; i++)
            values[i] = ec_table_value(table, rows[i], column);
        add_values(&model->page, ec_str(ec_column_title(&stored, &model->page.arena)), values,
                   count);
    }
}

static void begin_page(struct ec_model *model, size_t count)
{
    const char *what = model->table && model->table->grouped ? "groups" : "runs";
    size_t shown = ec_grid_marked_count(model), hidden = model->marks.count - shown;
    struct ec_out title;
    ec_out_to_memory(&title);
    ec_out_text(&title, "What differs between ");
    if (shown > count)
        ec_out_printf(&title, "the first %zu of %zu marked %s", count, shown, what);
    else
        ec_out_printf(&title, "%zu %s", count, what);
    if (hidden > 0)
        ec_out_printf(&title, "; %zu mark%s not shown", hidden, hidden == 1 ? " is" : "s are");
    ec_out_char(&title, '\0');
    ec_page_begin(&model->page, title.buffer);
    ec_out_free(&title);
}

void ec_diff_fill(struct ec_model *model)
{
    size_t rows[WITHOUT];
    size_t count = ec_diff_rows(model, rows, WITHOUT);
    begin_page(model, count);
    if (count < 2) {
        ec_page_paragraph(&model->page, ec_str("mark two runs or more (Space)"), 80,
                          EC_STYLE_PLAIN);
        return;
    }
    add_header(model, rows, count);
    if (model->table->grouped || !model->runset)
        add_groups(model, rows, count);
    else
        add_runs(model, rows, count);
    if (model->page.count == 1) {
        ec_page_row(&model->page, EC_STYLE_PLAIN);
        ec_page_cell(&model->page, ec_str("nothing"));
        ec_page_cell(&model->page, ec_str("all their values are the same"));
    }
}
