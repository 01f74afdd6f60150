/* A screen in memory: text in cells, each with a style.
 *
 * Everything is drawn on a surface; a terminal (tui/screen.h) shows it, and tests compare it. Text
 * is UTF-8 from the program or made harmless by it (base/utf8.h). What lies outside the surface is
 * cut away, so callers need not check. Owns its memory; ec_surface_free.
 */
#ifndef EC_TUI_SURFACE_H
#define EC_TUI_SURFACE_H

#include "base/out.h"

/* How text looks: one role or none, and any of the attributes. */
enum ec_style {
    EC_STYLE_PLAIN = 0,
    EC_STYLE_BOLD = 1 << 0,
    EC_STYLE_UNDERLINE = 1 << 1,
    EC_STYLE_REVERSE = 1 << 2,
    EC_STYLE_DIM = 1 << 3,
    /* Roles, which a terminal with colours tells apart by them. */
    EC_STYLE_BEST = 1 << 4,
    EC_STYLE_MARKED = 2 << 4,
    EC_STYLE_ERROR = 3 << 4,
    EC_STYLE_HEADER = 4 << 4,
    EC_STYLE_HINT = 5 << 4,
    EC_STYLE_ACCENT = 6 << 4,
    EC_STYLE_ROLES = 7 << 4,
};

struct ec_surface_cell {
    uint32_t offset; /* of the cell's text in `text` */
    uint8_t length;  /* its bytes; 0: a blank, or where a wide character goes on */
    uint8_t width;   /* columns; 0: a wide character goes on here */
    uint8_t style;   /* enum ec_style */
};

struct ec_surface {
    int width, height;
    bool ascii;                    /* only ASCII can be shown: the rest is replaced */
    struct ec_surface_cell *cells; /* row by row */
    struct ec_out text;
    int clip;               /* what is left of this column is not drawn */
    int cursor_x, cursor_y; /* where the terminal's cursor is shown; -1: nowhere */
};

void ec_surface_init(struct ec_surface *surface, bool ascii);
void ec_surface_free(struct ec_surface *surface);

/* Makes it this large and empty. */
void ec_surface_begin(struct ec_surface *surface, int width, int height);

/* Writes text from column x of line y, at most `room` columns of it; returns the columns taken. */
int ec_surface_put(struct ec_surface *surface, int y, int x, int room, struct ec_str text,
                   unsigned style);
int ec_surface_text(struct ec_surface *surface, int y, int x, const char *text, unsigned style);
int ec_surface_printf(struct ec_surface *surface, int y, int x, unsigned style, const char *format,
                      ...) __attribute__((format(printf, 5, 6), nonnull(5)));
/* Like ec_surface_put, with the middle of longer text left out. */
int ec_surface_put_cut(struct ec_surface *surface, int y, int x, int room, struct ec_str text,
                       unsigned style);
/* Sets bits of the style of what is there already; a role takes the place of another. */
void ec_surface_restyle(struct ec_surface *surface, int y, int x, int width, unsigned style);
/* Clears bits of it. */
void ec_surface_unstyle(struct ec_surface *surface, int y, int x, int width, unsigned style);

/* ---- Reading ---- */

const struct ec_surface_cell *ec_surface_cell(const struct ec_surface *surface, int y, int x);
struct ec_str ec_surface_cell_text(const struct ec_surface *surface,
                                   const struct ec_surface_cell *cell);
/* All lines without the blanks at their ends. */
void ec_surface_dump(const struct ec_surface *surface, struct ec_out *out);
/* The same picture of the styles: b bold, u underlined, r reversed, B best, M marked and so on; a
 * blank where text is plain. Where several apply, the first of "r", the role, "b", "u", "d". */
void ec_surface_dump_styles(const struct ec_surface *surface, struct ec_out *out);

#endif
