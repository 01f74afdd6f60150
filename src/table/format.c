/* Numbers to text.
 *
 * A double is f * 2^e with f < 2^53, so for a small power of ten the product f * 10^digits is exact
 * in 128 bits, and rounding it is a shift and a comparison. That covers nearly every number of a
 * table, without a call and independent of the locale. What does not fit goes through printf; its
 * decimal point, which follows the locale, is then replaced.
 */
#include "table/format.h"

#include <float.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

__extension__ typedef unsigned __int128 wide;

enum {
    MANTISSA_BITS = 53,
    FAST_DIGITS_MAX = 22, /* 10^22 < 2^74: times a mantissa it stays below 2^127 */
    EXACT_DIGITS = 17,    /* significant digits that tell any two doubles apart */
    PEOPLE_DIGITS = 6,    /* significant figures in a column whose metric sets no precision */
    LEAST_FIGURES = 2,    /* of the smallest number of a column */
};

static wide power_of_ten(int exponent)
{
    static const uint64_t powers[] = {1, 10, 100, 1000, 10000, 100000, 1000000, 10000000};
    enum { KNOWN = sizeof powers / sizeof powers[0] - 1 };
    wide power = 1;
    for (; exponent > KNOWN; exponent -= KNOWN)
        power *= powers[KNOWN];
    return power * powers[exponent];
}

/* |number| = *ret_mantissa * 2^return exactly, for a finite number (IEEE 754 binary64). */
static int split_double(double number, uint64_t *ret_mantissa)
{
    uint64_t bits;
    memcpy(&bits, &number, sizeof bits);
    int exponent = (int)(bits >> 52 & 0x7ff);
    uint64_t fraction = bits & (((uint64_t)1 << 52) - 1);
    *ret_mantissa = exponent > 0 ? fraction | (uint64_t)1 << 52 : fraction;
    return (exponent > 0 ? exponent : 1) - 1075;
}

/* Writes the last two decimal digits so that they end before `end`; returns where they start. */
static char *pair_before(char *end, uint64_t number)
{
    static const char pairs[] = "0001020304050607080910111213141516171819"
                                "2021222324252627282930313233343536373839"
                                "4041424344454647484950515253545556575859"
                                "6061626364656667686970717273747576777879"
                                "8081828384858687888990919293949596979899";
    memcpy(end - 2, pairs + 2 * (number % 100), 2);
    return end - 2;
}

/* Writes the decimal digits, at least `least` of them, so that they end before `end`; returns where
 * they start. */
static char *digits_before(char *end, uint64_t number, int least)
{
    char *start = end;
    for (; number >= 10; number /= 100)
        start = pair_before(start, number);
    if (number > 0)
        *--start = (char)('0' + number);
    while (end - start < least)
        *--start = '0';
    return start;
}

/* Writes the decimal digits, at least `least` of them, without a NUL; returns how many. */
static size_t write_digits(char *ret_text, uint64_t number, int least)
{
    char digits[24], *end = digits + sizeof digits, *start = digits_before(end, number, least);
    memcpy(ret_text, start, (size_t)(end - start));
    return (size_t)(end - start);
}

/* Writes number / 10^digits with all its decimals. */
static size_t write_decimal(char *ret_text, bool negative, uint64_t number, int digits)
{
    char text[48], *end = text + sizeof text, *start = end;
    negative = negative && number > 0;
    *--start = '\0';
    for (int left = digits; left >= 2; left -= 2, number /= 100)
        start = pair_before(start, number);
    if (digits % 2 == 1) {
        *--start = (char)('0' + number % 10);
        number /= 10;
    }
    if (digits > 0)
        *--start = '.';
    start = digits_before(start, number, 1);
    if (negative)
        *--start = '-';
    memcpy(ret_text, start, (size_t)(end - start));
    return (size_t)(end - start) - 1;
}

/* |number| * 10^digits rounded to an integer, ties to even; false when it is not done in 64 bits.
 */
