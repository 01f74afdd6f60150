/* expr: what expressions mean, what is unknown, and where errors point. */
#include "cmocka_test.h"
#include "query/expr.h"

#include <math.h>
#include <stdlib.h>

enum slot { TIME, STEPS, MEM, LATENCY, UTIL, TPS, ENERGY, RETAIN, NAME, ODD, GONE, PLAIN, POWER };

static const struct {
    const char *name;
    enum ec_expr_type type;
    enum ec_unit_id unit;
} names[] = {
    [TIME] = {"time", EC_EXPR_NUMBER, EC_UNIT_S},
    [STEPS] = {"steps", EC_EXPR_NUMBER, EC_UNIT_NONE},
    [MEM] = {"mem", EC_EXPR_NUMBER, EC_UNIT_MIB},
    [LATENCY] = {"latency", EC_EXPR_NUMBER, EC_UNIT_MS},
    [UTIL] = {"util", EC_EXPR_NUMBER, EC_UNIT_PERCENT},
    [TPS] = {"tps", EC_EXPR_NUMBER, EC_UNIT_TOKENS_S},
    [ENERGY] = {"energy", EC_EXPR_NUMBER, EC_UNIT_J},
    [RETAIN] = {"retain", EC_EXPR_ANY, EC_UNIT_NONE},
    [NAME] = {"name", EC_EXPR_TEXT, EC_UNIT_NONE},
    [ODD] = {"odd key-1", EC_EXPR_ANY, EC_UNIT_NONE},
    [GONE] = {"gone", EC_EXPR_NUMBER, EC_UNIT_MIB},
    [PLAIN] = {"a.b_2", EC_EXPR_ANY, EC_UNIT_NONE},
    [POWER] = {"power", EC_EXPR_NUMBER, EC_UNIT_W},
};
enum { NAME_COUNT = sizeof names / sizeof names[0] };

static bool bind(void *context, struct ec_str name, bool quoted,
                 struct ec_expr_binding *ret_binding)
{
    (void)context, (void)quoted;
    for (uint32_t i = 0; i < NAME_COUNT; i++) {
        if (!ec_str_equal(name, ec_str(names[i].name)))
            continue;
        *ret_binding = (struct ec_expr_binding){i, names[i].type, ec_unit_get(names[i].unit)};
        return true;
    }
    return false;
}

static void offer(void *context, struct ec_nearest *nearest)
{
    (void)context;
    for (int i = 0; i < NAME_COUNT; i++)
        ec_nearest_offer(nearest, names[i].name);
}

static struct ec_value get(const void *row, uint32_t slot)
{
    (void)row;
    const struct ec_value values[NAME_COUNT] = {
        [TIME] = ec_value_real(600),         [STEPS] = ec_value_int(100),
        [MEM] = ec_value_real(24576), /* 24 GiB */
        [LATENCY] = ec_value_real(1.5),      [UTIL] = ec_value_real(50),
        [TPS] = ec_value_real(1000),         [ENERGY] = ec_value_real(7200),
        [RETAIN] = ec_value_bool(true),      [NAME] = ec_value_str(ec_str("expA_npo_s0")),
        [ODD] = ec_value_str(ec_str("NPO")), [GONE] = ec_value_missing(),
        [PLAIN] = ec_value_int(7),           [POWER] = ec_value_real(300),
    };
    return values[slot];
}

static struct ec_expr *compile(const char *source, enum ec_expr_type want, struct ec_error *error)
{
    const struct ec_expr_names callbacks = {.bind = bind, .offer = offer};
    return ec_expr_compile(ec_str(source), want, &callbacks, error);
}

static struct ec_value eval(const char *source)
{
    struct ec_error error = {0};
    struct ec_expr *expr = compile(source, EC_EXPR_ANY, &error);
    if (!expr)
        fail_msg("%s: %s", source, error.text);
    struct ec_value value = ec_expr_eval(expr, get, NULL);
    assert_int_equal(ec_expr_holds(expr, get, NULL), value.kind == EC_BOOL && value.b);
    ec_expr_free(expr);
    return value;
}

static void assert_number(const char *source, double expected)
{
    struct ec_value value = eval(source);
    if (!ec_value_is_number(value))
        fail_msg("%s: kind %d, not a number", source, value.kind);
    if (!(fabs(ec_value_number(value) - expected) <= 1e-14 * fabs(expected)))
        fail_msg("%s: %.17g, not %.17g", source, ec_value_number(value), expected);
}

