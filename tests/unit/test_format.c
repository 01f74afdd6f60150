/* format: exact numbers read back, rounded ones are printf's, columns get a sensible precision. */
#include "cmocka_test.h"
#include "table_fixture.h"

#include "table/format.h"

#include <float.h>
#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/* xorshift64*: the same numbers in every run. */
static uint64_t next_random(uint64_t *state)
{
    *state ^= *state >> 12;
    *state ^= *state << 25;
    *state ^= *state >> 27;
    return *state * 0x2545f4914f6cdd1d;
}

static double from_bits(uint64_t bits)
{
    double number;
    memcpy(&number, &bits, sizeof number);
    return number;
}

static void assert_exact(double number, const char *expected)
{
    char text[EC_NUMBER_MAX];
    size_t length = ec_format_exact(text, number);
    assert_string_equal(text, expected);
    assert_int_equal(length, strlen(expected));
}

/* The expected texts are what Python's repr gives. */
static void exact__is_the_shortest(void **state)
{
    (void)state;
    assert_exact(0.0, "0.0");
    assert_exact(-0.0, "-0.0");
    assert_exact(245.32, "245.32");
    assert_exact(-245.32, "-245.32");
    assert_exact(100.0, "100.0");
    assert_exact(0.1 + 0.2, "0.30000000000000004");
    assert_exact(1.0 / 3.0, "0.3333333333333333");
    assert_exact(147.93827462196350, "147.9382746219635");
    assert_exact(0.0001, "0.0001");
    assert_exact(0.00001, "1e-05");
    assert_exact(1.5e-7, "1.5e-07");
    assert_exact(1e15, "1000000000000000.0");
    assert_exact(1e16, "1e+16");
    assert_exact(9007199254740993.0, "9007199254740992.0");
    assert_exact(1e22, "1e+22");
    assert_exact(1e23, "1e+23");
    assert_exact(5e-324, "5e-324");
    assert_exact(1.2e-322, "1.2e-322");
    assert_exact(DBL_MIN, "2.2250738585072014e-308");
    assert_exact(DBL_MAX, "1.7976931348623157e+308");
    assert_exact(0x1p-44, "5.684341886080802e-14");
    assert_exact(9.5367431640625e-07, "9.5367431640625e-07");
}

static void check_exact(double number)
{
    char text[EC_NUMBER_MAX], longer[64];
    size_t length = ec_format_exact(text, number);
    assert_int_equal(length, strlen(text));
    double back = strtod(text, NULL);
    if (memcmp(&back, &number, sizeof number) != 0)
        fail_msg("%s is not %.17g", text, number);
    assert_true(strpbrk(text, ".e") != NULL);
    /* No longer than the shortest precision at which printf's text reads back. */
    for (int precision = 14; precision < 17; precision++) {
        snprintf(longer, sizeof longer, "%.*e", precision - 1, number);
        if (strtod(longer, NULL) != number)
            continue;
        snprintf(longer, sizeof longer, "%.*g", precision, number);
        if (length > strlen(longer) + 2) /* ".0" */
            fail_msg("%s is longer than %s", text, longer);
        break;
    }
}

static void exact__any_double_reads_back(void **state)
{
    (void)state;
    uint64_t seed = 1;
    for (int i = 0; i < 50000; i++) {
        double number = from_bits(next_random(&seed));
        if (isfinite(number))
            check_exact(number);
    }
}

static void exact__measured_numbers_read_back(void **state)
{
    (void)state;
    uint64_t seed = 2;
    for (int i = 0; i < 200000; i++) {
        double number = (double)(next_random(&seed) >> 20) / 4096;
        check_exact(number * pow(10, -(int)(next_random(&seed) % 16)));
        check_exact(round(number) / pow(10, (int)(next_random(&seed) % 8)));
    }
}

static void check_fixed(double number, int digits)
{
    char text[EC_NUMBER_MAX], expected[EC_NUMBER_MAX];
    size_t length = ec_format_fixed(text, number, digits);
    snprintf(expected, sizeof expected, "%.*f", digits, number);
    const char *wanted = expected;
    if (*wanted == '-' && strspn(wanted + 1, "0.") == strlen(wanted + 1))
        wanted++;
    if (strcmp(text, wanted) != 0 || length != strlen(text))
        fail_msg("%.17g with %d digits: %s, not %s", number, digits, text, wanted);
}

static void fixed__is_printf(void **state)
{
    (void)state;
    uint64_t seed = 3;
    for (int i = 0; i < 500000; i++) {
        uint64_t random = next_random(&seed);
        int digits = (int)(random % 10);
        double number = from_bits(random);
        if (i % 16 == 0 && isfinite(number))
            check_fixed(number, digits);
        number = ldexp((double)(int64_t)next_random(&seed), -(int)(random % 80));
        check_fixed(number, digits);
        /* halves: ties to even */
        check_fixed((double)(int32_t)random / 8, 2);
        check_fixed((double)(random >> 40) / 2, 0);
    }
}

