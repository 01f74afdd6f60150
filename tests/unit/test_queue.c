/* queue: deep directories are opened from near by, whatever their shape, with few descriptors; each
 * thread has descriptors of its own. */
#include "cmocka_test.h"
#include "load/queue.h"
#include "tree_fixture.h"

#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { NAME_LENGTH = 100, LEVELS = 640, FIRST_DEEP = PATH_MAX / (NAME_LENGTH + 1) };

/* What was visited. */
struct visits {
    struct ec_queue queue;
    atomic_size_t directories, leaves;
    atomic_size_t steps; /* names in all paths that were opened from a held directory */
    atomic_size_t far;   /* deep directories that were opened from the working directory */
};

static size_t count_names(const char *path)
{
    size_t names = 1;
    for (; *path; path++)
        names += *path == '/';
    return names;
}

static size_t count_descriptors(const char *table)
{
    size_t count = 0;
    DIR *dir = opendir(table);
    assert_non_null(dir);
    while (readdir(dir))
        count++;
    closedir(dir);
    return count;
}

/* Checks that the path is that of the directory, which the names tell: "t", then 100 times the
 * level's letter, or a leaf's digit. */
static void check_path(const struct ec_work *work)
{
    size_t length = work->path.len;
    assert_int_equal(strlen(work->path.ptr), length);
    assert_true(work->file >= work->path.ptr && work->file < work->path.ptr + length);
    const char *name = strrchr(work->path.ptr, '/');
    if (!name)
        return;
    assert_int_equal(work->directory.len, name - work->path.ptr);
    assert_ptr_equal(work->directory.ptr, work->path.ptr);
    const char *at = work->path.ptr + 1;
    for (int level = 1; at < name; level++) {
        assert_int_equal(at[0], '/');
        assert_int_equal(at[1], 'a' + level % 26);
        assert_int_equal(at[NAME_LENGTH], 'a' + level % 26);
        at += NAME_LENGTH + 1;
    }
    assert_ptr_equal(at, name);
}

/* Queues what is in an open directory. */
static void list(struct visits *visits, int worker, const struct ec_work *work, int fd)
{
    struct ec_batch batch = {0};
    const struct ec_holder holder = {
        .work = work, .depth = work->depth + 1, .worker = worker, .fd = fd};
    DIR *dir = fdopendir(dup(fd));
    assert_non_null(dir);
    for (struct dirent *entry; (entry = readdir(dir));)
        if (entry->d_name[0] != '.')
            ec_batch_add(&batch, EC_WORK_DIRECTORY, entry->d_name);
    closedir(dir);
    ec_queue_push(&visits->queue, &batch, &holder);
    ec_batch_free(&batch);
}

