/* Amounts in options: numbers with or without a unit, such as 24GiB, 21.5min or 3 * 40 s. */
#ifndef EC_QUERY_AMOUNT_H
#define EC_QUERY_AMOUNT_H

#include "base/value.h"
#include "common/error.h"
#include "common/unit.h"

struct ec_amount {
    double value;
    const struct ec_unit *unit; /* never NULL; of no dimension when none was written */
};

/* Reads an expression (query/expr.h) without names. -1 with *error set when it is none. */
int ec_amount_read(struct ec_str source, struct ec_amount *ret_amount, struct ec_error *error);

/* The amount in `unit`, which a number without a unit is taken to be in; NAN when the dimensions
 * differ. */
double ec_amount_in(struct ec_amount amount, const struct ec_unit *unit);

#endif
