/* error: the first message wins. */
#include "cmocka_test.h"
#include "common/error.h"

#include <string.h>

static void set__first_error_wins(void **state)
{
    (void)state;
    struct ec_error error = {0};
    assert_int_equal(ec_error_set(&error, "no such file: %s", "a.json"), -1);
    assert_int_equal(ec_error_set(&error, "second"), -1);
    assert_string_equal(error.text, "no such file: a.json");
}

static void set__null_is_fine(void **state)
{
    (void)state;
    assert_int_equal(ec_error_set(NULL, "lost"), -1);
}

static void set__long_message_is_cut(void **state)
{
    (void)state;
    struct ec_error error = {0};
    char long_text[2 * EC_ERROR_MAX];
    memset(long_text, 'x', sizeof long_text - 1);
    long_text[sizeof long_text - 1] = '\0';
    ec_error_set(&error, "%s", long_text);
    assert_int_equal(strlen(error.text), EC_ERROR_MAX - 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(set__first_error_wins),
        cmocka_unit_test(set__null_is_fine),
        cmocka_unit_test(set__long_message_is_cut),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
