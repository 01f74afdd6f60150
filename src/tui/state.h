/* The inside of the interactive view's model, for the files of this folder that work on it.
 *
 * model.c   the model's life, rebuilding the table, which key does what
 * grid.c    the table pane: moving, searching, marks
 * edit.c    actions that change the view's options
 * prompt.c  lines that are typed: filter, search, export and so on
 * pages.c   panes of text: help, notes, command, detail
 * diff.c    the pane that compares marked runs
 * choose.c  the pane in which columns are chosen
 * plot.c    scatter plot and histogram
 * take.c    what leaves: exports and yanks
 * draw.c    the whole picture; draw_grid.c and draw_plot.c draw their panes
 */
#ifndef EC_TUI_STATE_H
#define EC_TUI_STATE_H

#include "tui/line.h"
#include "tui/marks.h"
#include "tui/model.h"
#include "tui/page.h"
#include "tui/plot.h"
#include "tui/view.h"

/* ---- The table pane ---- */

/* What was drawn where, for the mouse. */
struct ec_hit {
    int y, x, width;
    enum { EC_HIT_ROW, EC_HIT_HEADER, EC_HIT_ACTION } kind;
    size_t number; /* the row, the column as in ec_grid, the action */
};

/* What was measured of a column, and what that depends on besides the rows. */
struct ec_measure {
    int width;    /* 0: not measured yet */
    bool numbers; /* it has some, so it stands to the right */
    uint32_t runset_column;
    const struct ec_unit *unit;
    int digits;
};

struct ec_grid {
    size_t row, top;             /* the cursor and the first row shown */
    size_t column;               /* the cursor: 0 the name, i + 1 the table's column i */
    size_t left;                 /* the first column of the table that is shown beside the name */
    int name_change;             /* columns that the user made the name wider */
    int widest_name;             /* 0: not measured yet */
    struct ec_measure *measures; /* of the table's columns; NULL: none yet */
    size_t measure_count;
    size_t rows_shown; /* when drawn last; at least 1 */
};

/* ---- Plot ---- */

struct ec_plot {
    bool histogram;
    char *x, *y; /* names of columns, as ec_derive_name; owned */
    bool log_x, log_y;
    bool front_only; /* the cursor moves along the Pareto front */
    size_t row;      /* the table row under the cursor */
    struct ec_points points;
    bool is_made; /* points are those of the table, the columns and the axes */
};

/* ---- Prompt ---- */

enum ec_prompt_kind {
    EC_PROMPT_NONE,
    EC_PROMPT_SEARCH,
    EC_PROMPT_FILTER,
    EC_PROMPT_GROUP,
    EC_PROMPT_COLUMN,
    EC_PROMPT_LABEL,
    EC_PROMPT_EXPORT,
    EC_PROMPT_REPLACE, /* one key: yes or no */
    EC_PROMPT_YANK,    /* one key: what */
    EC_PROMPT_FORMAT,  /* one key: as what */
    EC_PROMPT_COUNT
};

struct ec_prompt {
    enum ec_prompt_kind kind;
    struct ec_line line;
    char error[EC_ERROR_MAX]; /* what is wrong with it; "" for nothing */
    size_t row, top;          /* where a search started */
    char yank;                /* c, r or t: what EC_PROMPT_FORMAT is asked for */
    char *name;               /* of the row that EC_PROMPT_LABEL is about; owned */
};

enum ec_page_kind {
    EC_PAGE_HELP,
    EC_PAGE_NOTES,
    EC_PAGE_COMMAND,
    EC_PAGE_DETAIL,
    EC_PAGE_DIFF,
    EC_PAGE_COLUMNS,
};

struct ec_model {
    struct ec_model_options options;
    const struct ec_runset *runset; /* NULL: none yet */
    struct ec_view view;
    struct ec_view *undo; /* earlier views, the latest last */
    size_t undo_count;
    struct ec_texts ungrouped; /* what B groups by again */
    struct ec_plan *plan;
    struct ec_table *table;  /* NULL: nothing to show; `problem` says why */
    struct ec_table *turned; /* what ec_model_output made of it; NULL: nothing yet */
    char problem[EC_ERROR_MAX];

    char place;  /* 'T', 'D', 'C' or 'P', as in keys.def: which pane has the keys */
    char behind; /* the pane behind a page: 'T' or 'P' */
    struct ec_grid grid;
    struct ec_marks marks;
    struct ec_plot plot;
    enum ec_page_kind page_kind;
    struct ec_page page;
    struct ec_prompt prompt;
    struct ec_texts histories[EC_PROMPT_COUNT];
    char *needle; /* what was searched last; NULL: nothing */

    char message[EC_ERROR_MAX];
    bool message_is_error;
    size_t found;
    bool loading;
    bool partial; /* more runs were being read when these came */
    const char *watch_state;