static bool scale_exactly(double number, int digits, uint64_t *ret_scaled)
{
    if (digits > FAST_DIGITS_MAX)
        return false;
    uint64_t mantissa;
    int exponent = split_double(number, &mantissa);
    wide product = mantissa * power_of_ten(digits);
    if (exponent >= 0) {
        if (exponent > 10 || product > UINT64_MAX >> exponent)
            return false;
        *ret_scaled = (uint64_t)(product << exponent);
        return true;
    }
    int shift = -exponent;
    if (shift > 127) {
        *ret_scaled = 0; /* the product is below 2^127, less than a half */
        return true;
    }
    wide whole = product >> shift;
    wide rest = product - (whole << shift);
    wide half = (wide)1 << (shift - 1);
    if (whole >= UINT64_MAX)
        return false;
    *ret_scaled = (uint64_t)whole + (rest > half || (rest == half && (whole & 1)));
    return true;
}

/* Replaces the locale's decimal point in a number that printf wrote; returns the new length. */
static size_t plain_point(char *text)
{
    char *point = text + (*text == '-');
    if (!(*point >= '0' && *point <= '9'))
        return strlen(text); /* inf */
    while (*point >= '0' && *point <= '9')
        point++;
    char *rest = point;
    while (*rest != '\0' && *rest != 'e' && !(*rest >= '0' && *rest <= '9'))
        rest++;
    if (rest > point) {
        *point++ = '.';
        memmove(point, rest, strlen(rest) + 1);
    }
    return strlen(text);
}

size_t ec_format_fixed(char *ret_text, double number, int digits)
{
    uint64_t scaled;
    if (scale_exactly(number, digits, &scaled))
        return write_decimal(ret_text, signbit(number), scaled, digits);
    snprintf(ret_text, EC_NUMBER_MAX, "%.*f", digits, number);
    size_t length = plain_point(ret_text);
    if (*ret_text == '-' && strspn(ret_text + 1, "0.") == length - 1)
        memmove(ret_text, ret_text + 1, length--);
    return length;
}

size_t ec_format_scientific(char *ret_text, double number, int digits)
{
    /* + 0.0 turns the negative zero into zero */
    snprintf(ret_text, EC_NUMBER_MAX, "%.*e", digits, number + 0.0);
    return plain_point(ret_text);
}

/* ---- Shortest text that reads back ---- */

/* A number as digits * 10^exponent. */
struct decimal {
    uint64_t digits;
    int exponent;
};

static struct decimal without_zeros(struct decimal number)
{
    while (number.digits > 0 && number.digits % 10 == 0) {
        number.digits /= 10;
        number.exponent++;
    }
    return number;
}

/* The shortest decimal that is nearer to the number than half the way to its neighbours. The number
 * is scaled by 10^decimals to 17 digits before the point, exactly, in units of 2^-shift; then two,
 * one or none of them are rounded away. False when it does not fit in 128 bits. */
static bool shortest_exactly(double number, struct decimal *ret_decimal)
{
    uint64_t mantissa;
    int shift = -split_double(number, &mantissa);
    int decimals = EXACT_DIGITS - 1 - (int)floor(log10(number));
    /* A power of two has a closer neighbour below: left to the general way. */
    if (decimals < 1 || decimals > FAST_DIGITS_MAX || shift < 1 || mantissa == (uint64_t)1 << 52)
        return false;

    wide scale = power_of_ten(decimals);
    wide value = mantissa * scale;
    uint64_t whole = (uint64_t)(value >> shift);
    wide fraction = value - ((wide)whole << shift);
    static const uint64_t units[] = {100, 10, 1};
    for (int i = 0; i < 3; i++) {
        wide above = ((wide)(whole % units[i]) << shift) + fraction;
        wide below = ((wide)units[i] << shift) - above;
        wide distance = above < below ? above : below;
        if (distance < scale / 2 || (distance == scale / 2 && !(mantissa & 1))) {
            *ret_decimal =
                (struct decimal){whole / units[i] + (above < below ? 0 : 1), 2 - i - decimals};
            return true;
        }
    }
    return false;
}

