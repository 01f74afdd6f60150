/* One order of values, whatever their kind. */
#ifndef EC_BASE_COMPARE_H
#define EC_BASE_COMPARE_H

#include "base/value.h"

/* Less than, equal to or greater than 0 as a comes before, with or after b: numbers and truth
 * values by size, then text in natural order, then what is missing. `descending` turns everything
 * round but that missing values come last. */
int ec_value_compare(struct ec_value a, struct ec_value b, bool descending);

/* Whether both say the same: equal, or both missing. */
bool ec_value_same(struct ec_value a, struct ec_value b);

/* The hash of what `hash` is of and then this value (base/hash.h): equal for values that say the
 * same, as a whole number and the real of its size. */
uint64_t ec_value_hash(uint64_t hash, struct ec_value value);

#endif