static void fixed__edges(void **state)
{
    (void)state;
    static const double edges[] = {0,
                                   -0.0,
                                   0.005,
                                   -0.004,
                                   0.125,
                                   2.5,
                                   1e15,
                                   1e16,
                                   1e22,
                                   DBL_MAX,
                                   5e-324,
                                   DBL_MIN,
                                   9.995,
                                   999.995,
                                   0x1p63,
                                   0x1p64,
                                   0x1p65,
                                   0x1p53,
                                   18446744073709549568.0,
                                   0x1p-75};
    for (size_t i = 0; i < sizeof edges / sizeof *edges; i++)
        for (int digits = 0; digits <= EC_DIGITS_MAX; digits++) {
            check_fixed(edges[i], digits);
            check_fixed(-edges[i], digits);
        }
}

/* The ways through printf, in a locale that writes a comma where there is one on this machine. */
static void numbers__do_not_depend_on_the_locale(void **state)
{
    (void)state;
    static const char *const locales[] = {"de_DE.UTF-8", "fr_FR.UTF-8", "ps_AF.UTF-8"};
    for (size_t i = 0; i < sizeof locales / sizeof *locales; i++) {
        char text[EC_NUMBER_MAX];
        setlocale(LC_ALL, locales[i]);
        assert_exact(5e-324, "5e-324");
        assert_exact(1.5e300, "1.5e+300");
        assert_exact(0x1p-44, "5.684341886080802e-14");
        assert_int_equal(ec_format_fixed(text, 1e22, 2), 26);
        assert_string_equal(text, "10000000000000000000000.00");
        ec_format_fixed(text, -1e-30, 31);
        assert_string_equal(text, "-0.0000000000000000000000000000010");
        ec_format_scientific(text, -1.93e15, 2);
        assert_string_equal(text, "-1.93e+15");
        ec_format_scientific(text, -0.0, 0);
        assert_string_equal(text, "0e+00");
        setlocale(LC_ALL, "C");
    }
}

static const char *cell_text(struct ec_out *out, const struct ec_column *column,
                             struct ec_value value)
{
    out->length = 0;
    ec_format_cell(out, column, value);
    ec_out_char(out, '\0');
    return out->buffer;
}

static void cell__in_the_unit_of_the_column(void **state)
{
    (void)state;
    struct ec_out out;
    ec_out_to_memory(&out);
    struct ec_column column = {
        .stored_unit = ec_unit_get(EC_UNIT_S), .unit = ec_unit_get(EC_UNIT_S), .digits = 2};
    assert_string_equal(cell_text(&out, &column, ec_value_real(245.318)), "245.32");
    assert_string_equal(cell_text(&out, &column, ec_value_int(245)), "245.00");
    assert_string_equal(cell_text(&out, &column, ec_value_int(INT64_MIN)),
                        "-9223372036854775808.00");
    assert_string_equal(cell_text(&out, &column, ec_value_bool(false)), "false");
    assert_string_equal(cell_text(&out, &column, ec_value_str(ec_str("A_b"))), "A_b");
    assert_string_equal(cell_text(&out, &column, ec_value_missing()), "");
    assert_string_equal(cell_text(&out, &column, ec_value_real(1e300)), "1.00e+300");
    column.unit = ec_unit_get(EC_UNIT_MIN);
    assert_string_equal(cell_text(&out, &column, ec_value_int(90)), "1.50");
    column.scientific = true;
    assert_string_equal(cell_text(&out, &column, ec_value_int(90)), "1.50e+00");
    ec_out_free(&out);
}

static void cell__exact_in_the_stored_unit(void **state)
{
    (void)state;
    struct ec_out out;
    ec_out_to_memory(&out);
    ec_format_cell_exact(&out, ec_value_int(INT64_MAX));
    ec_format_cell_exact(&out, ec_value_missing());
    ec_format_cell_exact(&out, ec_value_bool(true));
    ec_format_cell_exact(&out, ec_value_real(8234.56));
    ec_out_char(&out, '\0');
    assert_string_equal(out.buffer, "9223372036854775807true8234.56");
    ec_out_free(&out);
}

struct precision {
    double values[3];
    const char *texts[3];
};

static void check_precision(const struct precision *wanted)
{
    static const char *const names[] = {"a", "b", "c"};
    struct ec_table *table = fixture_table(names, 3);
    struct ec_value values[3];
    for (size_t i = 0; i < 3; i++)
        values[i] =
            isnan(wanted->values[i]) ? ec_value_missing() : ec_value_real(wanted->values[i]);
    struct ec_column *column = fixture_column(table, ec_metric_get(EC_METRIC_k), values, NULL);
    ec_format_choose_digits(table, column);
    struct ec_out out;
    ec_out_to_memory(&out);
    for (size_t i = 0; i < 3; i++)
        assert_string_equal(cell_text(&out, column, values[i]), wanted->texts[i]);
    ec_out_free(&out);
    ec_table_free(table);
}

