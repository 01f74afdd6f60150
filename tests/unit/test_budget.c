/* budget: who fits, by how much the others do not, and the best of those that do. */
#include "cmocka_test.h"
#include "query_fixture.h"

static const struct fixture_run runs[] = {
    {"exact", NULL, 900, 24576, 0.5, NAN, EC_STATUS_COMPLETED},
    {"small", NULL, 1000, 10000, 0.4, NAN, EC_STATUS_COMPLETED},
    {"quick", NULL, 100, 30000, 0.6, NAN, EC_STATUS_COMPLETED},
    {"unsure", NULL, 50, NAN, 0.6, NAN, EC_STATUS_COMPLETED},
    {"both", NULL, 2000, NAN, 0.6, NAN, EC_STATUS_COMPLETED},
    {"early", NULL, 10, 10, 0.6, NAN, EC_STATUS_RUNNING},
    {"late", NULL, 1000, 10, 0.6, NAN, EC_STATUS_RUNNING},
};
enum { RUNS = sizeof runs / sizeof runs[0] };

static void budget__fits_over_and_unknown(void **state)
{
    (void)state;
    struct ec_query query = {.columns = WORDS("time"), .budgets = WORDS("mem<=24GiB,time<=15min")};
    struct query_fixture fixture = fixture_query(runs, RUNS, &query);
    assert_string_equal(fixture_text(&fixture, "exact", "budget"), "fits");
    assert_string_equal(fixture_text(&fixture, "small", "budget"), "over");
    assert_string_equal(fixture_text(&fixture, "quick", "budget"), "over");
    assert_string_equal(fixture_text(&fixture, "unsure", "budget"), "unknown");
    assert_string_equal(fixture_text(&fixture, "both", "budget"), "over");
    /* What it cost so far is a lower bound. */
    assert_string_equal(fixture_text(&fixture, "early", "budget"), "unknown");
    assert_string_equal(fixture_text(&fixture, "late", "budget"), "over");
    /* In the units of the columns, MiB and s. */
    assert_float_equal(fixture_number(&fixture, "exact", "mem_over"), 0, 0);
    assert_float_equal(fixture_number(&fixture, "quick", "mem_over"), 5424, 1e-9);
    assert_float_equal(fixture_number(&fixture, "quick", "time_over"), -800, 1e-9);
    assert_true(isnan(fixture_number(&fixture, "unsure", "mem_over")));
    fixture_done(&fixture);
}

static void budget__strict_limits_and_lower_bounds(void **state)
{
    (void)state;
    struct ec_query query = {.columns = WORDS("time"),
                             .budgets = WORDS("mem < 24GiB", "model_utility >= 0.5")};
    struct query_fixture fixture = fixture_query(runs, RUNS, &query);
    assert_string_equal(fixture_text(&fixture, "exact", "budget"), "over");
    assert_string_equal(fixture_text(&fixture, "small", "budget"), "over");
    assert_float_equal(fixture_number(&fixture, "small", "model_utility_short"), 0.1, 1e-15);
    assert_string_equal(fixture_text(&fixture, "early", "budget"), "unknown");
    fixture_done(&fixture);
}

static void budget__best_within(void **state)
{
    (void)state;
    struct ec_query query = {.columns = WORDS("time,mem"), .budgets = WORDS("mem<=24GiB")};
    struct query_fixture fixture = fixture_query(runs, RUNS, &query);
    assert_int_equal(fixture.table->best_count, 4);
    const struct ec_best *best = &fixture.table->bests[2];
    assert_string_equal(best->title, "Fastest within budget");
    assert_int_equal(best->count, 1);
    assert_true(ec_str_equal(ec_table_row_name(fixture.table, best->rows[0]), ec_str("exact")));
    fixture_done(&fixture);

    query.budgets = (struct ec_words)WORDS("time<1ms");
    fixture = fixture_query(runs, RUNS, &query);
    assert_int_equal(fixture.table->bests[2].count, 0);
    assert_string_equal(fixture.table->bests[2].none, "no run fits");
    fixture_done(&fixture);
}

static void budget__mistakes(void **state)
{
    (void)state;
    struct ec_query query = {.budgets = WORDS("mem<=15min")};
    fixture_expect_error(runs, RUNS, &query,
                         "--budget: mem<=15min: peak_gpu_memory_mb is recorded in MiB");
    query.budgets = (struct ec_words)WORDS("24GiB");
    fixture_expect_error(runs, RUNS, &query, "--budget: '24GiB' is not like mem<=24GiB");
    query.budgets = (struct ec_words)WORDS("mme<=24GiB");
    fixture_expect_error(runs, RUNS, &query, "no run has a value 'mme'; did you mean 'mem'?");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(budget__fits_over_and_unknown),
        cmocka_unit_test(budget__strict_limits_and_lower_bounds),
        cmocka_unit_test(budget__best_within),
        cmocka_unit_test(budget__mistakes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
