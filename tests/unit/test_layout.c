/* layout: cut names stay distinct, marks stay whole, columns are as wide as what is in them. */
#include "cmocka_test.h"
#include "table_fixture.h"

#include "base/utf8.h"
#include "table/layout.h"

#include <stdlib.h>

static struct ec_layout *new_layout(const struct ec_table *table, int width)
{
    return ec_layout_new(table, &(struct ec_layout_options){.width = width, .min_name_width = 30});
}

/* Compares the names of a table without columns as a terminal of this width shows them. */
static void assert_names(const char *const *names, size_t count, int width,
                         const char *const *expected)
{
    struct ec_table *table = fixture_table(names, count);
    struct ec_layout *layout = new_layout(table, width);
    struct ec_out text;
    ec_out_to_memory(&text);
    for (size_t row = 0; row < count; row++) {
        int shown = ec_layout_name(layout, row, &text);
        ec_out_char(&text, '\0');
        assert_string_equal(text.buffer, expected[row]);
        assert_int_equal(shown, ec_utf8_width(ec_str(expected[row])));
        assert_true(shown <= layout->name_width);
    }
    ec_out_free(&text);
    ec_layout_free(layout);
    ec_table_free(table);
}

static void name__cut_at_the_end_when_that_is_distinct(void **state)
{
    (void)state;
    static const char *const names[] = {"GradAscent_with_a_long_name_indeed_it_is", "NPO",
                                        "GradDiff_with_a_long_name_indeed_it_is_too"};
    static const char *const expected[] = {"GradAscent_with_a_long_name...", "NPO",
                                           "GradDiff_with_a_long_name_i..."};
    assert_names(names, 3, 30, expected);
}

static void name__cut_in_the_middle_when_the_end_differs(void **state)
{
    (void)state;
    static const char *const names[] = {
        "unlearn_tofu_Llama-3.2-1B_forget10_NPO_lr1e-5_seed0",
        "unlearn_tofu_Llama-3.2-1B_forget10_NPO_lr1e-5_seed1",
        "retrain_tofu_Llama-3.2-1B_forget10",
    };
    static const char *const expected[] = {
        "unlearn_tofu_Lla...r1e-5_seed0",
        "unlearn_tofu_Lla...r1e-5_seed1",
        "retrain_tofu_Llama-3.2-1B_f...",
    };
    assert_names(names, 3, 30, expected);
}

static void name__more_tail_when_the_difference_is_further_in(void **state)
{
    (void)state;
    static const char *const names[] = {
        "unlearn_tofu_Llama-3.2-1B_A_NPO_forget10_seed0",
        "unlearn_tofu_Llama-3.2-1B_A_RMU_forget10_seed0",
    };
    static const char *const expected[] = {
        "unlearn_to...PO_forget10_seed0",
        "unlearn_to...MU_forget10_seed0",
    };
    assert_names(names, 2, 30, expected);
}

static void name__ordinals_where_no_cut_helps(void **state)
{
    (void)state;
    static const char *const names[] = {
        "a_prefix_that_takes_all_the_room_A_a_suffix_that_takes_all_the_room",
        "a_prefix_that_takes_all_the_room_B_a_suffix_that_takes_all_the_room",
        "a_prefix_that_takes_all_the_room_B_a_suffix_that_takes_all_the_room",
    };
    struct ec_table *table = fixture_table(names, 3);
    struct ec_layout *layout = new_layout(table, 30);
    struct ec_out text;
    ec_out_to_memory(&text);
    ec_layout_name(layout, 0, &text);
    ec_out_char(&text, '\0');
    assert_string_equal(text.buffer, "a_prefix_that_takes_all_t...#1");
    ec_layout_name(layout, 1, &text);
    ec_out_char(&text, '\0');
    assert_string_equal(text.buffer, "a_prefix_that_takes_all_t...#2");
    ec_out_free(&text);
    ec_layout_free(layout);
    ec_table_free(table);
}

