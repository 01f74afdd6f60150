/* Natural order: "k2" before "k10".
 *
 * Runs of digits are compared by value, everything else byte by byte. Texts that differ only in
 * leading zeros of their numbers are ordered by them: fewer zeros first.
 */
#ifndef EC_BASE_NATURAL_H
#define EC_BASE_NATURAL_H

#include "base/value.h"

/* Less than, equal to or greater than 0 as a stands before, with or after b; 0 only for equal
 * texts. */
int ec_natural_compare(struct ec_str a, struct ec_str b);

/* Where the next key of a text starts; start it as {0}. */
struct ec_natural_cursor {
    uint32_t offset;
    bool in_number;
    bool exhausted; /* no further keys: the rest must be compared with ec_natural_compare */
};

/* The next bytes of a text as a number, so that large sets can be sorted by comparing numbers: if
 * the keys of two texts differ at the first place where they differ, so does their natural order,
 * in the same way. Texts whose keys are all equal until one is exhausted need ec_natural_compare.
 */
uint64_t ec_natural_key(struct ec_str text, struct ec_natural_cursor *cursor);

#endif
