/* walk: which records are found, and how their runs are called. */
#include "cmocka_test.h"
#include "tree_fixture.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

static const char record[] = "{\"total_steps\": 1}";

static void walk__every_depth(void **state)
{
    struct tree *tree = *state;
    tree_record(tree, "s", record);
    tree_record(tree, "s/a", record);
    tree_record(tree, "s/a/b/c/d/e", record);
    tree_file("s/a/other.json", record, strlen(record));
    tree_directory("s/empty/er");
    tree_load(tree, "s");
    tree_assert_runs(tree, "a a/b/c/d/e s");
    tree_assert_issues(tree, "");
}

static void walk__max_depth(void **state)
{
    struct tree *tree = *state;
    tree_record(tree, "s", record);
    tree_record(tree, "s/a", record);
    tree_record(tree, "s/a/b", record);
    tree_directory("t");
    tree_record(tree, "t/u", record);
    assert_int_equal(symlink("../t", "s/link"), 0);
    tree->options.max_depth = 0;
    tree_load(tree, "s");
    tree_assert_runs(tree, "s");
    tree->options.max_depth = 1;
    tree_load(tree, "s");
    tree_assert_runs(tree, "a s");
    tree->options.max_depth = 2;
    tree_load(tree, "s");
    tree_assert_runs(tree, "a a/b link/u s");
}

static void walk__name_glob(void **state)
{
    struct tree *tree = *state;
    const char *names[] = {"*.json", "eff*.txt"};
    tree_file("results/efficiency/npo.json", record, strlen(record));
    tree_file("results/efficiency/graddiff.json", record, strlen(record));
    tree_file("results/efficiency/.hidden.json", record, strlen(record));
    tree_file("results/efficiency/config.json", "{\"lr\": 1}", 9);
    tree_file("results/efficiency/eff1.txt", record, strlen(record));
    tree_file("results/efficiency/\xff.json", record, strlen(record));
    tree_record(tree, "results/run", record);
    tree->options.names = names;
    tree->options.name_count = 2;
    tree_load(tree, "results");
    tree_assert_runs(tree,
                     "efficiency/eff1 efficiency/graddiff efficiency/npo efficiency/\xff run");
    tree_assert_issues(tree,
                       "results/efficiency/config.json: a JSON object without a known metric\n");
    assert_int_equal(ec_runset_issue(tree->runset, 0)->kind, EC_ISSUE_NOT_A_RUN);
}

static void walk__several_paths(void **state)
{
    struct tree *tree = *state;
    tree_record(tree, "a/x", record);
    tree_record(tree, "b/x", record);
    tree_record(tree, "b/y", record);
    tree_load(tree, "a/x ./b//x/");
    tree_assert_runs(tree, "a/x b/x");
    tree_load(tree, "b b/x b");
    tree_assert_runs(tree, "b/x b/y");
    tree_load(tree, "b/x b/y");
    tree_assert_runs(tree, "x y");
}

static void walk__the_current_directory_has_a_name(void **state)
{
    struct tree *tree = *state;
    tree_record(tree, "runs/npo", record);
    assert_int_equal(chdir("runs/npo"), 0);
    tree_load(tree, ".");
    tree_assert_runs(tree, "npo");
    assert_int_equal(ec_runset_run(tree->runset, 0).path.len, strlen("efficiency_metrics.json"));
    tree_load(tree, "efficiency_metrics.json");
    tree_assert_runs(tree, "npo");
    tree_load(tree, "..");
    tree_assert_runs(tree, "npo");
}

static void walk__files_are_records_whatever_their_name(void **state)
{
    struct tree *tree = *state;
    tree_file("r/npo.json", record, strlen(record));
    tree_file("r/plain", record, strlen(record));
    tree_record(tree, "r/x", record);
    tree_load(tree, "r/npo.json");
    tree_assert_runs(tree, "npo");
    tree_load(tree, "r/npo.json r/plain r/x/efficiency_metrics.json r/plain");
    tree_assert_runs(tree, "npo plain x");
    tree_load(tree, "r r/x/efficiency_metrics.json r/npo.json");
    tree_assert_runs(tree, "r/npo r/x");
}

static void walk__missing_path_is_an_issue(void **state)
{
    struct tree *tree = *state;
    tree_record(tree, "a", record);
    tree_load(tree, "a nowhere");
    tree_assert_runs(tree, "a");
    tree_assert_issues(tree, "nowhere: No such file or directory\n");
    assert_int_equal(ec_runset_issue(tree->runset, 0)->kind, EC_ISSUE_WALK);
}

