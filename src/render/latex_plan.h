/* How a table is set in LaTeX: what siunitx must reserve per column, and how it fits the text
 * width.
 *
 * Widths are estimates from text_width.h in points of 1/72 inch, a little on the wide side, since
 * the document's fonts are not known.
 */
#ifndef EC_RENDER_LATEX_PLAN_H
#define EC_RENDER_LATEX_PLAN_H

#include "table/table.h"

enum { EC_LATEX_LINES_MAX = 6 };

struct ec_latex_column {
    bool numbers;        /* an S column; false: text, left-aligned */
    bool spread;         /* followed by a column of its own for what comes after the number */
    bool counts;         /* that column tells how many runs, since it differs between cells */
    bool negative;       /* some number has a minus */
    int before, after;   /* digits before and after the decimal point */
    int exponent;        /* digits of the exponent; 0: no number has one */
    bool small_exponent; /* some exponent is negative */
    struct ec_str lines[EC_LATEX_LINES_MAX]; /* the label */
    int line_count;
    double width; /* of its widest cell at a size of 1 */
};

struct ec_latex_plan {
    struct ec_latex_column *columns; /* like the table's */
    const char *size;                /* the command for the font size */
    double line_height;              /* in points */
    double gap;                      /* \tabcolsep in points; 0: the document's */
    bool wrap_names;                 /* names are broken, in the room that is left */
    double name_room;                /* for names that are broken, in points */
    bool is_long;                    /* it does not fit on a page */
    int header_lines;                /* of labels, without units and groups */
    bool units, groups;              /* there is a line of units, of headings over columns */
    double width, text_width;        /* estimated for the table; available */
};

/* In the arena. text_width 0: EC_TEXT_WIDTH. When nothing makes the table fit, width is
 * larger than text_width. */
struct ec_latex_plan *ec_latex_plan(const struct ec_table *table, double text_width,
                                    struct ec_arena *arena);

/* The parts of a number as ec_format_cell writes it. */
struct ec_latex_number {
    bool negative;
    int before, after, exponent;
    bool small_exponent;
};
struct ec_latex_number ec_latex_number(struct ec_str text);

#endif