static void assert_whole(const char *source, int64_t expected)
{
    assert_int_equal(eval(source).kind, EC_INT);
    assert_true(eval(source).i == expected);
}

/* 't', 'f' or '?' */
static void assert_truth(const char *source, char expected)
{
    struct ec_value value = eval(source);
    char truth = value.kind == EC_MISSING ? '?' : value.kind != EC_BOOL ? 'x' : value.b ? 't' : 'f';
    if (truth != expected)
        fail_msg("%s: %c, not %c", source, truth, expected);
}

static void assert_missing(const char *source)
{
    if (eval(source).kind != EC_MISSING)
        fail_msg("%s: kind %d, not missing", source, eval(source).kind);
}

static void assert_unit(const char *source, const char *symbol, double value)
{
    struct ec_error error = {0};
    struct ec_expr *expr = compile(source, EC_EXPR_ANY, &error);
    if (!expr)
        fail_msg("%s: %s", source, error.text);
    if (strcmp(ec_expr_unit_text(expr), symbol) != 0)
        fail_msg("%s: unit %s, not %s", source, ec_expr_unit_text(expr), symbol);
    const struct ec_unit *known = ec_unit_find(symbol, strlen(symbol));
    assert_ptr_equal(ec_expr_unit(expr), known ? known : ec_unit_get(EC_UNIT_NONE));
    ec_expr_free(expr);
    assert_number(source, value);
}

/* The first line of the error, and that the compiler has nothing. */
static void assert_error(const char *source, const char *expected)
{
    struct ec_error error = {0};
    struct ec_expr *expr = compile(source, EC_EXPR_ANY, &error);
    if (expr)
        fail_msg("%s compiled", source);
    error.text[strcspn(error.text, "\n")] = '\0';
    if (strcmp(error.text, expected) != 0)
        fail_msg("%s:\n%s\nnot\n%s", source, error.text, expected);
}

static void number__literals(void **state)
{
    (void)state;
    assert_whole("42", 42);
    assert_number("1.5e3", 1500);
    assert_number(".5", 0.5);
    assert_number("5.", 5);
    assert_number("2E-2", 0.02);
    assert_whole("9223372036854775807", INT64_MAX);
    assert_number("9223372036854775808", 9223372036854775808.0);
    assert_int_equal(eval("9223372036854775808").kind, EC_REAL);
}

static void operators__precedence(void **state)
{
    (void)state;
    assert_whole("1 + 2 * 3", 7);
    assert_whole("(1 + 2) * 3", 9);
    assert_whole("10 - 3 - 2", 5);
    assert_number("100 / 10 / 2", 5);
    assert_number("2 ^ 3 ^ 2", 512);
    assert_number("-2 ^ 2", -4);
    assert_number("2 ^ -1", 0.5);
    assert_whole("7 % 4 * 2", 6);
    assert_whole("--3", 3);
    assert_whole("2*-3", -6);
    assert_truth("1 + 1 = 2 and not 3 < 2", 't');
    assert_truth("true or true and false", 't');
    assert_truth("(true or true) and false", 'f');
    assert_truth("not true or true", 't');
    assert_truth("not (true or true)", 'f');
    assert_truth("not 1 = 2", 't');
    assert_truth("! false && true || false", 't');
}

static void operators__all_comparisons(void **state)
{
    (void)state;
    assert_truth("1 = 1", 't');
    assert_truth("1 == 2", 'f');
    assert_truth("1 != 1.0", 'f');
    assert_truth("1 <> 2", 't');
    assert_truth("1 < 1", 'f');
    assert_truth("1 <= 1", 't');
    assert_truth("2 > 1", 't');
    assert_truth("1 >= 2", 'f');
    assert_truth("9007199254740993 > 9007199254740992", 't'); /* not the same as doubles */
    assert_truth("'b' > 'a' and 'ab' > 'a' and '' < 'a'", 't');
    assert_truth("name = \"expA_npo_s0\"", 't');
    assert_truth("true = true and true != false", 't');
}

