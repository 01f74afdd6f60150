#include "base/natural.h"

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static size_t skip_zeros(struct ec_str text, size_t i)
{
    while (i < text.len && text.ptr[i] == '0')
        i++;
    return i;
}

static size_t skip_digits(struct ec_str text, size_t i)
{
    while (i < text.len && is_digit(text.ptr[i]))
        i++;
    return i;
}

/* Compares the numbers that start at *i and *j by value and moves both behind them. */
static int number_compare(struct ec_str a, size_t *i, struct ec_str b, size_t *j, int *zeros)
{
    size_t start_a = skip_zeros(a, *i), start_b = skip_zeros(b, *j);
    size_t end_a = skip_digits(a, start_a), end_b = skip_digits(b, start_b);
    size_t zeros_a = start_a - *i, zeros_b = start_b - *j;
    if (*zeros == 0 && zeros_a != zeros_b)
        *zeros = zeros_a < zeros_b ? -1 : 1;
    *i = end_a;
    *j = end_b;
    if (end_a - start_a != end_b - start_b)
        return end_a - start_a < end_b - start_b ? -1 : 1;
    return memcmp(a.ptr + start_a, b.ptr + start_b, end_a - start_a);
}

int ec_natural_compare(struct ec_str a, struct ec_str b)
{
    size_t i = 0, j = 0;
    int zeros = 0; /* the first difference in leading zeros decides between otherwise equal texts */
    while (i < a.len && j < b.len) {
        if (is_digit(a.ptr[i]) && is_digit(b.ptr[j])) {
            int order = number_compare(a, &i, b, &j, &zeros);
            if (order != 0)
                return order;
        } else if (a.ptr[i] != b.ptr[j]) {
            return (unsigned char)a.ptr[i] < (unsigned char)b.ptr[j] ? -1 : 1;
        } else {
            i++;
            j++;
        }
    }
    if (i < a.len || j < b.len)
        return i < a.len ? 1 : -1;
    return zeros;
}

/* A number becomes one byte, '0' plus the count of its digits, and the digits: of two numbers the
 * one with fewer digits is smaller, and against any other byte all that counts is that '0'..'9' are
 * neighbours. Numbers of nine digits and more end the keys. */
uint64_t ec_natural_key(struct ec_str text, struct ec_natural_cursor *cursor)
{
    enum { KEY_BYTES = 8, LONG_NUMBER = 9 };
    uint64_t key = 0;
    size_t i = cursor->offset;
    int n = 0;
    while (n < KEY_BYTES && i < text.len && !cursor->exhausted) {
        unsigned char byte = (unsigned char)text.ptr[i];
        if (!is_digit(text.ptr[i])) {
            cursor->in_number = false;
            i++;
        } else if (cursor->in_number) {
            i++;
        } else {
            size_t start = skip_zeros(text, i), digits = skip_digits(text, start) - start;
            cursor->exhausted = digits >= LONG_NUMBER;
            byte = (unsigned char)('0' + (cursor->exhausted ? LONG_NUMBER : digits));
            cursor->in_number = digits > 0;
            i = start;
        }
        key = key << 8 | byte;
        n++;
    }
    if (i >= text.len)
        cursor->exhausted = true;
    cursor->offset = (uint32_t)i;
    return n == 0 ? 0 : key << 8 * (KEY_BYTES - n);
}
