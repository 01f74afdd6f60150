/* The interactive view without a terminal: its state, and what each key does to it.
 *
 * Keys, mouse events and runs go in; a picture (tui/surface.h) and effects come out. An effect is
 * what a key asked for that only the caller can do: reading and writing files, the clipboard,
 * leaving. The model does no I/O and knows no time.
 *
 * It owns the view's options, plan and table, and borrows the runs.
 */
#ifndef EC_TUI_MODEL_H
#define EC_TUI_MODEL_H

#include "query/query.h"
#include "render/render.h"
#include "tui/keys.h"
#include "tui/recipe.h"
#include "tui/surface.h"

struct ec_model;

struct ec_model_options {
    struct ec_query query; /* what the command line asked for; its strings outlive the model */
    struct ec_render_options document; /* for what is written; its command is made anew */
    /* The rest of the command line, for showing the equivalent one: options that say which records
     * to look at, and how documents look. */
    const struct ec_setting *settings;
    size_t setting_count;
    struct ec_words paths;
    const char *directory; /* the working one, in which the paths are; NULL: not known */
    bool watch;            /* whether changes are watched from the start */
};

struct ec_model *ec_model_new(const struct ec_model_options *options);
void ec_model_free(struct ec_model *model); /* NULL is fine */

/* ---- In ---- */

/* The runs to show from now on; the previous ones are not used any more when it returns. The
 * cursor stays on its run. NULL: none yet. The runset must be finished and outlive its use here. */
void ec_model_set_runs(struct ec_model *model, const struct ec_runset *runset);
/* How many runs were found so far, while records are being read; `loading` false: all are read. */
void ec_model_set_progress(struct ec_model *model, size_t found, bool loading);
/* What watching does: NULL: it is off; else a word for the title, such as "watching". */
void ec_model_set_watch(struct ec_model *model, const char *state);

void ec_model_key(struct ec_model *model, uint32_t key);

enum ec_mouse { EC_MOUSE_CLICK, EC_MOUSE_DOUBLE_CLICK, EC_MOUSE_WHEEL_UP, EC_MOUSE_WHEEL_DOWN };
/* At this place of the picture that was drawn last. */
void ec_model_mouse(struct ec_model *model, enum ec_mouse event, int x, int y);

/* Tells the user how an effect went. */
void ec_model_say(struct ec_model *model, bool is_error, const char *format, ...)
    __attribute__((format(printf, 3, 4), nonnull(3)));
/* The answer to EC_EFFECT_LIST: a line of the detail pane. */
void ec_model_add_file(struct ec_model *model, const char *name, int64_t bytes, int64_t mtime_ns);

/* ---- Out ---- */

/* Draws it on a surface that was begun. */
void ec_model_draw(struct ec_model *model, struct ec_surface *surface);

enum ec_effect_kind {
    EC_EFFECT_NONE,
    EC_EFFECT_QUIT,
    EC_EFFECT_PRINT,   /* leave and print the view */
    EC_EFFECT_RELOAD,  /* read all records again */
    EC_EFFECT_WATCH,   /* watch changes, or stop that */
    EC_EFFECT_REDRAW,  /* the terminal shows something else */
    EC_EFFECT_SUSPEND, /* to the shell */
    EC_EFFECT_COPY,    /* `bytes` to the clipboard; `text` says what they are: "row as Markdown" */
    EC_EFFECT_WRITE,   /* `bytes` to the file `text`, which must not exist unless `replace` */
    EC_EFFECT_LIST,    /* the files in the directory of the record `text` */
};

struct ec_effect {
    enum ec_effect_kind kind;
    const char *text; /* these are the model's, until its next key */
    struct ec_str bytes;
    bool replace;
};

/* What the last key or mouse event asked for; only once. */
struct ec_effect ec_model_take_effect(struct ec_model *model);

/* The answer to EC_EFFECT_WRITE when the file exists: asks whether to replace it. */
void ec_model_ask_replace(struct ec_model *model);

/* What is shown, for printing: with --transpose turned over, which the screen is not. It is the
 * model's, until its next key. NULL: nothing. */
const struct ec_table *ec_model_output(struct ec_model *model);

#endif
