/* render/text: the document's lines, and what happens to wide, strange and unfinished rows. */
#include "cmocka_test.h"
#include "table_fixture.h"

#include <math.h>
#include <stdlib.h>

#define RULE(c) c c c c c c c c c c c c c c c c "\n"
#define EQUALS  RULE("=====")
#define DASHES  RULE("-----")
/* Five wider: as wide as a table with the longest name whole. */
#define EQUALS5 "=====" EQUALS
#define DASHES5 "-----" DASHES
#define TITLE   EQUALS "Unlearning Efficiency Metrics Comparison\n" EQUALS
#define HEADER                                                                                     \
    TITLE "Experiment                     Time(s)      Steps    GPU Mem(MB)     Tokens/s\n" DASHES
#define BEST_LINES                                                                                 \
    "\nBest Performers:\n"                                                                         \
    "  Fastest: efficiency_GradAscent_forget01 (245.32s)\n"                                        \
    "  Most Memory Efficient: efficiency_GradAscent_forget01 (8234.56 MB)\n"                       \
    "  Highest Throughput: efficiency_GradAscent_forget01 (1234.56 tokens/s)\n"

static void text__width_80_is_the_document(void **state)
{
    (void)state;
    struct ec_table *table = fixture_document();
    fixture_assert_renders(
        table, "text", 80, false,
        HEADER
        "efficiency_GradAscent_forget01 245.32       100      8234.56         1234.56\n"
        "efficiency_NPO_forget01        312.45       100      9123.45         987.65\n"
        "efficiency_LMCleanerSample_... 289.12       100      8567.89         1098.76\n" EQUALS
            BEST_LINES);
    ec_table_free(table);
}

static void text__without_a_terminal_nothing_is_cut(void **state)
{
    (void)state;
    static const char expected[] = EQUALS5
        "Unlearning Efficiency Metrics Comparison\n" EQUALS5
        "Experiment                          Time(s)      Steps    GPU Mem(MB)     "
        "Tokens/s\n" DASHES5
        "efficiency_GradAscent_forget01      245.32       100      8234.56         1234.56\n"
        "efficiency_NPO_forget01             312.45       100      9123.45         987.65\n"
        "efficiency_LMCleanerSample_forget01 289.12       100      8567.89         "
        "1098.76\n" EQUALS5 BEST_LINES;
    struct ec_table *table = fixture_document();
    fixture_assert_renders(table, "text", 0, false, expected);
    fixture_assert_renders(table, "text", 200, false, expected);
    ec_table_free(table);
}

static void text__a_wider_terminal_gives_the_name_its_room(void **state)
{
    (void)state;
    struct ec_table *table = fixture_document();
    char *text = fixture_render(table, "text", 82, false);
    assert_non_null(strstr(text, "\nefficiency_LMCleanerSample_fo... 289.12       100 "));
    free(text);
    ec_table_free(table);
}

static void text__a_narrow_terminal_loses_the_padding_first(void **state)
{
    (void)state;
    struct ec_table *table = fixture_document();
    fixture_assert_renders(
        table, "text", 60, false,
        "============================================================\n"
        "Unlearning Efficiency Metrics Comparison\n"
        "============================================================\n"
        "Experiment                Time(s) Steps GPU Mem(MB) Tokens/s\n"
        "------------------------------------------------------------\n"
        "efficiency_GradAscent_... 245.32  100   8234.56     1234.56\n"
        "efficiency_NPO_forget01   312.45  100   9123.45     987.65\n"
        "efficiency_LMCleanerSa... 289.12  100   8567.89     1098.76\n"
        "============================================================\n" BEST_LINES);
    ec_table_free(table);
}

static void text__color_marks_the_best(void **state)
{
    (void)state;
    static const char *const names[] = {"a", "b", "c"};
    struct ec_table *table = fixture_table(names, 3);
    fixture_column(table, ec_metric_get(EC_METRIC_time),
                   (struct ec_value[]){ec_value_int(1), ec_value_int(2), ec_value_int(3)},
                   (uint8_t[]){EC_MARK_BEST, EC_MARK_TIED, EC_MARK_SECOND});
    fixture_assert_renders(
        table, "text", 0, true,
        EQUALS "\033[1mUnlearning Efficiency Metrics Comparison\033[0m\n" EQUALS
               "\033[1mExperiment\033[0m                     \033[1mTime(s)\033[0m\n" DASHES
               "a                              \033[1;32m1.00\033[0m\n"
               "b                              \033[1m2.00\033[0m\n"
               "c                              \033[4m3.00\033[0m\n" EQUALS);
    char *plain = fixture_render(table, "text", 0, false);
    assert_null(strchr(plain, '\033'));
    free(plain);
    ec_table_free(table);
}

