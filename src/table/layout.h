/* Lays a table out in lines of cells with display widths: the plain-text table and the terminal
 * view.
 *
 * Widths are columns of a terminal. Names are made harmless (base/utf8.h) before they are measured
 * and cut. A layout borrows the table and owns the rest; ec_layout_free.
 */
#ifndef EC_TABLE_LAYOUT_H
#define EC_TABLE_LAYOUT_H

#include "base/out.h"
#include "table/table.h"

struct ec_layout_options {
    int width;          /* of the terminal; 0: nothing is cut */
    int min_name_width; /* of the name column, where the terminal has room for it */
};

struct ec_layout_cuts;

struct ec_layout {
    const struct ec_table *table;
    int name_width;
    int *column_widths; /* one per table column */
    int total_width; /* of the rules: of the lines, 80 at least, but not more than the terminal has
                      */
    struct ec_layout_cuts *cuts; /* how names that would look the same are cut; private */
};

struct ec_layout *ec_layout_new(const struct ec_table *table,
                                const struct ec_layout_options *options);
void ec_layout_free(struct ec_layout *layout); /* NULL is fine */

/* Puts what a terminal shows into `text`, a sink in memory, in the place of what it held; returns
 * its width. Both are harmless and without padding: the row's name, cut to name_width, with its
 * status mark; a cell. */
int ec_layout_name(const struct ec_layout *layout, size_t row, struct ec_out *text);
int ec_layout_cell(const struct ec_layout *layout, size_t row, size_t column, struct ec_out *text);

/* The width of a column's widest cell. */
int ec_layout_widest_cell(const struct ec_table *table, size_t column);

/* The heading over the column `first` and its neighbours up to *ret_end, which have the same; NULL
 * when they have none. *ret_width is what they take together, the blanks between them included. */
const char *ec_layout_group(const struct ec_layout *layout, size_t first, size_t *ret_end,
                            int *ret_width);

#endif
