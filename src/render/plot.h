/* What a plot shows and where, the same for SVG and pgfplots: two columns of the table as a scatter
 * plot with the Pareto front or with lines over a parameter, or one column as bars.
 *
 * Everything is laid out in points of 1/72 inch from the top left corner; values are in the
 * columns' display units. All memory is the arena's.
 */
#ifndef EC_RENDER_PLOT_H
#define EC_RENDER_PLOT_H

#include "common/error.h"
#include "render/axis.h"
#include "render/place.h"
#include "render/render.h"

/* Font sizes of labels and ticks, and of titles, in points. */
#define EC_PLOT_SMALL 7.0
#define EC_PLOT_TITLE 8.0
/* The width when nobody said: a column of a two-column paper. */
#define EC_PLOT_WIDTH 234.0

/* The font in which the format sets the names. */
struct ec_plot_font {
    double width; /* of its text, in widths of render/text_width.h */
    /* Turns harmless names into what it can show; NULL: they stay. */
    struct ec_str (*spell)(struct ec_str name, struct ec_arena *arena);
};

struct ec_plot_point {
    size_t row;
    double x, y;   /* bars: x only */
    double dx, dy; /* spreads; 0: none */
    bool front;    /* no other run is at least as good in both columns and better in one */
    bool reference;
    bool best;           /* of a ranked column of bars */
    size_t line;         /* that it is on, where there are lines */
    struct ec_str label; /* harmless; what all names share at their ends is cut */
};

/* Points whose groups differ in what the x axis shows only. */
struct ec_plot_line {
    size_t *points; /* by growing x */
    size_t count;
};

struct ec_plot {
    bool bars;
    const struct ec_column *x_column, *y_column; /* bars: y_column is NULL */
    struct ec_axis x_axis, y_axis;               /* bars: x_axis only */
    const char *x_title, *y_title;
    double width, height;
    struct ec_box area; /* within the axes */
    struct ec_plot_point *points;
    struct ec_label *labels; /* scatter: like points */
    size_t point_count;
    size_t missing;      /* rows without a value */
    size_t unlabelled;   /* points whose name found no room */
    const size_t *front; /* points of the front by growing x; NULL: no line is drawn */
    size_t front_count;
    /* Where the x axis shows a key that rows are grouped by; then there is no front, and of each
     * line only the last point has a label, the line's. */
    struct ec_plot_line *lines;
    size_t line_count;
};

/* `options->plot` says what: "X,Y", "bar:COLUMN", or NULL for the first measure of cost against the
 * first of effectiveness, else of memory, else bars of the only one. NULL with *error set when the
 * columns are not there or have no values. */
struct ec_plot *ec_plot_new(const struct ec_table *table, const struct ec_render_options *options,
                            const struct ec_plot_font *font, struct ec_arena *arena,
                            struct ec_error *error);

/* Finds the lines, and names them; does nothing where the x axis shows no key of the groups. */
void ec_plot_find_lines(struct ec_plot *plot, const struct ec_table *table,
                        const struct ec_plot_font *font, struct ec_arena *arena);

/* Positions within the figure. */
double ec_plot_x(const struct ec_plot *plot, double value);
double ec_plot_y(const struct ec_plot *plot, double value);
/* Top and height of the bar of point `index`. */
double ec_plot_bar_top(const struct ec_plot *plot, size_t index);
double ec_plot_bar_height(void);

#endif
