/* baseline: ratios and percentages, better always above 1 and 0. Expected values: 40 digits of
 * decimal arithmetic. */
#include "cmocka_test.h"
#include "query_fixture.h"

static const struct fixture_run runs[] = {
    {"npo", "slow", 300, 9000, 0.6, NAN, EC_STATUS_COMPLETED},
    {"ga", "fast", 200, 8000, 0.45, NAN, EC_STATUS_COMPLETED},
    {"lmc", "fast", 250, NAN, 0, NAN, EC_STATUS_COMPLETED},
    {"retrain", "slow", 330, 12000, 0.9, NAN, EC_STATUS_COMPLETED},
    {"dead", "fast", 10, 100, 0.9, NAN, EC_STATUS_INTERRUPTED},
};
enum { RUNS = sizeof runs / sizeof runs[0] };

static void baseline__above_one_is_better_whichever_way_the_metric_points(void **state)
{
    (void)state;
    struct ec_query query = {.columns = WORDS("time,mem,model_utility"),
                             .baseline = "retrain",
                             .relative = EC_RELATIVE_BOTH};
    struct query_fixture fixture = fixture_query(runs, RUNS, &query);
    assert_float_equal(fixture_number(&fixture, "ga", "time_ratio"), 1.65, 1e-14);
    assert_float_equal(fixture_number(&fixture, "ga", "mem_ratio"), 1.5, 1e-14);
    assert_float_equal(fixture_number(&fixture, "ga", "model_utility_ratio"), 0.5, 1e-14);
    assert_float_equal(fixture_number(&fixture, "ga", "time_percent"), 13000 / 330.0, 1e-12);
    assert_float_equal(fixture_number(&fixture, "ga", "model_utility_percent"), -50, 1e-12);
    assert_float_equal(fixture_number(&fixture, "lmc", "model_utility_ratio"), 0, 0);
    assert_float_equal(fixture_number(&fixture, "lmc", "model_utility_percent"), -100, 1e-12);
    /* Its own cells. */
    assert_float_equal(fixture_number(&fixture, "retrain", "time_ratio"), 1, 0);
    assert_float_equal(fixture_number(&fixture, "retrain", "time_percent"), 0, 0);
    /* Not measured, and not finished. */
    assert_true(isnan(fixture_number(&fixture, "lmc", "mem_ratio")));
    assert_true(isnan(fixture_number(&fixture, "dead", "time_ratio")));
    assert_string_equal(fixture_find(&fixture, "time_ratio")->group, "Better than retrain");
    assert_string_equal(fixture_find(&fixture, "time_ratio")->unit->symbol, "\u00d7");
    fixture_done(&fixture);
}

static void baseline__division_by_zero_is_missing(void **state)
{
    (void)state;
    struct ec_query query = {.columns = WORDS("model_utility"),
                             .directions = WORDS("model_utility=lower"),
                             .baseline = "retrain"};
    struct query_fixture fixture = fixture_query(runs, RUNS, &query);
    assert_float_equal(fixture_number(&fixture, "ga", "model_utility_ratio"), 2, 1e-14);
    assert_true(isnan(fixture_number(&fixture, "lmc", "model_utility_ratio")));
    fixture_done(&fixture);

    query.directions = (struct ec_words)WORDS("model_utility=higher");
    query.baseline = "lmc";
    query.relative = EC_RELATIVE_BOTH;
    fixture = fixture_query(runs, RUNS, &query);
    assert_true(isnan(fixture_number(&fixture, "ga", "model_utility_ratio")));
    assert_true(isnan(fixture_number(&fixture, "ga", "model_utility_percent")));
    assert_float_equal(fixture_number(&fixture, "lmc", "model_utility_ratio"), 1, 0);
    fixture_done(&fixture);
}

