/* Sorts many rows by the natural order of their names, then of their paths. */
#ifndef EC_RUNSET_ORDER_H
#define EC_RUNSET_ORDER_H

#include "base/natural.h"

/* What rows are sorted by; `rows` is handed on as it is. */
struct ec_order_source {
    const void *rows;
    struct ec_str (*name)(const void *rows, uint32_t row);
    struct ec_str (*path)(const void *rows, uint32_t row);
    /* The first key of the row's name: ec_natural_key with a fresh cursor, which it stores. */
    uint64_t (*first_key)(const void *rows, uint32_t row, struct ec_natural_cursor *ret_cursor);
};

/* Sorts the numbers of `count` rows. */
void ec_order_rows(const struct ec_order_source *source, uint32_t *numbers, size_t count);

#endif
