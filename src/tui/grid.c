#include "tui/state.h"

#include "base/memory.h"
#include "tui/find.h"

#include <stdlib.h>

struct ec_str ec_grid_row_id(const struct ec_table *table, size_t row)
{
    struct ec_run run = ec_table_row_run(table, row);
    return run.path.len > 0 ? run.path : run.name;
}

static uint32_t base_of(const struct ec_table *table, size_t row)
{
    return table->order ? table->order[row] : (uint32_t)row;
}

struct ec_str ec_grid_plain_name(const struct ec_table *table, size_t row)
{
    return table->plain_names ? table->plain_names[base_of(table, row)]
                              : ec_table_row_name(table, row);
}

bool ec_grid_find_row(const struct ec_table *table, struct ec_str id, uint32_t guess,
                      size_t *ret_row)
{
    bool runs = table->runset && !table->grouped && guess < ec_runset_count(table->runset);
    bool is_right = runs && ec_str_equal(ec_runset_run(table->runset, guess).path, id);
    for (size_t row = 0; row < table->row_count; row++) {
        if (is_right ? base_of(table, row) == guess
                     : ec_str_equal(ec_grid_row_id(table, row), id)) {
            *ret_row = row;
            return true;
        }
    }
    return false;
}

const struct ec_column *ec_grid_column(const struct ec_model *model)
{
    size_t column = model->grid.column;
    if (!model->table || column == 0 || column > model->table->column_count)
        return NULL;
    return &model->table->columns[column - 1];
}

static size_t at_most(size_t value, size_t most)
{
    return value < most ? value : most;
}

void ec_grid_fit(struct ec_model *model)
{
    struct ec_grid *grid = &model->grid;
    size_t rows = model->table ? model->table->row_count : 0;
    size_t columns = model->table ? model->table->column_count : 0;
    size_t shown = grid->rows_shown > 0 ? grid->rows_shown : 1;
    grid->row = at_most(grid->row, rows > 0 ? rows - 1 : 0);
    grid->column = at_most(grid->column, columns);
    grid->left = at_most(grid->left, columns > 0 ? columns - 1 : 0);
    grid->top = at_most(grid->top, rows > shown ? rows - shown : 0);
    grid->top = at_most(grid->top, grid->row);
    if (grid->row >= grid->top + shown)
        grid->top = grid->row - shown + 1;
    model->plot.row = at_most(model->plot.row, rows > 0 ? rows - 1 : 0);
}

/* The old measure that must be the column's; NULL when there is none. */
static const struct ec_measure *same_measure(const struct ec_grid *grid,
                                             const struct ec_column *column)
{
    for (size_t i = 0; i < grid->measure_count && !column->series; i++) {
        const struct ec_measure *old = &grid->measures[i];
        if (old->width > 0 && old->runset_column == column->runset_column &&
            old->unit == column->unit && old->digits == column->digits && !column->scientific)
            return old;
    }
    return NULL;
}

void ec_grid_forget(struct ec_model *model, bool same_rows)
{
    struct ec_grid *grid = &model->grid;
    const struct ec_table *table = model->table;
    size_t count = table ? table->column_count : 0;
    struct ec_measure *measures = ec_calloc(count, sizeof *measures);
    for (size_t i = 0; i < count && same_rows; i++) {
        const struct ec_measure *old = same_measure(grid, &table->columns[i]);
        if (old)
            measures[i] = *old;
    }
    free(grid->measures);
    grid->measures = measures;
    grid->measure_count = count;
    if (!same_rows)
        grid->widest_name = 0;
}

static size_t less(size_t value, size_t by)
{
    return value > by ? value - by : 0;
}

bool ec_grid_move(struct ec_model *model, enum ec_action action)
{
    struct ec_grid *grid = &model->grid;
    size_t columns = model->table ? model->table->column_count : 0;
    switch (action) {
    case EC_ACTION_UP:
        grid->row = less(grid->row, 1);
        break;
    case EC_ACTION_DOWN:
        grid->row++;
        break;
    case EC_ACTION_PAGE_UP:
        grid->row = less(grid->row, grid->rows_shown);
        grid->top = less(grid->top, grid->rows_shown);
        break;
    case EC_ACTION_PAGE_DOWN:
        grid->row += grid->rows_shown;
        grid->top += grid->rows_shown;
        break;
    case EC_ACTION_TOP:
        grid->row = 0;
        break;
    case EC_ACTION_BOTTOM:
        grid->row = SIZE_MAX / 2; /* ec_grid_fit makes it the last */
        break;
    case EC_ACTION_LEFT:
        grid->column = less(grid->column, 1);
        break;
    case EC_ACTION_RIGHT:
        grid->column++;
        break;
    case EC_ACTION_FIRST_COLUMN:
        grid->column = 0;
        break;
    case EC_ACTION_LAST_COLUMN:
        grid->column = columns;
        break;
    case EC_ACTION_NARROW:
        grid->name_change -= 4;
        break;
    case EC_ACTION_WIDEN:
        grid->name_change += 4;
        break;
    default:
        return false;
    }
    ec_grid_fit(model);
    return true;
}

/* Looks into the name and into cells that are text. */
static bool row_holds(const struct ec_table *table, size_t row, struct ec_str text)
{
    if (ec_find(ec_table_row_name(table, row), text))
        return true;
    for (size_t i = 0; i < table->column_count; i++) {
        struct ec_value value = ec_table_value(table, row, i);
        if (value.kind == EC_STR && ec_find(ec_value_text(value), text))
            return true;
    }
    return false;
}

bool ec_grid_search(struct ec_model *model, struct ec_str text, bool back, bool from_here)
{
    size_t count = model->table ? model->table->row_count : 0;
    for (size_t step = from_here ? 0 : 1; count > 0 && step <= count; step++) {
        size_t row = (model->grid.row + (back ? count - step % count : step)) % count;
        if (!row_holds(model->table, row, text))
            continue;
        model->grid.row = row;
        ec_grid_fit(model);
        return true;
    }
    return false;
}

void ec_grid_mark(struct ec_model *model, size_t row, bool marked)
{
    ec_marks_set(&model->marks, ec_grid_row_id(model->table, row), marked);
}

bool ec_grid_is_marked(const struct ec_model *model, size_t row)
{
    return model->marks.count > 0 && ec_marks_has(&model->marks, ec_grid_row_id(model->table, row));
}

size_t ec_grid_marked_count(const struct ec_model *model)
{
    size_t count = 0;
    for (size_t row = 0; model->table && row < model->table->row_count; row++)
        count += ec_grid_is_marked(model, row);
    return count;
}
