/* load: a tree of records becomes runs and issues. */
#include "cmocka_test.h"
#include "tree_fixture.h"

static void load__runs_in_natural_order(void **state)
{
    struct tree *tree = *state;
    tree_record(tree, "saves/k10", "{\"total_steps\": 10}");
    tree_record(tree, "saves/k2", "{\"total_steps\": 2}");
    tree_record(tree, "saves/deep/er/run", "{\"total_steps\": 3}");
    tree_load(tree, "saves");
    tree_assert_runs(tree, "deep/er/run k2 k10");
    assert_int_equal(tree_value(tree, "k10", "total_steps").i, 10);
    tree_assert_issues(tree, "");
}

static void load__malformed_record_is_an_issue(void **state)
{
    struct tree *tree = *state;
    tree_record(tree, "saves/good", "{\"total_steps\": 1}");
    tree_record(tree, "saves/bad", "{\"total_steps\": 1,\n oops}");
    tree_load(tree, "saves");
    tree_assert_runs(tree, "good");
    tree_assert_issues(tree, "saves/bad/efficiency_metrics.json:2:5: "
                             "string or '}' expected near 'oops'\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        tree_test(load__runs_in_natural_order),
        tree_test(load__malformed_record_is_an_issue),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
