/* render/tex: what LaTeX must read to show a text. */
#include "cmocka_test.h"

#include "render/tex.h"

static void assert_written(struct ec_str text, struct ec_tex_style style, const char *expected)
{
    struct ec_out out;
    ec_out_to_memory(&out);
    ec_tex_write(&out, text, style);
    ec_out_char(&out, '\0');
    assert_string_equal(out.buffer, expected);
    ec_out_free(&out);
}

static void assert_tex(const char *text, const char *expected)
{
    assert_written(ec_str(text), (struct ec_tex_style){.macro = true}, expected);
}

static void write__ascii_that_means_something(void **state)
{
    (void)state;
    assert_tex("a_b & 50% #1 $x$ {y}", "a\\_b \\& 50\\% \\#1 \\$x\\$ \\{y\\}");
    assert_tex("~^\\", "\\textasciitilde{}\\textasciicircum{}\\textbackslash{}");
    assert_tex("<a>|\"", "\\textless{}a\\textgreater{}\\textbar{}\\symbol{34}");
    assert_tex("[5pt]*", "{[}5pt{]}{*}");
}

static void write__no_ligatures(void **state)
{
    (void)state;
    assert_tex("a--b '' `` ?` !` -", "a-\\/-b '\\/' `\\/` ?\\/` !\\/` -");
}

static void write__blanks_stay(void **state)
{
    (void)state;
    assert_tex("  a  b", "\\ \\ a \\ b");
}

static void write__accents(void **state)
{
    (void)state;
    assert_tex("Café", "Caf\\'{e}");
    assert_tex("e\u0301", "\\'{e}");
    assert_tex("na\u00efve \u0141\u00f3d\u017a \u1ebf",
               "na\\\"{\\i}ve \\L{}\\'{o}d\\'{z} \\'{\\^{e}}");
    assert_tex("\u00df\u00f8", "\\ss{}\\o{}");
}

static void write__signs_and_greek(void **state)
{
    (void)state;
    assert_tex("\u03b1\u2192\u03b2 \u00b1", "$\\alpha$$\\rightarrow$$\\beta$ $\\pm$");
    assert_tex("\u2013\u2014\u2026", "--{}---{}\\dots{}");
}

static void write__other_scripts_say_so(void **state)
{
    (void)state;
    assert_tex("\u4e2d\U0001f600", "\\ecuni{4E2D}{\u4e2d}\\ecuni{1F600}{\U0001f600}");
    assert_tex("\u0105", "\\ecuni{0105}{\u0105}"); /* OT1 has no ogonek */
    assert_tex("1\u0301", "1\\ecuni{0301}{\u0301}");
    assert_written(ec_str("\u4e2d"), (struct ec_tex_style){0}, "\\texttt{U+4E2D}");
    assert_true(ec_tex_lacks_glyphs(ec_str("a\u4e2d")));
    assert_false(ec_tex_lacks_glyphs(ec_str("Caf\u00e9 \u03b1 \\ecuni{4E2D}{x}")));
}

static void spell__what_the_fonts_lack(void **state)
{
    (void)state;
    struct ec_arena arena = {0};
    struct ec_str spelled = ec_tex_spell(ec_str("Caf\u00e9 e\u0301 \u03b1 \u4e2d\u0105"), &arena);
    assert_true(ec_str_equal(spelled, ec_str("Caf\u00e9 e\u0301 \u03b1 U+4E2DU+0105")));
    ec_arena_free(&arena);
}

static void write__bytes_that_are_no_text(void **state)
{
    (void)state;
    assert_written((struct ec_str){"a\0\n\xff", 4}, (struct ec_tex_style){0},
                   "a\\textbackslash{}x00\\textbackslash{}n\\textbackslash{}xff");
}

static void write__breaks(void **state)
{
    (void)state;
    assert_written(ec_str("GradAscent_x/y.z"), (struct ec_tex_style){.breaks = true},
                   "Grad\\allowbreak{}Ascent\\_\\allowbreak{}x/\\allowbreak{}y.\\allowbreak{}z");
    assert_written(ec_str("\u4e2d\u6587\u00e9"),
                   (struct ec_tex_style){.breaks = true, .macro = true},
                   "\\ecuni{4E2D}{\u4e2d}\\allowbreak{}\\ecuni{6587}{\u6587}\\'{e}");
}

static void number__exponents(void **state)
{
    (void)state;
    static const char *const cases[][2] = {{"-245.32", "-245.32"},
                                           {"1.93e+15", "1.93 \\times 10^{15}"},
                                           {"7.5e+08", "7.5 \\times 10^{8}"},
                                           {"-1e-05", "-1 \\times 10^{-5}"},
                                           {"1e+00", "1 \\times 10^{0}"}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct ec_out out;
        ec_out_to_memory(&out);
        ec_tex_write_number(&out, ec_str(cases[i][0]));
        ec_out_char(&out, '\0');
        assert_string_equal(out.buffer, cases[i][1]);
        ec_out_free(&out);
    }
}

static void command__both_ways(void **state)
{
    (void)state;
    assert_string_equal(ec_tex_command(0x3b1), "\\alpha");
    assert_string_equal(ec_tex_command(0xa0), "~");
    assert_null(ec_tex_command('a'));
    assert_int_equal(ec_tex_character(ec_str("alpha")), 0x3b1);
    assert_int_equal(ec_tex_character(ec_str("leq")), 0x2264);
    assert_int_equal(ec_tex_character(ec_str("alph")), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(write__ascii_that_means_something),
        cmocka_unit_test(write__no_ligatures),
        cmocka_unit_test(write__blanks_stay),
        cmocka_unit_test(write__accents),
        cmocka_unit_test(write__signs_and_greek),
        cmocka_unit_test(write__other_scripts_say_so),
        cmocka_unit_test(spell__what_the_fonts_lack),
        cmocka_unit_test(write__bytes_that_are_no_text),
        cmocka_unit_test(write__breaks),
        cmocka_unit_test(number__exponents),
        cmocka_unit_test(command__both_ways),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
