/* effbench's statistics and metrics, on cases that can be computed by hand. */
#include "cmocka_test.h"
#include "effbench/evaluate.h"
#include "effbench/statistics.h"

#include <math.h>

static void common_subsequence__keeps_the_order(void **state)
{
    (void)state;
    const int a[] = {1, 2, 3, 4}, b[] = {2, 9, 4, 3}, c[] = {4, 3, 2, 1};
    assert_int_equal(eb_common_subsequence(a, 4, a, 4), 4);
    assert_int_equal(eb_common_subsequence(a, 4, b, 4), 2);
    assert_int_equal(eb_common_subsequence(a, 4, c, 4), 1);
    assert_int_equal(eb_common_subsequence(a, 4, b, 0), 0);
}

static void harmonic_mean__of_known_values(void **state)
{
    (void)state;
    const double values[] = {1, 0.5, 0.25}, with_zero[] = {1, 0};
    assert_float_equal(eb_harmonic_mean(values, 3), 3.0 / 7, 1e-15);
    assert_float_equal(eb_harmonic_mean(with_zero, 2), 0, 0);
}

static void mean_of_lowest__rounds_down_but_takes_one(void **state)
{
    (void)state;
    double values[] = {-1, -5, -2, -4, -3}, one[] = {7};
    assert_float_equal(eb_mean_of_lowest(values, 5, 0.4), -4.5, 0);
    assert_float_equal(eb_mean_of_lowest(values, 5, 0.39), -5, 0);
    assert_float_equal(eb_mean_of_lowest(one, 1, 0.4), 7, 0);
}

static void ks_statistic__of_known_samples(void **state)
{
    (void)state;
    double a[] = {3, 1, 2, 4}, b[] = {2.5, 3.5, 4.5, 5.5}, same[] = {1, 2, 3, 4};
    assert_float_equal(eb_ks_statistic(a, 4, b, 4), 0.5, 1e-15);
    assert_float_equal(eb_ks_statistic(a, 4, same, 4), 0, 0);
}

static void ks_p_value__counts_paths(void **state)
{
    (void)state;
    /* Of the C(6, 3) = 20 ways to merge 3 and 3, only 2 keep the samples apart. */
    assert_float_equal(eb_ks_p_value(1, 3, 3), 0.1, 1e-12);
    /* Of C(4, 2) = 6 ways to merge 2 and 2, every one is at least 1/2 apart somewhere. */
    assert_float_equal(eb_ks_p_value(0.5, 2, 2), 1, 1e-12);
    assert_float_equal(eb_ks_p_value(1, 1, 3), 0.5, 1e-12);
    assert_float_equal(eb_ks_p_value(0, 20, 20), 1, 0);
    /* Gnedenko and Korolyuk 1951: 2 (C(40, 13) - C(40, 6)) / C(40, 20) */
    assert_float_equal(eb_ks_p_value(0.35, 20, 20), 0.174533, 1e-6);
    /* Two of the C(80, 40) orders: all of one sample before all of the other. */
    assert_float_equal(eb_ks_p_value(1, 40, 40) * 1.0750720873333618e23, 2, 1e-9);
}

static void roc_auc__counts_pairs(void **state)
{
    (void)state;
    const double high[] = {3, 4}, low[] = {1, 2}, mixed[] = {2, 3};
    assert_float_equal(eb_roc_auc(high, 2, low, 2), 1, 0);
    assert_float_equal(eb_roc_auc(low, 2, high, 2), 0, 0);
    assert_float_equal(eb_roc_auc(mixed, 2, mixed, 2), 0.5, 0);
    assert_float_equal(eb_roc_auc(high, 2, mixed, 2), 0.875, 0);
}

static struct eb_scores made_up_scores(void)
{
    return (struct eb_scores){
        .forget = {.count = 2, .probability = 0.25, .truth_ratios = {0.5, 4}, .min_k = {-1, -2}},
        .retain = {.count = 2, .probability = 0.5, .rouge = 0.5, .truth_ratios = {0.5, 2}},
        .holdout = {.count = 2, .min_k = {-3, -1.5}},
    };
}

static void summarize__follows_the_definitions(void **state)
{
    (void)state;
    struct eb_scores scores = made_up_scores(), retrained = made_up_scores();
    struct eb_summary summary;
    retrained.holdout.min_k[0] = 0; /* AUC 0.75 there, 0.25 here */
    retrained.holdout.min_k[1] = -1.5;
    assert_int_equal(eb_summarize(&scores, &retrained, &summary), 0);
    assert_float_equal(summary.forget_probability, 0.25, 0);
    assert_float_equal(summary.forget_truth_ratio, (0.5 + 0.25) / 2, 1e-9);
    assert_float_equal(summary.retain_truth_ratio, 0.25, 1e-12);
    assert_float_equal(summary.model_utility, 3 / (2.0 + 2.0 + 4.0), 1e-12);
    assert_float_equal(summary.forget_quality, 1, 0);
    assert_float_equal(summary.privleak, 100 * (0.25 - 0.75) / 0.75, 1e-6);
}

static void retrain_distance__is_relative(void **state)
{
    (void)state;
    const eb_real retrained[] = {0, 0}, original[] = {0, 2}, parameters[] = {1, 0};
    assert_float_equal(eb_retrain_distance(parameters, original, retrained, 2), 0.5, 1e-12);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(common_subsequence__keeps_the_order),
        cmocka_unit_test(harmonic_mean__of_known_values),
        cmocka_unit_test(mean_of_lowest__rounds_down_but_takes_one),
        cmocka_unit_test(ks_statistic__of_known_samples),
        cmocka_unit_test(ks_p_value__counts_paths),
        cmocka_unit_test(roc_auc__counts_pairs),
        cmocka_unit_test(summarize__follows_the_definitions),
        cmocka_unit_test(retrain_distance__is_relative),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
