/* Best and second best per column, and the best-performer summary.
 *
 * Only completed runs with a number in the column are ranked. Equal values share a place. Nothing
 * is ranked in a table of fewer than two rows.
 */
#ifndef EC_QUERY_RANK_H
#define EC_QUERY_RANK_H

#include "table/table.h"

/* Fills `marks` of every column whose metric has a direction, and table->bests for those columns.
 */
void ec_rank(struct ec_table *table);

#endif