static double decimal_value(struct decimal number)
{
    char text[48];
    snprintf(text, sizeof text, "%" PRIu64 "e%d", number.digits, number.exponent);
    return strtod(text, NULL); /* no decimal point: the same in every locale */
}

static struct decimal shortest_by_trying(double number)
{
    struct decimal decimal = {0, 0};
    /* Normal numbers keep 15 digits; the smallest ones have fewer. */
    for (int precision = number < DBL_MIN ? 1 : 15; precision <= EXACT_DIGITS; precision++) {
        char text[48];
        snprintf(text, sizeof text, "%.*e", precision - 1, number);
        decimal.digits = 0;
        char *end = text;
        for (; *end != 'e'; end++)
            if (*end >= '0' && *end <= '9')
                decimal.digits = 10 * decimal.digits + (uint64_t)(*end - '0');
        decimal.exponent = atoi(end + 1) - (precision - 1);
        if (decimal_value(decimal) == number)
            break;
        /* Above a power of two there is more room than below: the farther one may be inside. */
        decimal.digits++;
        if (precision < EXACT_DIGITS && decimal_value(decimal) == number)
            break;
    }
    return decimal;
}

static char *put(char *end, const char *bytes, int count)
{
    memcpy(end, bytes, (size_t)count);
    return end + count;
}

static char *put_zeros(char *end, int count)
{
    memset(end, '0', (size_t)count);
    return end + count;
}

/* As Python's repr: a plain decimal from 1e-4 to below 1e16, else with an exponent. */
static size_t write_repr(char *ret_text, bool negative, struct decimal number)
{
    char digits[24];
    int count = (int)write_digits(digits, number.digits, 1);
    int point = count + number.exponent; /* the number is 0.digits * 10^point */
    char *end = ret_text;
    if (negative)
        *end++ = '-';
    if (point > 16 || point <= -4) {
        *end++ = digits[0];
        if (count > 1) {
            *end++ = '.';
            end = put(end, digits + 1, count - 1);
        }
        end += sprintf(end, "e%+03d", point - 1);
    } else if (point <= 0) {
        end = put(end, "0.", 2);
        end = put_zeros(end, -point);
        end = put(end, digits, count);
    } else if (point >= count) {
        end = put(end, digits, count);
        end = put_zeros(end, point - count);
        end = put(end, ".0", 2);
    } else {
        end = put(end, digits, point);
        *end++ = '.';
        end = put(end, digits + point, count - point);
    }
    *end = '\0';
    return (size_t)(end - ret_text);
}

static struct decimal shortest(double magnitude)
{
    struct decimal decimal = {0, 0};
    if (magnitude > 0 && !shortest_exactly(magnitude, &decimal))
        decimal = shortest_by_trying(magnitude);
    return without_zeros(decimal);
}

size_t ec_format_exact(char *ret_text, double number)
{
    return write_repr(ret_text, signbit(number), shortest(fabs(number)));
}

/* ---- Cells ---- */

static size_t write_integer(char *ret_text, int64_t number, int digits)
{
    char *end = ret_text;
    uint64_t magnitude = (uint64_t)number;
    if (number < 0) {
        *end++ = '-';
        magnitude = 0 - magnitude;
    }
    end += write_digits(end, magnitude, 1);
    if (digits > 0) {
        *end++ = '.';
        end = put_zeros(end, digits);
    }
    *end = '\0';
    return (size_t)(end - ret_text);
}

/* From here on a double has no decimals worth writing, and 300 digits would only hide the others.
 */
static const double FIXED_LIMIT = 1e15;

/* What stored values are multiplied by for people. */
static double display_factor(const struct ec_column *column)
{
    return column->unit && column->stored_unit ? ec_unit_factor(column->stored_unit, column->unit)
                                               : 1;
}

