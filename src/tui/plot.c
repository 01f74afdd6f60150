#include "tui/plot.h"

#include "base/memory.h"
#include "tui/state.h"

#include "query/derive.h"

#include <stdlib.h>

void ec_plot_free(struct ec_plot *plot)
{
    free(plot->x);
    free(plot->y);
    ec_points_free(&plot->points);
    *plot = (struct ec_plot){0};
}

/* The table's column of this name; column_count when it is not shown any more. */
static size_t find_column(const struct ec_table *table, const char *name)
{
    size_t i = 0;
    while (i < table->column_count &&
           (!name || strcmp(ec_derive_name(&table->columns[i]), name) != 0))
        i++;
    return i;
}

/* The next column with numbers after `from`, going round; `from` itself when there is no other. */
static size_t next_numeric(const struct ec_table *table, size_t from)
{
    size_t count = table->column_count;
    for (size_t step = 1; step <= count; step++) {
        size_t column = (from + step) % count;
        if (ec_table_has_numbers(table, column))
            return column;
    }
    return from;
}

/* The first column of numbers some of which are better, other than one; else any other. */
static size_t partner_of(const struct ec_table *table, size_t other)
{
    for (size_t column = 0; column < table->column_count; column++)
        if (column != other && table->columns[column].direction != EC_NEUTRAL &&
            ec_table_has_numbers(table, column))
            return column;
    return next_numeric(table, other);
}

static void set_axis(struct ec_plot *plot, char **axis, const struct ec_table *table, size_t column)
{
    const char *name = ec_derive_name(&table->columns[column]);
    free(*axis);
    *axis = ec_strndup(name, strlen(name));
    plot->is_made = false;
}

/* Chooses columns for axes that have none, or one that is gone. */
static void fit_axes(struct ec_model *model)
{
    const struct ec_table *table = model->table;
    struct ec_plot *plot = &model->plot;
    if (find_column(table, plot->x) == table->column_count)
        set_axis(plot, &plot->x, table, next_numeric(table, table->column_count - 1));
    if (find_column(table, plot->y) == table->column_count)
        set_axis(plot, &plot->y, table, next_numeric(table, find_column(table, plot->x)));
}

bool ec_plot_columns(const struct ec_model *model, size_t *ret_x, size_t *ret_y)
{
    if (!model->table)
        return false;
    *ret_x = find_column(model->table, model->plot.x);
    *ret_y = find_column(model->table, model->plot.y);
    size_t count = model->table->column_count;
    return *ret_x < count && *ret_y < count;
}

const struct ec_points *ec_plot_points(struct ec_model *model)
{
    struct ec_plot *plot = &model->plot;
    size_t x, y;
    if (model->table && model->table->column_count > 0)
        fit_axes(model);
    if (!ec_plot_columns(model, &x, &y))
        return NULL;
    if (!plot->is_made) {
        ec_points_free(&plot->points);
        ec_points_make(&plot->points, model->table, x, y, plot->log_x, plot->log_y);
        plot->is_made = true;
    }
    return &plot->points;
}

void ec_plot_open(struct ec_model *model, bool histogram)
{
    const struct ec_table *table = model->table;
    struct ec_plot *plot = &model->plot;
    const struct ec_column *column = ec_grid_column(model);
    size_t current = model->grid.column - 1;
    bool numbers = column && ec_table_has_numbers(table, current);
    size_t first = table->column_count > 0 ? next_numeric(table, table->column_count - 1) : 0;
    bool any = table->column_count > 0 && ec_table_has_numbers(table, first);
    if (!any || (histogram && !numbers)) {
        ec_model_say(model, true, "%s",
                     any ? "this column has no numbers" : "there are no numbers");
        return;
    }
    size_t x = numbers ? current : first;
    set_axis(plot, &plot->x, table, x);
    set_axis(plot, &plot->y, table, partner_of(table, x));
    plot->histogram = histogram;
    plot->front_only = false;
    plot->row = model->grid.row;
    model->place = 'P';
}

static void cycle_axis(struct ec_model *model, char **axis)
{
    const struct ec_table *table = model->table;
    size_t now = find_column(table, *axis);
    if (now == table->column_count) /* it is gone, and nothing is drawn */
        return;
    set_axis(&model->plot, axis, table, next_numeric(table, now));
}

static void next_logarithm(struct ec_plot *plot)
{
    unsigned next = (unsigned)plot->log_x + 2 * (unsigned)plot->log_y + 1;
    plot->log_x = next & 1;
    plot->log_y = next & 2;
    plot->is_made = false;
}

static void move(struct ec_model *model, enum ec_action action)
{
    struct ec_plot *plot = &model->plot;
    const struct ec_points *points = ec_plot_points(model);
    if (!points || points->count == 0 || plot->histogram)
        return;
    const struct ec_point *from = ec_points_find(points, plot->row);
    bool horizontal = action == EC_ACTION_LEFT || action == EC_ACTION_RIGHT;
    bool forward = action == EC_ACTION_RIGHT || action == EC_ACTION_UP;
    const struct ec_point *to =
        from ? ec_points_next(points, from, horizontal, forward, plot->front_only)
             : &points->items[0];
    if (to)
        plot->row = to->row;
}

static void toggle_front(struct ec_model *model)
{
    struct ec_plot *plot = &model->plot;
    const struct ec_points *points = ec_plot_points(model);
    plot->front_only = !plot->front_only && points && points->front_count > 0;
    if (!plot->front_only)
        return;
    for (size_t i = points->count; i > 0; i--)
        if (points->items[i - 1].front)
            plot->row = points->items[i - 1].row;
}

bool ec_plot_do(struct ec_model *model, enum ec_action action)
{
    struct ec_plot *plot = &model->plot;
    char *swap = plot->x;
    switch (action) {
    case EC_ACTION_UP:
    case EC_ACTION_DOWN:
    case EC_ACTION_LEFT:
    case EC_ACTION_RIGHT:
        move(model, action);
        return true;
    case EC_ACTION_X_AXIS:
        cycle_axis(model, &plot->x);
        return true;
    case EC_ACTION_Y_AXIS:
        cycle_axis(model, &plot->y);
        return true;
    case EC_ACTION_SWAP_AXES:
        plot->x = plot->y;
        plot->y = swap;
        plot->is_made = false;
        return true;
    case EC_ACTION_LOGARITHM:
        next_logarithm(plot);
        return true;
    case EC_ACTION_FRONT:
        toggle_front(model);
        return true;
    case EC_ACTION_PLOT_OPEN:
        ec_page_open(model, EC_PAGE_DETAIL);
        return true;
    default:
        return ec_edit_do(model, action); /* marks */
    }
}
