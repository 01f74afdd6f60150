/* What the command line of effcompare says.
 *
 * Strings point into argv or into the arena.
 */
#ifndef EC_CLI_OPTIONS_H
#define EC_CLI_OPTIONS_H

#include "base/arena.h"
#include "common/error.h"
#include "query/query.h"
#include "render/render.h"

enum ec_color { EC_COLOR_AUTO, EC_COLOR_ALWAYS, EC_COLOR_NEVER };

/* A growing list of strings. */
struct ec_strings {
    const char **items; /* owned */
    size_t count, capacity;
};

struct ec_options {
    struct ec_strings paths;   /* "-": read paths from standard input */
    struct ec_strings names;   /* --name */
    struct ec_strings joins;   /* --join */
    struct ec_strings against; /* --against */
    struct ec_strings files;   /* -o */
    struct ec_strings verify;  /* --verify */
    /* The query's, in its order; ec_options_query puts them together. */
    struct ec_strings name_patterns, columns, units, directions, where, group_by, sort, labels,
        references, order;
    struct ec_strings checks, relative_columns, pareto, budgets, requests, costs, setups;
    const char *baseline, *price, *section;
    enum ec_spread spread;
    enum ec_relative relative;
    int digits; /* -1: not given */
    int top;
    const struct ec_renderer *format; /* -f; NULL: not given */
    int max_depth;                    /* -1: no limit */
    int threads;
    int width; /* --width; 0: the terminal's */
    enum ec_color color;
    const char *plot_columns; /* of --plot, as a -c list: what is shown when there is no -c */
    struct ec_render_options document; /* for tables and plots in papers; `command` is app.c's */
    bool keep_zeros, pareto_only, transpose, verbose, help, version;
};

/* Fills *ret_options, to be freed in either case. Returns 0, or -1 with *error set. */
int ec_options_read(struct ec_options *ret_options, int argc, char **argv, struct ec_error *error);
/* The query that the options ask for; its strings are the options'. */
struct ec_query ec_options_query(const struct ec_options *options);
void ec_options_free(struct ec_options *options);

/* The whole text of --help; free() it. */
char *ec_options_usage(void);

void ec_strings_add(struct ec_strings *strings, const char *item);

#endif