static void walk__dot_directories_only_when_named(void **state)
{
    struct tree *tree = *state;
    tree_record(tree, "s/.git/x", record);
    tree_record(tree, "s/.hydra", record);
    tree_record(tree, "s/a", record);
    tree_load(tree, "s");
    tree_assert_runs(tree, "a");
    tree_load(tree, "s/.git");
    tree_assert_runs(tree, "x");
    tree_load(tree, "s s/.git");
    tree_assert_runs(tree, "s/.git/x s/a");
}

/* ---- Symbolic links ---- */

static void links__directories_are_followed(void **state)
{
    struct tree *tree = *state;
    tree_record(tree, "scratch/npo/s0", record);
    tree_record(tree, "scratch/dpo", record);
    tree_record(tree, "saves/here", record);
    assert_int_equal(symlink("../scratch/npo", "saves/npo"), 0);
    assert_int_equal(symlink("../scratch/dpo", "saves/dpo"), 0);
    assert_int_equal(symlink("nowhere", "saves/dangling"), 0);
    assert_int_equal(symlink("here/efficiency_metrics.json", "saves/file"), 0);
    tree_load(tree, "saves");
    tree_assert_runs(tree, "dpo here npo/s0");
    tree_assert_issues(tree, "");
    assert_int_equal(symlink("saves", "all"), 0);
    tree_load(tree, "all");
    tree_assert_runs(tree, "dpo here npo/s0");
}

static void links__each_directory_once(void **state)
{
    struct tree *tree = *state;
    tree_record(tree, "s/a", record);
    tree_record(tree, "t/x", record);
    assert_int_equal(symlink("..", "s/a/up"), 0);
    assert_int_equal(symlink(".", "s/a/self"), 0);
    assert_int_equal(symlink("loop", "s/loop"), 0);
    assert_int_equal(symlink("../t", "s/link2"), 0);
    assert_int_equal(symlink("../t", "s/link1"), 0);
    assert_int_equal(symlink("../../s", "t/x/back"), 0);
    tree_load(tree, "s");
    tree_assert_runs(tree, "a link1/x");
    tree_assert_issues(tree, "");
    /* A real directory goes before a link to it, and the outer one of two links takes the inner's.
     */
    assert_int_equal(symlink("../t/x", "s/aa"), 0);
    tree_load(tree, "s");
    tree_assert_runs(tree, "a aa");
    tree_load(tree, "s/link2 s/link1");
    tree_assert_runs(tree, "link2/x link2/x/back/a");
}

static void links__records_may_be_links(void **state)
{
    struct tree *tree = *state;
    tree_file("store/1.json", record, strlen(record));
    tree_directory("s/a");
    tree_directory("s/b");
    tree_directory("s/c");
    assert_int_equal(symlink("../../store/1.json", "s/a/efficiency_metrics.json"), 0);
    assert_int_equal(symlink("../../nowhere", "s/b/efficiency_metrics.json"), 0);
    assert_int_equal(symlink("/dev/zero", "s/c/efficiency_metrics.json"), 0);
    tree_load(tree, "s");
    tree_assert_runs(tree, "a");
    tree_assert_issues(tree, "s/b/efficiency_metrics.json: No such file or directory\n"
                             "s/c/efficiency_metrics.json: not a regular file\n");
}

static void links__a_directory_with_a_record_s_name(void **state)
{
    struct tree *tree = *state;
    tree_record(tree, "s/a/efficiency_metrics.json", record);
    tree_record(tree, "t/b", record);
    assert_int_equal(symlink("../t", "s/efficiency_metrics.json"), 0);
    tree_load(tree, "s");
    tree_assert_runs(tree, "a/efficiency_metrics.json efficiency_metrics.json/b");
    tree_assert_issues(tree, "");
}

/* ---- What is no regular file, or cannot be read ---- */

static void special__files_never_block(void **state)
{
    struct tree *tree = *state;
    tree_directory("s/fifo");
    tree_directory("s/socket");
    assert_int_equal(mkfifo("s/fifo/efficiency_metrics.json", 0666), 0);
    struct sockaddr_un address = {AF_UNIX, "s/socket/efficiency_metrics.json"};
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    assert_true(fd >= 0);
    assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof address), 0);
    close(fd);
    assert_int_equal(symlink("fifo/efficiency_metrics.json", "s/efficiency_metrics.json"), 0);
    tree_load(tree, "s s/fifo/efficiency_metrics.json");
    tree_assert_runs(tree, "");
    tree_assert_issues(tree, "s/efficiency_metrics.json: not a regular file\n"
                             "s/fifo/efficiency_metrics.json: not a regular file\n"
                             "s/socket/efficiency_metrics.json: not a regular file\n");
}

