/* cli/document: lengths, labels and the command line as a text. */
#include "cmocka_test.h"

#include "cli/document.h"

static void length__units(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        double points;
    } cases[] = {{"3.25in", 234}, {"5.5in", 396}, {"2.54cm", 72},  {"254mm", 720}, {"72.27pt", 72},
                 {"234bp", 234},  {"1in", 72},    {"100in", 7200}, {"3.in", 216}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        double points = 0;
        assert_int_equal(ec_document_length(cases[i].text, &points, NULL), 0);
        assert_float_equal(points, cases[i].points, 1e-9);
    }
}

static void length__what_is_none(void **state)
{
    (void)state;
    static const char *const cases[] = {"",      "in",      "3.25",  "3,25in", "-3in",
                                        "1e2in", "0in",     "0.5in", "101in",  "3 in",
                                        "infin", "3.2.5in", "3in ",  "0x3in",  "3inches"};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct ec_error error = {0};
        double points = 7;
        assert_int_equal(ec_document_length(cases[i], &points, &error), -1);
        assert_string_not_equal(error.text, "");
        assert_true(points == 7);
    }
}

static void label__letters_digits_and_four_signs(void **state)
{
    (void)state;
    struct ec_error error = {0};
    assert_int_equal(ec_document_label("tab:cost-of_npo.1", &error), 0);
    assert_int_equal(ec_document_label("", &error), -1);
    assert_int_equal(ec_document_label("a}b", NULL), -1);
    assert_int_equal(ec_document_label("a b", NULL), -1);
    assert_int_equal(ec_document_label("caf\u00e9", NULL), -1);
}

static void command__quoted_for_a_shell(void **state)
{
    (void)state;
    struct ec_arena arena = {0};
    char words[][20] = {"/usr/bin/effcompare", "-c", "time,mem", "", "a b", "it's", "$x"};
    char *argv[7];
    for (int i = 0; i < 7; i++)
        argv[i] = words[i];
    assert_string_equal(ec_document_command(7, argv, &arena),
                        "effcompare -c time,mem '' 'a b' 'it'\\''s' '$x'");
    ec_arena_free(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(length__units),
        cmocka_unit_test(length__what_is_none),
        cmocka_unit_test(label__letters_digits_and_four_signs),
        cmocka_unit_test(command__quoted_for_a_shell),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
