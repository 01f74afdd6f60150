/* options: parsing, messages and help all come from the table. */
#include "cmocka_test.h"
#include "common/options.h"

#include <stdlib.h>
#include <string.h>

struct target {
    long jobs;
    bool verbose, version;
    const char *output;
};

static int set_jobs(void *target, const char *argument, struct ec_error *error)
{
    return ec_options_integer(argument, 1, 64, &((struct target *)target)->jobs, error);
}

static int set_output(void *target, const char *argument, struct ec_error *error)
{
    (void)error;
    ((struct target *)target)->output = argument;
    return 0;
}

static const struct ec_option options[] = {
    EC_OPTION_HEADING("Loading"),
    {"jobs", 'j', "N", "read with N threads", set_jobs, 0},
    EC_OPTION_HEADING("Output"),
    {"output", 'o', "FILE", "write FILE\nby its suffix", set_output, 0},
    {"verbose", 'v', NULL, "say more", NULL, offsetof(struct target, verbose)},
    {"version", 0, NULL, "tell the version", NULL, offsetof(struct target, version)},
    EC_OPTION_END,
};

static int parse(struct target *target, bool stop, char **argv, int *first, struct ec_error *error)
{
    int argc = 0;
    while (argv[argc])
        argc++;
    struct ec_options_parser parser = {
        .options = options, .stop_at_operand = stop, .target = target};
    *error = (struct ec_error){0};
    return ec_options_parse(&parser, argc, argv, first, error);
}

#define ARGS(...) ((char **)(const char *[]){"prog", __VA_ARGS__, NULL})

static void parse__options_and_operands_mix(void **state)
{
    (void)state;
    struct target target = {0};
    struct ec_error error;
    int first;
    char **argv = ARGS("a", "-j", "3", "b", "--output=x.csv", "-v");
    assert_int_equal(parse(&target, false, argv, &first, &error), 0);
    assert_int_equal(target.jobs, 3);
    assert_string_equal(target.output, "x.csv");
    assert_true(target.verbose);
    assert_int_equal(first, 5);
    assert_string_equal(argv[5], "a");
    assert_string_equal(argv[6], "b");
}

static void parse__stops_at_the_command(void **state)
{
    (void)state;
    struct target target = {0};
    struct ec_error error;
    int first;
    char **argv = ARGS("-v", "train", "-j", "x");
    assert_int_equal(parse(&target, true, argv, &first, &error), 0);
    assert_int_equal(first, 2);
    assert_true(target.verbose && target.jobs == 0);
}

static void expect_error(char **argv, const char *text)
{
    struct target target = {0};
    struct ec_error error;
    int first;
    assert_int_equal(parse(&target, false, argv, &first, &error), -1);
    assert_string_equal(error.text, text);
}

static void parse__messages(void **state)
{
    (void)state;
    expect_error(ARGS("--otput", "x"), "there is no option '--otput'; did you mean '--output'?");
    expect_error(ARGS("x", "--jbos=3"), "there is no option '--jbos'; did you mean '--jobs'?");
    expect_error(ARGS("--frobnicate"), "there is no option '--frobnicate'");
    expect_error(ARGS("--ver"), "option '--ver' could be several; write it out");
    expect_error(ARGS("--verbose=3"), "option '--verbose' takes no argument");
    expect_error(ARGS("x", "--verbose=3"), "option '--verbose' takes no argument");
    expect_error(ARGS("-x"), "there is no option '-x'");
    expect_error(ARGS("-vx"), "there is no option '-x'");
    expect_error(ARGS("-j"), "option '--jobs' needs an argument: N");
    expect_error(ARGS("--jobs"), "option '--jobs' needs an argument: N");
    expect_error(ARGS("-j", "0"), "--jobs: '0' is not a whole number from 1 to 64");
    expect_error(ARGS("-j", "3x"), "--jobs: '3x' is not a whole number from 1 to 64");
}

static void help__lists_every_row(void **state)
{
    (void)state;
    char *help = ec_options_help(options);
    assert_string_equal(help, "Loading:\n"
                              "  -j, --jobs N              read with N threads\n"
                              "\n"
                              "Output:\n"
                              "  -o, --output FILE         write FILE\n"
                              "                            by its suffix\n"
                              "  -v, --verbose             say more\n"
                              "      --version             tell the version\n");
    free(help);
}

static void take_one__by_its_full_name(void **state)
{
    (void)state;
    struct target target = {0};
    struct ec_options_parser parser = {.options = options, .target = &target};
    assert_int_equal(ec_options_take_one(&parser, "jobs", "3", NULL), 0);
    assert_int_equal(target.jobs, 3);
    assert_int_equal(ec_options_take_one(&parser, "verbose", NULL, NULL), 0);
    assert_true(target.verbose);
}

static void take_one__messages(void **state)
{
    (void)state;
    static const struct {
        const char *name, *argument, *message;
    } cases[] = {
        {"jbos", "3", "there is no option 'jbos'; did you mean 'jobs'?"},
        {"job", "3", "there is no option 'job'; did you mean 'jobs'?"},
        {"Loading", NULL, "there is no option 'Loading'"},
        {"jobs", NULL, "'jobs' needs a value: N"},
        {"jobs", "0", "'0' is not a whole number from 1 to 64"},
        {"verbose", "yes", "'verbose' takes no value"},
    };
    struct target target = {0};
    struct ec_options_parser parser = {.options = options, .target = &target};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct ec_error error = {0};
        assert_int_equal(ec_options_take_one(&parser, cases[i].name, cases[i].argument, &error),
                         -1);
        assert_string_equal(error.text, cases[i].message);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parse__options_and_operands_mix),
        cmocka_unit_test(parse__stops_at_the_command),
        cmocka_unit_test(parse__messages),
        cmocka_unit_test(take_one__by_its_full_name),
        cmocka_unit_test(take_one__messages),
        cmocka_unit_test(help__lists_every_row),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
