/* What a sweep is going to run: combinations, placeholders, the plan; and the time that is left. */
#include "cmocka_test.h"
#include "effrecord/plan.h"
#include "effrecord/progress.h"
#include "effrecord/template.h"
#include "effrecord/submit.h"
#include "effrecord/text.h"

#include <stdlib.h>
#include <string.h>

static void add(struct effrecord_grid *grid, const char *text)
{
    struct ec_error error = {0};
    assert_int_equal(effrecord_grid_add(grid, text, &error), 0);
    assert_string_equal(error.text, "");
}

static void assert_refused(const char *text, const char *message)
{
    struct effrecord_grid grid = {0};
    struct ec_error error = {0};
    add(&grid, "method=A,B");
    assert_int_equal(effrecord_grid_add(&grid, text, &error), -1);
    assert_string_equal(error.text, message);
    assert_int_equal(grid.count, 1);
    effrecord_grid_free(&grid);
}

static void assert_label(const struct effrecord_grid *grid, size_t combination,
                         const char *expected)
{
    char *label = effrecord_grid_label(grid, combination);
    assert_string_equal(label, expected);
    free(label);
}

static void grid__last_axis_varies_fastest(void **state)
{
    (void)state;
    struct effrecord_grid grid = {0};
    assert_int_equal(effrecord_grid_size(&grid), 1);
    add(&grid, "method=A,B");
    add(&grid, "seed=0,1,2");
    assert_int_equal(effrecord_grid_size(&grid), 6);
    assert_label(&grid, 0, "method=A seed=0");
    assert_label(&grid, 2, "method=A seed=2");
    assert_label(&grid, 3, "method=B seed=0");
    effrecord_grid_free(&grid);
}

static void grid__values(void **state)
{
    (void)state;
    struct effrecord_grid grid = {0};
    add(&grid, "trainer.args.lr-x=1e-5,a b,c\\,d,e\\\\,f\\g,x=y,0.5..1");
    static const char *const expected[] = {"1e-5", "a b", "c,d", "e\\", "f\\g", "x=y", "0.5..1"};
    assert_int_equal(grid.axes[0].count, 7);
    for (size_t i = 0; i < 7; i++)
        assert_string_equal(effrecord_grid_value(&grid, i, 0), expected[i]);
    effrecord_grid_free(&grid);
}

static void grid__ranges(void **state)
{
    (void)state;
    struct effrecord_grid grid = {0};
    add(&grid, "seed=8..11,42,5..5");
    static const char *const expected[] = {"8", "9", "10", "11", "42", "5"};
    assert_int_equal(grid.axes[0].count, 6);
    for (size_t i = 0; i < 6; i++)
        assert_string_equal(effrecord_grid_value(&grid, i, 0), expected[i]);
    effrecord_grid_free(&grid);
}

static void grid__mistakes(void **state)
{
    (void)state;
    assert_refused("seed", "'seed', column 5: '=' and values are missing");
    assert_refused("", "'', column 1: NAME=VALUE,... is expected");
    assert_refused("a b=1", "'a b=1', column 2: NAME=VALUE,... is expected");
    assert_refused("1x=1", "'1x=1', column 1: NAME=VALUE,... is expected");
    assert_refused("seed=", "'seed=', column 6: a value is missing");
    assert_refused("seed=1,", "'seed=1,', column 8: a value is missing");
    assert_refused("seed=1,,2", "'seed=1,,2', column 8: a value is missing");
    assert_refused("n=\xc3\xa4,\xc3\xa4",
                   "'n=\xc3\xa4,\xc3\xa4', column 5: this value is there twice");
    assert_refused("seed=0..3,2", "'seed=0..3,2', column 11: this value is there twice");
    assert_refused("seed=4..0", "'seed=4..0', column 6: the range ends before it starts");
    assert_refused("seed=0..50000",
                   "'seed=0..50000', column 6: there are more than 100000 combinations");
    assert_refused("method=C", "'method=C', column 1: this name was given before");
    assert_refused("output_dir=C",
                   "'output_dir=C', column 1: {output_dir} is the output directory");
    assert_refused("a=x\ny", "'a=x\ny', column 4: there is a control character");
    assert_refused("a=\xff", "the text is not UTF-8");
}

/* The template with method=NPO seed=7 and the output directory "out". */
static char *expand(const char *text, const char *output_dir, struct ec_error *error)
{
    struct effrecord_grid grid = {0};
    add(&grid, "method=GradAscent,NPO");
    add(&grid, "seed=6,7");
    struct effrecord_scope scope = {&grid, 3, output_dir};
    char *result = effrecord_expand(text, &scope, error);
    effrecord_grid_free(&grid);
    return result;
}

