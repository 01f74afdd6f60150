/* The interactive view, as the command line asks for it. */
#ifndef EC_CLI_INTERACTIVE_H
#define EC_CLI_INTERACTIVE_H

#include "cli/options.h"
#include "load/load.h"

/* Called with the view when the user leaves with it. */
typedef int ec_cli_print(void *options, const struct ec_table *table);

/* Returns what ec_browse does (tui/browse.h). */
int ec_cli_interactive(struct ec_options *options, const struct ec_load_options *load, bool color,
                       ec_cli_print *print, struct ec_error *error);

#endif
