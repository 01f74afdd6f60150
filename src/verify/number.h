/* Numbers as people print them in tables: "1,234.5", "245.3 ± 2.2 (3)", "1.93 × 10^15", "16.4 s".
 */
#ifndef EC_VERIFY_NUMBER_H
#define EC_VERIFY_NUMBER_H

#include "base/value.h"
#include "common/unit.h"

struct ec_printed {
    double value, quantum; /* quantum: the place of the last digit printed, such as 0.01 */
    bool has_spread;
    double spread, spread_quantum;
    const struct ec_unit *unit; /* written after the number; NULL: none */
};

/* False when text is anything else than one such number: "<1", "3/4", "12 of 40". */
bool ec_printed_read(struct ec_str text, struct ec_printed *ret_printed);

/* Whether text says that there is no number: "-", "--", "—", "N/A", "n.a.". Not the empty text. */
bool ec_printed_is_missing(struct ec_str text);

/* Whether `number` rounds to a printed one whose last digit has this place; a half may go either
 * way. */
bool ec_printed_agrees(double printed, double quantum, double number);

/* A unit by its symbol or by another common name of it: "sec", "minutes", "tok/s". */
const struct ec_unit *ec_printed_unit(struct ec_str text);

#endif
