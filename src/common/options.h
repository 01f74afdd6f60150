/* Command-line options as one table: parsing, --help and the hint after a typo come from it.
 *
 * Parsing is getopt_long's: options and operands may be mixed, long names may be shortened, `--`
 * ends the options. Not thread-safe, like getopt. Nothing is printed.
 */
#ifndef EC_COMMON_OPTIONS_H
#define EC_COMMON_OPTIONS_H

#include "common/error.h"

#include <stdbool.h>
#include <stddef.h>

struct ec_option {
    const char *name;     /* long name without the dashes */
    char letter;          /* short name; 0: none */
    const char *argument; /* what it takes, as in --help: "FILE"; NULL: nothing */
    const char *help;     /* may hold several lines */
    /* Takes the option into `target`; `argument` points into argv, NULL when it takes none. Returns
     * 0, or -1 with *error set (without the option's name, which is put before it). */
    int (*set)(void *target, const char *argument, struct ec_error *error);
    /* Instead of `set`: where in `target` the bool is that the option makes true (offsetof, which
     * must not be 0). */
    size_t flag;
};

/* A row that is a heading of --help. */
#define EC_OPTION_HEADING(text)                                                                    \
    {                                                                                              \
        text, 0, NULL, NULL, NULL, 0                                                               \
    }
/* The row that ends the table. */
#define EC_OPTION_END                                                                              \
    {                                                                                              \
        NULL, 0, NULL, NULL, NULL, 0                                                               \
    }

struct ec_options_parser {
    const struct ec_option *options;
    bool stop_at_operand; /* the first operand ends the options: `effrecord -o DIR command -x` */
    void *target;
};

/* Calls `set` for each option in argv. On success returns 0 and the operands are
 * argv[*ret_first_operand..argc). Otherwise returns -1 with *error set. */
int ec_options_parse(const struct ec_options_parser *parser, int argc, char **argv,
                     int *ret_first_operand, struct ec_error *error);

/* Takes one option that stands alone, as in a file: its full name without dashes, and its argument,
 * NULL when there is none. 0, or -1 with *error set. */
int ec_options_take_one(const struct ec_options_parser *parser, const char *name,
                        const char *argument, struct ec_error *error);
/* The row of this full name; NULL when there is none. */
const struct ec_option *ec_options_find(const struct ec_option *options, const char *name);

/* The option list for --help, two columns, at most 100 columns wide; free() it. NULL: out of
 * memory. */
char *ec_options_help(const struct ec_option *options);

/* A whole number within [min, max] from all of `text`; -1 with *error set otherwise. */
int ec_options_integer(const char *text, long min, long max, long *ret_value,
                       struct ec_error *error);

#endif