static void operators__whole_numbers_stay_whole(void **state)
{
    (void)state;
    assert_whole("steps * 2 + 1", 201);
    assert_whole("abs(-3)", 3);
    assert_whole("round(3)", 3);
    assert_whole("min(3, 2)", 2);
    assert_int_equal(eval("4 / 2").kind, EC_REAL);
    assert_int_equal(eval("9223372036854775807 + 1").kind, EC_REAL);
    assert_number("9223372036854775807 + 1", 9223372036854775808.0);
    assert_number("-(-9223372036854775807 - 1)", 9223372036854775808.0);
    assert_number("(-9223372036854775807 - 1) % -1", 0);
    assert_number("abs(-9223372036854775807 - 1)", 9223372036854775808.0);
}

static void operators__percent_and_remainder(void **state)
{
    (void)state;
    assert_number("50%", 50);
    assert_whole("50 % 3", 2);
    assert_whole("50%3", 2);
    assert_whole("50%(3)", 2);
    assert_number("7.5 % 2", 1.5);
    assert_whole("-7 % 3", -1);
    assert_truth("util = 50%", 't');
    assert_truth("util >= 50% and true", 't');
    assert_truth("util > 0.5 * 100%", 'f');
}

static void functions__numbers(void **state)
{
    (void)state;
    assert_number("abs(-2.5)", 2.5);
    assert_number("ceil(1.2) + floor(1.8) + round(2.5)", 6);
    assert_number("exp(1)", 2.718281828459045);
    assert_number("log(10)", 2.302585092994046);
    assert_number("log2(8)", 3);
    assert_number("log10(1000)", 3);
    assert_number("sqrt(2)", 1.4142135623730951);
    assert_number("min(3, 1.5, 2)", 1.5);
    assert_number("max(3, 1, 4.5)", 4.5);
    assert_number("min(7)", 7);
    assert_whole("if(2 > 1, 10, 20)", 10);
    assert_whole("if(2 < 1, 10, 20)", 20);
    assert_whole("if(retain, 1, 0)", 1);
}

static void names__every_spelling(void **state)
{
    (void)state;
    assert_whole("steps", 100);
    assert_whole("a.b_2", 7);
    assert_truth("`odd key-1` = 'NPO'", 't');
    assert_truth("`steps` = 100", 't');
    assert_truth("retain", 't');
}

static void text__quotes_and_escapes(void **state)
{
    (void)state;
    assert_truth("'a\"b' = \"a\\\"b\"", 't');
    assert_truth("'it\\'s' = \"it's\"", 't');
    assert_truth("'a\\\\' != 'a'", 't');
    struct ec_value value = eval("'a\\.b\\\\'");
    assert_int_equal(value.kind, EC_STR);
    assert_int_equal(value.text_length, 5);
}

static void match__patterns(void **state)
{
    (void)state;
    assert_truth("name ~ 'npo|grad'", 't');
    assert_truth("name =~ '^expA_.*_s[0-9]+$'", 't');
    assert_truth("name !~ 'npo'", 'f');
    assert_truth("name ~ '^npo'", 'f');
    assert_truth("not name ~ 'GradDiff'", 't');
    assert_truth("`odd key-1` ~ '^.{3}$'", 't');
    assert_truth("steps = 100 and name ~ 's0$'", 't');
    assert_missing("a.b_2 ~ '7'"); /* a number is not text */
}

/* Text in a record is not NUL-terminated where it ends, and may hold NULs. */
static struct ec_value get_slice(const void *row, uint32_t slot)
{
    (void)row, (void)slot;
    return ec_value_str((struct ec_str){"np\0oXX", 4});
}

static void match__looks_at_exactly_the_text(void **state)
{
    (void)state;
    struct ec_expr *expr = compile("name ~ 'o$'", EC_EXPR_TRUTH, NULL);
    assert_true(ec_expr_holds(expr, get_slice, NULL));
    ec_expr_free(expr);
    expr = compile("name ~ 'X'", EC_EXPR_TRUTH, NULL);
    assert_false(ec_expr_holds(expr, get_slice, NULL));
    ec_expr_free(expr);
}

