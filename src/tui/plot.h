/* The numbers behind a plot of the table: points of two columns, bins of one. No drawing.
 *
 * Coordinates are in the columns' display units; on a logarithmic axis they are logarithms.
 */
#ifndef EC_TUI_PLOT_H
#define EC_TUI_PLOT_H

#include "table/table.h"

struct ec_point {
    double x, y;
    uint32_t row; /* of the table */
    bool front;   /* on the Pareto front: no other run is better in both columns */
};

struct ec_points {
    struct ec_point *items; /* owned */
    size_t count, front_count;
    bool has_front; /* both columns have values that are better than others */
    double min_x, max_x, min_y, max_y;
};

/* The rows that have a number in both columns, and a positive one on logarithmic axes. */
void ec_points_make(struct ec_points *ret_points, const struct ec_table *table, size_t x, size_t y,
                    bool log_x, bool log_y);
void ec_points_free(struct ec_points *points);

/* The point of a table row; NULL when it has none. */
const struct ec_point *ec_points_find(const struct ec_points *points, size_t row);
/* The next point in a direction: along x for a horizontal step, else along y; `forward` to larger
 * values. Equal values follow in the order of rows. NULL at the end. */
const struct ec_point *ec_points_next(const struct ec_points *points, const struct ec_point *from,
                                      bool horizontal, bool forward, bool front_only);

enum { EC_BINS_MAX = 64 };

struct ec_bins {
    size_t count;
    size_t sizes[EC_BINS_MAX], largest;
    double edges[EC_BINS_MAX + 1]; /* values, not logarithms */
    size_t numbers, missing;       /* rows with a number, and others */
};

/* `count` bins of equal width, at most EC_BINS_MAX; on a logarithmic axis only positive numbers
 * count as such. Where all numbers are equal there is one bin. */
void ec_bins_make(struct ec_bins *ret_bins, const struct ec_table *table, size_t column, bool log,
                  size_t count);

#endif
