/* pattern: what is captured from names, and where errors point. */
#include "cmocka_test.h"
#include "query/pattern.h"

#include <stdio.h>
#include <stdlib.h>

static struct ec_pattern *compile(const char *source)
{
    struct ec_error error = {0};
    struct ec_pattern *pattern = ec_pattern_compile(ec_str(source), &error);
    if (!pattern)
        fail_msg("%s: %s", source, error.text);
    return pattern;
}

/* `expected` lists the captures: "method='npo' K=10 lr=1e-05", "no match". */
static void assert_match(const char *source, const char *name, const char *expected)
{
    struct ec_pattern *pattern = compile(source);
    struct ec_value values[EC_PATTERN_PIECES];
    char got[512] = "no match";
    if (ec_pattern_match(pattern, ec_str(name), values)) {
        size_t used = 0;
        for (size_t i = 0; i < ec_pattern_count(pattern); i++) {
            struct ec_str key = ec_pattern_name(pattern, i);
            used += (size_t)snprintf(got + used, sizeof got - used, "%s%.*s=", i ? " " : "",
                                     (int)key.len, key.ptr);
            if (values[i].kind == EC_STR)
                used += (size_t)snprintf(got + used, sizeof got - used, "'%.*s'",
                                         (int)values[i].text_length, values[i].text);
            else if (values[i].kind == EC_INT)
                used +=
                    (size_t)snprintf(got + used, sizeof got - used, "%lld", (long long)values[i].i);
            else if (values[i].kind == EC_REAL)
                used += (size_t)snprintf(got + used, sizeof got - used, "%gf", values[i].d);
            else
                used += (size_t)snprintf(got + used, sizeof got - used, "missing");
        }
    }
    ec_pattern_free(pattern);
    if (strcmp(got, expected) != 0)
        fail_msg("%s with %s: %s, not %s", source, name, got, expected);
}

static void assert_error(const char *source, const char *expected)
{
    struct ec_error error = {0};
    struct ec_pattern *pattern = ec_pattern_compile(ec_str(source), &error);
    if (pattern)
        fail_msg("%s compiled", source);
    error.text[strcspn(error.text, "\n")] = '\0';
    if (strcmp(error.text, expected) != 0)
        fail_msg("%s: %s, not %s", source, error.text, expected);
}

static void match__captures_text_and_numbers(void **state)
{
    (void)state;
    assert_match("expA_{method}_k{K}_s{seed}", "expA_npo_k10_s0", "method='npo' K=10 seed=0");
    assert_match("expA_{method}_k{K}_s{seed}", "expA_lm_cleaner_k10_s42",
                 "method='lm_cleaner' K=10 seed=42");
    assert_match("{method}", "efficiency_NPO_forget01", "method='efficiency_NPO_forget01'");
    assert_match("lr{lr}", "lr1e-05", "lr=1e-05f");
    assert_match("a{x}", "a-0.5", "x=-0.5f");
}

static void match__is_of_the_whole_name(void **state)
{
    (void)state;
    assert_match("expA_{m}", "XexpA_npo", "no match");
    assert_match("{m}_s0", "npo_s0_old", "no match");
    assert_match("expA_{m}", "expA_", "no match"); /* nothing is not something */
    assert_match("{m}_s{seed}", "", "no match");
    assert_match("expA_{m}", "exp", "no match");
}

static void match__captures_are_long(void **state)
{
    (void)state;
    assert_match("{m}_{seed}", "npo_large_0", "m='npo_large' seed=0");
    assert_match("{m}_{seed}", "npo__", "m='npo' seed='_'");
    assert_match("{a}_{b}_{c}", "1_2_3_4", "a='1_2' b=3 c=4");
    /* The longest that lets the rest match. */
    assert_match("{m}_s{seed:int}", "npo_s1_s2x_s3", "m='npo_s1_s2x' seed=3");
    assert_match("{m}_s{seed:int}_x", "npo_s1_x", "m='npo' seed=1");
}

static void match__kinds(void **state)
{
    (void)state;
    assert_match("s{x:int}", "s12", "x=12");
    assert_match("s{x:int}", "s-12", "x=-12");
    assert_match("s{x:int}", "s1.5", "no match");
    assert_match("s{x:int}", "sx", "no match");
    assert_match("s{x:int}", "s007", "x=7");
    assert_match("s{x:num}", "s1.50", "x=1.5f");
    assert_match("s{x:num}", "s1e3", "x=1000f");
    assert_match("s{x:num}", "s1e", "no match");
    assert_match("s{x:num}", "s1.", "no match");
    assert_match("s{x:num}", "s.5", "no match");
    assert_match("s{x:num}", "s1.2.3", "no match");
    assert_match("s{x:num}", "s1e999", "x=missing");
    assert_match("s{x:text}", "s12", "x='12'");
    assert_match("{m}_k{K:int}s*", "npo_k10s", "m='npo' K=10");
}

