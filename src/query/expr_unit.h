/* Units while an expression is compiled: what the product of MiB and s is, and what adds to what.
 *
 * A quantity is a product of powers of the base units (s, B, token, J, FLOP) with a scale: MiB/s is
 * B^1 s^-1 with scale 2^20. Watts are J/s and tokens/s are token/s, so power * time is energy and
 * throughput * time counts tokens.
 */
#ifndef EC_QUERY_EXPR_UNIT_H
#define EC_QUERY_EXPR_UNIT_H

#include "common/unit.h"

enum { EC_BASE_TIME, EC_BASE_BYTE, EC_BASE_TOKEN, EC_BASE_ENERGY, EC_BASE_FLOP, EC_BASE_COUNT };
enum { EC_QUANTITY_TEXT = 64, EC_QUANTITY_MAX_POWER = 9 };

struct ec_quantity {
    signed char power[EC_BASE_COUNT];
    double scale; /* value * scale = value in base units; > 0 */
};

struct ec_quantity ec_quantity_plain(void);
struct ec_quantity ec_quantity_of(const struct ec_unit *unit);

/* Without base units: a plain number, a fraction or a percentage. */
bool ec_quantity_is_plain(struct ec_quantity quantity);

/* Whether the two can be added and compared. Tokens are a count: J and J/token can. */
bool ec_quantity_agree(struct ec_quantity a, struct ec_quantity b);

/* a * b (sign 1) or a / b (sign -1). Returns false when a power gets larger than
 * EC_QUANTITY_MAX_POWER. */
bool ec_quantity_combine(struct ec_quantity a, struct ec_quantity b, int sign,
                         struct ec_quantity *ret_quantity);

/* The square root; false when a power is odd. */
bool ec_quantity_root(struct ec_quantity quantity, struct ec_quantity *ret_quantity);

/* The unit of the registry that this is; NULL when it has no such name. */
const struct ec_unit *ec_quantity_unit(struct ec_quantity quantity);

/* Writes the unit as text: "MiB", "a plain number", or in base units "B s^-1". */
void ec_quantity_text(struct ec_quantity quantity, char ret_text[EC_QUANTITY_TEXT]);

#endif
