/* verify: tables of papers are read, found again and compared. */
#include "cmocka_test.h"
#include "paper_fixture.h"

#include "verify/grid.h"
#include "verify/label.h"
#include "verify/number.h"
#include "verify/verify.h"

#include <math.h>
#include <stdlib.h>

/* ---- Printed numbers ---- */

static void number__as_people_write_it(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        double value, quantum;
    } cases[] = {
        {"245.32", 245.32, 0.01},
        {"-99.5", -99.5, 0.1},
        {"\u221299.5", -99.5, 0.1},
        {"+3", 3, 1},
        {".5", 0.5, 0.1},
        {"1,234,567.8", 1234567.8, 0.1},
        {"245,32", 245.32, 0.01},
        {"1.93e+15", 1.93e15, 1e13},
        {"1.93 \u00d7 10^15", 1.93e15, 1e13},
        {"1.93 \u00d7 10^-5", 1.93e-5, 1e-7},
        {"245.32*", 245.32, 0.01},
        {"245.32^\u2020 (3)", 245.32, 0.01},
        {"245.32^a", 245.32, 0.01},
        {"1.5\u00d7", 1.5, 0.1},
        {"2x", 2, 1},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct ec_printed printed;
        assert_true(ec_printed_read(ec_str(cases[i].text), &printed));
        assert_float_equal(printed.value / cases[i].value, 1, 1e-12);
        assert_float_equal(printed.quantum / cases[i].quantum, 1, 1e-12);
        assert_false(printed.has_spread);
        assert_null(printed.unit);
    }
}

static void number__spread(void **state)
{
    (void)state;
    static const char *const cases[] = {"12.34 \u00b1 0.56", "12.34\u00b10.56",
                                        "12.34 +- 0.56",     "12.34 \u00b1 0.56 (3)",
                                        "12.34(56)",         "12.34 +/- 0.56"};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct ec_printed printed;
        assert_true(ec_printed_read(ec_str(cases[i]), &printed));
        assert_true(printed.has_spread);
        assert_float_equal(printed.value, 12.34, 1e-12);
        assert_float_equal(printed.spread, 0.56, 1e-12);
        assert_float_equal(printed.spread_quantum, 0.01, 1e-12);
    }
}

static void number__units(void **state)
{
    (void)state;
    struct ec_printed printed;
    assert_true(ec_printed_read(ec_str("16.4 s"), &printed));
    assert_ptr_equal(printed.unit, ec_unit_get(EC_UNIT_S));
    assert_true(ec_printed_read(ec_str("30.0 GB"), &printed));
    assert_ptr_equal(printed.unit, ec_unit_get(EC_UNIT_GB));
    assert_true(ec_printed_read(ec_str("42%"), &printed));
    assert_ptr_equal(printed.unit, ec_unit_get(EC_UNIT_PERCENT));
    assert_ptr_equal(ec_printed_unit(ec_str("Seconds")), ec_unit_get(EC_UNIT_S));
    assert_null(ec_printed_unit(ec_str("")));
    assert_null(ec_printed_unit(ec_str("apples")));
}

static void number__what_is_none(void **state)
{
    (void)state;
    static const char *const cases[] = {"",      "<1",       "~5",    "3/4",   "12 of 40",
                                        "NPO",   "5 apples", "1.2.3", "1-2",   "12.3^2",
                                        "12^ab", "\u00b1 2", "--",    "1e999", "5 \u00b1"};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct ec_printed printed;
        assert_false(ec_printed_read(ec_str(cases[i]), &printed));
    }
    assert_true(ec_printed_is_missing(ec_str("--")));
    assert_true(ec_printed_is_missing(ec_str("\u2014")));
    assert_true(ec_printed_is_missing(ec_str("n/a")));
    assert_false(ec_printed_is_missing(ec_str("")));
    assert_false(ec_printed_is_missing(ec_str("0")));
}

static void number__agrees_at_its_precision(void **state)
{
    (void)state;
    assert_true(ec_printed_agrees(245.3, 0.1, 245.32));
    assert_true(ec_printed_agrees(245.3, 0.1, 245.349));
    assert_false(ec_printed_agrees(245.3, 0.1, 245.36));
    assert_true(ec_printed_agrees(312.4, 0.1, 312.45)); /* a half, rounded either way */
    assert_true(ec_printed_agrees(312.5, 0.1, 312.45));
    assert_false(ec_printed_agrees(312.45, 0.01, 312.44));
}

/* ---- Labels ---- */

static void label__folded(void **state)
{
    (void)state;
    struct ec_arena arena = {0};
    struct ec_str folded = ec_label_fold(ec_str("  GPU-Memory\u2193 (Caf\u00e9)_\u4e2d "), &arena);
    assert_true(ec_str_equal(folded, ec_str("gpu memory cafe \u4e2d")));
    ec_arena_free(&arena);
}

