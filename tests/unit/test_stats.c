/* stats: against closed forms and against constants computed with SciPy 1.10.1 (python3-scipy of
 * Debian 12), which are marked so: scipy.stats.t.sf, t.interval, sem and
 * ttest_ind(equal_var=False). */
#include "cmocka_test.h"
#include "query/stats.h"

#include <math.h>

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

static void assert_near(double got, double expected, double relative_error)
{
    if (!(fabs(got - expected) <= relative_error * fabs(expected)))
        fail_msg("%.17g, not %.17g", got, expected);
}

static void describe__mean_and_sample_std(void **state)
{
    (void)state;
    /* The standard deviation of 1..5 is sqrt(10 / 4). */
    struct ec_sample sample = ec_stats_describe((double[]){1, 2, 3, 4, 5}, 5);
    assert_int_equal(sample.n, 5);
    assert_near(sample.mean, 3, 0);
    assert_near(sample.std, sqrt(2.5), 1e-15);
    assert_near(ec_stats_standard_error(sample), sqrt(0.5), 1e-15);
}

static void describe__small_groups(void **state)
{
    (void)state;
    struct ec_sample none = ec_stats_describe(NULL, 0);
    assert_true(none.n == 0 && isnan(none.mean) && isnan(none.std));
    struct ec_sample one = ec_stats_describe((double[]){245.32}, 1);
    assert_near(one.mean, 245.32, 0);
    assert_true(isnan(one.std) && isnan(ec_stats_standard_error(one)));
    assert_true(isnan(ec_stats_confidence(one, 0.95)));
}

static void describe__equal_values_have_no_spread(void **state)
{
    (void)state;
    struct ec_sample sample = ec_stats_describe((double[]){0.1, 0.1, 0.1}, 3);
    assert_true(sample.mean == 0.1 && sample.std == 0);
}

static void describe__large_offsets_do_not_cancel(void **state)
{
    (void)state;
    struct ec_sample sample =
        ec_stats_describe((double[]){1e9 + 4, 1e9 + 7, 1e9 + 13, 1e9 + 16}, 4);
    assert_near(sample.mean, 1e9 + 10, 0);
    assert_near(sample.std, sqrt(30), 1e-15);
    sample = ec_stats_describe((double[]){-1.7e308, 1.7e308}, 2);
    assert_true(isnan(sample.std));
}

static void median__odd_even_and_none(void **state)
{
    (void)state;
    assert_near(ec_stats_median((double[]){3, 1, 2}, 3), 2, 0);
    assert_near(ec_stats_median((double[]){4, 1, 3, 2}, 4), 2.5, 0);
    assert_near(ec_stats_median((double[]){7}, 1), 7, 0);
    assert_near(ec_stats_median((double[]){1.6e308, 1.6e308}, 2), 1.6e308, 0);
    assert_true(isnan(ec_stats_median(NULL, 0)));
}

static void t__closed_forms(void **state)
{
    (void)state;
    const double pi = 3.14159265358979323846;
    for (double t = 1e-3; t < 1e4; t *= 1.7) {
        /* Cauchy; and df = 2, 4 (Johnson, Kotz and Balakrishnan, volume 2, chapter 28). */
        assert_near(ec_stats_t_two_sided(t, 1), 2 / pi * atan(1 / t), 1e-12);
        double s = t / sqrt(2 + t * t);
        assert_near(ec_stats_t_two_sided(t, 2), 2 / ((2 + t * t) * (1 + s)), 1e-12);
        if (t < 100) {
            double r = t / sqrt(4 + t * t);
            assert_float_equal(ec_stats_t_two_sided(t, 4), 1 - r * (1.5 - r * r / 2), 1e-14);
        }
        assert_near(ec_stats_t_two_sided(-t, 7), ec_stats_t_two_sided(t, 7), 0);
    }
}

static void t__scipy(void **state)
{
    (void)state;
    static const struct {
        double t, df, p;
    } cases[] = {
        {0.001, 3, 0.9992648949694609},    {0.5, 3, 0.651447964848151},
        {1, 3, 0.39100221895577053},       {2.5, 3, 0.08770664700806555},
        {12, 3, 0.001245015800789336},     {2.5, 9, 0.03386182768298571},
        {12, 9, 7.699886222985645e-07},    {0.001, 2.5, 0.9992763827207849},
        {1, 2.5, 0.40406102727827353},     {12, 2.5, 0.0028362150300783226},
        {0.5, 29.7, 0.6207596493125531},   {12, 29.7, 6.445362653285415e-13},
        {2.5, 100, 0.014045789124077166},  {12, 100, 4.3950877156043564e-21},
        {0.001, 1000, 0.9992023150184528}, {1, 1000, 0.3175524180846726},
        {12, 1000, 4.32405738677458e-31},
    };
    for (size_t i = 0; i < LENGTH(cases); i++)
        assert_near(ec_stats_t_two_sided(cases[i].t, cases[i].df), cases[i].p, 1e-12);
    assert_near(ec_stats_t_two_sided(2.5, 1e6), 0.012419489502163228, 1e-9);
}