static bool written_fixed(const struct ec_column *column, double number)
{
    return !column->scientific && fabs(number) < FIXED_LIMIT;
}

bool ec_format_is_fixed(const struct ec_column *column, struct ec_value value)
{
    return ec_value_is_number(value) && !ec_column_has_spread(column) &&
           !ec_column_has_counts(column) &&
           written_fixed(column, ec_value_number(value) * display_factor(column));
}

static void write_number(struct ec_out *out, const struct ec_column *column, double number)
{
    char text[EC_NUMBER_MAX];
    size_t length = written_fixed(column, number)
                        ? ec_format_fixed(text, number, column->digits)
                        : ec_format_scientific(text, number, column->digits);
    ec_out_bytes(out, text, length);
}

void ec_format_cell(struct ec_out *out, const struct ec_column *column, struct ec_value value)
{
    double factor = display_factor(column);
    if (value.kind == EC_INT && factor == 1 && !column->scientific) {
        char text[EC_NUMBER_MAX];
        ec_out_bytes(out, text, write_integer(text, value.i, column->digits));
    } else if (ec_value_is_number(value)) {
        write_number(out, column, ec_value_number(value) * factor);
    } else {
        ec_format_cell_exact(out, value);
    }
}

void ec_format_cell_spread(struct ec_out *out, const struct ec_column *column, struct ec_cell cell,
                           ec_write_text *write_text)
{
    if (cell.value.kind == EC_MISSING) {
        ec_out_char(out, '-');
        return;
    }
    if (cell.value.kind == EC_STR)
        write_text(out, ec_value_text(cell.value));
    else
        ec_format_cell(out, column, cell.value);
    if (!isnan(cell.spread)) {
        ec_out_text(out, " \u00b1 ");
        ec_format_spread(out, column, cell.spread);
    }
    if (ec_column_has_counts(column))
        ec_out_printf(out, " (%" PRIu32 ")", cell.n);
}

void ec_format_spread(struct ec_out *out, const struct ec_column *column, double spread)
{
    if (!isnan(spread))
        write_number(out, column, spread * display_factor(column));
}

void ec_format_target(struct ec_out *out, const struct ec_column *column)
{
    char text[EC_NUMBER_MAX];
    double target = column->target * display_factor(column);
    size_t length = written_fixed(column, target)
                        ? ec_format_fixed(text, target, column->digits)
                        : ec_format_scientific(text, target, column->digits);
    if (memchr(text, '.', length) && !memchr(text, 'e', length)) {
        while (text[length - 1] == '0')
            length--;
        if (text[length - 1] == '.')
            length--;
    }
    ec_out_bytes(out, text, length);
}

void ec_format_cell_exact(struct ec_out *out, struct ec_value value)
{
    char text[EC_NUMBER_MAX];
    switch (value.kind) {
    case EC_MISSING:
        break;
    case EC_INT:
        ec_out_bytes(out, text, write_integer(text, value.i, 0));
        break;
    case EC_REAL:
        ec_out_bytes(out, text, ec_format_exact(text, value.d));
        break;
    case EC_BOOL:
        ec_out_text(out, value.b ? "true" : "false");
        break;
    case EC_STR:
        ec_out_str(out, ec_value_text(value));
        break;
    }
}

/* ---- Precision of a column ---- */

/* Columns that hold a number as large as this are written with an exponent. */
static const double SCIENTIFIC_FROM = 1e10;
/* And so are those whose figures would take more decimals than this. */
enum { DECIMALS_MAX = 12 };

/* The values of a column that decide how it is written. */
struct extent {
    double largest, smallest; /* magnitudes; the smallest that is not zero */
    bool found;
};

static void extend(struct extent *extent, double magnitude)
{
    if (magnitude == 0 || !isfinite(magnitude)) /* too large for the unit shown */
        return;
    if (!extent->found || magnitude > extent->largest)
        extent->largest = magnitude;
    if (!extent->found || magnitude < extent->smallest)
        extent->smallest = magnitude;
    extent->found = true;
}

