/* JSON numbers: their grammar, and their exact value. Independent of the process's locale. */
#ifndef EC_LOAD_NUMBER_H
#define EC_LOAD_NUMBER_H

#include "base/value.h"

#include <locale.h>

/* A number's parts; the value is mantissa * 10^exponent unless digits were dropped. */
struct ec_number {
    const char *start;
    uint64_t mantissa; /* the first 19 significant digits */
    int exponent;
    bool negative;
    bool real;    /* has a fraction or an exponent */
    bool dropped; /* had more than 19 significant digits */
    bool huge;    /* may be beyond the range of a double */
};

/* Reads the number that starts at text, which must be terminated by a byte that is not part of a
 * number (a NUL, at the latest). Returns where it ends, NULL when it is not a JSON number. */
const char *ec_number_scan(const char *text, struct ec_number *ret_number);

/* Moves behind a number without an exponent and of moderate size faster than ec_number_scan.
 * Returns NULL for everything else, also for other numbers. text must be followed by
 * EC_SCAN_PADDING NULs. */
const char *ec_number_skip(const char *text);

/* The correctly rounded value: EC_INT for integers that fit in 64 bits, EC_REAL otherwise. Returns
 * false when it is beyond the range of a double. `c_locale` is a "C" locale. */
bool ec_number_value(const struct ec_number *number, locale_t c_locale, struct ec_value *ret_value);

#endif
