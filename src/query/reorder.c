#include "query/reorder.h"

#include "base/memory.h"

#include <stdlib.h>

struct moving {
    const struct ec_table *table;
    const uint32_t *old_order;
    uint32_t *row_of; /* by base row */
};

static int compare_rows(const void *a, const void *b)
{
    size_t x = *(const size_t *)a, y = *(const size_t *)b;
    return (x > y) - (x < y);
}

/* The first rows that have the mark in the column. */
static void find_marked(const struct ec_table *table, size_t column, unsigned mark,
                        size_t *ret_rows)
{
    size_t found = 0;
    for (size_t row = 0; row < table->row_count && found < EC_BEST_NAMED; row++)
        if (ec_table_marks(table, row, column) & mark)
            ret_rows[found++] = row;
}

/* The rows named are the first `count` that have the mark: all of them, or as many as are named. */
static void rename_rows(const struct moving *moving, size_t column, unsigned mark, size_t count,
                        const size_t *rows)
{
    size_t *named = (size_t *)(uintptr_t)rows; /* in the arena of the table, which is made anew */
    if (count > EC_BEST_NAMED) {
        find_marked(moving->table, column, mark, named);
        return;
    }
    for (size_t i = 0; i < count; i++)
        named[i] = moving->row_of[moving->old_order[named[i]]];
    if (count > 1)
        qsort(named, count, sizeof *named, compare_rows);
}

void ec_reorder_bests(struct ec_table *table, const uint32_t *old_order)
{
    struct moving moving = {table, old_order, ec_calloc(table->base_count, sizeof *moving.row_of)};
    for (size_t row = 0; row < table->row_count; row++)
        moving.row_of[table->order[row]] = (uint32_t)row;
    for (size_t i = 0; i < table->best_count; i++) {
        const struct ec_best *best = &table->bests[i];
        rename_rows(&moving, best->column, EC_MARK_BEST, best->count, best->rows);
        rename_rows(&moving, best->column, EC_MARK_TIED, best->tied_count, best->tied_rows);
    }
    free(moving.row_of);
}
