/* Tables found in Markdown or LaTeX, of anybody: a grid of cells as plain text, with their lines.
 *
 * Reading never fails: what is not understood is left out of a cell's text, or is no table.
 * Everything is in the caller's arena.
 */
#ifndef EC_VERIFY_GRID_H
#define EC_VERIFY_GRID_H

#include "base/arena.h"
#include "base/value.h"

struct ec_grid_cell {
    struct ec_str text; /* without markup, blanks trimmed and joined; UTF-8 if the source was */
    size_t column;      /* the first that it stands in, from 0 */
    size_t span;        /* how many columns */
};

struct ec_grid_row {
    struct ec_grid_cell *cells;
    size_t count;
    size_t line; /* of the source, from 1 */
};

struct ec_grid {
    struct ec_grid_row *rows;
    size_t row_count;
    size_t header_rows; /* 0: not known */
    size_t ruled_rows;  /* above the first \midrule; 0: there is none */
    struct ec_grid *next;
};

/* All tables of the text in the order of their lines within each format, LaTeX's first; NULL: none.
 */
struct ec_grid *ec_grid_read(struct ec_str source, struct ec_arena *arena);

/* The readers of the two formats; each puts its tables behind *last and returns the new last. */
struct ec_grid **ec_grid_read_latex(struct ec_str source, struct ec_arena *arena,
                                    struct ec_grid **last);
struct ec_grid **ec_grid_read_markdown(struct ec_str source, struct ec_arena *arena,
                                       struct ec_grid **last);

/* Growing a grid. A row's array grows by doubling in the arena. */
struct ec_grid_row *ec_grid_add_row(struct ec_grid *grid, size_t line, struct ec_arena *arena);
void ec_grid_add_cell(struct ec_grid_row *row, struct ec_str text, size_t span,
                      struct ec_arena *arena);

/* The text of LaTeX source: commands that only format are left out, those that stand for characters
 * become them; \\ and ~ are blanks. */
struct ec_str ec_grid_plain_latex(struct ec_str source, struct ec_arena *arena);
struct ec_str ec_grid_plain_markdown(struct ec_str source, struct ec_arena *arena);

/* The text with blanks trimmed and runs of them as one, made in place of `text.ptr`. */
struct ec_str ec_grid_squeeze(char *text, size_t length);

#endif