/* Of the numbers whose magnitude is at least `least`. */
static struct extent column_extent(const struct ec_table *table, const struct ec_column *column,
                                   double least)
{
    size_t index = (size_t)(column - table->columns);
    double factor = display_factor(column);
    struct extent extent = {0};
    for (size_t row = 0; row < table->row_count; row++) {
        struct ec_value value = ec_table_value(table, row, index);
        double magnitude = ec_value_is_number(value) ? fabs(ec_value_number(value) * factor) : 0;
        if (magnitude >= least)
            extend(&extent, magnitude);
    }
    return extent;
}

/* The decimals with which a number of this magnitude has so many significant figures; negative
 * where it has more before the point. */
static int decimals_for(double magnitude, int figures)
{
    return figures - 1 - (int)floor(log10(magnitude));
}

/* The decimals of the number's exact text, or of its mantissa when it is written with an exponent.
 */
static int decimals_needed(double magnitude, bool scientific)
{
    struct decimal exact = shortest(magnitude);
    char digits[24];
    if (scientific)
        return (int)write_digits(digits, exact.digits, 1) - 1;
    return exact.exponent < 0 ? -exact.exponent : 0;
}

/* The largest number of decimals that any value needs; stops looking at `most`. */
static int column_decimals(const struct ec_table *table, size_t column, double factor, int most,
                           bool scientific)
{
    int needed = 0;
    for (size_t row = 0; row < table->row_count && needed < most; row++) {
        struct ec_value value = ec_table_value(table, row, column);
        if (value.kind != EC_REAL && (value.kind != EC_INT || (factor == 1 && !scientific)))
            continue;
        double magnitude = fabs(ec_value_number(value) * factor);
        int decimals = isfinite(magnitude) ? decimals_needed(magnitude, scientific) : 0;
        needed = decimals > needed ? decimals : needed;
    }
    return needed < most ? needed : most;
}

void ec_format_choose_digits(const struct ec_table *table, struct ec_column *column)
{
    size_t index = (size_t)(column - table->columns);
    double factor = display_factor(column);
    struct extent extent = column_extent(table, column, 0);
    column->digits = 0;
    column->scientific = false;
    if (!extent.found)
        return;

    /* As many decimals as give the largest value its figures, and the smallest at least two. */
    int most = decimals_for(extent.largest, PEOPLE_DIGITS);
    int least = decimals_for(extent.smallest, LEAST_FIGURES);
    most = most > least ? most : least;
    if (extent.largest < SCIENTIFIC_FROM) {
        column->digits = column_decimals(table, index, factor, most > 0 ? most : 0, false);
        if (column->digits <= PEOPLE_DIGITS)
            return;
    }
    column->scientific = true;
    column->digits = column_decimals(table, index, factor, PEOPLE_DIGITS - 1, true);
}

void ec_format_raise_digits(const struct ec_table *table, struct ec_column *column)
{
    /* Smaller numbers would need more decimals than a column of larger ones can bear. */
    const double smallest_regarded = 1e-3;
    struct extent extent = column_extent(table, column, smallest_regarded);
    if (extent.found) {
        int decimals = decimals_for(extent.smallest, LEAST_FIGURES);
        column->digits = decimals > column->digits ? decimals : column->digits;
    } else if (column_extent(table, column, 0).found) {
        ec_format_choose_digits(table, column);
    }
}

void ec_format_choose_figures(const struct ec_table *table, struct ec_column *column, int figures)
{
    struct extent extent = column_extent(table, column, 0);
    column->scientific = false;
    if (!extent.found)
        return;
    int decimals = decimals_for(extent.smallest, figures);
    column->digits = decimals > 0 ? decimals : 0;
    if (extent.largest < SCIENTIFIC_FROM && decimals <= DECIMALS_MAX)
        return;
    column->scientific = true;
    column->digits = figures - 1;
}
