/* path and naming: tidy paths, and what runs are called. */
#include "cmocka_test.h"
#include "load/naming.h"

#include <stdlib.h>

static void assert_tidy(const char *path, const char *expected)
{
    char *tidy = ec_path_tidy(path);
    assert_string_equal(tidy, expected);
    free(tidy);
}

static void tidy__leaves_out_what_says_nothing(void **state)
{
    (void)state;
    assert_tidy("saves", "saves");
    assert_tidy("./saves//unlearn/./x///", "saves/unlearn/x");
    assert_tidy(".", ".");
    assert_tidy("./", ".");
    assert_tidy("././/.", ".");
    assert_tidy("/", "/");
    assert_tidy("//tmp/", "/tmp");
    assert_tidy("/.", "/");
    assert_tidy("a/../b", "a/../b");
    assert_tidy("../", "..");
    assert_tidy(".hidden/..x", ".hidden/..x");
    assert_tidy("", ".");
}

static void assert_text(struct ec_str text, const char *expected)
{
    assert_int_equal(text.len, strlen(expected));
    assert_memory_equal(text.ptr, expected, text.len);
}

static void parent_and_base__of_tidy_paths(void **state)
{
    (void)state;
    assert_text(ec_path_base(ec_str("a/b")), "b");
    assert_text(ec_path_base(ec_str("b")), "b");
    assert_text(ec_path_base(ec_str("/")), "");
    assert_text(ec_path_parent(ec_str("a/b")), "a");
    assert_text(ec_path_parent(ec_str("b")), "");
    assert_text(ec_path_parent(ec_str("/b")), "/");
}

/* Nothing may come from nowhere: a name that was not found has no address. */
static void append__nothing(void **state)
{
    (void)state;
    struct ec_path path = {0};
    ec_path_append(&path, (struct ec_str){NULL, 0});
    assert_string_equal(path.ptr, "");
    free(path.ptr);
}

static void join__without_the_current_directory(void **state)
{
    (void)state;
    struct ec_path path = {0};
    ec_path_join(&path, ec_str("a"), ec_str("b"));
    assert_string_equal(path.ptr, "a/b");
    ec_path_join(&path, ec_str("."), ec_str("b"));
    assert_string_equal(path.ptr, "b");
    ec_path_join(&path, ec_str("/"), ec_str("b"));
    assert_string_equal(path.ptr, "/b");
    free(path.ptr);
}

/* The name of the run at directory/file, where paths were given. */
static void assert_name(const char *const *paths, size_t path_count, const char *directory,
                        const char *file, const char *expected)
{
    struct ec_path path = {0}, scratch = {0};
    size_t start = ec_naming_start(paths, path_count, path_count == 1);
    ec_path_join(&path, ec_str(directory), ec_str(file));
    struct ec_str record = {path.ptr, path.len};
    assert_text(ec_naming_name(start, record, ec_str(directory), &scratch), expected);
    free(path.ptr);
    free(scratch.ptr);
}

static void name__relative_to_one_path(void **state)
{
    (void)state;
    const char *saves[] = {"saves/unlearn"}, *here[] = {"."}, *root[] = {"/"};
    assert_name(saves, 1, "saves/unlearn/npo", EC_RECORD_NAME, "npo");
    assert_name(saves, 1, "saves/unlearn/a/b", EC_RECORD_NAME, "a/b");
    assert_name(saves, 1, "saves/unlearn", EC_RECORD_NAME, "unlearn");
    assert_name(saves, 1, "saves/unlearn/a", "npo.json", "a/npo");
    assert_name(saves, 1, "saves/unlearn", "npo.v2.json", "npo.v2");
    assert_name(saves, 1, "saves/unlearn", ".json", ".json");
    assert_name(here, 1, "a/b", EC_RECORD_NAME, "a/b");
    assert_name(root, 1, "/a/b", EC_RECORD_NAME, "a/b");
}

static void name__relative_to_what_several_paths_share(void **state)
{
    (void)state;
    const char *two[] = {"a/x", "b/x"}, *siblings[] = {"saves/unlearn/npo", "saves/unlearn/npo2"};
    const char *inner[] = {"a", "a/b"}, *mixed[] = {"a", "/t/b"}, *absolute[] = {"/t/a", "/u/b"};
    const char *files[] = {"r/npo.json", "r/x/efficiency_metrics.json"};
    assert_name(two, 2, "a/x", EC_RECORD_NAME, "a/x");
    assert_name(two, 2, "b/x/y", EC_RECORD_NAME, "b/x/y");
    assert_name(siblings, 2, "saves/unlearn/npo", EC_RECORD_NAME, "npo");
    assert_name(siblings, 2, "saves/unlearn/npo2/s0", EC_RECORD_NAME, "npo2/s0");
    assert_name(inner, 2, "a/b", EC_RECORD_NAME, "a/b");
    assert_name(mixed, 2, "/t/b", EC_RECORD_NAME, "/t/b");
    assert_name(absolute, 2, "/t/a", EC_RECORD_NAME, "t/a");
    assert_name(files, 2, "r", "npo.json", "npo");
    assert_name(files, 2, "r/x", EC_RECORD_NAME, "x");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tidy__leaves_out_what_says_nothing),
        cmocka_unit_test(parent_and_base__of_tidy_paths),
        cmocka_unit_test(append__nothing),
        cmocka_unit_test(join__without_the_current_directory),
        cmocka_unit_test(name__relative_to_one_path),
        cmocka_unit_test(name__relative_to_what_several_paths_share),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