static void units__are_converted(void **state)
{
    (void)state;
    assert_truth("mem = 24GiB", 't');
    assert_truth("mem <= 24 GiB", 't');
    assert_truth("mem < 24GB", 'f'); /* 24 GiB are 25.77 GB */
    assert_truth("24GiB = mem", 't');
    assert_truth("time = 10min", 't');
    assert_truth("10min >= time", 't');
    assert_truth("latency = 0.0015s", 't');
    assert_truth("latency < 1.5e3us", 'f');
    assert_truth("time = 600", 't');
    assert_truth("600 = time", 't');
    assert_truth("mem = 24 * 1024", 't');
    assert_truth("mem < 2 * 24GiB", 't');
    assert_truth("tps = 1000tokens/s", 't');
    assert_truth("tps < 1001 tokens/s and true", 't');
    assert_truth("latency < time", 't');
    assert_number("time + latency", 600.0015);
    assert_number("latency + time", 600001.5);
    assert_number("time + 1min", 660);
    assert_number("max(latency, time)", 600000);
    assert_number("min(1GiB, mem)", 1024);
    assert_number("if(retain, 1GiB, mem)", 1024);
    assert_number("mem % 1GiB", 0);
}

static void units__results(void **state)
{
    (void)state;
    assert_unit("mem", "MiB", 24576);
    assert_unit("mem * 2", "MiB", 49152);
    assert_unit("2 * mem / 4", "MiB", 12288);
    assert_unit("steps / 2", "", 50);
    assert_unit("mem / 1GiB", "", 24);
    assert_unit("mem * (1 / 1GiB)", "", 24);
    assert_unit("time / 1min", "", 10);
    assert_unit("power * time", "J", 180000);
    assert_unit("power * 1h", "Wh", 300);
    assert_unit("energy / time", "W", 12);
    assert_unit("tps * time", "token", 600000);
    assert_unit("energy / (tps * time)", "token^-1 J", 0.012);
    assert_unit("steps / time", "s^-1", 100.0 / 600);
    assert_unit("mem * time", "s B", 24576.0 * 1048576 * 600);
    assert_unit("sqrt(time * time)", "s", 600);
    assert_unit("log10(time * 1)", "", log10(600));
    assert_unit("util", "%", 50);
    assert_unit("2 * util", "%", 100);
    assert_unit("util * time", "s", 300);
    assert_unit("util / util", "", 1);
    assert_unit("util ^ 2", "", 0.25);
    assert_unit("1 / util", "", 2);
    assert_unit("-mem", "MiB", -24576);
    assert_unit("round(time / 7)", "s", 86);
    assert_unit("steps * 1s", "s", 100);
    assert_unit("coalesce(gone, mem)", "MiB", 24576);
    assert_unit("(energy / (tps * time)) + energy", "token^-1 J", 7200.012);
}

static void units__quantities_have_names(void **state)
{
    (void)state;
    assert_error("time * time * time * time * time * time * time * time * time * time",
                 "column 64: the unit of this has too high a power");
    assert_error("sqrt(mem)", "column 6: the unit of this has no square root");
    assert_error("mem ^ 2", "column 1: '^' takes plain numbers; multiply it out");
    assert_error("2 ^ mem", "column 5: '^' takes plain numbers; multiply it out");
}

static void unknown__three_valued_logic(void **state)
{
    (void)state;
    assert_truth("gone < 24GiB", '?');
    assert_truth("not (gone < 24GiB)", '?');
    assert_truth("gone = gone", '?');
    assert_truth("gone < 1 or true", 't');
    assert_truth("true or gone < 1", 't');
    assert_truth("gone < 1 or false", '?');
    assert_truth("gone < 1 and false", 'f');
    assert_truth("false and gone < 1", 'f');
    assert_truth("gone < 1 and true", '?');
    assert_truth("gone < 1 and gone > 1", '?');
    assert_truth("known(gone)", 'f');
    assert_truth("missing(gone)", 't');
    assert_truth("known(mem)", 't');
    assert_truth("missing(mem) or mem > 1", 't');
    assert_truth("missing(gone < 1)", 't');
}

static void unknown__arithmetic(void **state)
{
    (void)state;
    assert_missing("gone + 1");
    assert_missing("-gone");
    assert_missing("min(gone, mem)");
    assert_missing("sqrt(gone / 1MiB)");
    assert_missing("if(gone > 1, 1, 2)");
    assert_missing("coalesce(gone, gone)");
    assert_number("coalesce(gone, mem, 1)", 24576);
    assert_number("coalesce(gone, 0)", 0);
    assert_number("if(known(gone), gone, 1)", 1);
}

static void unknown__not_finite(void **state)
{
    (void)state;
    assert_missing("1 / 0");
    assert_missing("0 / 0");
    assert_missing("1 % 0");
    assert_missing("1.5 % 0");
    assert_missing("log(0)");
    assert_missing("log(-1)");
    assert_missing("sqrt(-1)");
    assert_missing("exp(1000)");
    assert_missing("10 ^ 400");
    assert_missing("1e308 * 10");
    assert_missing("(-8) ^ 0.5");
}

