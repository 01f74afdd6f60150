#include "load/number.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Adds a run of digits to the mantissa; returns where it ends. */
static const char *scan_digits(const char *p, struct ec_number *number, bool fraction)
{
    const uint64_t room_for_one_more = UINT64_C(1000000000000000000); /* 10^18 */
    for (; is_digit(*p); p++) {
        if (number->mantissa < room_for_one_more) {
            number->mantissa = number->mantissa * 10 + (uint64_t)(*p - '0');
            number->exponent -= fraction;
        } else {
            number->dropped = true;
            number->exponent += !fraction;
        }
    }
    return p;
}

/* Behind the 'e'; returns NULL when there is no digit. */
static const char *scan_exponent(const char *p, struct ec_number *number)
{
    enum { BEYOND_ALL_DOUBLES = 100000000 };
    bool negative = *p == '-';
    if (*p == '-' || *p == '+')
        p++;
    if (!is_digit(*p))
        return NULL;
    int exponent = 0;
    for (; is_digit(*p); p++)
        if (exponent < BEYOND_ALL_DOUBLES)
            exponent = exponent * 10 + (*p - '0');
    number->exponent += negative ? -exponent : exponent;
    return p;
}

const char *ec_number_scan(const char *text, struct ec_number *ret_number)
{
    enum { SAFE_EXPONENT = DBL_MAX_10_EXP - 20 }; /* times 19 digits it is still in range */
    struct ec_number number = {.start = text, .negative = *text == '-'};
    const char *p = text + number.negative;
    if (!is_digit(*p))
        return NULL;
    if (*p == '0' && is_digit(p[1]))
        return NULL;
    p = scan_digits(p, &number, false);
    if (*p == '.') {
        number.real = true;
        if (!is_digit(p[1]))
            return NULL;
        p = scan_digits(p + 1, &number, true);
    }
    if (*p == 'e' || *p == 'E') {
        number.real = true;
        p = scan_exponent(p + 1, &number);
        if (!p)
            return NULL;
    }
    number.huge = number.exponent > SAFE_EXPONENT;
    *ret_number = number;
    return p;
}

/* Behind a run of digits, looking at eight bytes at a time. */
static const char *skip_digits(const char *p)
{
    const uint64_t zeros = UINT64_C(0x3030303030303030), highs = UINT64_C(0xf0f0f0f0f0f0f0f0);
    for (;; p += 8) {
        uint64_t word;
        memcpy(&word, p, sizeof word);
        /* A digit's high half is 3, and stays 3 when 6 is added. */
        uint64_t others =
            ((word & highs) ^ zeros) | (((word + UINT64_C(0x0606060606060606)) & highs) ^ zeros);
        if (others == 0)
            continue;
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
        return p + __builtin_ctzll(others) / 8;
#else
        while (is_digit(*p))
            p++;
        return p;
#endif
    }
}

const char *ec_number_skip(const char *text)
{
    const char *start = text + (*text == '-');
    const char *p = skip_digits(start);
    if (p == start || p - start > DBL_MAX_10_EXP || (*start == '0' && p > start + 1))
        return NULL;
    if (*p == '.') {
        const char *fraction = p + 1;
        p = skip_digits(fraction);
        if (p == fraction)
            return NULL;
    }
    return *p == 'e' || *p == 'E' ? NULL : p;
}

/* Powers of ten that a double holds exactly. */
static const double powers[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
enum { LARGEST_POWER = sizeof powers / sizeof powers[0] - 1 };

/* Where mantissa and power of ten are both exact, one operation rounds correctly (Clinger 1990,
 * "How to Read Floating Point Numbers Accurately"). */
static bool fast_value(const struct ec_number *number, double *ret_value)
{
    int exponent = number->exponent;
    if (number->dropped || exponent > LARGEST_POWER || exponent < -LARGEST_POWER)
        return false;
    double value;
    if (number->mantissa <= UINT64_C(1) << DBL_MANT_DIG) {
        value = (double)number->mantissa;
        value = exponent < 0 ? value / powers[-exponent] : value * powers[exponent];
    } else {
#if LDBL_MANT_DIG == 64
        /* The same with 64 bits; rounding that result once more to a double is wrong only where it
         * lies half-way between two doubles. */
        long double wide = (long double)number->mantissa;
        wide = exponent < 0 ? wide / powers[-exponent] : wide * powers[exponent];
        uint64_t bits;
        memcpy(&bits, &wide, sizeof bits);
        const uint64_t rest = UINT64_C(1) << (LDBL_MANT_DIG - DBL_MANT_DIG);
        if (bits % rest == rest / 2)
            return false;
        value = (double)wide;
#else
        return false;
#endif
    }
    *ret_value = number->negative ? -value : value;
    return true;
}

bool ec_number_value(const struct ec_number *number, locale_t c_locale, struct ec_value *ret_value)
{
    const uint64_t limit = UINT64_C(1) << 63;
    if (!number->real && !number->dropped && number->mantissa <= limit - !number->negative) {
        *ret_value =
            ec_value_int(number->negative ? (int64_t)-number->mantissa : (int64_t)number->mantissa);
        return true;
    }
    double value;
    if (!fast_value(number, &value))
        value = strtod_l(number->start, NULL, c_locale);
    *ret_value = ec_value_real(value);
    return isfinite(value);
}
