/* Which rows and columns of a table that was read are which runs and columns of ours. */
#ifndef EC_VERIFY_MATCH_H
#define EC_VERIFY_MATCH_H

#include "table/table.h"
#include "verify/grid.h"
#include "verify/label.h"

/* What one line of cells (a row, or a column) was found to be. */
struct ec_match {
    size_t index;               /* of our row or column; EC_LABEL_NONE or EC_LABEL_SEVERAL */
    const struct ec_unit *unit; /* columns: in which its numbers are, where it says so; or NULL */
    struct ec_str label;        /* as it was read; empty: it has none */
};

struct ec_matches {
    size_t header_rows;       /* the first row of values */
    bool transposed;          /* columns of the grid are runs, rows are our columns */
    size_t width;             /* of the grid in columns */
    struct ec_match *rows;    /* of the grid, all row_count of them */
    struct ec_match *columns; /* of the grid, width of them */
};

struct ec_matches ec_match_grid(const struct ec_grid *grid, const struct ec_table *table,
                                struct ec_arena *arena);

/* The cell of the row that stands in this column; NULL: there is none. */
const struct ec_grid_cell *ec_match_cell(const struct ec_grid_row *row, size_t column);

/* Whether a cell holds a number, or says that there is none. */
bool ec_match_is_value(const struct ec_grid_cell *cell);

#endif