static void name__the_same_name_twice_needs_no_middle(void **state)
{
    (void)state;
    static const char *const names[] = {"the_very_same_name_of_two_different_runs",
                                        "the_very_same_name_of_two_different_runs"};
    static const char *const expected[] = {"the_very_same_name_of_two_d...",
                                           "the_very_same_name_of_two_d..."};
    assert_names(names, 2, 30, expected);
}

static void name__a_name_that_looks_cut_counts_too(void **state)
{
    (void)state;
    static const char *const names[] = {"the_very_same_name_of_two_d...",
                                        "the_very_same_name_of_two_different_runs"};
    static const char *const expected[] = {"the_very_same_name_of_two_d...",
                                           "the_very_same_na...ferent_runs"};
    assert_names(names, 2, 30, expected);
}

static void name__wide_characters_are_cut_whole(void **state)
{
    (void)state;
    static const char *const names[] = {
        "\xe5\x8f\x96\xe6\xb6\x88\xe5\xad\xa6\xe4\xb9\xa0\xe5\x8f\x96\xe6\xb6\x88\xe5\xad\xa6"
        "\xe4\xb9\xa0\xe5\x8f\x96\xe6\xb6\x88\xe5\xad\xa6\xe4\xb9\xa0\xe5\x8f\x96\xe6\xb6\x88"
        "\xe5\xad\xa6\xe4\xb9\xa0"};
    static const char *const expected[] = {
        "\xe5\x8f\x96\xe6\xb6\x88\xe5\xad\xa6\xe4\xb9\xa0\xe5\x8f\x96\xe6\xb6\x88\xe5\xad\xa6"
        "\xe4\xb9\xa0\xe5\x8f\x96\xe6\xb6\x88\xe5\xad\xa6\xe4\xb9\xa0\xe5\x8f\x96..."};
    assert_names(names, 1, 30, expected);
}

static int compare_texts(const void *left, const void *right)
{
    return strcmp(*(char *const *)left, *(char *const *)right);
}

/* Long names that differ somewhere: in every width each row is shown differently. */
static void name__any_long_names_stay_distinct(void **state)
{
    (void)state;
    enum { COUNT = 400 };
    char names[COUNT][96];
    const char *pointers[COUNT];
    uint32_t seed = 7;
    for (int i = 0; i < COUNT; i++) {
        memset(names[i], 'x', 80);
        seed = seed * 1664525 + 1013904223;
        size_t place = 5 + (seed >> 16) % 70;
        names[i][80] = '\0';
        names[i][place] = (char)('0' + i / 100);
        names[i][place + 1] = (char)('0' + i / 10 % 10);
        names[i][place + 2] = (char)('0' + i % 10);
        pointers[i] = names[i];
    }
    struct ec_table *table = fixture_table(pointers, COUNT);
    for (int width = 12; width <= 82; width += 7) {
        struct ec_layout *layout = new_layout(table, width);
        char *shown[COUNT];
        for (size_t row = 0; row < COUNT; row++) {
            struct ec_out text;
            ec_out_to_memory(&text);
            assert_true(ec_layout_name(layout, row, &text) <= layout->name_width);
            ec_out_char(&text, '\0');
            shown[row] = text.buffer;
        }
        qsort(shown, COUNT, sizeof *shown, compare_texts);
        for (size_t row = 1; row < COUNT; row++)
            assert_string_not_equal(shown[row - 1], shown[row]);
        for (size_t row = 0; row < COUNT; row++)
            free(shown[row]);
        ec_layout_free(layout);
    }
    ec_table_free(table);
}

