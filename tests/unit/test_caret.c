/* caret: errors that point into what a person typed. */
#include "cmocka_test.h"
#include "query/caret.h"

static void assert_caret(const char *text, size_t offset, const char *expected)
{
    struct ec_error error = {0};
    assert_int_equal(ec_caret_error(&error, ec_str(text), offset, "wrong: %s", "x"), -1);
    assert_string_equal(error.text, expected);
}

static void error__points_below_the_character(void **state)
{
    (void)state;
    assert_caret("mem < 24GIB", 8, "column 9: wrong: x\n    mem < 24GIB\n            ^");
    assert_caret("abc", 0, "column 1: wrong: x\n    abc\n    ^");
    assert_caret("abc", 3, "column 4: wrong: x\n    abc\n       ^");
    assert_caret("", 0, "column 1: wrong: x\n    \n    ^");
}

static void error__columns_are_characters(void **state)
{
    (void)state;
    assert_caret("\xc3\xa9t\xc3\xa9 = 1", 6,
                 "column 5: wrong: x\n    \xc3\xa9t\xc3\xa9 = 1\n        ^");
}

static void error__long_text_is_cut_around_it(void **state)
{
    (void)state;
    char text[301];
    memset(text, 'a', 300);
    text[300] = '\0';
    text[200] = 'X';
    struct ec_error error = {0};
    ec_caret_error(&error, ec_str(text), 200, "here");
    const char *window = strchr(error.text, '\n') + 5;
    const char *caret = strchr(window, '\n') + 5;
    assert_int_equal(strncmp(error.text, "column 201: here\n", 17), 0);
    assert_true(caret - window < 90);
    assert_int_equal(window[strchr(caret, '^') - caret], 'X');
}

static void error__cuts_whole_characters(void **state)
{
    (void)state;
    char text[401];
    for (int i = 0; i < 200; i++)
        memcpy(text + 2 * i, "\xc3\xa9", 2);
    text[400] = '\0';
    struct ec_error error = {0};
    ec_caret_error(&error, ec_str(text), 201, "here"); /* in the middle of one */
    const unsigned char *window = (unsigned char *)strchr(error.text, '\n') + 5;
    assert_int_equal(window[0], 0xc3);
    const unsigned char *end = (unsigned char *)strchr((char *)window, '\n');
    assert_int_equal(end[-1], 0xa9);
}

static void error__control_characters_do_not_reach_the_terminal(void **state)
{
    (void)state;
    assert_caret("a\x1b[31m\n", 1, "column 2: wrong: x\n    a?[31m?\n     ^");
    struct ec_error error = {0};
    ec_caret_error(&error, ec_str("a"), 0, "no '%s'", "\x1b\x7f");
    assert_string_equal(error.text, "column 1: no '?\?'\n    a\n    ^");
}

static void error__null_is_fine(void **state)
{
    (void)state;
    assert_int_equal(ec_caret_error(NULL, ec_str("a"), 0, "x"), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(error__points_below_the_character),
        cmocka_unit_test(error__columns_are_characters),
        cmocka_unit_test(error__long_text_is_cut_around_it),
        cmocka_unit_test(error__cuts_whole_characters),
        cmocka_unit_test(error__control_characters_do_not_reach_the_terminal),
        cmocka_unit_test(error__null_is_fine),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
