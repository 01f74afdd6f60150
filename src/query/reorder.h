/* What a table says of its rows by their numbers, after the rows have moved. */
#ifndef EC_QUERY_REORDER_H
#define EC_QUERY_REORDER_H

#include "table/table.h"

/* Names the rows of the best-performer summary again: those that rank.c would name. `old_order` is
 * the order before. Not for the best within a budget. */
void ec_reorder_bests(struct ec_table *table, const uint32_t *old_order);

#endif
