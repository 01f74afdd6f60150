/* The interactive view on a terminal: reads records in the background, hands keys to the model and
 * does what it asks for. The only part of tui/ that reads and writes files.
 */
#ifndef EC_TUI_BROWSE_H
#define EC_TUI_BROWSE_H

#include "load/load.h"
#include "tui/model.h"

struct ec_browse_options {
    struct ec_model_options model;
    struct ec_load_options load; /* all keys are loaded, whatever it says */
    bool color;
    /* Called with what was shown (as --transpose has it) when the user leaves with it, after the terminal was given back;
     * its result is ec_browse's. */
    int (*print)(void *context, const struct ec_table *table);
    void *context;
};

/* Returns 0, what `print` returned, 128 + the number of the signal that ended it, or -1 with *error
 * set when there is no terminal to show anything on. */
int ec_browse(const struct ec_browse_options *options, struct ec_error *error);

#endif