static void name__the_status_mark_is_never_cut(void **state)
{
    (void)state;
    struct ec_runset *runset = ec_runset_new();
    static const char *const names[] = {
        "a_long_name_of_a_run_that_is_still_going_on", "b", "c", "d", "e", "f"};
    static const char *const expected[] = {"a_long_name_of_a... [running]",
                                           "b",
                                           "c [failed]",
                                           "d [interrupted]",
                                           "e [partial]",
                                           "f [pending]"};
    static const enum ec_status statuses[] = {EC_STATUS_RUNNING, EC_STATUS_COMPLETED,
                                              EC_STATUS_FAILED,  EC_STATUS_INTERRUPTED,
                                              EC_STATUS_PARTIAL, EC_STATUS_PENDING};
    for (size_t i = 0; i < 6; i++)
        ec_runset_add(runset,
                      &(struct ec_run){.path = ec_str(names[i]),
                                       .name = ec_str(names[i]),
                                       .status = statuses[i]},
                      NULL, 0);
    ec_runset_finish(runset);
    struct ec_table *table = ec_table_new(runset);
    table->name_header = "Experiment";
    table->row_count = 6;
    struct ec_layout *layout = new_layout(table, 29);
    assert_int_equal(layout->name_width, 29);
    struct ec_out text;
    ec_out_to_memory(&text);
    for (size_t row = 0; row < 6; row++) {
        ec_layout_name(layout, row, &text);
        ec_out_char(&text, '\0');
        assert_string_equal(text.buffer, expected[row]);
    }
    ec_out_free(&text);
    ec_layout_free(layout);
    ec_table_free(table);
    ec_runset_free(runset);
}

static int column_width(const struct ec_column *changes, const struct ec_value *values,
                        size_t count)
{
    static const char *const names[] = {"a", "b", "c", "d"};
    struct ec_table *table = fixture_table(names, count);
    struct ec_column *column = fixture_column(table, ec_metric_get(EC_METRIC_time), values, NULL);
    column->header = "T";
    column->digits = changes->digits;
    column->min_width = changes->min_width;
    column->scientific = changes->scientific;
    struct ec_layout *layout = new_layout(table, 0);
    int width = layout->column_widths[0];

    /* It is the width of the widest cell, whatever way was taken to find it. */
    struct ec_out text;
    ec_out_to_memory(&text);
    int widest = 1;
    for (size_t row = 0; row < count; row++) {
        int cell = ec_layout_cell(layout, row, 0, &text);
        widest = cell > widest ? cell : widest;
    }
    assert_int_equal(width, widest > changes->min_width ? widest : changes->min_width);
    ec_out_free(&text);
    ec_layout_free(layout);
    ec_table_free(table);
    return width;
}

static void column__as_wide_as_its_widest_cell(void **state)
{
    (void)state;
    struct ec_column two = {.digits = 2};
    struct ec_value low = ec_value_real(-12345.5), high = ec_value_real(99.999),
                    one = ec_value_int(1);
    assert_int_equal(column_width(&two, (struct ec_value[]){low, high, one}, 3), 9);
    assert_int_equal(column_width(&two, (struct ec_value[]){high, one}, 2), 6);
    assert_int_equal(column_width(&two, (struct ec_value[]){ec_value_missing()}, 1), 1);
    struct ec_value nearly = ec_value_real(999999999999999.0), above = ec_value_real(1e15);
    assert_int_equal(column_width(&two, (struct ec_value[]){nearly, above}, 2), 18);
    struct ec_value text = ec_value_str(ec_str("\xe5\x8f\x96\x1b"));
    assert_int_equal(column_width(&two, (struct ec_value[]){one, text}, 2), 6);
    struct ec_column padded = {.digits = 2, .min_width = 12};
    assert_int_equal(column_width(&padded, (struct ec_value[]){one}, 1), 12);
    struct ec_column scientific = {.digits = 1, .scientific = true};
    assert_int_equal(column_width(&scientific, (struct ec_value[]){one, ec_value_real(1e-150)}, 2),
                     8);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(name__cut_at_the_end_when_that_is_distinct),
        cmocka_unit_test(name__cut_in_the_middle_when_the_end_differs),
        cmocka_unit_test(name__more_tail_when_the_difference_is_further_in),
        cmocka_unit_test(name__ordinals_where_no_cut_helps),
        cmocka_unit_test(name__the_same_name_twice_needs_no_middle),
        cmocka_unit_test(name__a_name_that_looks_cut_counts_too),
        cmocka_unit_test(name__wide_characters_are_cut_whole),
        cmocka_unit_test(name__any_long_names_stay_distinct),
        cmocka_unit_test(name__the_status_mark_is_never_cut),
        cmocka_unit_test(column__as_wide_as_its_widest_cell),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