static void baseline__distance_to_a_target_and_plain_ratios(void **state)
{
    (void)state;
    struct ec_query query = {.columns = WORDS("time,mem,model_utility"),
                             .directions = WORDS("model_utility=0.5,mem=none"),
                             .baseline = "retrain",
                             .relative_columns = WORDS("model_utility,mem")};
    struct query_fixture fixture = fixture_query(runs, RUNS, &query);
    /* 0.4 away against 0.05 and 0.1. */
    assert_float_equal(fixture_number(&fixture, "ga", "model_utility_ratio"), 8, 1e-12);
    assert_float_equal(fixture_number(&fixture, "npo", "model_utility_ratio"), 4, 1e-12);
    /* Less memory is not better now: value / baseline, under its own heading. */
    assert_float_equal(fixture_number(&fixture, "npo", "mem_ratio"), 0.75, 1e-14);
    assert_string_equal(fixture_find(&fixture, "mem_ratio")->group, "Relative to retrain");
    assert_int_equal(fixture.table->column_count, 5);
    fixture_done(&fixture);
}

static void baseline__spread_is_propagated(void **state)
{
    (void)state;
    struct ec_query query = {.columns = WORDS("time"),
                             .group_by = WORDS("method"),
                             .baseline = "slow",
                             .relative = EC_RELATIVE_BOTH};
    struct query_fixture fixture = fixture_query(runs, RUNS, &query);
    /* fast: 225 +- 35.36 of two runs, slow: 315 +- 21.21 */
    assert_float_equal(fixture_number(&fixture, "fast", "time_ratio"), 1.4, 1e-14);
    assert_float_equal(fixture_spread_of(&fixture, "fast", "time_ratio"),
                       0.239340658094866845833364910735, 1e-14);
    assert_float_equal(fixture_number(&fixture, "fast", "time_percent"),
                       28.5714285714285714285714285714, 1e-12);
    assert_float_equal(fixture_spread_of(&fixture, "fast", "time_percent"),
                       12.2112580660646349914982097313, 1e-12);
    assert_true(isnan(fixture_spread_of(&fixture, "slow", "time_ratio")));
    fixture_done(&fixture);
}

static void baseline__named_by_label_or_glob_and_sortable(void **state)
{
    (void)state;
    struct ec_query query = {.columns = WORDS("time"),
                             .labels = WORDS("retrain=Gold standard"),
                             .baseline = "retr*",
                             .sort = WORDS("-time_ratio")};
    struct query_fixture fixture = fixture_query(runs, RUNS, &query);
    assert_float_equal(fixture_number(&fixture, "npo", "time_ratio"), 1.1, 1e-14);
    struct ec_str first = ec_table_row_name(fixture.table, 0);
    assert_true(ec_str_equal(first, ec_str("ga")));
    fixture_done(&fixture);
    query.baseline = "Gold standard";
    fixture = fixture_query(runs, RUNS, &query);
    assert_float_equal(fixture_number(&fixture, "Gold standard", "time_ratio"), 1, 0);
    fixture_done(&fixture);

    query.baseline = "*";
    fixture_expect_error(runs, RUNS, &query, "--baseline: '*' means 5 rows; it has to mean one");
    query.baseline = "dead";
    fixture_expect_error(
        runs, RUNS, &query,
        "--baseline: dead did not complete (interrupted): its costs are not known");
    query.baseline = "retrian";
    query.labels = (struct ec_words){0};
    fixture_expect_error(runs, RUNS, &query,
                         "--baseline: no row is called 'retrian'; did you mean 'retrain'?");
    query.baseline = "ga";
    query.relative_columns = (struct ec_words)WORDS("mem");
    fixture_expect_error(runs, RUNS, &query, "--relative-columns: there is no column 'mem'");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(baseline__above_one_is_better_whichever_way_the_metric_points),
        cmocka_unit_test(baseline__division_by_zero_is_missing),
        cmocka_unit_test(baseline__distance_to_a_target_and_plain_ratios),
        cmocka_unit_test(baseline__spread_is_propagated),
        cmocka_unit_test(baseline__named_by_label_or_glob_and_sortable),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
