/* number: the same doubles as the C library's, bit for bit. */
#include "cmocka_test.h"
#include "load/number.h"

#include <stdio.h>
#include <stdlib.h>

static locale_t c_locale;

static struct ec_value read_number(const char *text)
{
    struct ec_number number;
    struct ec_value value;
    const char *end = ec_number_scan(text, &number);
    assert_ptr_equal(end, text + strlen(text));
    assert_true(ec_number_value(&number, c_locale, &value));
    return value;
}

static void assert_same_double(const char *text)
{
    struct ec_value value = read_number(text);
    double expected = strtod(text, NULL), got = ec_value_number(value);
    if (memcmp(&expected, &got, sizeof got) != 0 && expected != 0)
        fail_msg("%s: %a, not %a", text, got, expected);
}

static uint64_t next_random(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

static void value__any_double_printed_in_any_way(void **state)
{
    (void)state;
    static const int digits[] = {17, 16, 15, 6, 20, 3};
    uint64_t random = 88172645463325252u;
    for (int i = 0; i < 200000; i++) {
        uint64_t bits = next_random(&random);
        double number = (double)(int64_t)bits / (double)(1 + next_random(&random) % 1000000007);
        if (i % 4 == 0)
            memcpy(&number, &bits, sizeof number); /* also huge and tiny ones */
        if (!(number - number == 0))
            continue;
        char text[400];
        snprintf(text, sizeof text, "%.*g", digits[i % 6], number);
        assert_same_double(text);
    }
}

/* Decimals in the middle between two doubles are where rounding goes wrong first. */
static void value__half_way_cases(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "9007199254740993.0",
        "9007199254740992.5",
        "4503599627370496.5",
        "4503599627370497.5",
        "18014398509481986.0",
        "18014398509481990.0",
        "0.500000000000000166",
        "1.00000000000000011",
        "1.000000000000000111",
        "1.0000000000000001110",
        "9223372036854776832.0",
        "9999999999999999999.0",
        "9999999999999999999e-19",
        "1e22",
        "1e23",
        "123456789012345678e22",
    };
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        assert_same_double(texts[i]);
    uint64_t random = 1;
    for (int i = 0; i < 200000; i++) { /* odd multiples of half a unit in the last place */
        uint64_t mantissa = (UINT64_C(1) << 53 | next_random(&random) >> 11) * 2 + 1;
        char text[64];
        snprintf(text, sizeof text, "%llu.0e%d", (unsigned long long)mantissa, i % 8 - 4);
        assert_same_double(text);
    }
}

static void value__integers_as_far_as_they_fit(void **state)
{
    (void)state;
    assert_true(read_number("9223372036854775807").i == INT64_MAX);
    assert_true(read_number("-9223372036854775808").i == INT64_MIN);
    assert_int_equal(read_number("9223372036854775807").kind, EC_INT);
    assert_int_equal(read_number("9223372036854775808").kind, EC_REAL);
    assert_int_equal(read_number("-9223372036854775809").kind, EC_REAL);
    assert_int_equal(read_number("18446744073709551616").kind, EC_REAL);
    assert_same_double("123456789012345678901234567890");
    assert_int_equal(read_number("-0").kind, EC_INT);
    assert_int_equal(read_number("100.0").kind, EC_REAL);
}

static void value__does_not_depend_on_the_locale(void **state)
{
    (void)state;
    /* Where this locale is not installed the test still holds, but says nothing. */
    locale_t german = newlocale(LC_ALL_MASK, "de_DE.UTF-8", (locale_t)0);
    locale_t old = german ? uselocale(german) : (locale_t)0;
    assert_true(read_number("12345678901234567890.125").d == 12345678901234567890.125);
    if (german) {
        uselocale(old);
        freelocale(german);
    }
}

static void scan__takes_numbers_only(void **state)
{
    (void)state;
    static const char *const texts[] = {"",     "-",  "+1",  ".5", "1.",
                                        "1.e5", "1e", "1e+", "01", "-01"};
    struct ec_number number;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        assert_null(ec_number_scan(texts[i], &number));
    const char *text = "12,";
    assert_ptr_equal(ec_number_scan(text, &number), text + 2);
}

static void value__beyond_all_doubles_is_refused(void **state)
{
    (void)state;
    static const char *const texts[] = {"1e309", "-1e309", "1.8e308", "1e99999999999999999999"};
    struct ec_number number;
    struct ec_value value;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        assert_non_null(ec_number_scan(texts[i], &number));
        assert_true(number.huge);
        assert_false(ec_number_value(&number, c_locale, &value));
    }
    assert_true(read_number("0e99999999999999999999").d == 0);
    assert_true(read_number("1e-99999999999999999999").d == 0);
}

int main(void)
{
    c_locale = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(value__any_double_printed_in_any_way),
        cmocka_unit_test(value__half_way_cases),
        cmocka_unit_test(value__integers_as_far_as_they_fit),
        cmocka_unit_test(value__does_not_depend_on_the_locale),
        cmocka_unit_test(scan__takes_numbers_only),
        cmocka_unit_test(value__beyond_all_doubles_is_refused),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    freelocale(c_locale);
    return failed;
}
