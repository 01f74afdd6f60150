/* roots: what walks will visit is known before they start. */
#include "cmocka_test.h"
#include "load/roots.h"

static bool covers(const struct ec_roots *roots, const char *real, int max_depth)
{
    return ec_roots_cover(roots, ec_str(real), max_depth);
}

static void cover__everything_below_but_dot_directories(void **state)
{
    (void)state;
    struct ec_roots roots = {0};
    assert_false(covers(&roots, "/s", -1));
    ec_roots_add(&roots, NULL, ec_str("/s"), 0);
    assert_true(covers(&roots, "/s", -1));
    assert_true(covers(&roots, "/s/a/b", -1));
    assert_false(covers(&roots, "/s/.git", -1));
    assert_false(covers(&roots, "/s/.git/a", -1));
    assert_false(covers(&roots, "/s/a/.b/c", -1));
    assert_false(covers(&roots, "/", -1));
    assert_false(covers(&roots, "/sa", -1));
    assert_false(covers(&roots, "?8:17", -1));
    ec_roots_free(&roots);
}

static void cover__as_deep_as_allowed(void **state)
{
    (void)state;
    struct ec_roots roots = {0};
    ec_roots_add(&roots, NULL, ec_str("/s"), 1);
    assert_true(covers(&roots, "/s", 1));
    assert_true(covers(&roots, "/s/a", 2));
    assert_false(covers(&roots, "/s/a/b", 2));
    ec_roots_free(&roots);
}

static void cover__nearest_root_decides(void **state)
{
    (void)state;
    struct ec_roots roots = {0};
    ec_roots_add(&roots, NULL, ec_str("/"), 0);
    size_t locked = ec_roots_add(&roots, NULL, ec_str("/s/locked"), 2);
    assert_true(covers(&roots, "/s/locked/x", -1));
    roots.items[locked].unreadable = true;
    assert_false(covers(&roots, "/s/locked/x", -1));
    assert_true(covers(&roots, "/s/other", -1));
    ec_roots_mark_inner(&roots);
    assert_true(roots.items[0].has_inner);
    assert_false(roots.items[locked].has_inner);
    ec_roots_free(&roots);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cover__everything_below_but_dot_directories),
        cmocka_unit_test(cover__as_deep_as_allowed),
        cmocka_unit_test(cover__nearest_root_decides),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
