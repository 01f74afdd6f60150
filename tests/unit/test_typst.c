/* render/typst: what is written, and that it is well-formed, for which the test has a reader of its
 * own for the little of the language that is used. tests/system/test_typst.py compiles it. */
#include "cmocka_test.h"
#include "paper_fixture.h"

#include <stdlib.h>

static char *render(struct ec_table *table)
{
    struct ec_out out;
    struct ec_error error = {0};
    struct ec_render_options options = {.command = "paper-tables"};
    ec_out_to_memory(&out);
    assert_int_equal(ec_renderer_find("typst")->render(table, &options, &out, &error), 0);
    ec_out_char(&out, '\0');
    ec_table_free(table);
    return out.buffer;
}

/* The end of the string whose opening quote is at `at`; NULL when it does not end. */
static const char *skip_string(const char *at)
{
    for (at++; *at && *at != '"' && *at != '\n'; at++) {
        if (*at == '\\' && *++at != '\\' && *at != '"')
            return NULL;
    }
    return *at == '"' ? at : NULL;
}

/* Whether brackets and dollars are balanced outside strings and comments, strings are closed on
 * their line and hold only known escapes, and nothing but one label stands after the end. */
static bool is_well_formed(const char *source)
{
    char open[32];
    size_t depth = 0;
    bool formula = false;
    for (const char *at = source; *at; at++) {
        if (at[0] == '/' && at[1] == '/') {
            at = strchr(at, '\n');
            if (!at)
                return false;
        } else if (*at == '"') {
            at = skip_string(at);
            if (!at)
                return false;
        } else if (*at == '$') {
            formula = !formula;
        } else if (strchr("([{", *at)) {
            if (depth == sizeof open)
                return false;
            open[depth++] = *at == '(' ? ')' : *at == '[' ? ']' : '}';
        } else if (strchr(")]}", *at) && (depth == 0 || open[--depth] != *at)) {
            return false;
        }
    }
    return depth == 0 && !formula;
}

static void checker__sees_what_is_wrong(void **state)
{
    (void)state;
    assert_true(is_well_formed("#f(\"a)\\\"\", [b], {c}, $d$) // ("
                               "\n"));
    assert_false(is_well_formed("f(\"a)"));
    assert_false(is_well_formed("f(\"a\\x\")"));
    assert_false(is_well_formed("f(]"));
    assert_false(is_well_formed("f("));
    assert_false(is_well_formed(")"));
    assert_false(is_well_formed("f($a)"));
    assert_false(is_well_formed("f(\"a\nb\")"));
}

