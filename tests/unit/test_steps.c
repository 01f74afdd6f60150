/* steps and phases: what is counted, with clock readings given by the test. */
#include "cmocka_test.h"
#include "record/effrecord.h"
#include "record/phases.h"
#include "record/steps.h"

#include <errno.h>
#include <pthread.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static const struct effrec_step_tokens UNCOUNTED = {-1, -1, -1};

static void steps__first_step_is_apart(void **state)
{
    (void)state;
    struct effrec_steps *steps = calloc(1, sizeof *steps);
    assert_non_null(steps);
    assert_int_equal(effrec_steps_begin(steps, 100), 0);
    assert_int_equal(effrec_steps_end(steps, 1100, (struct effrec_step_tokens){8, 5, 3}), 0);
    for (uint64_t at = 2000; at < 5000; at += 1000) {
        assert_int_equal(effrec_steps_begin(steps, at), 0);
        assert_int_equal(effrec_steps_end(steps, at + 10, UNCOUNTED), 0);
    }
    struct effrec_steps_totals totals;
    effrec_steps_read(steps, &totals);
    assert_int_equal(totals.count, 4);
    assert_int_equal(totals.first_ns, 1000);
    assert_int_equal(totals.latency.count, 3);
    assert_int_equal(totals.latency.max_ns, 10);
    assert_int_equal(totals.counted, 1);
    assert_int_equal(totals.split, 1);
    assert_int_equal(totals.tokens, 8);
    assert_int_equal(totals.forget_tokens, 5);
    assert_int_equal(totals.retain_tokens, 3);
    free(steps);
}

static void steps__begun_twice_counts_from_the_second(void **state)
{
    (void)state;
    struct effrec_steps *steps = calloc(1, sizeof *steps);
    assert_non_null(steps);
    assert_int_equal(effrec_steps_end(steps, 50, UNCOUNTED), -EINVAL);
    effrec_steps_begin(steps, 100);
    effrec_steps_begin(steps, 500);
    assert_int_equal(effrec_steps_end(steps, 600, UNCOUNTED), 0);
    assert_int_equal(effrec_steps_end(steps, 700, UNCOUNTED), -EINVAL);
    struct effrec_steps_totals totals;
    effrec_steps_read(steps, &totals);
    assert_int_equal(totals.count, 1);
    assert_int_equal(totals.first_ns, 100);
    free(steps);
}

enum { THREADS = 4, STEPS_EACH = 20000 };

struct worker {
    struct effrec_steps *steps;
    uint64_t counted;
};

static void *work(void *data)
{
    struct worker *worker = data;
    for (uint64_t i = 0; i < STEPS_EACH; i++) {
        effrec_steps_begin(worker->steps, 1000 + i);
        struct effrec_step_tokens tokens = {3, 2, 1};
        worker->counted += effrec_steps_end(worker->steps, 1500 + i, tokens) == 0;
    }
    return NULL;
}

static void steps__threads_lose_nothing_that_was_accepted(void **state)
{
    (void)state;
    struct effrec_steps *steps = calloc(1, sizeof *steps);
    assert_non_null(steps);
    struct worker workers[THREADS];
    pthread_t threads[THREADS];
    for (int i = 0; i < THREADS; i++) {
        workers[i] = (struct worker){.steps = steps};
        assert_int_equal(pthread_create(&threads[i], NULL, work, &workers[i]), 0);
    }
    struct effrec_steps_totals totals;
    for (int i = 0; i < 1000; i++) {
        effrec_steps_read(steps, &totals);
        assert_int_equal(totals.counted, totals.count);
        assert_int_equal(totals.tokens, 3 * totals.count);
        assert_int_equal(totals.forget_tokens, 2 * totals.retain_tokens);
        assert_int_equal(totals.latency.count, totals.count > 0 ? totals.count - 1 : 0);
    }
    uint64_t accepted = 0;
    for (int i = 0; i < THREADS; i++) {
        pthread_join(threads[i], NULL);
        accepted += workers[i].counted;
    }
    effrec_steps_read(steps, &totals);
    assert_true(accepted > 0);
    assert_int_equal(totals.count, accepted);
    free(steps);
}

/* From here on, any system call but exit_group() kills the process. */
static int forbid_system_calls(void)
{
    struct sock_filter filter[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_exit_group, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
    };
    struct sock_fprog program = {.len = 4, .filter = filter};
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
        return -1;
    return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program);
}

