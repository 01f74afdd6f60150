/* table/table: what the model tells beyond its fields. */
#include "cmocka_test.h"
#include "table_fixture.h"

#include <math.h>

static const char *const names[] = {"NPO", "GradAscent", "Retrain"};

static struct ec_table *grouped(const uint32_t *ns)
{
    struct ec_table *table = fixture_table(names, 3);
    struct ec_value values[] = {ec_value_real(1), ec_value_real(2), ec_value_missing()};
    struct ec_column *column = fixture_column(table, ec_metric_get(EC_METRIC_time), values, NULL);
    fixture_spread(table, column, (double[]){0.5, NAN, NAN}, ns);
    table->grouped = true;
    table->spread = "sample standard deviation";
    return table;
}

static void assert_note(struct ec_table *table, const char *expected)
{
    const char *note = ec_table_spread_note(table, &table->arena);
    if (expected)
        assert_string_equal(note, expected);
    else
        assert_null(note);
    ec_table_free(table);
}

static void spread_note__tells_what_and_over_how_many(void **state)
{
    (void)state;
    assert_note(grouped((uint32_t[]){3, 3, 3}),
                "\u00b1 is the sample standard deviation over 3 runs");
    assert_note(grouped((uint32_t[]){2, 5, 3}),
                "\u00b1 is the sample standard deviation over 2 to 5 runs");
    assert_note(grouped((uint32_t[]){3, 1, 3}),
                "\u00b1 is the sample standard deviation over 1 to 3 runs; a single run has none");
}

static void spread_note__missing_values_do_not_count(void **state)
{
    (void)state;
    assert_note(grouped((uint32_t[]){3, 3, 0}),
                "\u00b1 is the sample standard deviation over 3 runs");
}

static void spread_note__none_without_a_spread(void **state)
{
    (void)state;
    assert_note(fixture_document(), NULL);
}

static void reference__rows_of_the_section(void **state)
{
    (void)state;
    struct ec_table *table = fixture_table(names, 3);
    assert_false(ec_table_row_is_reference(table, 2));
    static const struct ec_section sections[] = {{.first_row = 0},
                                                 {.first_row = 2, .reference = true}};
    table->sections = sections;
    table->section_count = 2;
    assert_false(ec_table_row_is_reference(table, 0));
    assert_false(ec_table_row_is_reference(table, 1));
    assert_true(ec_table_row_is_reference(table, 2));
    ec_table_free(table);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(spread_note__tells_what_and_over_how_many),
        cmocka_unit_test(spread_note__missing_values_do_not_count),
        cmocka_unit_test(spread_note__none_without_a_spread),
        cmocka_unit_test(reference__rows_of_the_section),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
