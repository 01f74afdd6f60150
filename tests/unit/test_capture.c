/* capture: what a program prints, its status, and when it is given up. */
#include "cmocka_test.h"
#include "common/capture.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/wait.h>

/* Runs a shell script. The caller frees *ret_text when the result is not negative. */
static int capture_with(const char *script, double seconds, const atomic_bool *stop,
                        char **ret_text)
{
    char *argv[] = {(char *)"sh", (char *)"-c", (char *)script, NULL};
    const struct ec_capture capture = {.argv = argv, .seconds = seconds, .input = -1, .stop = stop};
    return ec_capture(&capture, ret_text);
}

static void capture__text_and_status(void **state)
{
    (void)state;
    char *text = NULL;
    int status = capture_with("cat; echo out; exit 3", 60, NULL, &text);
    assert_int_equal(WEXITSTATUS(status), 3);
    assert_string_equal(text, "out\n");
    free(text);
    status = capture_with("kill -9 $$", 60, NULL, &text);
    assert_true(WIFSIGNALED(status));
    free(text);
}

static void capture__no_such_program(void **state)
{
    (void)state;
    char *argv[] = {(char *)"/nonexistent/program", NULL}, *text = NULL;
    const struct ec_capture capture = {.argv = argv, .seconds = 60, .input = -1};
    assert_int_equal(ec_capture(&capture, &text), -ENOENT);
}

static void capture__what_takes_too_long_is_killed(void **state)
{
    (void)state;
    char *text = NULL;
    assert_int_equal(capture_with("exec sleep 300", 0.1, NULL, &text), -ETIMEDOUT);
    /* Also when it prints nothing more. */
    assert_int_equal(capture_with("exec sleep 300 >&-", 0.1, NULL, &text), -ETIMEDOUT);
}

static void capture__ends_when_told(void **state)
{
    (void)state;
    char *text = NULL;
    atomic_bool stop = true;
    assert_int_equal(capture_with("exec sleep 300", 60, &stop, &text), -ECANCELED);
}

static void assert_message(const char *script, double seconds, const char *expected)
{
    char *argv[] = {(char *)"sh", (char *)"-c", (char *)script, NULL}, *text = NULL;
    char message[12] = "from before";
    const struct ec_capture capture = {.argv = argv,
                                       .seconds = seconds,
                                       .input = -1,
                                       .message = message,
                                       .message_size = sizeof message};
    if (ec_capture(&capture, &text) >= 0) {
        assert_string_equal(text, "out\n");
        free(text);
    }
    assert_string_equal(message, expected);
}

static void capture__the_first_line_of_its_messages(void **state)
{
    (void)state;
    assert_message("echo out", 60, "");
    assert_message("echo why >&2; echo out; echo more >&2", 60, "why");
    assert_message("echo >&2; printf '\\nwhy' >&2; echo out", 60, "why");
    assert_message("echo 'why, in detail' >&2; echo out", 60, "why, in det");
    assert_message("echo why >&2; exec sleep 300", 0.5, "why");
    assert_message("yes why | head -n 100000 >&2; echo out", 60, "why");
}

static void capture__without_some_variables(void **state)
{
    (void)state;
    char *argv[] = {(char *)"sh", (char *)"-c", (char *)"echo $OUT_A $OUTER $OTHER", NULL};
    char *text = NULL;
    struct ec_capture capture = {.argv = argv, .seconds = 60, .input = -1, .without = "OUT_"};
    setenv("OUT_A", "1", 1);
    setenv("OUTER", "2", 1);
    setenv("OTHER", "3", 1);
    assert_int_equal(ec_capture(&capture, &text), 0);
    assert_string_equal(text, "2 3\n");
    free(text);
    capture.without = NULL;
    assert_int_equal(ec_capture(&capture, &text), 0);
    assert_string_equal(text, "1 2 3\n");
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(capture__text_and_status),
        cmocka_unit_test(capture__no_such_program),
        cmocka_unit_test(capture__what_takes_too_long_is_killed),
        cmocka_unit_test(capture__ends_when_told),
        cmocka_unit_test(capture__the_first_line_of_its_messages),
        cmocka_unit_test(capture__without_some_variables),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
