/* render/latex: what the table's marks become. That LaTeX sets it well is the system tests'
 * business. */
#include "cmocka_test.h"
#include "paper_fixture.h"
#include "render/spread.h"

#include <stdlib.h>

static char *render(struct ec_table *table, const struct ec_render_options *options)
{
    struct ec_out out;
    struct ec_error error = {0};
    ec_out_to_memory(&out);
    assert_int_equal(ec_renderer_find("latex")->render(table, options, &out, &error), 0);
    ec_out_char(&out, '\0');
    ec_table_free(table);
    return out.buffer;
}

static void latex__everything_that_a_table_has(void **state)
{
    (void)state;
    char *text = render(paper_grouped(),
                        &(struct ec_render_options){.command = "paper-tables", .text_width = 396});
    assert_string_equal(
        text, "% Made by: paper-tables\n"
              "% Needs:   \\usepackage{booktabs,multirow,etoolbox,siunitx}\n"
              "\\begin{table}[t]\n"
              "\\centering\n"
              "\\caption{Cost and effect of unlearning forget01}\n"
              "\\label{tab:efficiency}\n"
              "\\small\n"
              "\\robustify\\bfseries\n"
              "\\sisetup{detect-weight=true,group-digits=false}\n"
              "\\begin{tabular}{@{}l S[table-format=4.1]@{}l S[table-format=2.2] "
              "S[table-format=1.3]@{}l S[table-format=-2.1]@{}}\n"
              "\\toprule\n"
              "\\multirow{3}{*}{Method} & \\multicolumn{3}{c}{Cost} & "
              "\\multicolumn{3}{c@{}}{Effectiveness} \\\\\n"
              "\\cmidrule(lr){2-4}\\cmidrule(lr){5-7}\n"
              " & \\multicolumn{2}{c}{Time $\\downarrow$} & {GPU memory $\\downarrow$} & "
              "\\multicolumn{2}{c}{Model utility $\\uparrow$} & {PrivLeak $\\to 0$} \\\\\n"
              " & \\multicolumn{2}{c}{(s)} & {(GiB)} & \\multicolumn{2}{c}{} & {} \\\\\n"
              "\\midrule\n"
              "\\multicolumn{7}{@{}l@{}}{\\itshape References} \\\\\n"
              "Original & {--} & & {--} & 0.662 & \\,(1) & -99.5 \\\\\n"
              "Retrain & 2345.1 & $\\,\\pm\\,120.5$ (3) & 30.00 & 0.658 & $\\,\\pm\\,0.004$ (3) & "
              "0.2 \\\\\n"
              "\\midrule\n"
              "\\multicolumn{7}{@{}l@{}}{\\itshape Unlearning methods} \\\\\n"
              "GradAscent & {$\\phantom{0}\\underline{245.3}$} & $\\,\\pm\\,2.2$ (3) & "
              "{$\\underline{18.00}$} & 0.010 & $\\,\\pm\\,0.012$ (3) & 87.1 \\\\\n"
              "NPO & 312.4 & $\\,\\pm\\,10.5$ (3) & 24.00 & \\bfseries 0.591 & $\\,\\pm\\,0.021$ "
              "(3) & {$\\underline{-24.3}$} \\\\\n"
              "LMCleaner & \\bfseries 98.7 & $\\,\\pm\\,1.2$ (2) & \\bfseries 8.00 & \\bfseries "
              "0.603 & $\\,\\pm\\,0.009$ (2) & \\bfseries -4.8 \\\\\n"
              "\\bottomrule\n"
              "\\end{tabular}\n"
              "\\par\\smallskip\n"
              "\\par{\\footnotesize $\\pm$ is the sample standard deviation over 1 to 3 runs; a "
              "single run has none\\par}\n"
              "\\par{\\footnotesize bold: best, or not significantly worse (Welch's t-test, 5 "
              "\\%)\\par}\n"
              "\\end{table}\n");
    free(text);
}

static void assert_has(const char *text, const char *part)
{
    assert_non_null(text);
    if (!strstr(text, part))
        fail_msg("no '%s' in:\n%s", part, text);
}

static void latex__spread_forms(void **state)
{
    (void)state;
    char *text = render(paper_grouped(), &(struct ec_render_options){.spread_form = EC_SPREAD_SUB});
    assert_has(text, "Retrain & 2345.1 & ${}_{\\pm 120.5}$ (3)");
    free(text);
    text = render(paper_grouped(), &(struct ec_render_options){.spread_form = EC_SPREAD_PAREN});
    assert_has(text, "Retrain & 2345.1 & (1205) ($n{=}3$)");
    assert_has(text, "0.010 & (12) ($n{=}3$)");
    assert_has(text, "{\\footnotesize 1.25(5) is 1.25 $\\pm$ 0.05; $\\pm$ is the sample");
    free(text);
}

static void spread__digits(void **state)
{
    (void)state;
    static const char *const cases[][2] = {{"0.32", "32"}, {"12.05", "1205"}, {"0.00", "0"},
                                           {"7", "7"},     {"0.050", "50"},   {"0", "0"}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct ec_out out;
        ec_out_to_memory(&out);
        assert_true(ec_spread_write_digits(&out, ec_str(cases[i][0])));
        ec_out_char(&out, '\0');
        assert_string_equal(out.buffer, cases[i][1]);
        ec_out_free(&out);
    }
}

