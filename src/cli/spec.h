/* Specification files (--spec): options of the command line, one per line, to keep beside a paper.
 *
 *     # Table 2
 *     path = saves/unlearn
 *     columns = time, mem, model_utility
 *     where = status = "completed"
 *     group-by = method
 *     transpose
 *     output = cost.tex
 *
 * A line is NAME = VALUE, or NAME for an option that takes nothing: names are those of the long
 * options, `path` is a PATH. VALUE is the rest of the line without the blanks around it, as it
 * would reach the program from a shell: no quotes, no escapes. Empty lines and lines that begin
 * with # say nothing. Options that may be given several times may have several lines. Relative
 * paths are relative to the file.
 */
#ifndef EC_CLI_SPEC_H
#define EC_CLI_SPEC_H

#include "cli/options.h"

enum { EC_SPEC_MAX = 1 << 20 }; /* bytes of a file */

/* Takes the file's options, whose strings go into the arena. -1 with *error set as
 * "PATH:LINE:COLUMN: what is wrong"; expressions and patterns are checked, too. */
int ec_spec_read(struct ec_options *options, const char *path, struct ec_arena *arena,
                 struct ec_error *error);
/* The same for the text of the file. */
int ec_spec_read_text(struct ec_options *options, const char *path, struct ec_str text,
                      struct ec_arena *arena, struct ec_error *error);

#endif