static void text__missing_values_ties_notes_and_sections(void **state)
{
    (void)state;
    static const char *const names[] = {"a", "b", "c", "d"};
    static const size_t tied[] = {0, 1, 2};
    static const struct ec_best bests[] = {
        {.title = "Fastest", .column = 0, .count = 4, .rows = tied},
        {.title = "Most Memory Efficient", .column = 1, .count = 0},
    };
    static const char *const notes[] = {"one thing", "another\x1b[2J"};
    static const struct ec_section sections[] = {
        {"References", 0, true}, {"Methods", 2, false}, {NULL, 3, false}};
    struct ec_table *table = fixture_table(names, 4);
    struct ec_value one = ec_value_real(1), none = ec_value_missing();
    fixture_column(table, ec_metric_get(EC_METRIC_time), (struct ec_value[]){one, one, one, one},
                   NULL);
    fixture_column(table, ec_metric_get(EC_METRIC_mem), (struct ec_value[]){none, none, none, none},
                   NULL);
    table->bests = bests;
    table->best_count = 2;
    table->notes = notes;
    table->note_count = 2;
    table->sections = sections;
    table->section_count = 3;
    fixture_assert_renders(table, "text", 0, false,
                           TITLE "Experiment                     Time(s) GPU Mem(MB)\n" DASHES
                                 "References\n"
                                 "a                              1.00    -\n"
                                 "b                              1.00    -\n" DASHES "Methods\n"
                                 "c                              1.00    -\n" DASHES
                                 "d                              1.00    -\n" EQUALS "\n"
                                 "Best Performers:\n"
                                 "  Fastest: a, b, c and 1 more (1.00s) (tie: 4 runs)\n"
                                 "  Most Memory Efficient: N/A (not measured in any run)\n"
                                 "\n"
                                 "Note: one thing\n"
                                 "Note: another\\x1b[2J\n");
    ec_table_free(table);
}

static void text__spread_and_counts(void **state)
{
    (void)state;
    static const char *const names[] = {"NPO", "GradDiff"};
    static const size_t best_row[] = {1};
    static const struct ec_best best = {
        .title = "Fastest", .column = 0, .count = 1, .rows = best_row};
    struct ec_table *table = fixture_table(names, 2);
    table->grouped = true;
    struct ec_column *column =
        fixture_column(table, ec_metric_get(EC_METRIC_time),
                       (struct ec_value[]){ec_value_real(120), ec_value_real(90)}, NULL);
    struct ec_series series = *column->series;
    series.spreads = (double[]){NAN, 6.5};
    series.ns = (uint32_t[]){1, 3};
    column->series = &series;
    column->unit = ec_unit_get(EC_UNIT_MIN);
    column->header = NULL;
    fixture_column(table, ec_metric_get(EC_METRIC_steps),
                   (struct ec_value[]){ec_value_int(7), ec_value_int(8)}, NULL);
    table->spread = "standard error";
    table->bests = &best;
    table->best_count = 1;
    fixture_assert_renders(table, "text", 0, false,
                           TITLE
                           "Experiment                     Time(min)       Steps\n" DASHES
                           "NPO                            2.00 (1)        7\n"
                           "GradDiff                       1.50 \u00b1 0.11 (3) 8\n" EQUALS
                           "\nBest Performers:\n  Fastest: GradDiff (1.50 \u00b1 0.11 min)\n"
                           "\nNote: \u00b1 is the standard error over 1 to 3 runs; a single run "
                           "has none\n");
    ec_table_free(table);
}

static void text__headings_over_columns(void **state)
{
    (void)state;
    static const char *const names[] = {"NPO"};
    struct ec_table *table = fixture_table(names, 1);
    struct ec_value one = ec_value_int(1);
    fixture_column(table, ec_metric_get(EC_METRIC_time), &one, NULL);
    fixture_column(table, ec_metric_get(EC_METRIC_k), &one, NULL)->group = "Cost\x1b";
    fixture_column(table, ec_metric_get(EC_METRIC_steps), &one, NULL)->group = "Cost\x1b";
    fixture_column(table, ec_metric_get(EC_METRIC_k), &one, NULL)->group = "A long heading";
    fixture_column(table, ec_metric_get(EC_METRIC_k), &one, NULL);
    fixture_assert_renders(
        table, "text", 0, false,
        TITLE "                                       Cost\\x1b A long heading\n"
              "Experiment                     Time(s) K Steps  K              K\n" DASHES
              "NPO                            1.00    1 1      1              1\n" EQUALS);
    ec_table_free(table);
}