    int width, height; /* of the picture drawn last */
    struct ec_hit *hits;
    size_t hit_count, hit_capacity;

    struct ec_effect effect;
    char *effect_text; /* owned */
    struct ec_out effect_bytes;
};

/* model.c */

/* Shows another view; takes it over. False, with the reason in *error and the old view kept, when
 * it cannot be shown. */
bool ec_model_apply(struct ec_model *model, struct ec_view *view, struct ec_error *error);
/* The same, with the reason as a message. */
bool ec_model_try(struct ec_model *model, struct ec_view *view);
void ec_model_undo(struct ec_model *model);
/* Whether the action makes sense now. */
bool ec_model_offers(const struct ec_model *model, enum ec_action action);
void ec_model_do(struct ec_model *model, enum ec_action action);
void ec_model_ask(struct ec_model *model, enum ec_effect_kind kind, const char *text);

/* grid.c */

/* What tells a row from others; in the table or the runset. */
struct ec_str ec_grid_row_id(const struct ec_table *table, size_t row);
/* The row's name without its label. */
struct ec_str ec_grid_plain_name(const struct ec_table *table, size_t row);
/* `guess` is the base row that it most likely is. */
bool ec_grid_find_row(const struct ec_table *table, struct ec_str id, uint32_t guess,
                      size_t *ret_row);
/* The column under the cursor; NULL: the name's. */
const struct ec_column *ec_grid_column(const struct ec_model *model);
/* Puts the cursor into the table, however that has changed. */
void ec_grid_fit(struct ec_model *model);
bool ec_grid_move(struct ec_model *model, enum ec_action action);
bool ec_grid_search(struct ec_model *model, struct ec_str text, bool back, bool from_here);
void ec_grid_mark(struct ec_model *model, size_t row, bool marked);
bool ec_grid_is_marked(const struct ec_model *model, size_t row);
/* Of the rows that are shown. */
size_t ec_grid_marked_count(const struct ec_model *model);
/* Forgets what was measured of another table, but for what must be the same: with `same_rows`,
 * names and columns that have not changed. Measuring 100,000 rows takes its time. */
void ec_grid_forget(struct ec_model *model, bool same_rows);

/* edit.c: returns whether the action is one of its. */
bool ec_edit_do(struct ec_model *model, enum ec_action action);
void ec_edit_move_column(struct ec_model *model, const char *name, int by);

/* prompt.c */
void ec_prompt_open(struct ec_model *model, enum ec_prompt_kind kind, struct ec_str text);
void ec_prompt_key(struct ec_model *model, uint32_t key);
const char *ec_prompt_title(const struct ec_prompt *prompt);

/* pages.c, diff.c, choose.c */
void ec_page_open(struct ec_model *model, enum ec_page_kind kind);
/* Fills an open page anew after something has changed. */
void ec_page_refresh(struct ec_model *model);
/* PATH:LINE:COLUMN: REASON; not harmless yet. */
void ec_page_write_issue(struct ec_out *out, const struct ec_issue *issue);
void ec_diff_fill(struct ec_model *model);
void ec_choose_fill(struct ec_model *model);
bool ec_choose_do(struct ec_model *model, enum ec_action action);
/* Marked rows in the table's order; with only one, the cursor's row too. Returns their number, at
 * most `max`. */
size_t ec_diff_rows(const struct ec_model *model, size_t *ret_rows, size_t max);

/* plot.c */

/* The points to draw; NULL when there are no two columns of numbers. */
const struct ec_points *ec_plot_points(struct ec_model *model);
/* The table's columns on the axes; false when one of them is not shown any more. */
bool ec_plot_columns(const struct ec_model *model, size_t *ret_x, size_t *ret_y);
void ec_plot_open(struct ec_model *model, bool histogram);
void ec_plot_free(struct ec_plot *plot);
bool ec_plot_do(struct ec_model *model, enum ec_action action);

/* take.c */

/* Asks for the view to be written to a file. False with *error set when that makes no sense. */
bool ec_take_export(struct ec_model *model, const char *path, struct ec_error *error);
/* Asks for a copy to the clipboard of what a letter says: c the cell, r the row, m the marked rows,
 * t the table. `format` is a renderer's name; a cell has none. */
void ec_take_yank(struct ec_model *model, char what, const char *format);
/* Writes the command line that shows the view. */
void ec_take_command(const struct ec_model *model, struct ec_out *out);

/* draw.c, draw_grid.c, draw_plot.c */

/* A name, cut so that the facts behind it fit. */
void ec_draw_named(struct ec_surface *surface, int y, struct ec_str name, struct ec_str facts);
void ec_draw_grid(struct ec_model *model, struct ec_surface *surface, int y, int height);
void ec_draw_plot(struct ec_model *model, struct ec_surface *surface, int y, int height);
void ec_draw_hit(struct ec_model *model, struct ec_hit hit);

#endif
