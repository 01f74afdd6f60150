/* How tables for papers write a spread (--spread-form). */
#ifndef EC_RENDER_SPREAD_H
#define EC_RENDER_SPREAD_H

#include "base/arena.h"
#include "render/render.h"

/* Writes the spread as digits in the place of the number's last ones: "0.32" behind "148.09" is "32",
 * and "0.00" is "0". Both are as the table's formats write them; false, with nothing written, when they
 * have exponents. */
bool ec_spread_write_digits(struct ec_out *out, struct ec_str spread);

/* The note that explains the spread in this form; in the arena. NULL when no cell has one. */
const char *ec_spread_note(const struct ec_table *table, enum ec_spread_form form,
                           struct ec_arena *arena);

#endif
