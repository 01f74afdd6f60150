/* A pane of text in columns, the first of which stays in place: detail, diff, help, notes, choices.
 *
 * A page owns its texts, which are made harmless when they are added. ec_page_free.
 */
#ifndef EC_TUI_PAGE_H
#define EC_TUI_PAGE_H

#include "base/arena.h"
#include "tui/keys.h"
#include "tui/surface.h"

enum { EC_PAGE_CELLS = 16 }; /* at most, in a row */

struct ec_page_row {
    struct ec_str cells[EC_PAGE_CELLS];
    unsigned style;
};

struct ec_page {
    struct ec_arena arena;
    struct ec_str title;
    struct ec_page_row *rows;
    size_t count, capacity;
    int widths[EC_PAGE_CELLS]; /* of the columns; what ends a row does not count */
    bool header;               /* the first row stays in place, too */
    bool files;                /* the heading of a list of files was added */
    bool has_cursor;           /* a row is chosen, else the keys scroll */
    size_t found;              /* the row that was searched for, plus 1; 0: none */
    size_t row, top;           /* the cursor and the first row shown, the header left out */
    int left;                  /* columns of the terminal scrolled away */
    int height, width;         /* as drawn last */
};

/* Empties it, back to the beginning. */
void ec_page_begin(struct ec_page *page, const char *title);
void ec_page_free(struct ec_page *page);

/* Starts a row; the next cells go into it. */
struct ec_page_row *ec_page_row(struct ec_page *page, unsigned style);
void ec_page_cell(struct ec_page *page, struct ec_str text);
void ec_page_printf(struct ec_page *page, const char *format, ...)
    __attribute__((format(printf, 2, 3), nonnull(2)));
/* A row of one cell, as many as the text needs at this width. */
void ec_page_paragraph(struct ec_page *page, struct ec_str text, int width, unsigned style);

/* Moves; returns whether the action is one that moves. */
bool ec_page_move(struct ec_page *page, enum ec_action action);
/* The next row that holds the text, from the current one on or back; false when there is none. */
bool ec_page_search(struct ec_page *page, struct ec_str text, bool back, bool from_here);
/* Draws it on these lines. */
void ec_page_draw(struct ec_page *page, struct ec_surface *surface, int y, int height);

#endif
