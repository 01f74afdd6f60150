/* metric and unit: the registry is whole and lookups find what is there. */
#include "cmocka_test.h"
#include "common/metric.h"

#include <string.h>

static void registry__ids_and_keys_are_unique(void **state)
{
    (void)state;
    for (int i = 0; i < EC_METRIC_COUNT; i++) {
        const struct ec_metric *metric = ec_metric_get(i);
        assert_ptr_equal(ec_metric_find_key(metric->key, strlen(metric->key)), metric);
        assert_ptr_equal(ec_metric_find(metric->id, strlen(metric->id)), metric);
        assert_int_equal(ec_metric_index(metric), i);
    }
}

static void registry__ranked_metrics_can_be_announced(void **state)
{
    (void)state;
    for (int i = 0; i < EC_METRIC_COUNT; i++) {
        const struct ec_metric *metric = ec_metric_get(i);
        assert_true(metric->help[0] != '\0' && metric->group[0] != '\0');
        if (metric->direction == EC_LOWER)
            assert_non_null(metric->superlative);
    }
}

static void find__prefixes_and_unknown_keys_are_not_found(void **state)
{
    (void)state;
    assert_null(ec_metric_find_key("total_step", 10));
    assert_null(ec_metric_find_key("total_steps_x", 13));
    assert_null(ec_metric_find("", 0));
    static const char key[40] = "total_steps\0and more";
    assert_null(ec_metric_find_key(key, sizeof key));
    assert_null(ec_metric_find("time\0", 5));
    assert_ptr_equal(ec_metric_find_key("total_steps_x", 11), ec_metric_get(EC_METRIC_steps));
}

static void mb_keys__hold_mib(void **state)
{
    (void)state;
    for (int i = 0; i < EC_METRIC_COUNT; i++) {
        const struct ec_metric *metric = ec_metric_get(i);
        size_t length = strlen(metric->key);
        if (length > 3 && strcmp(metric->key + length - 3, "_mb") == 0)
            assert_int_equal(metric->unit, EC_UNIT_MIB);
    }
}

static void effectiveness__directions(void **state)
{
    (void)state;
    static const struct {
        const char *key;
        enum ec_direction direction;
        double target;
    } expected[] = {
        {"forget_quality", EC_HIGHER, 0},      {"model_utility", EC_HIGHER, 0},
        {"forget_Q_A_Prob", EC_REFERENCE, 0},  {"forget_truth_ratio", EC_REFERENCE, 0},
        {"forget_Q_A_ROUGE", EC_LOWER, 0},     {"privleak", EC_TARGET, 0},
        {"mia_min_k", EC_TARGET, 0.5},         {"extraction_strength", EC_LOWER, 0},
        {"forget_verbmem_ROUGE", EC_LOWER, 0}, {"retain_knowmem_ROUGE", EC_HIGHER, 0},
        {"wmdp_bio/acc", EC_LOWER, 0},         {"mmlu/acc", EC_HIGHER, 0},
    };
    for (size_t i = 0; i < sizeof expected / sizeof expected[0]; i++) {
        const struct ec_metric *metric =
            ec_metric_find_key(expected[i].key, strlen(expected[i].key));
        assert_non_null(metric);
        assert_int_equal(metric->direction, expected[i].direction);
        assert_true(metric->target == expected[i].target);
        assert_int_equal(metric->zero, EC_ZERO_IS_VALUE);
        assert_string_equal(metric->group, "Effectiveness");
    }
}

static void unit__decimal_and_binary_differ(void **state)
{
    (void)state;
    const struct ec_unit *mib = ec_unit_find("MiB", 3);
    const struct ec_unit *gb = ec_unit_find("GB", 2);
    assert_non_null(mib);
    assert_non_null(gb);
    assert_float_equal(ec_unit_factor(mib, gb), 0.001048576, 1e-15);
    assert_null(ec_unit_find("mb", 2));
    assert_null(ec_unit_find("", 0));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(registry__ids_and_keys_are_unique),
        cmocka_unit_test(registry__ranked_metrics_can_be_announced),
        cmocka_unit_test(find__prefixes_and_unknown_keys_are_not_found),
        cmocka_unit_test(mb_keys__hold_mib),
        cmocka_unit_test(effectiveness__directions),
        cmocka_unit_test(unit__decimal_and_binary_differ),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
