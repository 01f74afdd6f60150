/* Compares the numbers of tables in a paper or README with those of the runs.
 *
 * A number agrees when the runs' number, in the unit that the header or the cell names, rounds to
 * it at the precision in which it is printed. Every cell is counted: it agrees, it differs, or it
 * could not be checked (its row or its column was not found, or what stands in it cannot be
 * compared).
 */
#ifndef EC_VERIFY_VERIFY_H
#define EC_VERIFY_VERIFY_H

#include "base/out.h"
#include "table/table.h"

struct ec_verify_result {
    size_t agree, differ, unchecked;
};

/* Reads all Markdown and LaTeX tables of `source`, compares them with `table`, and writes what
 * differs and what could not be checked to the sink, a line each that begins with PATH:LINE, and a
 * line that counts. The check holds when nothing differs and something agrees. */
void ec_verify(struct ec_str source, const char *path, const struct ec_table *table,
               struct ec_out *out, struct ec_verify_result *ret_result);

#endif
