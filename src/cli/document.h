/* What the command line says about documents: lengths, labels, and itself as a text. */
#ifndef EC_CLI_DOCUMENT_H
#define EC_CLI_DOCUMENT_H

#include "base/arena.h"
#include "common/error.h"

/* "3.25in", "8.2cm", "82mm", "234pt" (TeX's points, 72.27 to the inch) or "234bp" in points of 1/72
 * inch; at least one inch, at most 100. Returns 0, or -1 with *error set. */
int ec_document_length(const char *text, double *ret_points, struct ec_error *error);

/* -1 with *error set unless `label` is one that LaTeX, Typst and XML take: letters, digits, -_:. */
int ec_document_label(const char *label, struct ec_error *error);

/* The command line as it can be given to a shell again; in the arena. Take it before options are
 * parsed: parsing moves and changes arguments. */
const char *ec_document_command(int argc, char **argv, struct ec_arena *arena);

#endif
