/* The registry of metrics as a table (--list-metrics). */
#ifndef EC_QUERY_CATALOGUE_H
#define EC_QUERY_CATALOGUE_H

#include "table/table.h"

/* One row per metric, in sections by what they are about: short name, JSON key, unit of the record,
 * which values are better, whether a zero means "not measured", and what it is. ec_table_free it.
 */
struct ec_table *ec_catalogue_table(void);

#endif
