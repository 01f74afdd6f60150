/* watch: what counts as a change. */
#include "cmocka_test.h"
#include "load/watch.h"
#include "tree_fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static const char record[] = "{\"total_steps\": 1}";

/* inotify tells at once, in the order of what happened. */
static void assert_change(struct ec_watch *watch, bool expected)
{
    assert_int_equal(ec_watch_read(watch), expected);
    assert_false(ec_watch_read(watch));
}

static void read__records_count_and_other_files_do_not(void **state)
{
    struct tree *tree = *state;
    tree_record(tree, "s/a", record);
    struct ec_watch *watch = ec_watch_new();
    ec_watch_add_file(watch, ec_str("s"), ec_str("s/a/efficiency_metrics.json"));
    assert_true(ec_watch_is_complete(watch));
    assert_change(watch, false);
    tree_record(tree, "s/a", "{\"total_steps\": 2}");
    assert_change(watch, true);
    tree_file("s/a/model.bin", "x", 1);
    tree_file("s/a/.ec-1-2.tmp", "x", 1);
    assert_change(watch, false);
    assert_int_equal(rename("s/a/.ec-1-2.tmp", "s/a/efficiency_metrics.json"), 0);
    assert_change(watch, true);
    assert_int_equal(unlink("s/a/efficiency_metrics.json"), 0);
    assert_change(watch, true);
    ec_watch_free(watch);
}

static void read__directories_above_and_new_ones_are_watched(void **state)
{
    struct tree *tree = *state;
    tree_record(tree, "s/a/b", record);
    struct ec_watch *watch = ec_watch_new();
    ec_watch_add_file(watch, ec_str("s"), ec_str("s/a/b/efficiency_metrics.json"));
    tree_directory("s/c/d"); /* the inner one appears before the outer one is watched */
    assert_change(watch, true);
    tree_record(tree, "s/c/d", record);
    assert_change(watch, true);
    tree_directory("s/.hidden");
    ec_watch_read(watch);
    tree_file("s/.hidden/x.json", record, sizeof record - 1);
    assert_change(watch, false);
    ec_watch_free(watch);
}

static void read__a_directory_that_comes_again_is_watched_again(void **state)
{
    struct tree *tree = *state;
    tree_record(tree, "s/a", record);
    struct ec_watch *watch = ec_watch_new();
    ec_watch_add_file(watch, ec_str("s"), ec_str("s/a/efficiency_metrics.json"));
    assert_int_equal(unlink("s/a/efficiency_metrics.json"), 0);
    assert_int_equal(rmdir("s/a"), 0);
    assert_change(watch, true);
    tree_directory("s/a");
    assert_change(watch, true);
    tree_record(tree, "s/a", record);
    assert_change(watch, true);
    ec_watch_free(watch);
}

static void read__a_directory_that_is_moved_makes_room_for_another(void **state)
{
    struct tree *tree = *state;
    tree_record(tree, "s/a/b", record);
    tree_directory("elsewhere");
    struct ec_watch *watch = ec_watch_new();
    ec_watch_add_file(watch, ec_str("s"), ec_str("s/a/b/efficiency_metrics.json"));
    static const char *const places[] = {"s/old", "elsewhere/a"};
    for (int i = 0; i < 2; i++) {
        assert_int_equal(rename("s/a", places[i]), 0);
        assert_change(watch, true);
        tree_directory("s/a/b");
        assert_change(watch, true);
        tree_record(tree, "s/a/b", record);
        assert_change(watch, true);
    }
    tree_record(tree, "s/old/b", record);
    assert_change(watch, true);
    tree_record(tree, "elsewhere/a/b", record);
    assert_change(watch, false);
    ec_watch_free(watch);
}

static void read__the_directory_above_all_is_moved_or_removed(void **state)
{
    struct tree *tree = *state;
    tree_record(tree, "s/a", record);
    struct ec_watch *watch = ec_watch_new();
    ec_watch_add_file(watch, ec_str("s"), ec_str("s/a/efficiency_metrics.json"));
    assert_int_equal(rename("s", "t"), 0);
    assert_change(watch, true);
    tree_directory("s");
    ec_watch_add(watch, ec_str("s"));
    assert_int_equal(rmdir("s"), 0);
    assert_change(watch, true);
    ec_watch_free(watch);
}

static void add__what_is_not_there_is_no_loss(void **state)
{
    (void)state;
    struct ec_watch *watch = ec_watch_new();
    ec_watch_add(watch, ec_str("nowhere"));
    tree_file("file", "x", 1);
    ec_watch_add(watch, ec_str("file"));
    assert_true(ec_watch_is_complete(watch));
    assert_change(watch, false);
    ec_watch_free(watch);
}

/* What the system does not take is looked at from time to time instead. */
static void add__a_path_that_is_too_long(void **state)
{
    (void)state;
    enum { LEVELS = 20000 };
    char *path = malloc(2 * LEVELS + 2);
    for (int i = 0; i <= LEVELS; i++)
        memcpy(path + 2 * i, "d/", 2);
    struct ec_watch *watch = ec_watch_new();
    for (int i = 0; i < 3; i++)
        ec_watch_add_file(watch, ec_str("d"), (struct ec_str){path, 2 * LEVELS + 1});
    assert_false(ec_watch_is_complete(watch));
    ec_watch_free(watch);
    free(path);
}

static void add__the_current_directory(void **state)
{
    struct tree *tree = *state;
    tree_record(tree, "a/b", record);
    struct ec_watch *watch = ec_watch_new();
    ec_watch_add(watch, ec_str("."));
    ec_watch_add_file(watch, ec_str("."), ec_str("a/b/efficiency_metrics.json"));
    tree_directory("a/c");
    assert_change(watch, true);
    tree_directory("d");
    assert_change(watch, true);
    ec_watch_free(watch);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        tree_test(read__records_count_and_other_files_do_not),
        tree_test(read__directories_above_and_new_ones_are_watched),
        tree_test(read__a_directory_that_comes_again_is_watched_again),
        tree_test(read__a_directory_that_is_moved_makes_room_for_another),
        tree_test(read__the_directory_above_all_is_moved_or_removed),
        tree_test(add__what_is_not_there_is_no_loss),
        tree_test(add__a_path_that_is_too_long),
        tree_test(add__the_current_directory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