static void label__found(void **state)
{
    (void)state;
    const struct ec_str names[] = {ec_str("efficiency npo forget01"),
                                   ec_str("efficiency simnpo forget01"),
                                   ec_str("efficiency gradascent forget01"), ec_str("retrain")};
    assert_int_equal(ec_label_find(names, 4, ec_str("retrain"), false), 3);
    assert_int_equal(ec_label_find(names, 4, ec_str("re train"), false), 3);
    assert_int_equal(ec_label_find(names, 4, ec_str("npo"), false), 0);
    assert_int_equal(ec_label_find(names, 4, ec_str("forget01 gradascent"), false), 2);
    assert_int_equal(ec_label_find(names, 4, ec_str("forget01"), false), EC_LABEL_SEVERAL);
    assert_int_equal(ec_label_find(names, 4, ec_str("efficiency grad"), true), 2);
    assert_int_equal(ec_label_find(names, 4, ec_str("efficiency grad"), false), EC_LABEL_NONE);
    assert_int_equal(ec_label_find(names, 4, ec_str("ours"), false), EC_LABEL_NONE);
    assert_int_equal(ec_label_find(names, 4, ec_str(""), true), EC_LABEL_NONE);
}

/* ---- Text ---- */

static void assert_plain(struct ec_str (*plain)(struct ec_str, struct ec_arena *),
                         const char *source, const char *expected)
{
    struct ec_arena arena = {0};
    struct ec_str text = plain(ec_str(source), &arena);
    assert_string_equal(ec_arena_strndup(&arena, text.ptr, text.len), expected);
    ec_arena_free(&arena);
}

static void plain__latex(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"\\textbf{245.32}", "245.32"},
        {"\\bfseries 245.32", "245.32"},
        {"{$\\phantom{0}\\underline{98.70}$}", "98.70"},
        {"$12.3_{\\pm 0.4}$", "12.3 \u00b10.4"},
        {"$1.93 \\times 10^{15}$", "1.93 \u00d710^15"},
        {"\\cellcolor{gray!10}\\textcolor{red}{5}", "5"},
        {"GPU~memory $\\downarrow$ % why", "GPU memory \u2193"},
        {"a\\_b \\& 50\\,\\% \\#\\textbackslash{}x", "a_b & 50% #\\x"},
        {"Caf\\'{e} na\\\"{\\i}ve \\L{}", "Cafe naive \u0141"},
        {"\\multirow{3}{*}{NPO}", "NPO"},
        {"\\multirow{3}*{NPO}", "NPO"},
        {"\\shortstack[l]{Peak\\\\memory}", "Peak memory"},
        {"\\begin{tabular}[c]{@{}c@{}}Peak\\\\memory\\end{tabular}", "Peak memory"},
        {"NPO~\\cite{npo}\\footnotemark[1]", "NPO"},
        {"\\ecuni{4E2D}{\u4e2d}", "\u4e2d"},
        {"\\symbol{34}q\\symbol{34}", "\"q\""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_plain(ec_grid_plain_latex, cases[i][0], cases[i][1]);
}