static void digits__fit_the_values(void **state)
{
    (void)state;
    static const struct precision cases[] = {
        {{1, 2, 3}, {"1", "2", "3"}},
        {{0.5, 0.25, 1}, {"0.50", "0.25", "1.00"}},
        {{245.321725130, 1, 2}, {"245.322", "1.000", "2.000"}},
        {{123456.789, 0.5, NAN}, {"123456.79", "0.50", ""}},
        {{1.93e15, 2.5e15, 1e12}, {"1.93e+15", "2.50e+15", "1.00e+12"}},
        {{1e-9, 2e-9, 0}, {"1e-09", "2e-09", "0e+00"}},
        {{1234.5, 0.0012345, 0}, {"1234.5000", "0.0012", "0.0000"}},
        {{0, 0, NAN}, {"0", "0", ""}},
        {{NAN, NAN, NAN}, {"", "", ""}},
        {{-0.75, 7, 12}, {"-0.75", "7.00", "12.00"}},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        check_precision(&cases[i]);
}

/* 0.0123 has three figures with four decimals; more than twelve decimals become an exponent. */
static void figures__of_the_smallest_number(void **state)
{
    (void)state;
    static const struct {
        double numbers[2];
        const char *first;
    } cases[] = {{{245.321, 12.3}, "245.3"},
                 {{245.321, 0.0123}, "245.3210"},
                 {{8234.56, 9000}, "8235"},
                 {{2.5e-14, 1}, "2.50e-14"},
                 {{2.5e12, 1}, "2.50e+12"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct ec_table *table = fixture_table((const char *const[]){"a", "b"}, 2);
        struct ec_column *column =
            fixture_column(table, ec_metric_get(EC_METRIC_time),
                           (struct ec_value[]){ec_value_real(cases[i].numbers[0]),
                                               ec_value_real(cases[i].numbers[1])},
                           NULL);
        ec_format_choose_figures(table, column, 3);
        struct ec_out out;
        ec_out_to_memory(&out);
        ec_format_cell(&out, column, ec_table_cell(table, 0, 0).value);
        ec_out_char(&out, '\0');
        assert_string_equal(out.buffer, cases[i].first);
        ec_out_free(&out);
        ec_table_free(table);
    }
}

/* In milliseconds the first is beyond all doubles, and says nothing of how to write the second. */
static void figures__too_large_for_the_unit(void **state)
{
    (void)state;
    struct ec_table *table = fixture_table((const char *const[]){"a", "b"}, 2);
    struct ec_column *column =
        fixture_column(table, ec_metric_get(EC_METRIC_time),
                       (struct ec_value[]){ec_value_real(1e308), ec_value_real(0.25)}, NULL);
    column->unit = ec_unit_get(EC_UNIT_MS);
    ec_format_choose_figures(table, column, 3);
    assert_false(column->scientific);
    assert_int_equal(column->digits, 0);
    ec_table_free(table);
}

/* The metric says two decimals. */
static void digits__enough_for_the_smallest_number(void **state)
{
    (void)state;
    static const struct {
        double numbers[3];
        const char *first;
    } cases[] = {{{245.32, 10, 0.5}, "245.32"},
                 {{245.32, 10, 0}, "245.32"},
                 {{5.301, 0.014, 0.2}, "5.301"},
                 {{-0.014, 10, 12}, "-0.014"},
                 {{5.301, 0.00123, 0.014}, "5.3010"},
                 {{5.301, 4.5e-13, 0.2}, "5.30"}, /* too small to be regarded */
                 {{0.00025, 0.0005, 0}, "0.00025"},
                 {{0, 0, 0}, "0.00"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct ec_table *table = fixture_table((const char *const[]){"a", "b", "c"}, 3);
        struct ec_value values[3];
        for (size_t row = 0; row < 3; row++)
            values[row] = ec_value_real(cases[i].numbers[row]);
        struct ec_column *column =
            fixture_column(table, ec_metric_get(EC_METRIC_time), values, NULL);
        ec_format_raise_digits(table, column);
        struct ec_out out;
        ec_out_to_memory(&out);
        assert_string_equal(cell_text(&out, column, values[0]), cases[i].first);
        ec_out_free(&out);
        ec_table_free(table);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(exact__is_the_shortest),
        cmocka_unit_test(exact__any_double_reads_back),
        cmocka_unit_test(exact__measured_numbers_read_back),
        cmocka_unit_test(fixed__is_printf),
        cmocka_unit_test(fixed__edges),
        cmocka_unit_test(numbers__do_not_depend_on_the_locale),
        cmocka_unit_test(cell__in_the_unit_of_the_column),
        cmocka_unit_test(cell__exact_in_the_stored_unit),
        cmocka_unit_test(digits__fit_the_values),
        cmocka_unit_test(digits__enough_for_the_smallest_number),
        cmocka_unit_test(figures__of_the_smallest_number),
        cmocka_unit_test(figures__too_large_for_the_unit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
