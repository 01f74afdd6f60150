/* Numbers as text: exact for machines, one scale and one precision per column for people.
 *
 * Nothing here depends on the locale.
 */
#ifndef EC_TABLE_FORMAT_H
#define EC_TABLE_FORMAT_H

#include "base/out.h"
#include "table/table.h"

/* Any number that these functions write fits in this many bytes, the NUL included. */
enum { EC_NUMBER_MAX = 400, EC_DIGITS_MAX = 40 };

/* The shortest text that reads back as the same double, as JSON and Python write it: "245.32",
 * "1e+22", "100.0" stays "100.0" so that a real stays a real. `number` must be finite. Returns the
 * length. */
size_t ec_format_exact(char *ret_text, double number);

/* Fixed point with `digits` decimals (0 to EC_DIGITS_MAX), correctly rounded like printf's %.*f;
 * "-0.00" becomes "0.00". `number` must be finite. Returns the length. */
size_t ec_format_fixed(char *ret_text, double number, int digits);

/* A mantissa with `digits` decimals and an exponent, like printf's %.*e: "1.93e+15". */
size_t ec_format_scientific(char *ret_text, double number, int digits);

/* The value in the column's display unit and precision, without spread: "245.32", "1.93e+15",
 * "true", the text itself. Writes nothing for a missing value: each format has its own sign for
 * that. Text comes out raw; the caller escapes it. */
void ec_format_cell(struct ec_out *out, const struct ec_column *column, struct ec_value value);

/* A whole cell for people: "245.32", "245.32 ± 1.20 (3)" with the spread and the count where the
 * column has them, "-" when the value is missing. Text goes through write_text. */
typedef void ec_write_text(struct ec_out *out, struct ec_str text);
void ec_format_cell_spread(struct ec_out *out, const struct ec_column *column, struct ec_cell cell,
                           ec_write_text *write_text);

/* Whether ec_format_cell_spread writes just a number in fixed point. Of those of one sign in a
 * column, the one with the largest magnitude is the widest. */
bool ec_format_is_fixed(const struct ec_column *column, struct ec_value value);

/* The number `spread` (NAN: nothing is written) in the column's display unit and precision. */
void ec_format_spread(struct ec_out *out, const struct ec_column *column, double spread);

/* The column's target in its display unit, without the zeros that say nothing: "0.5", "0". */
void ec_format_target(struct ec_out *out, const struct ec_column *column);

/* The exact value for machine formats, in the stored unit. Writes nothing for a missing value, and
 * text raw. */
void ec_format_cell_exact(struct ec_out *out, struct ec_value value);

/* Chooses `digits` and `scientific` for a column whose metric leaves them open (-1): enough
 * decimals for the values present, at most 6 significant figures. The column must be complete
 * otherwise. */
void ec_format_choose_digits(const struct ec_table *table, struct ec_column *column);

/* Likewise for any column: as many decimals as give the smallest number, but for zeros, `figures`
 * significant ones; the larger ones then have more. */
void ec_format_choose_figures(const struct ec_table *table, struct ec_column *column, int figures);

/* Adds decimals to those that the column's metric sets, where they would leave numbers fewer than
 * two significant figures: times of 0.014 and 5.301 s have three. Numbers below 0.001 count only
 * where there are no others. */
void ec_format_raise_digits(const struct ec_table *table, struct ec_column *column);

#endif