static void visit(void *context, int worker, const struct ec_work *work)
{
    struct visits *visits = context;
    check_path(work);
    const char *slash = strrchr(work->path.ptr, '/'), *name = slash ? slash + 1 : work->path.ptr;
    if (work->at != AT_FDCWD)
        visits->steps += count_names(work->file);
    else if (work->path.len >= PATH_MAX)
        visits->far++;
    int fd = ec_path_openat(work->at, work->file, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
    assert_true(fd >= 0);
    visits->directories++;
    visits->leaves += *name >= '0' && *name <= '9';
    list(visits, worker, work, fd);
    close(fd);
}

/* Makes "t" with so many levels below it, and in each one so many leaves. */
static void make_tree(int levels, int leaves)
{
    int at = AT_FDCWD;
    char name[NAME_LENGTH + 1] = "t";
    for (int level = 1; level <= levels + 1; level++) {
        assert_int_equal(mkdirat(at, name, 0777), 0);
        int below = openat(at, name, O_RDONLY | O_DIRECTORY);
        assert_true(below >= 0);
        if (at != AT_FDCWD)
            close(at);
        at = below;
        for (int i = 0; i < leaves; i++) {
            snprintf(name, sizeof name, "%d", i);
            assert_int_equal(mkdirat(at, name, 0777), 0);
        }
        memset(name, 'a' + level % 26, NAME_LENGTH);
        name[NAME_LENGTH] = '\0';
    }
    close(at);
}

/* Visits all of "t". */
static void run(struct visits *visits, int threads, size_t max_held)
{
    size_t descriptors = count_descriptors("/proc/self/fd");
    struct ec_batch batch = {0};
    *visits = (struct visits){0};
    ec_queue_init(&visits->queue, threads, visit, visits);
    visits->queue.max_held = max_held;
    ec_batch_add(&batch, EC_WORK_ROOT, "t");
    ec_queue_push(&visits->queue, &batch, &(struct ec_holder){.fd = -1});
    ec_queue_run(&visits->queue);
    assert_int_equal(visits->queue.held_count, 0);
    ec_queue_free(&visits->queue);
    ec_batch_free(&batch);
    assert_int_equal(count_descriptors("/proc/self/fd"), descriptors);
}

static void remove_tree(void)
{
    assert_int_equal(system("rm -rf t"), 0); /* nftw cannot: the paths are too long */
}

static void deep__a_chain_takes_two_descriptors(void **state)
{
    (void)state;
    struct visits visits;
    make_tree(LEVELS, 0);
    for (size_t max_held = 2; max_held <= EC_QUEUE_MAX_HELD; max_held *= 2) {
        run(&visits, 1, max_held);
        assert_int_equal(visits.directories, LEVELS + 1);
        assert_int_equal(visits.far, 0);
        assert_in_range(visits.steps, LEVELS - FIRST_DEEP, LEVELS - FIRST_DEEP + 3);
    }
    remove_tree();
}

/* What was left on the way down is far from what is still open, but not in proportion to depth. */
static void deep__leaves_on_all_levels(void **state)
{
    (void)state;
    struct visits visits;
    make_tree(LEVELS, 3);
    run(&visits, 1, EC_QUEUE_MAX_HELD);
    assert_int_equal(visits.directories, 4 * (LEVELS + 1));
    assert_int_equal(visits.leaves, 3 * (LEVELS + 1));
    size_t apart = 2 * LEVELS / EC_QUEUE_MAX_HELD;
    assert_true(visits.far <= 3 * apart); /* above the first one that is held */
    assert_true(visits.steps <= 2 * visits.directories);
    remove_tree();
}

static void deep__without_descriptors(void **state)
{
    (void)state;
    struct visits visits;
    make_tree(80, 2);
    for (size_t max_held = 0; max_held <= 3; max_held++) {
        run(&visits, 2, max_held);
        assert_int_equal(visits.directories, 3 * 81);
    }
    remove_tree();
}

static void deep__many_threads(void **state)
{
    (void)state;
    struct visits visits;
    make_tree(200, 3);
    for (int threads = 2; threads <= 32; threads *= 2) {
        run(&visits, threads, 1 + (size_t)threads);
        assert_int_equal(visits.directories, 4 * 201);
        assert_int_equal(visits.leaves, 3 * 201);
    }
    remove_tree();
}

/* What the threads that are not the first one see. */
struct others {
    struct ec_queue queue;
    atomic_size_t visits;
    atomic_size_t descriptors; /* the most that one of them had */
};

static void visit_in_others(void *context, int worker, const struct ec_work *work)
{
    enum { MANY_TIMES = 100000, PAUSE_US = 100 };
    struct others *others = context;
    if (worker > 0) {
        size_t count = count_descriptors("/proc/thread-self/fd");
        others->visits++;
        if (count > others->descriptors)
            others->descriptors = count;
        return;
    }
    for (int i = 0; i < MANY_TIMES && work->kind == EC_WORK_RECORD && others->visits == 0; i++)
        usleep(PAUSE_US);
}

static void threads__have_descriptors_of_their_own(void **state)
{
    (void)state;
    enum { OPEN = 20, NAMES = 100 };
    if (close_range(UINT_MAX, UINT_MAX, 0) != 0)
        skip();
    int open_here[OPEN];
    for (size_t i = 0; i < OPEN; i++)
        open_here[i] = open("/dev/null", O_RDONLY | O_CLOEXEC);
    struct others others = {0};
    struct ec_batch batch = {0};
    ec_queue_init(&others.queue, 4, visit_in_others, &others);
    for (size_t i = 0; i < NAMES; i++)
        ec_batch_add(&batch, EC_WORK_RECORD, "x");
    ec_queue_push(&others.queue, &batch, &(struct ec_holder){.fd = -1});
    ec_queue_run(&others.queue);
    ec_queue_free(&others.queue);
    ec_batch_free(&batch);
    for (size_t i = 0; i < OPEN; i++)
        close(open_here[i]);
    assert_true(others.visits > 0);
    assert_true(others.descriptors < OPEN);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        tree_test(deep__a_chain_takes_two_descriptors),
        tree_test(deep__leaves_on_all_levels),
        tree_test(deep__without_descriptors),
        tree_test(deep__many_threads),
        tree_test(threads__have_descriptors_of_their_own),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