static void text__names_are_harmless_and_aligned(void **state)
{
    (void)state;
    static const char *const names[] = {
        "plain",
        "\xe5\x8f\x96\xe6\xb6\x88\xe5\xad\xa6\xe4\xb9\xa0", /* four CJK characters, eight columns */
        "cafe\xcc\x81",                                     /* e with a combining accent */
        "\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x94\xac lab", /* woman, ZWJ, microscope */
        "esc\x1b[31m\nred",
        "rtl\xe2\x80\xae gnp",
        "bad\xff\xc3",
    };
    struct ec_table *table = fixture_table(names, 7);
    struct ec_value values[7];
    for (int i = 0; i < 7; i++)
        values[i] = ec_value_int(i);
    fixture_column(table, ec_metric_get(EC_METRIC_steps), values, NULL);
    fixture_assert_renders(
        table, "text", 80, false,
        TITLE "Experiment                     Steps\n" DASHES "plain                          0\n"
              "\xe5\x8f\x96\xe6\xb6\x88\xe5\xad\xa6\xe4\xb9\xa0                       1\n"
              "cafe\xcc\x81                           2\n"
              "\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x94\xac lab                         3\n"
              "esc\\x1b[31m\\nred               4\n"
              "rtl\\u202e gnp                  5\n"
              "bad\\xff\\xc3                    6\n" EQUALS);
    ec_table_free(table);
}

static void text__no_trailing_blanks(void **state)
{
    (void)state;
    static const char *const names[] = {"a", ""};
    struct ec_table *table = fixture_table(names, 2);
    struct ec_value empty = ec_value_str(ec_str("")), one = ec_value_int(1);
    fixture_column(table, ec_metric_get(EC_METRIC_retain), (struct ec_value[]){empty, one}, NULL);
    fixture_column(table, ec_metric_get(EC_METRIC_steps), (struct ec_value[]){empty, empty}, NULL);
    fixture_assert_renders(table, "text", 0, true,
                           EQUALS "\033[1mUnlearning Efficiency Metrics Comparison\033[0m\n" EQUALS
                                  "\033[1mExperiment\033[0m                     "
                                  "\033[1mNeeds retain set\033[0m \033[1mSteps\033[0m\n" DASHES
                                  "a\n"
                                  "                               1\n" EQUALS);
    ec_table_free(table);
}

static void text__an_empty_table(void **state)
{
    (void)state;
    struct ec_table *table = fixture_table(NULL, 0);
    fixture_assert_renders(table, "text", 80, false, TITLE "Experiment\n" DASHES EQUALS);
    ec_table_free(table);
}

static void find__by_name_and_suffix(void **state)
{
    (void)state;
    const struct ec_renderer *text = ec_renderer_find("text");
    assert_non_null(text);
    assert_ptr_equal(ec_renderers()[0], text);
    assert_ptr_equal(ec_renderer_for_file("out/table.TXT"), text);
    assert_null(ec_renderer_for_file(".txt"));
    assert_null(ec_renderer_for_file("dir/.txt"));
    assert_null(ec_renderer_for_file("table.docx"));
    assert_null(ec_renderer_for_file("txt"));
    assert_null(ec_renderer_find("tex t"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text__width_80_is_the_document),
        cmocka_unit_test(text__without_a_terminal_nothing_is_cut),
        cmocka_unit_test(text__a_wider_terminal_gives_the_name_its_room),
        cmocka_unit_test(text__a_narrow_terminal_loses_the_padding_first),
        cmocka_unit_test(text__color_marks_the_best),
        cmocka_unit_test(text__missing_values_ties_notes_and_sections),
        cmocka_unit_test(text__spread_and_counts),
        cmocka_unit_test(text__headings_over_columns),
        cmocka_unit_test(text__names_are_harmless_and_aligned),
        cmocka_unit_test(text__no_trailing_blanks),
        cmocka_unit_test(text__an_empty_table),
        cmocka_unit_test(find__by_name_and_suffix),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
