/* The place of each row in a column whose values are ranked. */
#ifndef EC_TABLE_RANKS_H
#define EC_TABLE_RANKS_H

#include "table/table.h"

/* Sets ret_ranks[row] for every row of the table: 1 for the best, and equal values share a rank,
 * after which as many are left out (1, 2, 2, 4); 0 for what is not ranked: columns without a
 * direction, missing values, reference rows, runs that did not complete. */
void ec_table_ranks(const struct ec_table *table, size_t column, uint32_t *ret_ranks);

#endif
