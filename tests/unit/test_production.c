/* production: totals, cost per request, break-even and money. Expected values: 40 digits of decimal
 * arithmetic. */
#include "cmocka_test.h"
#include "query_fixture.h"

static const struct fixture_run runs[] = {
    {"lmc_s0", "lmc", 30, NAN, NAN, 60, EC_STATUS_COMPLETED},
    {"lmc_s1", "lmc", 34, NAN, NAN, 120, EC_STATUS_COMPLETED},
    {"log_s0", "log", 1200, NAN, NAN, NAN, EC_STATUS_COMPLETED},
    {"log_s1", "log", 1380, NAN, NAN, NAN, EC_STATUS_COMPLETED},
    {"retrain_s0", "retrain", 900, NAN, NAN, 30, EC_STATUS_COMPLETED},
    {"retrain_s1", "retrain", 940, NAN, NAN, 30, EC_STATUS_COMPLETED},
    {"dead", "dead", 1, NAN, NAN, 1, EC_STATUS_FAILED},
};
enum { RUNS = sizeof runs / sizeof runs[0] };

static void production__preparation_from_another_row(void **state)
{
    (void)state;
    struct ec_query query = {.columns = WORDS("time"),
                             .group_by = WORDS("method"),
                             .baseline = "retrain",
                             .requests = WORDS("1,10"),
                             .setups = WORDS("lmc=log")};
    struct query_fixture fixture = fixture_query(runs, RUNS, &query);
    assert_float_equal(fixture_number(&fixture, "lmc", "time_total_10"), 1610, 1e-9);
    assert_float_equal(fixture_spread_of(&fixture, "lmc", "time_total_10"),
                       130.3840481040529742916594311485836883306, 1e-9);
    assert_float_equal(fixture_number(&fixture, "lmc", "time_per_request_10"), 161, 1e-9);
    assert_float_equal(fixture_spread_of(&fixture, "lmc", "time_per_request_10"),
                       13.03840481040529742916594311485836883306, 1e-9);
    /* No --setup names retrain: it needs no preparation. */
    assert_float_equal(fixture_number(&fixture, "retrain", "time_total_10"), 9200, 1e-9);
    /* 1.4527 +- 0.1507 */
    assert_string_equal(fixture_text(&fixture, "lmc", "break_even"), "from 2 \u00b1 0.2");
    assert_string_equal(fixture_text(&fixture, "log", "break_even"), "never");
    assert_string_equal(fixture_text(&fixture, "retrain", "break_even"), "");
    assert_string_equal(fixture.table->bests[1].title, "Least total time of 1 request");
    fixture_done(&fixture);
}

static void production__preparation_from_a_column_or_an_amount(void **state)
{
    (void)state;
    struct ec_query query = {
        .columns = WORDS("time"), .requests = WORDS("100"), .setups = WORDS("setup_time")};
    struct query_fixture fixture = fixture_query(runs, RUNS, &query);
    assert_float_equal(fixture_number(&fixture, "lmc_s1", "time_total_100"), 3520, 1e-9);
    /* Nobody measured it: unknown, not nothing. */
    assert_true(isnan(fixture_number(&fixture, "log_s0", "time_total_100")));
    assert_true(isnan(fixture_number(&fixture, "dead", "time_total_100")));
    assert_float_equal(fixture_number(&fixture, "lmc_s1", "phases.setup_seconds"), 120, 0);
    fixture_done(&fixture);

    /* A preparation that failed has no known cost. */
    query.setups = (struct ec_words)WORDS("lmc*=dead");
    fixture = fixture_query(runs, RUNS, &query);
    assert_true(isnan(fixture_number(&fixture, "lmc_s0", "time_total_100")));
    fixture_done(&fixture);

    query.setups = (struct ec_words)WORDS("lmc*=21.5min");
    fixture = fixture_query(runs, RUNS, &query);
    assert_float_equal(fixture_number(&fixture, "lmc_s0", "time_total_100"), 4290, 1e-9);
    assert_float_equal(fixture_number(&fixture, "log_s0", "time_total_100"), 120000, 1e-9);
    fixture_done(&fixture);
}

static void production__without_rows_the_baseline_and_references_need_none(void **state)
{
    (void)state;
    struct ec_query query = {.columns = WORDS("time"),
                             .references = WORDS("log*"),
                             .baseline = "retrain_s0",
                             .relative_columns = WORDS("time"),
                             .requests = WORDS("10"),
                             .setups = WORDS("log_s0")};
    struct query_fixture fixture = fixture_query(runs, RUNS, &query);
    assert_float_equal(fixture_number(&fixture, "lmc_s0", "time_total_10"), 1500, 1e-9);
    assert_float_equal(fixture_number(&fixture, "retrain_s1", "time_total_10"), 10600, 1e-9);
    assert_float_equal(fixture_number(&fixture, "retrain_s0", "time_total_10"), 9000, 1e-9);
    assert_float_equal(fixture_number(&fixture, "log_s1", "time_total_10"), 13800, 1e-9);
    fixture_done(&fixture);
}

static void production__money(void **state)
{
    (void)state;
    struct ec_query query = {.columns = WORDS("time"),
                             .group_by = WORDS("method"),
                             .requests = WORDS("10"),
                             .setups = WORDS("lmc=log"),
                             .price = "$2.99/h"};
    struct query_fixture fixture = fixture_query(runs, RUNS, &query);
    assert_float_equal(fixture_number(&fixture, "lmc", "money_total_10"),
                       1.337194444444444444444444444444444444444, 1e-14);
    assert_string_equal(fixture_find(&fixture, "money_total_10")->unit->symbol, "$");
    /* With a price there is no default cost beside money. */
    assert_int_equal(fixture.table->column_count, 3);
    fixture_done(&fixture);
}

static void production__mistakes(void **state)
{
    (void)state;
    struct ec_query query = {.requests = WORDS("10,1.5")};
    fixture_expect_error(runs, RUNS, &query, "--requests: '1.5' is not a number of requests");
    query.requests = (struct ec_words)WORDS("10");
    query.setups = (struct ec_words)WORDS("nobody");
    fixture_expect_error(runs, RUNS, &query,
                         "--setup: there is no column 'nobody', and no row is called 'nobody'");
    query.setups = (struct ec_words)WORDS("lmc*=");
    fixture_expect_error(runs, RUNS, &query, "--setup: 'lmc*=' does not say what is prepared");
    query = (struct ec_query){.price = "2.99/h"};
    fixture_expect_error(runs, RUNS, &query, "--price needs --requests, which says how many");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(production__preparation_from_another_row),
        cmocka_unit_test(production__preparation_from_a_column_or_an_amount),
        cmocka_unit_test(production__without_rows_the_baseline_and_references_need_none),
        cmocka_unit_test(production__money),
        cmocka_unit_test(production__mistakes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