static void latex__caption_and_label(void **state)
{
    (void)state;
    char *text = render(fixture_document(),
                        &(struct ec_render_options){.caption = "Cost & \u4e2d", .label = "tab:x"});
    assert_has(text, "\\caption{Cost \\& \\texttt{U+4E2D}}\n\\label{tab:x}\n");
    assert_null(strstr(text, "Made by"));
    free(text);
}

static void latex__standalone_compiles_by_itself(void **state)
{
    (void)state;
    char *text = render(fixture_document(), &(struct ec_render_options){.standalone = true});
    assert_int_equal(strncmp(text, "\\documentclass{article}\n", 24), 0);
    assert_has(text, "\\usepackage{booktabs,multirow,etoolbox,siunitx}\n");
    assert_has(text, "\\end{table}\n\\end{document}\n");
    free(text);
}

static void latex__a_comment_stays_a_comment(void **state)
{
    (void)state;
    char *text = render(fixture_document(),
                        &(struct ec_render_options){.command = "effcompare 'a\n\\end' \xff"});
    assert_has(text, "% Made by: effcompare 'a\\n\\end' \\xff\n");
    free(text);
}

static void latex__too_wide_is_said(void **state)
{
    (void)state;
    char *text = render(paper_wide(), &(struct ec_render_options){.text_width = 150});
    assert_has(text, "% Too wide for a text of 150 points");
    free(text);
    text = render(paper_wide(), &(struct ec_render_options){.text_width = 486});
    assert_null(strstr(text, "Too wide"));
    free(text);
}

static void latex__names_are_broken_when_the_room_is_short(void **state)
{
    (void)state;
    char *text = render(fixture_document(), &(struct ec_render_options){.text_width = 234});
    assert_has(text, "\\begin{tabularx}{\\linewidth}{@{}>{\\raggedright");
    assert_has(text, "efficiency\\_\\allowbreak{}NPO");
    free(text);
}

/* A character that the fonts lack is shown as its code point, U+4E2D, which takes six digits' room.
 */
static void latex__code_points_take_room(void **state)
{
    (void)state;
    static const char *const names[] = {"\u4e2d\u6587\u6a21\u578b\u4e2d\u6587\u6a21\u578b"};
    struct ec_table *table = fixture_table(names, 1);
    struct ec_value value = ec_value_real(1);
    fixture_column(table, ec_metric_get(EC_METRIC_time), &value, NULL);
    char *text = render(table, &(struct ec_render_options){.text_width = 234});
    assert_has(text, "\\begin{tabularx}{\\linewidth}");
    assert_has(text, "\\allowbreak{}\\ecuni{6587}");
    free(text);
}

/* Time that grew with the square of its length would not end. */
static void latex__a_header_that_fills_a_book(void **state)
{
    (void)state;
    enum { LENGTH = 400 * 1000 };
    static char book[LENGTH + 1];
    static const char *const names[] = {"a"};
    for (size_t i = 0; i < LENGTH; i++)
        book[i] = i % 4 == 3 ? ' ' : 'x';
    struct ec_table *table = fixture_table(names, 1);
    struct ec_value value = ec_value_real(1);
    fixture_column(table, ec_metric_get(EC_METRIC_time), &value, NULL)->label = book;
    char *text = render(table, &(struct ec_render_options){.text_width = 234});
    assert_has(text, "{xxx} \\\\\n & {xxx}");
    free(text);
}

static void latex__no_columns_no_rows(void **state)
{
    (void)state;
    static const char *const names[] = {"a"};
    char *text = render(fixture_table(names, 0), &(struct ec_render_options){0});
    assert_has(text, "\\begin{tabular}{@{}l@{}}\n\\toprule\nExperiment");
    free(text);
}

static void latex__exponents_and_signs_are_reserved(void **state)
{
    (void)state;
    char *text = render(paper_wide(), &(struct ec_render_options){.text_width = 486});
    assert_has(text, " S[table-format=1.2e2] ");
    assert_has(text, "{$\\underline{1.93 \\times 10^{15}}$}");
    assert_has(text, "\\bfseries 7.50e8");
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(latex__everything_that_a_table_has),
        cmocka_unit_test(latex__caption_and_label),
        cmocka_unit_test(latex__spread_forms),
        cmocka_unit_test(spread__digits),
        cmocka_unit_test(latex__standalone_compiles_by_itself),
        cmocka_unit_test(latex__a_comment_stays_a_comment),
        cmocka_unit_test(latex__too_wide_is_said),
        cmocka_unit_test(latex__names_are_broken_when_the_room_is_short),
        cmocka_unit_test(latex__code_points_take_room),
        cmocka_unit_test(latex__a_header_that_fills_a_book),
        cmocka_unit_test(latex__no_columns_no_rows),
        cmocka_unit_test(latex__exponents_and_signs_are_reserved),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