static void unreadable__directory_is_an_issue(void **state)
{
    struct tree *tree = *state;
    tree_record(tree, "s/good", record);
    tree_record(tree, "s/locked/inside/a", record);
    tree_directory("s/t");
    assert_int_equal(symlink("../locked/inside", "s/t/link"), 0);
    assert_int_equal(chmod("s/locked", 0111), 0); /* can be passed, but not listed */
    assert_int_equal(chmod(".", 0755), 0);
    if (geteuid() == 0 && seteuid(65534) != 0)
        skip();
    assert_int_equal(access(".", R_OK), 0);
    tree_load(tree, "s");
    if (getuid() == 0)
        assert_int_equal(seteuid(0), 0);
    assert_int_equal(chmod("s/locked", 0755), 0);
    tree_assert_runs(tree, "good t/link/a");
    tree_assert_issues(tree, "s/locked: Permission denied\n");
}

/* ---- Extremes ---- */

/* Goes into directories with long names until the path is too long for the kernel, and leaves a
 * record and a link there. */
static void make_long_path(int levels)
{
    char name[201];
    memset(name, 'd', sizeof name - 1);
    name[sizeof name - 1] = '\0';
    int home = open(".", O_RDONLY | O_DIRECTORY);
    assert_true(home >= 0);
    assert_true(mkdir("long", 0777) == 0 && chdir("long") == 0);
    for (int i = 0; i < levels; i++)
        assert_true(mkdir(name, 0777) == 0 && chdir(name) == 0);
    tree_file("efficiency_metrics.json", record, strlen(record));
    tree_file("more/1/efficiency_metrics.json", record, strlen(record));
    assert_int_equal(symlink("more", "link"), 0);
    assert_int_equal(symlink(".././link//1/", "more/to_link"), 0);
    assert_int_equal(symlink("../link/../link/1/..", "more/up"), 0);
    assert_int_equal(symlink("loop", "loop"), 0);
    assert_int_equal(fchdir(home), 0);
    close(home);
}

/* Loads with at most so many descriptors and more threads than can have some. */
static void load_with_descriptors(struct tree *tree, const char *paths, rlim_t descriptors)
{
    struct rlimit old, low;
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &old), 0);
    low = old;
    low.rlim_cur = descriptors;
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &low), 0);
    tree->options.threads = 64;
    tree_load(tree, paths);
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &old), 0);
}

static void extreme__paths_longer_than_the_kernel_s_limit(void **state)
{
    struct tree *tree = *state;
    enum { LEVELS = 60 };
    make_long_path(LEVELS);
    for (rlim_t descriptors = 12; descriptors <= 24; descriptors += 4) {
        load_with_descriptors(tree, "long", descriptors);
        tree_assert_issues(tree, "");
        assert_int_equal(ec_runset_count(tree->runset), 2); /* the links lead nowhere new */
        struct ec_run run = ec_runset_run(tree->runset, 0);
        assert_int_equal(run.name.len, LEVELS * 201 - 1);
        assert_int_equal(run.path.len,
                         run.name.len + strlen("long/") + strlen("/efficiency_metrics.json"));
        for (size_t i = 0; i < ec_runset_count(tree->runset); i++)
            assert_int_equal(ec_runset_value(tree->runset, i, 0).i, 1);
    }
    tree->options.max_depth = LEVELS - 1;
    tree_load(tree, "long");
    tree_assert_runs(tree, "");
    /* nftw cannot remove it: take it apart from the top. */
    assert_int_equal(system("rm -rf long"), 0);
}

static void extreme__few_file_descriptors(void **state)
{
    struct tree *tree = *state;
    for (int i = 0; i < 200; i++) {
        char path[32];
        snprintf(path, sizeof path, "s/a%d/b", i);
        tree_record(tree, path, record);
    }
    load_with_descriptors(tree, "s", 16);
    assert_int_equal(ec_runset_count(tree->runset), 200);
    tree_assert_issues(tree, "");
}