static void match__labels_stay_text(void **state)
{
    (void)state;
    assert_match("x{v}", "x007", "v='007'");
    assert_match("x{v}", "x-01", "v='-01'");
    assert_match("x{v}", "x+5", "v='+5'");
    assert_match("x{v}", "x0", "v=0");
    assert_match("x{v}", "x0.5", "v=0.5f");
    assert_match("x{v}", "x1e999", "v='1e999'");
    assert_match("x{v}", "xinf", "v='inf'");
    assert_match("x{v}", "x0x10", "v='0x10'");
    assert_match("x{v}", "x1e5e5", "v='1e5e5'");
    assert_match("x{v}", "x1x2e5", "v='1x2e5'");
    assert_match("x{v}", "x20250101123456789012345", "v='20250101123456789012345'");
}

static void match__stars_and_escapes(void **state)
{
    (void)state;
    assert_match("*_{m}_*", "a_npo_b", "m='npo'");
    assert_match("*_{m}", "_npo", "m='npo'");
    assert_match("{{{m}}}", "{npo}", "m='npo'");
    assert_match("a**b{m}", "a*bnpo", "m='npo'");
    assert_match("a**b{m}", "aXbnpo", "no match");
    assert_match("\xc3\xa9_{m}", "\xc3\xa9_npo", "m='npo'");
}

static void match__nasty_names_take_no_time(void **state)
{
    (void)state;
    char source[512] = "", name[EC_PATTERN_NAME + 2];
    for (int i = 0; i < 30; i++)
        snprintf(source + strlen(source), 16, "{x%d}a", i);
    strcat(source, "b");
    memset(name, 'a', EC_PATTERN_NAME + 1);
    name[EC_PATTERN_NAME] = '\0';
    assert_match(source, name, "no match");
    /* One byte more than a name may have. */
    name[EC_PATTERN_NAME] = 'a';
    name[EC_PATTERN_NAME + 1] = '\0';
    assert_match("{x}", name, "no match");
}

static void match__at_the_limit_of_pieces(void **state)
{
    (void)state;
    char source[512] = "", name[128] = "";
    for (int i = 0; i < 31; i++) {
        snprintf(source + strlen(source), 16, "a{x%d}", i);
        strcat(name, "a1");
    }
    strcat(source, "b");
    strcat(name, "b");
    struct ec_pattern *pattern = compile(source);
    struct ec_value values[EC_PATTERN_PIECES];
    assert_true(ec_pattern_match(pattern, ec_str(name), values));
    assert_int_equal(ec_pattern_count(pattern), 31);
    assert_true(values[30].kind == EC_INT && values[30].i == 1);
    ec_pattern_free(pattern);
    strcat(source, "{y}");
    assert_error(source, "column 178: the pattern has too many pieces");
}

static void error__columns(void **state)
{
    (void)state;
    assert_error("", "column 1: the pattern has no {name} in it");
    assert_error("expA_*", "column 7: the pattern has no {name} in it");
    assert_error("expA_{m", "column 6: this { has no partner");
    assert_error("expA_m}", "column 7: this } has no partner; write }} for a brace");
    assert_error("a{}", "column 3: a name is missing");
    assert_error("a{:int}", "column 3: a name is missing");
    assert_error("a{b{c}", "column 3: a name cannot hold a {");
    assert_error("{a}_{a}", "column 6: there are two captures of this name");
    assert_error("{a}{b}", "column 4: there must be text between this and what stands before it");
    assert_error("*{b}", "column 2: there must be text between this and what stands before it");
    assert_error("{a:itn}", "column 4: unknown kind of capture; did you mean 'int'?");
    assert_error("{a:zzzz}", "column 4: unknown kind of capture; there are text, int and num");
}

static void free__null_is_fine(void **state)
{
    (void)state;
    ec_pattern_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(match__captures_text_and_numbers),
        cmocka_unit_test(match__is_of_the_whole_name),
        cmocka_unit_test(match__captures_are_long),
        cmocka_unit_test(match__kinds),
        cmocka_unit_test(match__labels_stay_text),
        cmocka_unit_test(match__stars_and_escapes),
        cmocka_unit_test(match__nasty_names_take_no_time),
        cmocka_unit_test(match__at_the_limit_of_pieces),
        cmocka_unit_test(error__columns),
        cmocka_unit_test(free__null_is_fine),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
