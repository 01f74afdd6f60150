/* render/html: the page as it is before its script runs; the script is tested in a browser. */
#include "cmocka_test.h"
#include "render/html/assets.h"
#include "table_fixture.h"

#include <math.h>
#include <stdlib.h>

static char *page_of(const struct ec_table *table)
{
    return fixture_render(table, "html", 0, false);
}

static void assert_holds(const char *page, const char *expected)
{
    if (!strstr(page, expected))
        print_error("not in the page: %s\n", expected);
    assert_non_null(strstr(page, expected));
}

static size_t count(const char *page, const char *text)
{
    size_t found = 0;
    for (const char *at = page; (at = strstr(at, text)); at++)
        found++;
    return found;
}

static void html__table_and_summary(void **state)
{
    (void)state;
    struct ec_table *table = fixture_document();
    char *page = page_of(table);
    assert_holds(page, "<title>Unlearning Efficiency Metrics Comparison</title>");
    assert_holds(page,
                 "<tr><th scope=\"row\" class=\"name\"><span>efficiency_NPO_forget01</span></th>"
                 "<td>312.45</td><td>100</td><td>9123.45</td><td>987.65</td></tr>");
    assert_holds(page, "<td class=\"best\">245.32<span class=\"spoken\"> best</span></td>");
    assert_holds(page,
                 "<td class=\"second\">289.12<span class=\"spoken\"> second best</span></td>");
    assert_holds(page, "<li>Fastest: efficiency_GradAscent_forget01 (245.32 s)</li>");
    assert_holds(page, ">GPU memory (MiB)</th>");
    assert_holds(page, "<u>Underlined</u>: second best.");
    free(page);
    ec_table_free(table);
}

static void html__is_whole(void **state)
{
    (void)state;
    struct ec_table *table = fixture_document();
    char *page = page_of(table);
    assert_int_equal(strncmp(page, "<!DOCTYPE html>\n", 16), 0);
    assert_holds(page, "</html>\n");
    assert_null(strstr(page, "src="));
    assert_null(strstr(page, "url("));
    assert_null(strstr(page, "<link"));
    /* What would end the elements that they stand in. */
    assert_null(memmem(ec_html_style.text.ptr, ec_html_style.text.len, "</", 2));
    assert_null(memmem(ec_html_script.text.ptr, ec_html_script.text.len, "</", 2));
    assert_null(memmem(ec_html_script.text.ptr, ec_html_script.text.len, "<!--", 4));
    free(page);
    ec_table_free(table);
}

static void html__hostile_text_is_only_text(void **state)
{
    (void)state;
    static const char hostile[] = "<script>'\"&</script><!--\xff\x1b";
    struct ec_table *table = fixture_table((const char *[]){hostile, ""}, 2);
    struct ec_value text = ec_value_str(ec_str(hostile));
    struct ec_column *column = fixture_column(table, ec_metric_get(EC_METRIC_steps),
                                              (struct ec_value[]){text, ec_value_missing()}, NULL);
    const struct ec_section section = {.title = hostile};
    column->key = column->label = column->group = hostile;
    table->title = table->name_header = hostile;
    table->notes = (const char *const[]){hostile};
    table->note_count = 1;
    table->sections = &section;
    table->section_count = 1;

    char *page = page_of(table);
    assert_int_equal(count(page, "<script"), 2);
    assert_int_equal(count(page, "</script"), 2);
    assert_int_equal(count(page, "<!--"), 0);
    assert_null(strchr(page, '\x1b'));
    assert_null(strchr(page, '\xff'));
    assert_holds(page,
                 "data-key=\"&lt;script&gt;&#39;&quot;&amp;&lt;/script&gt;&lt;!--\\xff\\x1b\"");
    free(page);
    ec_table_free(table);
}

static void html__spread_missing_and_ties(void **state)
{
    (void)state;
    struct ec_table *table = fixture_table((const char *[]){"a", "b"}, 2);
    uint8_t marks[] = {EC_MARK_TIED | EC_MARK_SECOND, 0};
    struct ec_column *column =
        fixture_column(table, ec_metric_get(EC_METRIC_time),
                       (struct ec_value[]){ec_value_real(10), ec_value_missing()}, marks);
    fixture_spread(table, column, (double[]){1.5, NAN}, (uint32_t[]){3, 0});
    table->grouped = true;
    table->spread = "sample standard deviation";
    char *page = page_of(table);
    assert_holds(page,
                 "<td class=\"tied\">10.00 ± 1.50 (3)<span class=\"spoken\"> second best, tied "
                 "with the best</span></td>");
    assert_holds(page, "<td class=\"missing\">-</td>");
    assert_holds(page, "± is the sample standard deviation over 3 runs.</p>");
    free(page);
    ec_table_free(table);
}

static void html__sections_are_bodies(void **state)
{
    (void)state;
    static const struct ec_section sections[] = {{.title = "One", .first_row = 1},
                                                 {.first_row = 2, .reference = true}};
    struct ec_table *table = fixture_table((const char *[]){"a", "b", "c"}, 3);
    table->sections = sections;
    table->section_count = 2;
    char *page = page_of(table);
    assert_holds(
        page, "<tbody>\n<tr><th scope=\"row\" class=\"name\"><span>a</span></th></tr>\n</tbody>\n"
              "<tbody class=\"rule\">\n<tr class=\"section\"><th scope=\"rowgroup\" "
              "colspan=\"1\">One</th></tr>\n");
    assert_holds(page, "</tbody>\n<tbody class=\"rule reference\">\n<tr><th scope=\"row\" "
                       "class=\"name\"><span>c</span></th></tr>\n</tbody>\n</table>");
    free(page);
    ec_table_free(table);
}

static void html__column_groups_span_their_columns(void **state)
{
    (void)state;
    static const struct ec_value value = {.kind = EC_INT, .i = 1};
    static const char *const groups[] = {NULL, "forget01", "forget01", "forget05"};
    struct ec_table *table = fixture_table((const char *[]){"a"}, 1);
    for (size_t i = 0; i < 4; i++)
        fixture_column(table, ec_metric_get(EC_METRIC_time), &value, NULL)->group = groups[i];
    char *page = page_of(table);
    assert_holds(page, "<tr><td></td><td colspan=\"1\"></td><th scope=\"colgroup\" "
                       "colspan=\"2\">forget01</th><th scope=\"colgroup\" colspan=\"1\">forget05"
                       "</th></tr>\n");
    free(page);
    ec_table_free(table);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(html__table_and_summary),
        cmocka_unit_test(html__is_whole),
        cmocka_unit_test(html__hostile_text_is_only_text),
        cmocka_unit_test(html__spread_missing_and_ties),
        cmocka_unit_test(html__sections_are_bodies),
        cmocka_unit_test(html__column_groups_span_their_columns),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
