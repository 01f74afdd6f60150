/* Measures effcompare beside the floor program, in turns, and prints ratios, start-up and peak
 * memory.
 *
 *     bench-load EFFCOMPARE FLOOR GENERATE
 *
 * Makes its trees in a fresh directory under TMPDIR (default /tmp). BENCH_RUNS (default 20000) is
 * the number of runs, BENCH_ROUNDS (default 7) how often each program runs. With BENCH_COLD=1, as
 * root, it also measures with the page cache dropped before each run. Nothing passes or fails by
 * time; it fails when a program does.
 */
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

enum { MAX_ROUNDS = 99, STARTS = 40, THREADS = 2, DEFAULT_THREADS = 32 };

struct measured {
    double seconds;
    double cpu_seconds; /* of all threads, in the kernel too: less shaken by what else runs */
    double peak_mib;
};

static const char *effcompare, *floor_program, *generate;
static char tree[4096];

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

static double to_seconds(struct timeval time)
{
    return (double)time.tv_sec + (double)time.tv_usec * 1e-6;
}

/* Runs a program with its output thrown away. */
static struct measured run(const char *const *arguments)
{
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    pid_t pid;
    int status = 0;
    struct rusage usage = {0};
    double start = now();
    int error = posix_spawn(&pid, arguments[0], &actions, NULL, (char *const *)arguments, environ);
    if (error == 0 && wait4(pid, &status, 0, &usage) < 0)
        error = errno;
    double seconds = now() - start;
    posix_spawn_file_actions_destroy(&actions);
    if (error != 0 || status != 0) {
        fprintf(stderr, "%s: %s (status %d)\n", arguments[0], strerror(error), status);
        exit(1);
    }
    return (struct measured){
        .seconds = seconds,
        .cpu_seconds = to_seconds(usage.ru_utime) + to_seconds(usage.ru_stime),
        .peak_mib = (double)usage.ru_maxrss / 1024,
    };
}

static int number_compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(double *numbers, size_t count)
{
    qsort(numbers, count, sizeof *numbers, number_compare);
    return count % 2 ? numbers[count / 2] : (numbers[count / 2 - 1] + numbers[count / 2]) / 2;
}

static int remove_entry(const char *path, const struct stat *status, int type, struct FTW *ftw)
{
    (void)status, (void)type, (void)ftw;
    return remove(path);
}

static void remove_tree(void)
{
    nftw(tree, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
}

static void make_tree(int runs, const char *keys, const char *neighbours)
{
    char count[16];
    snprintf(count, sizeof count, "%d", runs);
    const char *arguments[] = {generate, tree, count, keys, neighbours, NULL};
    run(arguments);
}

static void drop_caches(void)
{
    sync();
    int fd = open("/proc/sys/vm/drop_caches", O_WRONLY | O_CLOEXEC);
    if (fd < 0 || write(fd, "3\n", 2) != 2) {
        perror("/proc/sys/vm/drop_caches");
        exit(1);
    }
    close(fd);
}

/* Runs both programs in turns and prints a line. */
static void compare(const char *what, int threads, int rounds, int cold)
{
    char count[16];
    snprintf(count, sizeof count, "%d", threads);
    const char *floor_line[] = {floor_program, count, tree, NULL};
    const char *line[] = {effcompare, "-j", count, tree, NULL};
    double floors[MAX_ROUNDS], times[MAX_ROUNDS], ratios[MAX_ROUNDS];
    double cpu_ratios[MAX_ROUNDS], peak = 0;
    for (int i = -1; i < rounds; i++) { /* the first pair only warms up */
        if (cold)
            drop_caches();
        struct measured low = run(floor_line);
        if (cold)
            drop_caches();
        struct measured high = run(line);
        if (i < 0)
            continue;
        floors[i] = low.seconds;
        times[i] = high.seconds;
        ratios[i] = high.seconds / low.seconds;
        cpu_ratios[i] = high.cpu_seconds / low.cpu_seconds;
        peak = high.peak_mib > peak ? high.peak_mib : peak;
    }
    size_t n = (size_t)rounds;
    printf("%-26s -j %-3d %8.1f %11.1f %9.2f %9.2f %10.1f\n", what, threads,
           median(floors, n) * 1e3, median(times, n) * 1e3, median(ratios, n),
           median(cpu_ratios, n), peak);
    fflush(stdout);
}

static void measure_start(void)
{
    make_tree(3, "32", NULL);
    const char *line[] = {effcompare, tree, NULL};
    double times[STARTS], peak = 0;
    for (int i = 0; i < STARTS; i++) {
        struct measured one = run(line);
        times[i] = one.seconds;
        peak = one.peak_mib;
    }
    printf("start-up on 3 runs: %.2f ms, %.1f MiB\n\n", median(times, STARTS) * 1e3, peak);
    printf("%-33s %8s %11s %9s %9s %10s\n", "", "floor ms", "effcomp. ms", "ratio", "CPU ratio",
           "peak MiB");
    remove_tree();
}

static int from_environment(const char *name, int otherwise, int most)
{
    const char *text = getenv(name);
    int number = text ? atoi(text) : otherwise;
    return number < 1 ? otherwise : number > most ? most : number;
}

int main(int argc, char **argv)
{
    if (argc != 4) {
        fprintf(stderr, "usage: %s EFFCOMPARE FLOOR GENERATE\n", argv[0]);
        return 2;
    }
    effcompare = argv[1], floor_program = argv[2], generate = argv[3];
    int runs = from_environment("BENCH_RUNS", 20000, 10 * 1000 * 1000);
    int rounds = from_environment("BENCH_ROUNDS", 7, MAX_ROUNDS);
    int cold = from_environment("BENCH_COLD", 0, 1);
    const char *directory = getenv("TMPDIR");
    snprintf(tree, sizeof tree, "%s/effcompare-bench-XXXXXX", directory ? directory : "/tmp");
    if (!mkdtemp(tree)) {
        perror(tree);
        return 1;
    }
    measure_start();
    char what[64];
    static const struct {
        const char *keys, *neighbours, *text;
    } trees[] = {{"32", NULL, "32 keys"},
                 {"6", NULL, "6 keys"},
                 {"32", "neighbours", "32 keys, neighbours"}};
    for (size_t i = 0; i < sizeof trees / sizeof trees[0]; i++) {
        make_tree(runs, trees[i].keys, trees[i].neighbours);
        snprintf(what, sizeof what, "%d x %s", runs, trees[i].text);
        compare(what, THREADS, rounds, 0);
        compare(what, DEFAULT_THREADS, rounds, 0);
        if (cold && i == 0)
            compare("the same, cold", DEFAULT_THREADS, rounds, 1);
        remove_tree();
    }
    return 0;
}
