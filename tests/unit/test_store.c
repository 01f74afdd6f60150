/* store: what is in the place of a record when it is written: earlier runs' records, those of runs
 * beside it, and what is no file. */
#include "cmocka_test.h"
#include "recorder_fixture.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static void open__earlier_records_are_kept(void **state)
{
    (void)state;
    for (int64_t run = 1; run <= 3; run++) {
        effrec_t *recorder = open_quietly();
        effrec_set_int(recorder, "run", run);
        assert_int_equal(effrec_close(recorder, EFFREC_COMPLETED), 0);
    }
    json_t *first = load("efficiency_metrics.previous-1.json");
    json_t *second = load("efficiency_metrics.previous-2.json");
    json_t *last = load(RECORD);
    assert_int_equal(number(first, "run"), 1);
    assert_int_equal(number(second, "run"), 2);
    assert_int_equal(number(last, "run"), 3);
    assert_int_not_equal(access("efficiency_metrics.previous-3.json", F_OK), 0);
    json_decref(first);
    json_decref(second);
    json_decref(last);
}

/* A run that is killed between keeping the old record and replacing it. */
static void open__a_record_is_kept_once(void **state)
{
    (void)state;
    effrec_close(open_quietly(), EFFREC_COMPLETED);
    assert_int_equal(link(RECORD, "efficiency_metrics.previous-1.json"), 0);
    effrec_close(open_quietly(), EFFREC_COMPLETED);
    assert_int_not_equal(access("efficiency_metrics.previous-2.json", F_OK), 0);
    effrec_close(open_quietly(), EFFREC_COMPLETED);
    assert_int_equal(access("efficiency_metrics.previous-2.json", F_OK), 0);
}

/* Two runs in one directory at a time: the refresh and the end of one leave the other's last
 * record. */
static void open__a_run_beside_another_loses_nothing(void **state)
{
    (void)state;
    effrec_t *first = open_quietly(), *second = open_quietly();
    effrec_set_int(first, "run", 1);
    effrec_set_int(second, "run", 2);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(effrec_checkpoint(first), 0);
        assert_int_equal(effrec_checkpoint(second), 0);
    }
    assert_int_not_equal(access("efficiency_metrics.previous-2.json", F_OK), 0);
    assert_int_equal(effrec_close(second, EFFREC_COMPLETED), 0);
    assert_int_equal(effrec_checkpoint(first), 0);
    assert_int_equal(effrec_close(first, EFFREC_COMPLETED), 0);
    json_t *kept = load("efficiency_metrics.previous-2.json"), *last = load(RECORD);
    assert_int_equal(number(kept, "run"), 2);
    assert_string_equal(text(kept, "status"), "completed");
    assert_int_equal(number(last, "run"), 1);
    assert_string_equal(text(last, "status"), "completed");
    assert_int_not_equal(access("efficiency_metrics.previous-3.json", F_OK), 0);
    json_decref(kept);
    json_decref(last);
}

/* A process that records, and ends its run when the pipe is closed. */
static pid_t start_run(const int pipe_ends[2], int64_t run)
{
    pid_t child = fork();
    if (child != 0)
        return child;
    close(pipe_ends[1]);
    effrec_t *recorder = open_quietly();
    effrec_set_int(recorder, "run", run);
    char nothing;
    bool ended = read(pipe_ends[0], &nothing, 1) == 0;
    _exit(ended && effrec_close(recorder, EFFREC_COMPLETED) == 0 ? 0 : 1);
}

static void open__runs_that_end_at_once_lose_nothing(void **state)
{
    (void)state;
    enum { RUNS = 8 };
    pid_t children[RUNS];
    int pipe_ends[2], status;
    bool found[RUNS] = {false};
    assert_int_equal(pipe(pipe_ends), 0);
    for (int64_t run = 0; run < RUNS; run++)
        children[run] = start_run(pipe_ends, run);
    close(pipe_ends[0]);
    close(pipe_ends[1]);
    for (size_t run = 0; run < RUNS; run++) {
        assert_int_equal(waitpid(children[run], &status, 0), children[run]);
        assert_int_equal(status, 0);
    }
    char path[64] = RECORD;
    for (int i = 1; access(path, F_OK) == 0; i++) {
        json_t *record = load(path);
        if (strcmp(text(record, "status"), "completed") == 0)
            found[(size_t)number(record, "run")] = true;
        json_decref(record);
        snprintf(path, sizeof path, "efficiency_metrics.previous-%d.json", i);
    }
    for (size_t run = 0; run < RUNS; run++)
        assert_true(found[run]);
}

static void open__the_directory_is_made_and_stays(void **state)
{
    effrec_options options = EFFREC_OPTIONS_INIT;
    options.output_dir = "saves/unlearn/run";
    effrec_t *recorder = NULL;
    assert_int_equal(effrec_open(&options, &recorder), 0);
    assert_int_equal(chdir("/"), 0);
    assert_int_equal(effrec_close(recorder, EFFREC_COMPLETED), 0);
    assert_int_equal(chdir(*state), 0);
    json_t *record = load("saves/unlearn/run/" RECORD);
    assert_string_equal(text(record, "status"), "completed");
    json_decref(record);
}

static void write__a_failure_leaves_the_old_record(void **state)
{
    (void)state;
    effrec_t *recorder = open_quietly();
    struct rlimit old, small = {.rlim_cur = 100};
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
    small.rlim_max = old.rlim_max;
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    int rc = effrec_close(recorder, EFFREC_COMPLETED);
    setrlimit(RLIMIT_FSIZE, &old);
    signal(SIGXFSZ, SIG_DFL);
    assert_int_equal(rc, -EFBIG);
    json_t *record = load(RECORD);
    assert_string_equal(text(record, "status"), "running");
    json_decref(record);
}

static void write__a_fifo_in_its_place_does_not_block(void **state)
{
    (void)state;
    assert_int_equal(mkfifo(RECORD, 0600), 0);
    effrec_t *recorder = open_quietly();
    assert_int_equal(effrec_close(recorder, EFFREC_COMPLETED), -EINVAL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        recorder_test(open__earlier_records_are_kept),
        recorder_test(open__a_record_is_kept_once),
        recorder_test(open__a_run_beside_another_loses_nothing),
        recorder_test(open__runs_that_end_at_once_lose_nothing),
        recorder_test(open__the_directory_is_made_and_stays),
        recorder_test(write__a_failure_leaves_the_old_record),
        recorder_test(write__a_fifo_in_its_place_does_not_block),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