/* Reading the clock is no system call where the kernel maps it into the process. */
static void run_without_system_calls(effrec_t *recorder)
{
    if (forbid_system_calls() < 0)
        _exit(1);
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    for (int i = 0; recorder && i < 10000; i++) {
        effrec_step_begin(recorder);
        effrec_step_end(recorder, 1);
    }
    syscall(SYS_exit_group, 0);
}

static int status_without_system_calls(effrec_t *recorder)
{
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0)
        run_without_system_calls(recorder);
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    return status;
}

static void steps__make_no_system_call(void **state)
{
    (void)state;
    if (status_without_system_calls(NULL) != 0)
        skip(); /* no seccomp, or a clock that needs the kernel */
    char directory[] = "/tmp/test-steps-XXXXXX", record[64];
    assert_non_null(mkdtemp(directory));
    effrec_options options = EFFREC_OPTIONS_INIT;
    options.output_dir = directory;
    effrec_t *recorder = NULL;
    assert_int_equal(effrec_open(&options, &recorder), 0);
    assert_int_equal(status_without_system_calls(recorder), 0);
    effrec_close(recorder, EFFREC_COMPLETED);
    snprintf(record, sizeof record, "%s/efficiency_metrics.json", directory);
    unlink(record);
    rmdir(directory);
}

static void phases__unmarked_time_is_training(void **state)
{
    (void)state;
    struct effrec_phases phases;
    struct effrec_phases_times times;
    effrec_phases_start(&phases, 1000);
    effrec_phases_begin(&phases, EFFREC_PHASE_SETUP, 1000);
    effrec_phases_end(&phases, EFFREC_PHASE_SETUP, 1300);
    effrec_phases_begin(&phases, EFFREC_PHASE_EVAL, 1400);
    effrec_phases_end(&phases, EFFREC_PHASE_EVAL, 1450);
    effrec_phases_read(&phases, 2000, &times);
    assert_int_equal(times.total_ns, 1000);
    assert_int_equal(times.phase_ns[EFFREC_PHASE_SETUP], 300);
    assert_int_equal(times.phase_ns[EFFREC_PHASE_EVAL], 50);
    assert_int_equal(times.phase_ns[EFFREC_PHASE_TRAIN], 650);
    assert_int_equal(times.other_ns, 0);
    assert_false(times.begun[EFFREC_PHASE_SAVE]);
}

static void phases__nested_time_belongs_to_the_innermost(void **state)
{
    (void)state;
    struct effrec_phases phases;
    struct effrec_phases_times times;
    effrec_phases_start(&phases, 0);
    effrec_phases_begin(&phases, EFFREC_PHASE_TRAIN, 100);
    effrec_phases_begin(&phases, EFFREC_PHASE_SAVE, 200);
    effrec_phases_read(&phases, 250, &times); /* reading changes nothing */
    assert_int_equal(times.phase_ns[EFFREC_PHASE_SAVE], 50);
    effrec_phases_end(&phases, EFFREC_PHASE_SAVE, 270);
    effrec_phases_end(&phases, EFFREC_PHASE_TRAIN, 400);
    effrec_phases_read(&phases, 1000, &times);
    assert_int_equal(times.phase_ns[EFFREC_PHASE_TRAIN], 230);
    assert_int_equal(times.phase_ns[EFFREC_PHASE_SAVE], 70);
    assert_int_equal(times.other_ns, 700);
}

static void phases__misuse_is_refused(void **state)
{
    (void)state;
    struct effrec_phases phases;
    effrec_phases_start(&phases, 0);
    assert_int_equal(effrec_phases_begin(&phases, -1, 1), -EINVAL);
    assert_int_equal(effrec_phases_begin(&phases, EFFREC_PHASE_COUNT, 1), -EINVAL);
    assert_int_equal(effrec_phases_end(&phases, EFFREC_PHASE_EVAL, 1), -EINVAL);
    for (int i = 0; i < EFFREC_PHASE_DEPTH; i++)
        assert_int_equal(effrec_phases_begin(&phases, EFFREC_PHASE_EVAL, 1), 0);
    assert_int_equal(effrec_phases_begin(&phases, EFFREC_PHASE_EVAL, 1), -EOVERFLOW);
    assert_int_equal(effrec_phases_end(&phases, EFFREC_PHASE_SAVE, 1), -EINVAL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(steps__first_step_is_apart),
        cmocka_unit_test(steps__begun_twice_counts_from_the_second),
        cmocka_unit_test(steps__threads_lose_nothing_that_was_accepted),
        cmocka_unit_test(steps__make_no_system_call),
        cmocka_unit_test(phases__unmarked_time_is_training),
        cmocka_unit_test(phases__nested_time_belongs_to_the_innermost),
        cmocka_unit_test(phases__misuse_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