static void assert_expands(const char *text, const char *expected)
{
    struct ec_error error = {0};
    char *result = expand(text, "out", &error);
    assert_string_equal(error.text, "");
    assert_string_equal(result, expected);
    free(result);
}

static void template__placeholders(void **state)
{
    (void)state;
    assert_expands("", "");
    assert_expands("plain", "plain");
    assert_expands("{method}", "NPO");
    assert_expands("saves/{method}_s{seed}{seed}/", "saves/NPO_s77/");
    assert_expands("{output_dir}/x", "out/x");
    assert_expands("{{seed}} {{}} }}{{ {{{seed}}}", "{seed} {} }{ {7}");
}

static void assert_bad_template(const char *text, const char *output_dir, const char *message)
{
    struct ec_error error = {0};
    assert_null(expand(text, output_dir, &error));
    assert_string_equal(error.text, message);
}

static void template__mistakes(void **state)
{
    (void)state;
    assert_bad_template("s_{sed}", "out",
                        "'s_{sed}', column 3: no -L defines {sed}; did you mean {seed}?");
    assert_bad_template(
        "${HOME}", "out",
        "'${HOME}', column 2: no -L defines {HOME}; for braces of the program's own "
        "write {{HOME}}");
    assert_bad_template("{output_dir}", NULL,
                        "'{output_dir}', column 1: no -L defines {output_dir}; for braces of the "
                        "program's own write {{output_dir}}");
    assert_bad_template(
        "\xc3\xa4{", "out",
        "'\xc3\xa4{', column 2: '{' is no part of a placeholder such as {name}; for a "
        "brace of the program's own write {{");
    assert_bad_template("{seed", "out",
                        "'{seed', column 1: '{' is no part of a placeholder such as {name}; for a "
                        "brace of the program's own write {{");
    assert_bad_template("a}b", "out",
                        "'a}b', column 2: '}' is no part of a placeholder such as {name}; for a "
                        "brace of the program's own write }}");
}

static char *command_text(char *const *words)
{
    struct ec_text_stream text;
    effrecord_text_begin(&text);
    effrecord_write_command(text.out, words);
    return effrecord_text_end(&text);
}

/* Plans the sweep method=A,B x status=1,2 with the words of `command`. */
static int plan(const char *output_dir, const char *method, const char *const *command,
                struct effrecord_plan *ret_plan, struct ec_error *error)
{
    const char *settings[] = {"note={method} x"};
    struct effrecord_request request = {.output_dir = output_dir,
                                        .method = method,
                                        .settings = settings,
                                        .setting_count = 1,
                                        .command = command};
    add(&request.grid, "method=A,B");
    add(&request.grid, "status=1,2");
    add(&request.grid, "lr=1e-5");
    int rc = effrecord_plan_make(&request, ret_plan, error);
    effrecord_grid_free(&request.grid);
    return rc;
}

static void plan__command_lines(void **state)
{
    (void)state;
    const char *command[] = {"train", "--out={output_dir}", "it's {status}", "", NULL};
    struct effrecord_plan made;
    assert_int_equal(plan("./s//{method}/{status}/.", NULL, command, &made, NULL), 0);
    assert_int_equal(made.count, 4);
    assert_string_equal(made.jobs[3].directory, "s/B/2");
    assert_string_equal(made.jobs[3].label, "method=B status=2 lr=1e-5");
    char *text = command_text(made.jobs[3].argv);
    /* "status" is a key of the record's own, so it is not set. */
    assert_string_equal(text, "effrecord run -o s/B/2 --method B --set lr=1e-5 --set 'note=B x' -- "
                              "train --out=s/B/2 'it'\\''s 2' ''");
    free(text);
    text = command_text(made.jobs[0].command);
    assert_string_equal(text, "train --out=s/A/1 'it'\\''s 1' ''");
    free(text);
    effrecord_plan_free(&made);
}

static void plan__method_of_the_user(void **state)
{
    (void)state;
    const char *command[] = {"train", NULL};
    struct effrecord_plan made;
    assert_int_equal(plan("{method}{status}", "my-{method}", command, &made, NULL), 0);
    char *text = command_text(made.jobs[0].argv);
    assert_string_equal(
        text, "effrecord run -o A1 --set lr=1e-5 --method my-A --set 'note=A x' -- train");
    free(text);
    effrecord_plan_free(&made);
}

static void assert_no_plan(const char *output_dir, const char *word, const char *message)
{
    const char *command[] = {"train", word, NULL};
    struct effrecord_plan made;
    struct ec_error error = {0};
    assert_int_equal(plan(output_dir, NULL, command, &made, &error), -1);
    assert_string_equal(error.text, message);
}

