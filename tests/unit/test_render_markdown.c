/* render/markdown: a table that GitHub shows as one, whatever the names hold. */
#include "cmocka_test.h"
#include "table_fixture.h"

#include <stdlib.h>

static void markdown__the_document(void **state)
{
    (void)state;
    struct ec_table *table = fixture_document();
    static const char *const notes[] = {"zeros were dropped from total_steps", "*two*"};
    table->notes = notes;
    table->note_count = 2;
    fixture_assert_renders(
        table, "markdown", 80, true,
        "| Experiment                          |          Time (s) | Steps |   GPU memory "
        "(MiB) | "
        "Throughput (tokens/s) |\n"
        "| ----------------------------------- | ----------------: | ----: | "
        "-----------------: | "
        "--------------------: |\n"
        "| efficiency_GradAscent_forget01      |        **245.32** |   100 |        **8234.56** | "
        "          **1234.56** |\n"
        "| efficiency_NPO_forget01             |            312.45 |   100 |            9123.45 | "
        "               987.65 |\n"
        "| efficiency_LMCleanerSample_forget01 | <ins>289.12</ins> |   100 | <ins>8567.89</ins> | "
        "   <ins>1098.76</ins> |\n"
        "\n"
        "Best performers:\n"
        "\n"
        "- Fastest: efficiency_GradAscent_forget01 (245.32 s)\n"
        "- Most Memory Efficient: efficiency_GradAscent_forget01 (8234.56 MiB)\n"
        "- Highest Throughput: efficiency_GradAscent_forget01 (1234.56 tokens/s)\n"
        "\n"
        "Note: zeros were dropped from total_steps\n"
        "\n"
        "Note: \\*two\\*\n");
    ec_table_free(table);
}

static void markdown__markup_in_names_is_text(void **state)
{
    (void)state;
    static const char *const names[] = {
        "a|b",
        "*bold* _it_ a_b a__b _",
        "<script>&amp;",
        "[l](u) `c` ~s~ $m$ #1",
        "back\\slash",
        "two\nlines\x1b",
        "\xe5\x8f\x96\xe6\xb6\x88_",
    };
    struct ec_table *table = fixture_table(names, 7);
    fixture_assert_renders(table, "markdown", 0, false,
                           "| Experiment                     |\n"
                           "| ------------------------------ |\n"
                           "| a\\|b                           |\n"
                           "| \\*bold\\* \\_it\\_ a_b a__b \\_    |\n"
                           "| &lt;script&gt;&amp;amp;        |\n"
                           "| \\[l\\](u) \\`c\\` \\~s\\~ \\$m\\$ \\#1 |\n"
                           "| back\\\\slash                    |\n"
                           "| two\\\\nlines\\\\x1b               |\n"
                           "| \xe5\x8f\x96\xe6\xb6\x88\\_                         |\n");
    ec_table_free(table);
}

static void markdown__missing_text_and_sections(void **state)
{
    (void)state;
    static const char *const names[] = {"x", "y"};
    static const struct ec_section sections[] = {{.title = "Long|section"}, {.first_row = 1}};
    struct ec_table *table = fixture_table(names, 2);
    fixture_column(table, ec_metric_get(EC_METRIC_steps),
                   (struct ec_value[]){ec_value_int(5), ec_value_missing()}, NULL);
    fixture_column(table, ec_metric_get(EC_METRIC_retain),
                   (struct ec_value[]){ec_value_bool(true), ec_value_str(ec_str("a|b"))}, NULL);
    table->columns[0].group = "A*";
    table->sections = sections;
    table->section_count = 2;
    fixture_assert_renders(table, "markdown", 0, false,
                           "| Experiment        | A\\*: Steps | Needs retain set |\n"
                           "| ----------------- | ---------: | ---------------- |\n"
                           "| **Long\\|section** |            |                  |\n"
                           "| x                 |          5 | true             |\n"
                           "| y                 |          - | a\\|b             |\n");
    ec_table_free(table);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(markdown__the_document),
        cmocka_unit_test(markdown__markup_in_names_is_text),
        cmocka_unit_test(markdown__missing_text_and_sections),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
