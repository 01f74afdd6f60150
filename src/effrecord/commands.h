/* The subcommands of effrecord. Each takes its own argv, prints its own messages and returns the
 * exit status of the program. */
#ifndef EFFRECORD_COMMANDS_H
#define EFFRECORD_COMMANDS_H

#include "common/options.h"

/* What each takes. */
extern const struct ec_option effrecord_run_options[], effrecord_sweep_options[],
    effrecord_merge_options[];

/* Runs a command and records it. Exit status: the command's, 128 + n for signal n; 126 or 127 when
 * it could not be run; 2 for a usage error. */
int effrecord_run(int argc, char **argv);

/* Runs a command for every combination of values. Exit status: 0 when all are completed, 1 when
 * some are not, 2 for a usage error, 128 + n when signal n ended the sweep. */
int effrecord_sweep(int argc, char **argv);

/* Merges the records of ranks. Exit status: 0; 2 when a directory could not be merged, or for a
 * usage error; 3 when some records could not be read. */
int effrecord_merge(int argc, char **argv);

#endif
