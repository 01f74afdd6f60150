/* transpose, section: the table turned over, rows and columns under headings. */
#include "cmocka_test.h"
#include "query_fixture.h"
#include "table/format.h"
#include "table/summary.h"

#include <stdio.h>

static const struct fixture_run runs[] = {
    {"npo", "slow", 300, 9000, 0.6, NAN, EC_STATUS_COMPLETED},
    {"ga", "fast", 200, 8000, 0.45, NAN, EC_STATUS_COMPLETED},
    {"gold", "slow", 330, NAN, 0.9, NAN, EC_STATUS_COMPLETED},
    {"dead", NULL, 10, 100, 0.9, NAN, EC_STATUS_FAILED},
};
enum { RUNS = sizeof runs / sizeof runs[0] };

/* What a cell shows. */
static const char *shown(const struct ec_table *table, size_t row, size_t column)
{
    static char text[64];
    struct ec_out out;
    ec_out_to_memory(&out);
    ec_format_cell_spread(&out, ec_table_format(table, row, column),
                          ec_table_cell(table, row, column), ec_out_str);
    snprintf(text, sizeof text, "%.*s", (int)out.length, out.buffer);
    ec_out_free(&out);
    return text;
}

static void transpose__each_row_keeps_its_unit_and_digits(void **state)
{
    (void)state;
    struct ec_query query = {.columns = WORDS("time,mem,model_utility"),
                             .units = WORDS("mem=GiB,time=min"),
                             .references = WORDS("gold"),
                             .transpose = true};
    struct query_fixture fixture = fixture_query(runs, RUNS, &query);
    const struct ec_table *table = fixture.table;
    assert_int_equal(table->row_count, 3);
    assert_int_equal(table->column_count, 4);
    assert_string_equal(table->columns[0].label, "gold");
    assert_string_equal(table->columns[0].group, "Reference");
    assert_string_equal(table->columns[1].label, "dead [failed]");
    assert_true(ec_str_equal(ec_table_row_name(table, 1), ec_str("GPU memory (GiB)")));
    assert_true(ec_str_equal(ec_table_row_key(table, 1), ec_str("peak_gpu_memory_mb")));
    assert_string_equal(shown(table, 0, 0), "5.50");
    assert_string_equal(shown(table, 1, 0), "-");
    assert_string_equal(shown(table, 1, 2), "7.812");
    assert_string_equal(shown(table, 2, 3), "0.600");
    assert_int_equal(ec_table_marks(table, 0, 2), EC_MARK_BEST);
    assert_int_equal(ec_table_marks(table, 0, 0), 0);
    /* The summary is in terms of the runs. */
    struct ec_out out;
    ec_out_to_memory(&out);
    ec_summary_write(&out, table, &table->bests[2], EC_SUMMARY_TRUE, ec_out_str);
    ec_out_char(&out, '\0');
    assert_string_equal(out.buffer, "Highest Model Utility: npo (0.600)");
    ec_out_free(&out);
    fixture_done(&fixture);
}

static void transpose__groups_keep_spread_and_count(void **state)
{
    (void)state;
    struct ec_query query = {
        .columns = WORDS("time"), .group_by = WORDS("method"), .transpose = true};
    struct query_fixture fixture = fixture_query(runs, RUNS, &query);
    assert_float_equal(fixture_number(&fixture, "unlearning_time_seconds", "slow"), 315, 1e-9);
    assert_float_equal(fixture_spread_of(&fixture, "unlearning_time_seconds", "slow"),
                       21.21320343559643, 1e-12);
    assert_string_equal(shown(fixture.table, 0, 1), "315.00 \u00b1 21.21 (2)");
    fixture_done(&fixture);
}

static void transpose__equal_names_get_different_keys(void **state)
{
    (void)state;
    struct ec_query query = {
        .columns = WORDS("time"), .labels = WORDS("ga=npo", "gold=npo"), .transpose = true};
    struct query_fixture fixture = fixture_query(runs, RUNS, &query);
    assert_string_equal(fixture.table->columns[1].key, "npo");
    assert_string_equal(fixture.table->columns[2].key, "npo (2)");
    assert_string_equal(fixture.table->columns[3].key, "npo (3)");
    assert_string_equal(fixture.table->columns[3].label, "npo");
    fixture_done(&fixture);
}

static void section__metrics_become_sections_of_rows(void **state)
{
    (void)state;
    struct ec_query query = {.columns = WORDS("time,model_utility,mem,unknown_key,steps"),
                             .section = "metrics",
                             .transpose = true};
    struct query_fixture fixture = fixture_query(runs, RUNS, &query);
    const struct ec_table *table = fixture.table;
    static const struct {
        const char *title;
        size_t first_row;
    } expected[] = {{"Cost", 0}, {"Effectiveness", 2}, {"Memory", 3}, {"Other", 4}};
    assert_int_equal(table->section_count, 4);
    for (size_t i = 0; i < 4; i++) {
        assert_string_equal(table->sections[i].title, expected[i].title);
        assert_int_equal(table->sections[i].first_row, expected[i].first_row);
    }
    assert_true(ec_str_equal(ec_table_row_key(table, 1), ec_str("total_steps")));
    fixture_done(&fixture);
}

static void section__rows_by_value_keep_their_order_within(void **state)
{
    (void)state;
    struct ec_query query = {.columns = WORDS("time"),
                             .references = WORDS("gold"),
                             .sort = WORDS("-time"),
                             .section = "method"};
    struct query_fixture fixture = fixture_query(runs, RUNS, &query);
    const struct ec_table *table = fixture.table;
    assert_int_equal(table->section_count, 4);
    assert_true(table->sections[0].reference);
    assert_string_equal(table->sections[1].title, "fast");
    assert_string_equal(table->sections[2].title, "slow");
    assert_string_equal(table->sections[3].title, "no method");
    assert_true(ec_str_equal(ec_table_row_name(table, 2), ec_str("npo")));
    assert_false(ec_table_row_is_reference(table, 1));
    fixture_done(&fixture);
    query.section = "metod";
    fixture_expect_error(runs, RUNS, &query, "no run has a value 'metod'; did you mean 'method'?");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(transpose__each_row_keeps_its_unit_and_digits),
        cmocka_unit_test(transpose__groups_keep_spread_and_count),
        cmocka_unit_test(transpose__equal_names_get_different_keys),
        cmocka_unit_test(section__metrics_become_sections_of_rows),
        cmocka_unit_test(section__rows_by_value_keep_their_order_within),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