static void extreme__one_directory_with_many_records(void **state)
{
    struct tree *tree = *state;
    const char *names[] = {"*.json"};
    tree->options.names = names;
    tree->options.name_count = 1;
    for (int i = 0; i < 3000; i++) {
        char path[32];
        snprintf(path, sizeof path, "s/r%d.json", i);
        tree_file(path, record, strlen(record));
    }
    tree_load(tree, "s");
    assert_int_equal(ec_runset_count(tree->runset), 3000);
    for (size_t i = 0; i < 3000; i++) {
        char name[32];
        snprintf(name, sizeof name, "r%zu", i);
        assert_true(ec_str_equal(ec_runset_run(tree->runset, i).name, ec_str(name)));
    }
}

/* ---- The same for any number of threads ---- */

/* Everything that a runset says. */
static char *describe(const struct tree *tree)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    assert_non_null(out);
    for (size_t i = 0; i < ec_runset_count(tree->runset); i++) {
        struct ec_run run = ec_runset_run(tree->runset, i);
        fprintf(out, "%.*s %.*s", (int)run.name.len, run.name.ptr, (int)run.path.len, run.path.ptr);
        for (uint32_t k = 0; k < ec_runset_column_count(tree->runset); k++)
            fprintf(out, " %.*s=%lld", (int)ec_runset_column_key(tree->runset, k).len,
                    ec_runset_column_key(tree->runset, k).ptr,
                    (long long)ec_runset_value(tree->runset, i, k).i);
        fputc('\n', out);
    }
    for (size_t i = 0; i < ec_runset_issue_count(tree->runset); i++) {
        const struct ec_issue *issue = ec_runset_issue(tree->runset, i);
        fprintf(out, "%.*s: %s\n", (int)issue->path.len, issue->path.ptr, issue->reason);
    }
    fclose(out);
    return text;
}

/* Directories, links between them (loops and links to links included), bad records. */
static void make_tangle(struct tree *tree)
{
    for (int i = 0; i < 120; i++) {
        char path[64], text[64], target[64];
        snprintf(path, sizeof path, "%s/g%d/run%d", i % 3 ? "s" : "t", i % 7, i);
        snprintf(text, sizeof text, i % 11 ? "{\"total_steps\": %d, \"k%d\": 1}" : "{%d, %d", i,
                 i % 5);
        tree_record(tree, path, text);
        snprintf(target, sizeof target, "../../../%s/g%d", i % 2 ? "s" : "t", i % 5);
        strcat(path, "/link");
        assert_int_equal(symlink(target, path), 0);
    }
    assert_int_equal(symlink("../t", "s/t1"), 0);
    assert_int_equal(symlink("../s/t1/g1", "s/g2/t2"), 0);
    assert_int_equal(symlink("../t/g1", "s/g2/t3"), 0);
}

static void threads__any_number_gives_the_same(void **state)
{
    struct tree *tree = *state;
    make_tangle(tree);
    char *expected = NULL;
    for (int threads = 1; threads <= 64; threads *= 2) {
        for (int again = 0; again < 3; again++) {
            tree->options.threads = threads;
            tree_load(tree, "s/g1 s t/g3");
            char *got = describe(tree);
            if (expected)
                assert_string_equal(got, expected);
            else
                expected = strdup(got);
            free(got);
        }
    }
    assert_int_equal(ec_runset_count(tree->runset) + ec_runset_issue_count(tree->runset), 120);
    free(expected);
}

static void stop__nothing_more_is_read(void **state)
{
    struct tree *tree = *state;
    atomic_bool stop = true;
    tree_record(tree, "s/a", record);
    tree->options.stop = &stop;
    tree_load(tree, "s");
    tree_assert_runs(tree, "");
    stop = false;
    tree_load(tree, "s");
    tree_assert_runs(tree, "a");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        tree_test(walk__every_depth),
        tree_test(walk__max_depth),
        tree_test(walk__name_glob),
        tree_test(walk__several_paths),
        tree_test(walk__the_current_directory_has_a_name),
        tree_test(walk__files_are_records_whatever_their_name),
        tree_test(walk__missing_path_is_an_issue),
        tree_test(walk__dot_directories_only_when_named),
        tree_test(links__directories_are_followed),
        tree_test(links__each_directory_once),
        tree_test(links__records_may_be_links),
        tree_test(links__a_directory_with_a_record_s_name),
        tree_test(special__files_never_block),
        tree_test(unreadable__directory_is_an_issue),
        tree_test(extreme__paths_longer_than_the_kernel_s_limit),
        tree_test(extreme__few_file_descriptors),
        tree_test(extreme__one_directory_with_many_records),
        tree_test(threads__any_number_gives_the_same),
        tree_test(stop__nothing_more_is_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
