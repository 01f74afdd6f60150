/* A table turned over (--transpose): metrics in rows, runs or groups in columns.
 *
 * Each row is then written in the unit and with the digits of the column that it was
 * (ec_table_format). Headings over columns become sections of rows and the other way round; the
 * status of a run that did not complete follows its name in the header. Two rows of one name get
 * keys that differ, so that machine formats keep both.
 */
#ifndef EC_QUERY_TRANSPOSE_H
#define EC_QUERY_TRANSPOSE_H

#include "table/table.h"

/* Takes the finished table over and returns the transposed one, to be freed with ec_table_free. */
struct ec_table *ec_transpose(struct ec_table *table);

#endif