static void plan__mistakes(void **state)
{
    (void)state;
    assert_no_plan("s/{method}", "x",
                   "--output-dir: 's/{method}' is s/A both for method=A status=1 lr=1e-5 and for "
                   "method=A status=2 lr=1e-5");
    assert_no_plan(
        "{methd}", "x",
        "--output-dir: '{methd}', column 1: no -L defines {methd}; did you mean {method}?");
    assert_no_plan("{method}{status}", "a={mthod}",
                   "COMMAND: 'a={mthod}', column 3: no -L defines {mthod}; did you mean {method}?");
    assert_no_plan(
        "a\n{method}{status}", "x",
        "--output-dir: for method=A status=1 lr=1e-5 the directory's name holds a control "
        "character");
}

static void progress__durations(void **state)
{
    (void)state;
    static const struct {
        double seconds;
        const char *text;
    } cases[] = {{0, "0:00"}, {59.4, "0:59"}, {59.6, "1:00"}, {725, "12:05"}, {36125, "10:02:05"}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char *text = effrecord_duration(cases[i].seconds);
        assert_string_equal(text, cases[i].text);
        free(text);
    }
}

static void progress__seconds_left(void **state)
{
    (void)state;
    const double running[] = {4, 12};
    /* One after another: the rest of this one, and three more. */
    assert_true(effrecord_seconds_left(10, 3, running, 1, 1) == 36);
    /* Two at a time; the second takes longer than expected and counts as nearly over. */
    assert_true(effrecord_seconds_left(10, 3, running, 2, 2) == 18);
    /* The last ones: the work cannot be divided further. */
    assert_true(effrecord_seconds_left(10, 0, running, 2, 2) == 6);
    assert_true(effrecord_seconds_left(10, 1, NULL, 0, 8) == 10);
    assert_true(effrecord_seconds_left(10, 0, running + 1, 1, 2) == 0);
}

static void assert_words(const char *text, const char *expected)
{
    struct effrecord_words words = {0};
    char got[256] = "";
    assert_int_equal(effrecord_words_split(&words, text, NULL), 0);
    for (size_t i = 0; i < words.count; i++)
        snprintf(got + strlen(got), sizeof got - strlen(got), "[%s]", words.items[i]);
    assert_string_equal(got, expected);
    effrecord_words_free(&words);
}

static void words__like_a_shells(void **state)
{
    (void)state;
    assert_words("", "");
    assert_words("  --gres=gpu:1\t-t 2:00:00 ", "[--gres=gpu:1][-t][2:00:00]");
    assert_words("--comment='a  b' -J \"c \\\"d\\\" \\e\" f\\ g ''",
                 "[--comment=a  b][-J][c \"d\" \\e][f g][]");
    assert_words("'$HOME' * \"`id`\"", "[$HOME][*][`id`]");
}

static void words__mistakes(void **state)
{
    (void)state;
    struct effrecord_words words = {0};
    struct ec_error error = {0};
    assert_int_equal(effrecord_words_split(&words, "-p gpu -J 'x", &error), -1);
    assert_string_equal(error.text, "'-p gpu -J 'x', column 11: a quote is not closed");
    effrecord_words_free(&words);
}

static int check_options(const char *text)
{
    struct effrecord_words words = {0};
    assert_int_equal(effrecord_words_split(&words, text, NULL), 0);
    int rc = effrecord_submit_check(&words, NULL);
    effrecord_words_free(&words);
    return rc;
}

static void submit__the_array_is_ours(void **state)
{
    (void)state;
    assert_int_equal(check_options("-p gpu --account=a -A b --hold -H"), 0);
    assert_int_equal(check_options("-p gpu -a 0-3"), -1);
    assert_int_equal(check_options("-a0-3"), -1);
    assert_int_equal(check_options("--array=0-3"), -1);
    assert_int_equal(check_options("--array 0-3"), -1);
    assert_int_equal(check_options("--wrap 'true'"), -1);
    assert_int_equal(check_options("-W"), -1); /* for a job that is held until sbatch has ended */
    assert_int_equal(check_options("--wait"), -1);
    assert_int_equal(check_options("--wait-all-nodes=1"), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(grid__last_axis_varies_fastest),
        cmocka_unit_test(grid__values),
        cmocka_unit_test(grid__ranges),
        cmocka_unit_test(grid__mistakes),
        cmocka_unit_test(template__placeholders),
        cmocka_unit_test(template__mistakes),
        cmocka_unit_test(plan__command_lines),
        cmocka_unit_test(plan__method_of_the_user),
        cmocka_unit_test(plan__mistakes),
        cmocka_unit_test(progress__durations),
        cmocka_unit_test(progress__seconds_left),
        cmocka_unit_test(words__like_a_shells),
        cmocka_unit_test(words__mistakes),
        cmocka_unit_test(submit__the_array_is_ours),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