static void t__limits(void **state)
{
    (void)state;
    assert_true(ec_stats_t_two_sided(0, 5) == 1);
    assert_true(ec_stats_t_two_sided(INFINITY, 5) == 0);
    assert_true(ec_stats_t_two_sided(1e200, 5) == 0);
    assert_near(ec_stats_t_two_sided(1.96, INFINITY), erfc(1.96 / sqrt(2)), 1e-15);
    assert_near(ec_stats_t_two_sided(1.96, 9.9e9), ec_stats_t_two_sided(1.96, INFINITY), 1e-5);
    assert_true(isnan(ec_stats_t_two_sided(NAN, 5)));
    assert_true(isnan(ec_stats_t_two_sided(1, 0)));
    assert_true(isnan(ec_stats_t_two_sided(1, NAN)));
}

static void critical__scipy(void **state)
{
    (void)state;
    static const struct {
        double p, df, t;
    } cases[] = {
        {0.05, 2, 4.302652729749464},      {0.05, 4, 2.7764451051977943},
        {0.05, 9, 2.262157162798205},      {0.05, 30, 2.042272456301238},
        {0.05, 1000, 1.9623390808264085},  {0.01, 2, 9.924843200918293},
        {0.01, 9, 3.249835541592126},      {0.5, 4, 0.7406970841126822},
        {0.999, 9, 0.0012885442580144756}, {1e-6, 4, 49.45863675693464},
        {1e-6, 30, 6.119075620384215},     {0.05, 1e12, 1.959963984540054},
    };
    /* Roots of t.sf found with scipy.optimize.brentq, since t.isf is only good to 1e-9. */
    for (size_t i = 0; i < LENGTH(cases); i++)
        assert_near(ec_stats_t_critical(cases[i].p, cases[i].df), cases[i].t, 1e-12);
}

static void critical__closed_forms(void **state)
{
    (void)state;
    const double pi = 3.14159265358979323846;
    for (double p = 1e-6; p < 1; p *= 1.9) {
        double central = 1 - p;
        assert_near(ec_stats_t_critical(p, 1), 1 / tan(pi / 2 * p), 1e-12);
        assert_near(ec_stats_t_critical(p, 2), central * sqrt(2 / (p * (2 - p))), 1e-12);
    }
}

static void critical__inverts_two_sided(void **state)
{
    (void)state;
    for (double df = 0.5; df < 1e5; df *= 3.3)
        for (double p = 1e-8; p < 1; p *= 2.1)
            assert_near(ec_stats_t_two_sided(ec_stats_t_critical(p, df), df), p, 1e-9);
    assert_true(isnan(ec_stats_t_critical(0, 5)) && isnan(ec_stats_t_critical(1, 5)));
    assert_true(isnan(ec_stats_t_critical(0.05, 0)) && isnan(ec_stats_t_critical(NAN, 5)));
}

static const double times_a[] = {245.32, 251.7, 239.11, 260.02};
static const double times_b[] = {312.45, 298.3, 305.21};

static void confidence__scipy(void **state)
{
    (void)state;
    struct ec_sample sample = ec_stats_describe(times_a, 4);
    assert_near(sample.mean, 249.0375, 1e-15);
    assert_near(sample.std, 8.94574899044232, 1e-13);
    assert_near(ec_stats_standard_error(sample), 4.47287449522116, 1e-13);
    assert_near(ec_stats_confidence(sample, 0.95), 14.234682911316797, 1e-12);
}

static void welch__scipy(void **state)
{
    (void)state;
    struct ec_welch result =
        ec_stats_welch(ec_stats_describe(times_a, 4), ec_stats_describe(times_b, 3));
    assert_near(result.t, -9.29118020228172, 1e-12);
    assert_near(result.df, 4.938245007986331, 1e-12);
    assert_near(result.p, 0.0002595109061681935, 1e-11);
    struct ec_sample a = ec_stats_describe((double[]){10.1, 10.2}, 2);
    struct ec_sample b = ec_stats_describe((double[]){10.15, 10.3, 9.8, 10.05, 10.4}, 5);
    result = ec_stats_welch(a, b);
    assert_near(result.t, 0.08654846448156597, 1e-9);
    assert_near(result.p, 0.934392790446595, 1e-9);
    a = ec_stats_describe((double[]){1, 2, 3, 4, 5}, 5);
    b = ec_stats_describe((double[]){1, 2, 3, 4, 500}, 5);
    assert_near(ec_stats_welch(a, b).p, 0.37607477456203225, 1e-12);
}

