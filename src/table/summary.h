/* What stands below the table, the same in every format: the best performers and the notes. */
#ifndef EC_TABLE_SUMMARY_H
#define EC_TABLE_SUMMARY_H

#include "base/out.h"
#include "table/format.h"
#include "table/table.h"

/* How the unit of the best value is written. */
enum ec_summary_units {
    EC_SUMMARY_SEED, /* as in the plain-text table, whose headers call a MiB "MB": "(245.32s)" */
    EC_SUMMARY_TRUE, /* by its symbol: "(245.32 s)", "(8234.56 MiB)" */
};

/* Writes one line without its end; titles and names go through write_text:
 *   Fastest: NAME (245.32s)
 *   Fastest: A, B, C and 2 more (245.32s) (tie: 5 runs)
 *   Fastest: A (123.00 ± 3.00s), tied with B and C
 *   Most Memory Efficient: N/A (not measured in any run)  */
void ec_summary_write(struct ec_out *out, const struct ec_table *table, const struct ec_best *best,
                      enum ec_summary_units units, ec_write_text *write_text);

/* Writes what the spreads are, where there are any, and the table's notes: one line each, after
 * `each`; before the first line also `first`. Their text goes through write_text. */
void ec_summary_write_notes(struct ec_out *out, const struct ec_table *table, const char *first,
                            const char *each, ec_write_text *write_text);

#endif
