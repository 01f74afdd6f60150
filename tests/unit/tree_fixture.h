/* A directory tree for a test of the loader, made in a fresh temporary directory, which is the
 * working directory while the test runs. */
#ifndef TREE_FIXTURE_H
#define TREE_FIXTURE_H

#include "load/load.h"

struct tree {
    char root[64];
    int old_directory;
    struct ec_load_options options; /* for tree_load; a test may change them */
    struct ec_runset *runset;       /* of the last tree_load */
};

#define tree_test(test) cmocka_unit_test_setup_teardown(test, tree_setup, tree_teardown)

int tree_setup(void **state);
int tree_teardown(void **state);

/* Makes a directory with those above it. */
void tree_directory(const char *path);
/* Writes a file; makes its directory. */
void tree_file(const char *path, const char *bytes, size_t length);
/* Writes text as efficiency_metrics.json in the directory. */
void tree_record(struct tree *tree, const char *directory, const char *text);

/* Loads the paths (separated by blanks) with all keys, into tree->runset. Loads them once more the
 * other way about `without_times`, and expects the same. */
void tree_load(struct tree *tree, const char *paths);

/* The names of all runs, in order, separated by blanks. */
void tree_assert_runs(const struct tree *tree, const char *names);
/* All issues as "PATH:LINE:COLUMN: reason\n"; without line and column where they are not known. */
void tree_assert_issues(const struct tree *tree, const char *text);
/* Of the run with this name; EC_MISSING also when no record had the key. */
struct ec_value tree_value(const struct tree *tree, const char *run, const char *key);

#endif
