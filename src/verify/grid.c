#include "verify/grid.h"

/* Doubles the array when it is full (at powers of two). */
static void *grow(void *array, size_t count, size_t size, struct ec_arena *arena)
{
    if (count > 0 && (count & (count - 1)) != 0)
        return array;
    void *larger = ec_arena_calloc(arena, count > 0 ? 2 * count : 1, size);
    if (count > 0)
        memcpy(larger, array, count * size);
    return larger;
}

struct ec_grid_row *ec_grid_add_row(struct ec_grid *grid, size_t line, struct ec_arena *arena)
{
    grid->rows = grow(grid->rows, grid->row_count, sizeof *grid->rows, arena);
    struct ec_grid_row *row = &grid->rows[grid->row_count++];
    *row = (struct ec_grid_row){.line = line};
    return row;
}

void ec_grid_add_cell(struct ec_grid_row *row, struct ec_str text, size_t span,
                      struct ec_arena *arena)
{
    size_t column = 0;
    if (row->count > 0)
        column = row->cells[row->count - 1].column + row->cells[row->count - 1].span;
    row->cells = grow(row->cells, row->count, sizeof *row->cells, arena);
    row->cells[row->count++] = (struct ec_grid_cell){text, column, span > 0 ? span : 1};
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

struct ec_str ec_grid_squeeze(char *text, size_t length)
{
    size_t end = 0;
    for (size_t i = 0; i < length; i++) {
        if (!is_blank(text[i]))
            text[end++] = text[i];
        else if (end > 0 && text[end - 1] != ' ')
            text[end++] = ' ';
    }
    while (end > 0 && text[end - 1] == ' ')
        end--;
    return (struct ec_str){text, end};
}

struct ec_grid *ec_grid_read(struct ec_str source, struct ec_arena *arena)
{
    struct ec_grid *first = NULL, **last = &first;
    last = ec_grid_read_latex(source, arena, last);
    ec_grid_read_markdown(source, arena, last);
    return first;
}