static void unknown__kinds_found_at_run_time(void **state)
{
    (void)state;
    assert_missing("`odd key-1` + 1");
    assert_missing("`odd key-1` = 7");
    assert_missing("`odd key-1` < 7");
    assert_missing("not `odd key-1`");
    assert_missing("retain + 1");
    assert_missing("a.b_2 and true");
    assert_missing("if(a.b_2, 1, 2)");
}

static void error__syntax(void **state)
{
    (void)state;
    assert_error("", "column 1: a value is missing at the end");
    assert_error("1 +", "column 4: a value is missing at the end");
    assert_error("* 2", "column 1: expected a value here");
    assert_error("(1", "column 3: expected ')' or an operator");
    assert_error("1)", "column 2: this ')' has no partner");
    assert_error("time 5", "column 6: expected an operator here");
    assert_error("time < 5 AND steps > 1",
                 "column 10: expected an operator here; did you mean 'and'?");
    assert_error("1 < 2 < 3", "column 7: comparisons do not chain; write 'a < b and b < c'");
    assert_error("1 = 2 ~ 'a'", "column 7: comparisons do not chain; write 'a < b and b < c'");
    assert_error("'abc", "column 1: this ' has no partner");
    assert_error("name = \"a\\\"", "column 8: this \" has no partner");
    assert_error("1 & 2", "column 3: this character means nothing here; write 'and'");
    assert_error("1 | 2", "column 3: this character means nothing here; write 'or'");
    assert_error("1 # 2", "column 3: this character means nothing here");
    assert_error("1.2.3", "column 4: expected an operator here");
    assert_error("1e999", "column 1: the number is too large");
    assert_error("1,2", "column 2: expected an operator here");
}

static void error__names(void **state)
{
    (void)state;
    assert_error("steps + tiem", "column 9: there is no 'tiem'; did you mean 'time'?");
    assert_error("zzzzzz", "column 1: there is no 'zzzzzz'");
    assert_error("`time(`", "column 1: there is no 'time('; did you mean 'time'?");
    assert_error("1 + sqr(2)", "column 5: there is no function 'sqr'; did you mean 'sqrt'?");
    assert_error("zzzz(1)", "column 1: there is no function 'zzzz'");
    assert_error("mem < 24GIB", "column 9: unknown unit 'GIB'; did you mean 'GiB'?");
    assert_error("mem < 24qqq", "column 9: unknown unit 'qqq'");
    assert_error("mem < 24b", "column 9: unknown unit 'b'; did you mean 'B'?");
    assert_error("time < 5m", "column 9: unknown unit 'm'"); /* ms, or min? */
}

static void error__units(void **state)
{
    (void)state;
    assert_error("mem < 10min", "column 7: MiB and min do not go together");
    assert_error("time + mem", "column 8: s and MiB do not go together");
    assert_error("steps < 10min", "column 9: a plain number and min do not go together; multiply "
                                  "the plain number by its unit, as in 'x * 1s'");
    assert_error("mem * time < 5GiB", "column 14: s B and GiB do not go together");
    assert_error("max(time, mem)", "column 11: s and MiB do not go together");
    assert_error("coalesce(gone, time)", "column 16: MiB and s do not go together");
}

static void error__types(void **state)
{
    (void)state;
    assert_error("name + 1", "column 1: arithmetic needs a number, and this is text");
    assert_error("1 * (1 < 2)", "column 5: arithmetic needs a number, and this is true or false");
    assert_error("not time", "column 5: 'not' needs true or false, and this is a number");
    assert_error("-name", "column 2: '-' needs a number, and this is text");
    assert_error("time and true",
                 "column 1: 'and' and 'or' need true or false, and this is a number");
    assert_error("true or 'a'", "column 9: 'and' and 'or' need true or false, and this is text");
    assert_error("name = 1", "column 8: this is a number and cannot go with text");
    assert_error("true < false", "column 1: true and false have no order");
    assert_error("time ~ '6'", "column 1: '~' compares text, and this is a number");
    assert_error("name ~ name", "column 8: '~' needs a pattern in quotes on its right");
    assert_error("name ~ 'a('", "column 8: this pattern makes no sense: Unmatched ( or \\(");
    assert_error("sqrt('a')", "column 6: this function takes a number, and this is text");
    assert_error("min(1, 'a')", "column 8: this function takes a number, and this is text");
    assert_error("if(1, 2, 3)",
                 "column 4: the condition of if() must be true or false, and this is a number");
    assert_error("if(true, 2, 'a')", "column 13: this is text and cannot go with a number");
}

