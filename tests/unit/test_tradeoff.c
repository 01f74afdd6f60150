/* tradeoff: the column of the front, and the rows that --pareto-only keeps. */
#include "cmocka_test.h"
#include "query_fixture.h"

static const struct fixture_run runs[] = {
    {"cheap", "a", 10, 9000, 0.2, NAN, EC_STATUS_COMPLETED},
    {"middle", "b", 20, 9000, 0.5, NAN, EC_STATUS_COMPLETED},
    {"beaten", "c", 21, 9000, 0.5, NAN, EC_STATUS_COMPLETED},
    {"unknown", "d", 1, NAN, NAN, NAN, EC_STATUS_COMPLETED},
    {"gold", "e", 1, 1, 0.9, NAN, EC_STATUS_COMPLETED},
    {"dead", "f", 1, 1, 0.9, NAN, EC_STATUS_FAILED},
};
enum { RUNS = sizeof runs / sizeof runs[0] };

static void tradeoff__references_missing_and_failed_take_no_part(void **state)
{
    (void)state;
    struct ec_query query = {.columns = WORDS("mem"),
                             .references = WORDS("gold"),
                             .pareto = WORDS("time", "model_utility")};
    struct query_fixture fixture = fixture_query(runs, RUNS, &query);
    assert_string_equal(fixture_text(&fixture, "cheap", "pareto"), "front");
    assert_string_equal(fixture_text(&fixture, "middle", "pareto"), "front");
    assert_string_equal(fixture_text(&fixture, "beaten", "pareto"), "dominated");
    assert_string_equal(fixture_text(&fixture, "unknown", "pareto"), "");
    assert_string_equal(fixture_text(&fixture, "gold", "pareto"), "");
    assert_string_equal(fixture_text(&fixture, "dead", "pareto"), "");
    /* The axes are shown. */
    assert_float_equal(fixture_number(&fixture, "cheap", "unlearning_time_seconds"), 10, 0);
    fixture_done(&fixture);
}

static void tradeoff__only_keeps_front_and_references(void **state)
{
    (void)state;
    struct ec_query query = {.columns = WORDS("time"),
                             .references = WORDS("gold"),
                             .pareto = WORDS("time,model_utility"),
                             .pareto_only = true,
                             .sort = WORDS("-time")};
    struct query_fixture fixture = fixture_query(runs, RUNS, &query);
    assert_int_equal(fixture.table->row_count, 3);
    assert_true(ec_str_equal(ec_table_row_name(fixture.table, 0), ec_str("gold")));
    assert_true(ec_str_equal(ec_table_row_name(fixture.table, 1), ec_str("middle")));
    assert_true(ec_str_equal(ec_table_row_name(fixture.table, 2), ec_str("cheap")));
    fixture_done(&fixture);
}

static void tradeoff__what_is_computed_has_a_direction_but_no_rank(void **state)
{
    (void)state;
    struct ec_query query = {.columns = WORDS("time"),
                             .relative_columns = WORDS("time"),
                             .baseline = "gold",
                             .pareto = WORDS("time_ratio,model_utility")};
    struct query_fixture fixture = fixture_query(runs, RUNS, &query);
    assert_string_equal(fixture_text(&fixture, "gold", "pareto"), "front");
    assert_string_equal(fixture_text(&fixture, "middle", "pareto"), "dominated");
    assert_null(fixture_find(&fixture, "time_ratio")->marks);
    fixture_done(&fixture);

    query = (struct ec_query){.columns = WORDS("time"),
                              .requests = WORDS("10"),
                              .setups = WORDS("beaten=20"),
                              .pareto = WORDS("time_per_request_10,model_utility")};
    fixture = fixture_query(runs, RUNS, &query);
    assert_string_equal(fixture_text(&fixture, "cheap", "pareto"), "dominated");
    assert_string_equal(fixture_text(&fixture, "gold", "pareto"), "front");
    fixture_done(&fixture);
}

static void tradeoff__within_the_spread_is_possible(void **state)
{
    (void)state;
    static const struct fixture_run seeds[] = {
        {"a0", "a", 100, NAN, NAN, NAN, EC_STATUS_COMPLETED},
        {"a1", "a", 120, NAN, NAN, NAN, EC_STATUS_COMPLETED},
        {"b0", "b", 112, NAN, NAN, NAN, EC_STATUS_COMPLETED},
        {"b1", "b", 124, NAN, NAN, NAN, EC_STATUS_COMPLETED},
        {"c0", "c", 300, NAN, NAN, NAN, EC_STATUS_COMPLETED},
        {"c1", "c", 301, NAN, NAN, NAN, EC_STATUS_COMPLETED},
    };
    struct ec_query query = {
        .columns = WORDS("time"), .group_by = WORDS("method"), .pareto = WORDS("time")};
    struct query_fixture fixture = fixture_query(seeds, 6, &query);
    /* 110 +- 14, 118 +- 8.5, 300.5 +- 0.7 */
    assert_string_equal(fixture_text(&fixture, "a", "pareto"), "front");
    assert_string_equal(fixture_text(&fixture, "b", "pareto"), "possible");
    assert_string_equal(fixture_text(&fixture, "c", "pareto"), "dominated");
    fixture_done(&fixture);
    query.pareto_only = true;
    fixture = fixture_query(seeds, 6, &query);
    assert_int_equal(fixture.table->row_count, 2);
    fixture_done(&fixture);
}

static void tradeoff__an_axis_needs_a_direction_and_values(void **state)
{
    (void)state;
    struct ec_query query = {.columns = WORDS("time"), .pareto = WORDS("time,method")};
    fixture_expect_error(runs, RUNS, &query,
                         "--pareto: less of method is neither better nor worse; say with "
                         "--direction method=lower (or higher) which");
    query.pareto = (struct ec_words)WORDS("tme");
    fixture_expect_error(runs, RUNS, &query, "no run has a value 'tme'; did you mean 'time'?");
    query.pareto = (struct ec_words){0};
    query.pareto_only = true;
    fixture_expect_error(runs, RUNS, &query,
                         "--pareto-only needs --pareto, which names the columns");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tradeoff__references_missing_and_failed_take_no_part),
        cmocka_unit_test(tradeoff__only_keeps_front_and_references),
        cmocka_unit_test(tradeoff__what_is_computed_has_a_direction_but_no_rank),
        cmocka_unit_test(tradeoff__within_the_spread_is_possible),
        cmocka_unit_test(tradeoff__an_axis_needs_a_direction_and_values),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
