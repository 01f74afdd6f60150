#include "tree_fixture.h"

#include "cmocka_test.h"
#include "base/out.h"
#include "base/compare.h"

#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

int tree_setup(void **state)
{
    struct tree *tree = calloc(1, sizeof *tree);
    if (!tree)
        return -1;
    snprintf(tree->root, sizeof tree->root, "/tmp/effcompare-test-XXXXXX");
    tree->old_directory = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    tree->options = (struct ec_load_options){.max_depth = -1, .threads = 4};
    *state = tree;
    return mkdtemp(tree->root) && chdir(tree->root) == 0 ? 0 : -1;
}

static int remove_entry(const char *path, const struct stat *status, int type, struct FTW *ftw)
{
    (void)status, (void)ftw;
    return type == FTW_DP ? rmdir(path) : unlink(path);
}

int tree_teardown(void **state)
{
    struct tree *tree = *state;
    ec_runset_free(tree->runset);
    int failed = fchdir(tree->old_directory);
    close(tree->old_directory);
    nftw(tree->root, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
    free(tree);
    return failed;
}

void tree_directory(const char *path)
{
    char *copy = strdup(path);
    for (char *slash = strchr(copy + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        mkdir(copy, 0777);
        *slash = '/';
    }
    mkdir(copy, 0777);
    free(copy);
}

void tree_file(const char *path, const char *bytes, size_t length)
{
    char directory[4096];
    snprintf(directory, sizeof directory, "%s", path);
    char *slash = strrchr(directory, '/');
    if (slash) {
        *slash = '\0';
        tree_directory(directory);
    }
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, length, file), length);
    assert_int_equal(fclose(file), 0);
}

void tree_record(struct tree *tree, const char *directory, const char *text)
{
    (void)tree;
    char path[4096];
    snprintf(path, sizeof path, "%s/efficiency_metrics.json", directory);
    tree_file(path, text, strlen(text));
}

static struct ec_runset *load(const struct tree *tree, bool without_times)
{
    struct ec_load_options options = tree->options;
    options.without_times = without_times;
    struct ec_runset *runset = ec_runset_new();
    ec_load(runset, &options);
    ec_runset_finish(runset);
    return runset;
}

static void assert_same_run(const struct ec_runset *a, const struct ec_runset *b, size_t row)
{
    struct ec_run run = ec_runset_run(a, row), other = ec_runset_run(b, row);
    assert_true(ec_str_equal(run.name, other.name));
    assert_true(ec_str_equal(run.path, other.path));
    assert_int_equal(run.status, other.status);
    for (uint32_t column = 0; column < ec_runset_column_count(a); column++)
        assert_true(
            ec_value_same(ec_runset_value(a, row, column), ec_runset_value(b, row, column)));
}

/* Whatever is asked for, the same runs and issues are found. */
static void assert_same(const struct ec_runset *a, const struct ec_runset *b)
{
    assert_int_equal(ec_runset_count(a), ec_runset_count(b));
    assert_int_equal(ec_runset_column_count(a), ec_runset_column_count(b));
    for (size_t row = 0; row < ec_runset_count(a); row++)
        assert_same_run(a, b, row);
    assert_int_equal(ec_runset_issue_count(a), ec_runset_issue_count(b));
    for (size_t i = 0; i < ec_runset_issue_count(a); i++) {
        const struct ec_issue *issue = ec_runset_issue(a, i), *other = ec_runset_issue(b, i);
        assert_true(ec_str_equal(issue->path, other->path));
        assert_int_equal(issue->line, other->line);
        assert_int_equal(issue->column, other->column);
        assert_string_equal(issue->reason, other->reason);
    }
}

void tree_load(struct tree *tree, const char *paths)
{
    enum { MAX_PATHS = 16 };
    const char *list[MAX_PATHS];
    char *copy = strdup(paths), *rest = copy;
    tree->options.paths = list;
    tree->options.path_count = 0;
    for (char *path; (path = strtok_r(rest, " ", &rest));)
        list[tree->options.path_count++] = path;
    ec_runset_free(tree->runset);
    tree->runset = load(tree, tree->options.without_times);
    struct ec_runset *other = load(tree, !tree->options.without_times);
    assert_same(tree->runset, other);
    ec_runset_free(other);
    free(copy);
}

static void assert_out(struct ec_out *out, const char *expected)
{
    ec_out_char(out, '\0');
    assert_string_equal(out->buffer, expected);
    ec_out_free(out);
}

void tree_assert_runs(const struct tree *tree, const char *names)
{
    struct ec_out out;
    ec_out_to_memory(&out);
    for (size_t i = 0; i < ec_runset_count(tree->runset); i++) {
        ec_out_text(&out, i > 0 ? " " : "");
        ec_out_str(&out, ec_runset_run(tree->runset, i).name);
    }
    assert_out(&out, names);
}

void tree_assert_issues(const struct tree *tree, const char *text)
{
    struct ec_out out;
    ec_out_to_memory(&out);
    for (size_t i = 0; i < ec_runset_issue_count(tree->runset); i++) {
        const struct ec_issue *issue = ec_runset_issue(tree->runset, i);
        ec_out_str(&out, issue->path);
        if (issue->line > 0)
            ec_out_printf(&out, ":%d:%d", issue->line, issue->column);
        ec_out_printf(&out, ": %s\n", issue->reason);
    }
    assert_out(&out, text);
}

struct ec_value tree_value(const struct tree *tree, const char *run, const char *key)
{
    uint32_t column;
    if (!ec_runset_find_column(tree->runset, ec_str(key), &column))
        return ec_value_missing();
    for (size_t i = 0; i < ec_runset_count(tree->runset); i++)
        if (ec_str_equal(ec_runset_run(tree->runset, i).name, ec_str(run)))
            return ec_runset_value(tree->runset, i, column);
    fail_msg("no run is called %s", run);
    return ec_value_missing();
}