static void error__arguments(void **state)
{
    (void)state;
    assert_error("if(true, 1)", "column 11: if() needs another argument");
    assert_error("sqrt(1, 2)", "column 7: sqrt() takes no more arguments");
    assert_error("if(true, 1, 2, 3)", "column 14: if() takes no more arguments");
    assert_error("sqrt()", "column 6: expected a value here");
    assert_error("sqrt(1", "column 7: expected ')' or an operator");
    assert_error("min(1,)", "column 7: expected a value here");
}

static void error__wanted_type(void **state)
{
    (void)state;
    struct ec_error error = {0};
    assert_null(compile("time * 2", EC_EXPR_TRUTH, &error));
    assert_string_equal(error.text, "column 1: this must be true or false, and this is a number\n"
                                    "    time * 2\n    ^");
    struct ec_expr *expr = compile("retain", EC_EXPR_TRUTH, NULL);
    assert_non_null(expr);
    assert_int_equal(ec_expr_type(expr), EC_EXPR_ANY);
    ec_expr_free(expr);
}

/* `before` n times, then "1", then `after` n times. */
static struct ec_expr *compile_nested(const char *before, const char *after, int n,
                                      struct ec_error *error)
{
    size_t size = (strlen(before) + strlen(after)) * (size_t)n + 2;
    char *source = calloc(size, 1);
    for (int i = 0; i < n; i++)
        strcat(source, before);
    strcat(source, "1");
    for (int i = 0; i < n; i++)
        strcat(source, after);
    struct ec_expr *expr = compile(source, EC_EXPR_ANY, error);
    free(source);
    return expr;
}

static void depth__is_bounded(void **state)
{
    (void)state;
    static const char *const pairs[][2] = {
        {"(", ")"}, {"-", ""}, {"2^", ""}, {"min(1, 1 + ", ")"}, {"1 + 1 * (", ")"}, {"sqrt(", ")"},
    };
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
        struct ec_error error = {0};
        struct ec_expr *expr = compile_nested(pairs[i][0], pairs[i][1], 15, &error);
        assert_non_null(expr);
        ec_expr_eval(expr, get, NULL);
        ec_expr_free(expr);
        assert_null(compile_nested(pairs[i][0], pairs[i][1], 3000, &error));
        assert_non_null(strstr(error.text, "this is nested too deeply"));
    }
}

static void depth__long_chains_are_fine(void **state)
{
    (void)state;
    struct ec_expr *expr = compile_nested("1 + ", "", 3000, NULL);
    assert_non_null(expr);
    assert_true(ec_expr_eval(expr, get, NULL).i == 3001);
    ec_expr_free(expr);
}

static void free__null_is_fine(void **state)
{
    (void)state;
    ec_expr_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(number__literals),
        cmocka_unit_test(operators__precedence),
        cmocka_unit_test(operators__all_comparisons),
        cmocka_unit_test(operators__whole_numbers_stay_whole),
        cmocka_unit_test(operators__percent_and_remainder),
        cmocka_unit_test(functions__numbers),
        cmocka_unit_test(names__every_spelling),
        cmocka_unit_test(text__quotes_and_escapes),
        cmocka_unit_test(match__patterns),
        cmocka_unit_test(match__looks_at_exactly_the_text),
        cmocka_unit_test(units__are_converted),
        cmocka_unit_test(units__results),
        cmocka_unit_test(units__quantities_have_names),
        cmocka_unit_test(unknown__three_valued_logic),
        cmocka_unit_test(unknown__arithmetic),
        cmocka_unit_test(unknown__not_finite),
        cmocka_unit_test(unknown__kinds_found_at_run_time),
        cmocka_unit_test(error__syntax),
        cmocka_unit_test(error__names),
        cmocka_unit_test(error__units),
        cmocka_unit_test(error__types),
        cmocka_unit_test(error__arguments),
        cmocka_unit_test(error__wanted_type),
        cmocka_unit_test(depth__is_bounded),
        cmocka_unit_test(depth__long_chains_are_fine),
        cmocka_unit_test(free__null_is_fine),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
