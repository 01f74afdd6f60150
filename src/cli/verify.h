/* --verify: the tables in files against the runs. */
#ifndef EC_CLI_VERIFY_H
#define EC_CLI_VERIFY_H

#include "cli/options.h"
#include "common/error.h"
#include "table/table.h"

/* Compares the tables of all files with `table` and reports on standard output. *ret_holds: nothing
 * differs, and something was found to agree in each file. -1 with *error set when a file cannot be
 * read, or the report cannot be written. */
int ec_cli_verify(const struct ec_strings *files, const struct ec_table *table, bool *ret_holds,
                  struct ec_error *error);

#endif
