/* What the command line of effcompare says.
 *
 * Strings point into argv or into the arena.
 */
#ifndef EC_CLI_OPTIONS_H
#define EC_CLI_OPTIONS_H

#include "base/arena.h"
#include "common/error.h"
#include "common/options.h"
#include "query/query.h"
#include "render/render.h"

enum ec_color { EC_COLOR_AUTO, EC_COLOR_ALWAYS, EC_COLOR_NEVER };

/* A growing list of strings. */
struct ec_strings {
    const char **items; /* owned */
    size_t count, capacity;
    int source; /* where the items of a list are from that is replaced as a whole */
};

struct ec_options {
    int source;                /* counts specifications; the command line comes last */
    struct ec_strings specs;   /* --spec */
    struct ec_strings paths;   /* "-": read paths from standard input */
    struct ec_strings names;   /* --name */
    struct ec_strings joins;   /* --join */
    struct ec_strings against; /* --against */
    struct ec_strings files;   /* -o */
    struct ec_strings verify;  /* --verify */
    /* The query's, in its order; ec_options_query puts them together. */
    struct ec_strings name_patterns, columns, units, directions, where, having, group_by, sort,
        labels, references, order;
    struct ec_strings checks, relative_columns, pareto, budgets, requests, costs, setups;
    const char *baseline, *price, *section, *pivot;
    enum ec_spread spread;
    enum ec_relative relative;
    int digits;  /* -1: not given */
    int figures; /* 0: not given */
    int top;
    const struct ec_renderer *format; /* -f; NULL: not given */
    int max_depth;                    /* -1: no limit */
    int threads;
    int width; /* --width; 0: the terminal's */
    enum ec_color color;
    const char *plot_columns; /* of --plot, as a -c list: what is shown when there is no -c */
    struct ec_render_options document; /* for tables and plots in papers; `command` is app.c's */
    bool keep_zeros, pareto_only, transpose, interactive, watch, verbose, list_metrics, help,
        version;
};

/* Fills *ret_options, to be freed in either case: from the specifications that the command line
 * names, in their order, then from the command line itself. What comes later replaces what was said
 * before where an option says one thing as a whole (--sort, the PATHs), and adds to it where it
 * says one of many (--where, --label). Strings that are not in argv go into the arena. Returns 0,
 * or -1 with *error set. */
int ec_options_read(struct ec_options *ret_options, int argc, char **argv, struct ec_arena *arena,
                    struct ec_error *error);

/* One option by its full name without dashes; `argument` NULL: none. */
int ec_options_take(struct ec_options *options, const char *name, const char *argument,
                    struct ec_error *error);
bool ec_options_has(const char *name);

/* All of them; what takes one of some words is named for them in --help: the words of "WHEN", ended
 * by NULL, or NULL when it is not one of these. */
extern const struct ec_option ec_options_table[];
const char *const *ec_options_words(const char *argument);

void ec_options_add_path(struct ec_options *options, const char *path);

/* The query that the options ask for; its strings are the options'. */
struct ec_query ec_options_query(const struct ec_options *options);
void ec_options_free(struct ec_options *options);

/* The whole text of --help; free() it. */
char *ec_options_usage(void);

void ec_strings_add(struct ec_strings *strings, const char *item);

#endif
