/* Sorts many rows by the natural order of their names, then of their paths. */
#ifndef EC_RUNSET_ORDER_H
#define EC_RUNSET_ORDER_H

#include "base/value.h"

/* What a row is sorted by; `rows` is handed on as it is. */
typedef struct ec_str (*ec_order_text)(const void *rows, uint32_t row);

/* Returns the row numbers 0..count-1 in order; the caller frees. */
uint32_t *ec_order_rows(const void *rows, size_t count, ec_order_text name, ec_order_text path);

#endif