static void typst__everything_that_a_table_has(void **state)
{
    (void)state;
    char *text = render(paper_grouped());
    assert_string_equal(
        text,
        "// Made by: paper-tables\n"
        "#figure(\n"
        "  kind: table,\n"
        "  caption: figure.caption(position: top, \"Cost and effect of unlearning forget01\"), {\n"
        "  set text(number-width: \"tabular\")\n"
        "  // Names may be broken after these, and within GradAscent.\n"
        "  show table.cell.where(x: 0): it => {\n"
        "    show regex(\"[_/.:-]|[a-z][A-Z][a-z]\"): c => c.text.first() + sym.zws + "
        "c.text.slice(1)\n"
        "    it\n"
        "  }\n"
        "  let rows(names) = table(\n"
        "    columns: (names,) + 4 * (auto,),\n"
        "    stroke: none,\n"
        "    inset: 0.5em,\n"
        "    align: (left, right, right, right, right,),\n"
        "    table.header(\n"
        "      table.hline(stroke: 0.08em),\n"
        "      \"\", table.cell(colspan: 2, align: center, \"Cost\"), table.hline(start: 1, end: "
        "3, stroke: 0.05em), table.cell(colspan: 2, align: center, \"Effectiveness\"), "
        "table.hline(start: 3, end: 5, stroke: 0.05em),\n"
        "      \"Method\", \"Time\u00a0↓\" + linebreak() + \"(s)\", \"GPU memory\u00a0↓\" + "
        "linebreak() + \"(GiB)\", \"Model utility\u00a0↑\", \"PrivLeak\u00a0→\u00a00\",\n"
        "      table.hline(stroke: 0.05em),\n"
        "    ),\n"
        "    table.cell(colspan: 5, align: left, emph(\"References\")),\n"
        "    \"Original\", \"–\", \"–\", \"0.662\" + \" (1)\", \"−99.5\",\n"
        "    \"Retrain\", \"2345.1\" + \" ± \" + \"120.5\" + \" (3)\", \"30.00\", \"0.658\" + \" ± "
        "\" + \"0.004\" + \" (3)\", \"0.2\",\n"
        "    table.hline(stroke: 0.05em),\n"
        "    table.cell(colspan: 5, align: left, emph(\"Unlearning methods\")),\n"
        "    \"GradAscent\", underline(\"245.3\") + \" ± \" + \"2.2\" + \" (3)\", "
        "underline(\"18.00\"), \"0.010\" + \" ± \" + \"0.012\" + \" (3)\", \"87.1\",\n"
        "    \"NPO\", \"312.4\" + \" ± \" + \"10.5\" + \" (3)\", \"24.00\", strong(\"0.591\") + \" "
        "± \" + \"0.021\" + \" (3)\", underline(\"−24.3\"),\n"
        "    \"LMCleaner\", strong(\"98.7\") + \" ± \" + \"1.2\" + \" (2)\", strong(\"8.00\"), "
        "strong(\"0.603\") + \" ± \" + \"0.009\" + \" (2)\", strong(\"−4.8\"),\n"
        "    table.hline(stroke: 0.08em),\n"
        "  )\n"
        "  // Type becomes smaller until the table fits; then names are broken.\n"
        "  layout(room => {\n"
        "    let fit(names) = 0.99 * room.width / measure(rows(names)).width\n"
        "    let broken = fit(auto) < 0.7 and fit(auto) < fit(7em)\n"
        "    let size = if broken { calc.min(0.7, fit(7em)) } else { calc.min(1, fit(auto)) }\n"
        "    set text(calc.max(0.5, size) * 1em)\n"
        "    rows(if not broken { auto } else if size < 0.5 { 7em } else { 1fr })\n"
        "  })\n"
        "  text(0.85em, \"± is the sample standard deviation over 1 to 3 runs; a single run has "
        "none\")\n"
        "  parbreak()\n"
        "  text(0.85em, \"bold: best, or not significantly worse (Welch's t-test, 5 %)\")\n"
        "  parbreak()\n"
        "}) <tab:efficiency>\n");
    free(text);
}

static void typst__well_formed_whatever_the_names(void **state)
{
    (void)state;
    static const char *const kinds[] = {"document", "grouped", "hostile", "wide"};
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        char *text = render(paper_table(kinds[i]));
        assert_true(is_well_formed(text));
        free(text);
    }
}

static void typst__strings_hold_names_as_they_are(void **state)
{
    (void)state;
    char *text = render(paper_hostile());
    assert_non_null(
        strstr(text, "\"a_b & 50% #1 $x$ {y} ~z^2 \\\\end{table} <b>|\\\"q\\\"'s'</b> "));
    assert_non_null(strstr(text, "\"ctrl\\\\x1b[2J\\\\nline\\\\xff \\\\u202e\""));
    free(text);
}

static void typst__exponents_are_formulas(void **state)
{
    (void)state;
    char *text = render(paper_wide());
    assert_non_null(strstr(text, "$underline(1.93 times 10^(15))$"));
    assert_non_null(strstr(text, "$bold(7.50 times 10^(8))$"));
    assert_non_null(strstr(text, "$2.04 times 10^(15)$"));
    free(text);
}

static void typst__longer_than_a_page(void **state)
{
    (void)state;
    static const char breakable[] = "#[\n#show figure: set block(breakable: true)\n#figure(";
    const char *names[40] = {0};
    for (size_t i = 0; i < 40; i++)
        names[i] = "run";
    char *text = render(fixture_table(names, 40));
    assert_non_null(strstr(text, breakable));
    assert_non_null(strstr(text, "}) <tab:efficiency>\n]\n"));
    free(text);
    text = render(fixture_table(names, 20));
    assert_null(strstr(text, "breakable"));
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(checker__sees_what_is_wrong),
        cmocka_unit_test(typst__everything_that_a_table_has),
        cmocka_unit_test(typst__well_formed_whatever_the_names),
        cmocka_unit_test(typst__strings_hold_names_as_they_are),
        cmocka_unit_test(typst__exponents_are_formulas),
        cmocka_unit_test(typst__longer_than_a_page),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