static void welch__symmetric(void **state)
{
    (void)state;
    struct ec_sample a = ec_stats_describe(times_a, 4), b = ec_stats_describe(times_b, 3);
    struct ec_welch ab = ec_stats_welch(a, b), ba = ec_stats_welch(b, a);
    assert_true(ab.t == -ba.t);
    assert_near(ab.p, ba.p, 1e-15);
    assert_near(ab.df, ba.df, 1e-15);
    assert_near(ec_stats_welch(a, a).p, 1, 0);
}

static void welch__without_spread(void **state)
{
    (void)state;
    const struct ec_sample ten = {3, 10, 0}, eleven = {3, 11, 0}, single = {1, 10, NAN};
    assert_true(ec_stats_welch(ten, ten).p == 1);
    assert_true(ec_stats_welch(ten, eleven).p == 0);
    assert_true(ec_stats_welch(ten, eleven).t == -INFINITY);
    assert_true(isnan(ec_stats_welch(ten, single).p));
    assert_true(isnan(ec_stats_welch(single, ten).p));
    /* One exact group: the other's n - 1 degrees of freedom. */
    const struct ec_sample spread = {3, 12, 1};
    assert_near(ec_stats_welch(ten, spread).df, 2, 1e-15);
    assert_near(ec_stats_welch(ten, spread).p, ec_stats_t_two_sided(2 * sqrt(3), 2), 1e-14);
}

static void ratio__propagates_spread(void **state)
{
    (void)state;
    /* Relative spreads of 3 % and 4 % make 5 %. */
    struct ec_estimate ratio =
        ec_stats_ratio((struct ec_estimate){200, 6}, (struct ec_estimate){100, 4});
    assert_near(ratio.value, 2, 0);
    assert_near(ratio.spread, 0.1, 1e-14);
    ratio = ec_stats_ratio((struct ec_estimate){0, 5}, (struct ec_estimate){10, 1});
    assert_true(ratio.value == 0);
    assert_near(ratio.spread, 0.5, 1e-15);
}

static void ratio__unknown(void **state)
{
    (void)state;
    struct ec_estimate known = {1, 1}, single = {2, NAN}, zero = {0, 1}, missing = {NAN, NAN};
    assert_near(ec_stats_ratio(known, single).value, 0.5, 0);
    assert_true(isnan(ec_stats_ratio(known, single).spread));
    assert_true(isnan(ec_stats_ratio(single, known).spread));
    assert_true(isnan(ec_stats_ratio(known, zero).value));
    assert_true(isnan(ec_stats_ratio(missing, known).value));
    assert_true(isnan(
        ec_stats_ratio((struct ec_estimate){1e300, 0}, (struct ec_estimate){1e-300, 0}).value));
}

static void percent_change__sign_and_size(void **state)
{
    (void)state;
    struct ec_estimate change =
        ec_stats_percent_change((struct ec_estimate){50, 3}, (struct ec_estimate){100, 8});
    assert_near(change.value, -50, 1e-15);
    assert_near(change.spread, 5, 1e-14); /* 100 * 0.5 * sqrt(0.06^2 + 0.08^2) */
    /* Less negative is more. */
    change = ec_stats_percent_change((struct ec_estimate){-10, 0}, (struct ec_estimate){-20, 0});
    assert_near(change.value, 50, 1e-15);
    assert_true(change.spread == 0);
    change = ec_stats_percent_change((struct ec_estimate){1, 0}, (struct ec_estimate){0, 0});
    assert_true(isnan(change.value));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(describe__mean_and_sample_std),
        cmocka_unit_test(describe__small_groups),
        cmocka_unit_test(describe__equal_values_have_no_spread),
        cmocka_unit_test(describe__large_offsets_do_not_cancel),
        cmocka_unit_test(median__odd_even_and_none),
        cmocka_unit_test(t__closed_forms),
        cmocka_unit_test(t__scipy),
        cmocka_unit_test(t__limits),
        cmocka_unit_test(critical__scipy),
        cmocka_unit_test(critical__closed_forms),
        cmocka_unit_test(critical__inverts_two_sided),
        cmocka_unit_test(confidence__scipy),
        cmocka_unit_test(welch__scipy),
        cmocka_unit_test(welch__symmetric),
        cmocka_unit_test(welch__without_spread),
        cmocka_unit_test(ratio__propagates_spread),
        cmocka_unit_test(ratio__unknown),
        cmocka_unit_test(percent_change__sign_and_size),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