static void plain__markdown(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {" **245.32** ", "245.32"},
        {"<ins>312.45</ins>", "312.45"},
        {"a_b\\_c \\| \\*", "a_b_c | *"},
        {"[NPO](https://a.b/c) `x`", "NPO x"},
        {"1 &lt; 2 &amp; 3&nbsp;s", "1 < 2 & 3 s"},
        {"GPU<br>memory", "GPU memory"},
        {"__59.1__ _NPO_ a_b", "59.1 NPO a_b"},
        {"NPO[^1] [^not a note] [^2](x)", "NPO [^not a note] ^2"},
        {"1.93 &times; 10<sup>15</sup>", "1.93 \u00d7 10^15"},
        {"402.8<sup>a</sup> <sub>\u00b10.3</sub>", "402.8^a \u00b10.3"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_plain(ec_grid_plain_markdown, cases[i][0], cases[i][1]);
}

/* ---- Whole files ---- */

static struct ec_verify_result verify(const struct ec_table *table, const char *source,
                                      char **ret_report)
{
    struct ec_out out;
    struct ec_verify_result result;
    ec_out_to_memory(&out);
    ec_verify(ec_str(source), "paper", table, &out, &result);
    ec_out_char(&out, '\0');
    *ret_report = out.buffer;
    return result;
}

static void assert_report(const char *source, const char *expected)
{
    struct ec_table *table = fixture_document();
    char *report;
    verify(table, source, &report);
    assert_string_equal(report, expected);
    free(report);
    ec_table_free(table);
}

static void verify__agrees(void **state)
{
    (void)state;
    assert_report("# Results\n\n"
                  "| Method | Time (min) | Peak GPU memory [GiB] | tokens/s |\n"
                  "|---|--:|--:|--:|\n"
                  "| GradAscent | **4.09** | 8.0 | 1,234.6 |\n"
                  "| NPO | 5.2 | 8.91 | 988 |\n",
                  "paper: 6 agree, 0 differ, 0 could not be checked\n");
}

static void verify__drift_names_both_and_the_line(void **state)
{
    (void)state;
    assert_report(
        "| | Time (s) | GPU memory (MB) |\n|-|-|-|\n| NPO | 312.4 | 9123.45 |\n"
        "| GradAscent | 16.4 s | -- |\n",
        "paper:3: efficiency_NPO_forget01, GPU memory: the file says 9123.45, the runs say "
        "9566.63 MB (right if the unit were MiB)\n"
        "paper:4: efficiency_GradAscent_forget01, Time: the file says 16.4 s, the runs say "
        "245.3 s\n"
        "paper:4: efficiency_GradAscent_forget01, GPU memory: the file says --, the runs say "
        "8234.56\n"
        "paper: 1 agree, 3 differ, 0 could not be checked\n");
}

static void verify__the_documents_header_means_mib(void **state)
{
    (void)state;
    assert_report("|Experiment|GPU Mem(MB)|\n|-|-|\n|efficiency_LMCleanerSample_...|8567.89|\n",
                  "paper: 1 agree, 0 differ, 0 could not be checked\n");
}

/* Also in another unit than the document's. */
static void verify__the_documents_header_without_its_unit(void **state)
{
    (void)state;
    assert_report("|Experiment|GPU Mem. (GiB)|\n|-|-|\n|NPO|8.91|\n",
                  "paper: 1 agree, 0 differ, 0 could not be checked\n");
}

static void verify__whose_method_it_is(void **state)
{
    (void)state;
    assert_report("|Method|Time (s)|\n|-|-|\n|NPO (ours)|312.45|\n|**GradAscent** [Ours]|245|\n",
                  "paper: 2 agree, 0 differ, 0 could not be checked\n");
}

/* What begins as a number does is one that cannot be read, and no label. */
static void verify__odd_numbers_of_unknown_columns_are_listed(void **state)
{
    (void)state;
    assert_report("|Method|Time (s)|Size|Venue|\n|-|-|-|-|\n|NPO|312.45|18.4k|ICML 2024|\n"
                  "|GradAscent|245|\u22485M|-|\n",
                  "paper:1: 'Size' is the name of no column; 2 cells not checked\n"
                  "paper:1: 'Venue' is the name of no column; 1 cell not checked\n"
                  "paper: 2 agree, 0 differ, 3 could not be checked\n");
}

/* Time that grew with the square of its length would not end. */
static void verify__a_label_that_fills_a_book(void **state)
{
    (void)state;
    enum { LENGTH = 100 * 1000 };
    static char book[LENGTH + 32] = "|a|b|\n|-|-|\n|";
    size_t start = strlen(book);
    for (size_t i = 0; i < LENGTH; i++)
        book[start + i] = "[^,("[i % 4];
    strcpy(book + start + LENGTH, "|1|\n");
    struct ec_table *table = fixture_document();
    char *report;
    assert_int_equal(verify(table, book, &report).unchecked, 1);
    free(report);
    ec_table_free(table);
}

static void verify__what_is_not_found_is_listed(void **state)
{
    (void)state;
    assert_report("|Method|Time (s)|Accuracy|\n|-|-|-|\n|NPO|312.45|0.9|\n|Ours|1.0|0.5|\n"
                  "|forget01|2|3|\n|GradAscent|about 4 min|0.8|\n",
                  "paper:1: 'Accuracy' is the name of no column; 2 cells not checked\n"
                  "paper:4: 'Ours' is the name of no run; 2 cells not checked\n"
                  "paper:5: 'forget01' fits more than one run; 2 cells not checked\n"
                  "paper:6: efficiency_GradAscent_forget01, Time: the file says about 4 min, which "
                  "is not one number; not checked\n"
                  "paper: 1 agree, 0 differ, 7 could not be checked\n");
}

static void verify__methods_as_columns(void **state)
{
    (void)state;
    assert_report(
        "| | GradAscent | NPO |\n|-|-|-|\n| Time (s) | 245.3 | 312.5 |\n| Steps | 100 | 99 |\n",
        "paper:4: efficiency_NPO_forget01, Steps: the file says 99, the runs say 100\n"
        "paper: 3 agree, 1 differ, 0 could not be checked\n");
}

static void verify__latex_of_others(void **state)
{
    (void)state;
    assert_report("\\begin{table} % \\begin{tabular}{c} 1 & 2 \\\\ \\end{tabular}\n"
                  "\\resizebox{\\linewidth}{!}{\\begin{tabular}{l|ccc|}\n"
                  "\\hline\n"
                  "\\multirow{2}{*}{\\textbf{Method}} & \\multicolumn{2}{c}{Cost} & \\\\ "
                  "\\cmidrule(lr){2-3}\n"
                  " & Time & \\shortstack{GPU\\\\memory} & \\\\\n"
                  " & (s) & (GiB) & \\\\ \\hline\n"
                  "\\rowcolor{gray} NPO & $312.45$ & \\textbf{8.91} \\\\[2pt]\n"
                  "% NPO & 0 & 0 \\\\\n"
                  "GradAscent & 245.99\n"
                  " & -- \\\\ \\bottomrule\n"
                  "\\end{tabular}}\n",
                  "paper:9: efficiency_GradAscent_forget01, Time: the file says 245.99, the runs "
                  "say 245.32 s\n"
                  "paper:9: efficiency_GradAscent_forget01, GPU memory: the file says --, the runs "
                  "say 8234.56\n"
                  "paper: 2 agree, 2 differ, 0 could not be checked\n");
}

static void verify__no_table(void **state)
{
    (void)state;
    assert_report("Text | with | bars\n", "paper: no table in Markdown or LaTeX\n");
    assert_report("", "paper: no table in Markdown or LaTeX\n");
}

/* What we write is read back whole, whatever the names. */
static void verify__our_own_tables_agree(void **state)
{
    (void)state;
    static const struct {
        const char *format, *kind;
        size_t cells;
    } cases[] = {{"latex", "document", 12},    {"latex", "grouped", 20},
                 {"latex", "wide", 15},        {"latex", "hostile", 16},
                 {"markdown", "document", 12}, {"markdown", "grouped", 20},
                 {"markdown", "wide", 15},     {"markdown", "hostile", 16}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct ec_table *table = paper_table(cases[i].kind);
        char *text = fixture_render(table, cases[i].format, 0, false), *report;
        struct ec_verify_result result = verify(table, text, &report);
        if (result.agree != cases[i].cells || result.differ + result.unchecked > 0)
            fail_msg("%s of %s:\n%s", cases[i].format, cases[i].kind, report);
        free(report);
        free(text);
        ec_table_free(table);
    }
}

static void verify__spreads(void **state)
{
    (void)state;
    struct ec_table *table = paper_grouped();
    char *report;
    verify(
        table,
        "|Method|Time|Model utility|\n|-|-|-|\n|GradAscent|245.3 \u00b1 2.3|0.010 \u00b1 0.019|\n"
        "|Original|-|0.662 \u00b1 0.001|\n|NPO|312.5|0.591(21)|\n",
        &report);
    assert_string_equal(report, "paper:3: GradAscent, Model utility: the file says 0.010 \u00b1 "
                                "0.019, the runs say \u00b1 0.012\n"
                                "paper:4: Original, Model utility: the file says 0.662 \u00b1 "
                                "0.001, the runs have no spread "
                                "(--group-by makes one); not checked\n"
                                "paper: 4 agree, 1 differ, 1 could not be checked\n");
    free(report);
    ec_table_free(table);
}

static void verify__truth_values_and_texts(void **state)
{
    (void)state;
    struct ec_table *table = paper_wide();
    char *report;
    verify(table, "|Method|Needs retain set|\n|-|-|\n|NPO|\u2713|\n|GradAscent|yes|\n", &report);
    assert_string_equal(report,
                        "paper:4: efficiency_GradAscent_forget01, Needs retain set: the file says "
                        "yes, the runs say false\n"
                        "paper: 1 agree, 1 differ, 0 could not be checked\n");
    free(report);
    ec_table_free(table);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(number__as_people_write_it),
        cmocka_unit_test(number__spread),
        cmocka_unit_test(number__units),
        cmocka_unit_test(number__what_is_none),
        cmocka_unit_test(number__agrees_at_its_precision),
        cmocka_unit_test(label__folded),
        cmocka_unit_test(label__found),
        cmocka_unit_test(plain__latex),
        cmocka_unit_test(plain__markdown),
        cmocka_unit_test(verify__agrees),
        cmocka_unit_test(verify__drift_names_both_and_the_line),
        cmocka_unit_test(verify__the_documents_header_means_mib),
        cmocka_unit_test(verify__the_documents_header_without_its_unit),
        cmocka_unit_test(verify__whose_method_it_is),
        cmocka_unit_test(verify__odd_numbers_of_unknown_columns_are_listed),
        cmocka_unit_test(verify__a_label_that_fills_a_book),
        cmocka_unit_test(verify__what_is_not_found_is_listed),
        cmocka_unit_test(verify__methods_as_columns),
        cmocka_unit_test(verify__latex_of_others),
        cmocka_unit_test(verify__no_table),
        cmocka_unit_test(verify__our_own_tables_agree),
        cmocka_unit_test(verify__spreads),
        cmocka_unit_test(verify__truth_values_and_texts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
