/* view: the options that a view says, and editing them. */
#include "cmocka_test.h"
#include "tui/recipe.h"

static struct ec_words one(const char *const *word)
{
    return (struct ec_words){word, 1};
}

static void assert_options(struct ec_view *view, const char *expected)
{
    struct ec_out out;
    ec_out_to_memory(&out);
    ec_recipe_write_options(&out, view);
    ec_out_char(&out, '\0');
    assert_string_equal(out.buffer, expected);
    ec_out_free(&out);
}

static void options__none_when_nothing_was_asked(void **state)
{
    (void)state;
    struct ec_view view;
    ec_view_init(&view, &(struct ec_query){0});
    assert_options(&view, "");
    ec_view_free(&view);
}

static void options__all_that_was_asked(void **state)
{
    (void)state;
    static const char *const
        columns[] = {"time", "+x y=a b"},
        *const wheres[] = {"a < 1", "b > 2"}, *const sort = "-time,name", *const label = "a=it's",
        *const unit = "time=min", *const pattern = "{m}_s{seed}", *const group = "m",
        *const pareto = "time,mem", *const budget = "mem<=24GiB", *const requests = "1,10",
        *const cost = "time", *const setup = "60s", *const reference = "Retrain",
        *const order = "b,a", *const direction = "x=lower", *const relative = "time";
    const struct ec_query query = {
        .columns = {columns, 2},
        .units = one(&unit),
        .directions = one(&direction),
        .fixed_digits = true,
        .digits = 3,
        .name_patterns = one(&pattern),
        .where = {wheres, 2},
        .group_by = one(&group),
        .spread = EC_SPREAD_CI95,
        .sort = one(&sort),
        .top = 7,
        .labels = one(&label),
        .references = one(&reference),
        .order = one(&order),
        .baseline = "Retrain",
        .relative = EC_RELATIVE_BOTH,
        .relative_columns = one(&relative),
        .pareto = one(&pareto),
        .pareto_only = true,
        .budgets = one(&budget),
        .requests = one(&requests),
        .costs = one(&cost),
        .setups = one(&setup),
        .price = "2.99/h",
        .section = "m",
    };
    struct ec_view view, copy;
    ec_view_init(&view, &query);
    ec_view_copy(&copy, &view);
    ec_view_free(&view);
    assert_options(&copy,
                   " -c time -c '+x y=a b' --unit time=min --direction x=lower --digits 3"
                   " --name-pattern '{m}_s{seed}' --where '(a < 1) and (b > 2)' --group-by m"
                   " --spread ci95 --sort=-time,name --top 7 --label 'a=it'\\''s'"
                   " --reference Retrain --order b,a --baseline Retrain --relative both"
                   " --relative-columns time --pareto time,mem --pareto-only"
                   " --budget 'mem<=24GiB' --requests 1,10 --cost time --setup 60s --price 2.99/h"
                   " --section m");
    ec_view_free(&copy);
}

static void command__values_that_look_like_options(void **state)
{
    (void)state;
    static const struct ec_setting caption = {"caption", "-10 % is the aim"};
    static const char *const columns = "-x", *const path = "-runs";
    struct ec_view view;
    struct ec_out out;
    ec_view_init(&view, &(struct ec_query){.columns = one(&columns), .baseline = "-a"});
    ec_out_to_memory(&out);
    ec_recipe_write_command(&out, &caption, 1, &view, one(&path));
    ec_out_char(&out, '\0');
    assert_string_equal(out.buffer, "effcompare --caption='-10 % is the aim' -c -x --baseline=-a"
                                    " -- -runs");
    ec_out_free(&out);
    ec_view_free(&view);
}

static void sort__again_turns_round_and_more_keys_follow(void **state)
{
    (void)state;
    struct ec_view view;
    ec_view_init(&view, &(struct ec_query){0});
    ec_view_sort(&view, "time", true);
    assert_options(&view, " --sort time");
    ec_view_sort(&view, "time", true);
    assert_options(&view, " --sort=-time");
    ec_view_sort(&view, "mem", false);
    assert_options(&view, " --sort=-time,mem");
    ec_view_sort(&view, "mem", false);
    assert_options(&view, " --sort=-time,-mem");
    ec_view_sort(&view, "mem", true);
    assert_options(&view, " --sort mem");
    ec_view_sort(&view, "name", true);
    assert_options(&view, " --sort name");
    ec_view_free(&view);
}

static void set__replaces_adds_and_removes(void **state)
{
    (void)state;
    struct ec_view view;
    ec_view_init(&view, &(struct ec_query){0});
    ec_view_set(&view.labels, "lr=1e-5", "a");
    ec_view_set(&view.labels, "lr=1e-5", "b=c");
    assert_int_equal(view.labels.count, 1);
    assert_string_equal(view.labels.items[0], "lr=1e-5=b=c");
    ec_view_set(&view.labels, "lr=1e-5", NULL);
    assert_int_equal(view.labels.count, 0);
    ec_view_set(&view.units, "time", "min");
    ec_view_set(&view.units, "mem", "GiB");
    ec_view_set(&view.units, "time", "h");
    assert_options(&view, " --unit time=h,mem=GiB");
    ec_view_set(&view.units, "time", NULL);
    ec_view_set(&view.units, "none", NULL);
    assert_options(&view, " --unit mem=GiB");
    ec_view_free(&view);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(options__none_when_nothing_was_asked),
        cmocka_unit_test(options__all_that_was_asked),
        cmocka_unit_test(command__values_that_look_like_options),
        cmocka_unit_test(sort__again_turns_round_and_more_keys_follow),
        cmocka_unit_test(set__replaces_adds_and_removes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
