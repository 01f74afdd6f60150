/* The registry of output formats.
 *
 * A format is one file with one `struct ec_renderer` and its row in render.c. A renderer writes the
 * table to the sink and nothing else: it opens no files and does not look at the runset.
 */
#ifndef EC_RENDER_RENDER_H
#define EC_RENDER_RENDER_H

#include "base/out.h"
#include "common/error.h"
#include "table/table.h"

/* How a paper's table writes 1.25 with a spread of 0.05. */
enum ec_spread_form {
    EC_SPREAD_PM,    /* 1.25 +- 0.05 */
    EC_SPREAD_SUB,   /* 1.25 with +- 0.05 as a subscript */
    EC_SPREAD_PAREN, /* 1.25(5) */
};

struct ec_render_options {
    int width;   /* of the terminal in columns; 0: not a terminal, nothing is cut */
    bool color;  /* escape sequences for colours are welcome */

    /* Documents; each is NULL or 0 where nobody said anything. */
    const char *caption;   /* NULL: the table's title */
    const char *label;     /* for references to the table: letters, digits and -_:. */
    const char *command;   /* the command line, told in a comment */
    const char *plot;      /* what a plot shows: "X,Y" or "bar:COLUMN" */
    double text_width;     /* of the page or its column, in points of 1/72 inch */
    enum ec_spread_form spread_form; /* in LaTeX and Typst */
    bool standalone;       /* a document that compiles by itself instead of a part of one */
};

/* What tables take for text_width when nobody said: 5.5 inches, the text of NeurIPS and ICLR. */
#define EC_TEXT_WIDTH 396.0

struct ec_renderer {
    const char *name;            /* of -f */
    const char *const *suffixes; /* of -o, with the dot, ended by NULL */
    const char *help;            /* one line for --help */
    bool shows_times;            /* it tells when records were modified */
    bool is_plot;                /* it shows what --plot says */
    bool is_exact;               /* for programs: numbers as they are recorded, to the last digit */
    /* Returns 0, or -1 with *error set when the table cannot be shown in this format. A full disk is
     * the sink's business. */
    int (*render)(const struct ec_table *table, const struct ec_render_options *options,
                  struct ec_out *out, struct ec_error *error);
    /* What whoever asked for it should hear of the table as render() writes it, in the arena; NULL:
     * nothing. The function itself is NULL where there never is anything. */
    const char *(*remark)(const struct ec_table *table, const struct ec_render_options *options,
                          struct ec_arena *arena);
};

/* All formats, ended by NULL, in the order of --help. */
const struct ec_renderer *const *ec_renderers(void);
/* NULL when there is none. */
const struct ec_renderer *ec_renderer_find(const char *name);
/* By the file name's suffix, whatever its case; NULL when no format has it. */
const struct ec_renderer *ec_renderer_for_file(const char *path);

#endif
