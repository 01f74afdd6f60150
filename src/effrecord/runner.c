#include "effrecord/runner.h"

#include "common/directory.h"
#include "effrecord/child.h"
#include "effrecord/progress.h"
#include "effrecord/state.h"
#include "effrecord/text.h"
#include "record/recorder.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static const double REFRESH_S = 1, NO_REFRESH_S = 3600;

/* A job that runs. */
struct lane {
    size_t job;
    pid_t pid;
    uint64_t start_ns;
};

struct runner {
    const struct effrecord_plan *plan;
    const struct effrecord_signals *signals;
    struct effrecord_result *results;
    struct lane *lanes; /* the first lane_count run */
    size_t lane_count, lane_max;
    size_t next; /* the first job that was not looked at */
    int stop_signal;
    char *own_path; /* of effrecord */
    int null_input;
    struct effrecord_progress progress;
    double completed_seconds; /* sum over the jobs that completed now */
    size_t completed_now;
};

static double seconds_since(uint64_t start_ns)
{
    return 1e-9 * (double)(effrec_now_ns() - start_ns);
}

/* ---- What is told ---- */

static size_t count_results(const struct runner *runner, enum effrecord_result_kind kind)
{
    size_t count = 0;
    for (size_t i = 0; i < runner->plan->count; i++)
        count += runner->results[i].kind == kind;
    return count;
}

/* Negative: not known, as before the first end, or when what runs takes longer than expected. */
static double seconds_left(const struct runner *runner)
{
    if (runner->completed_now == 0)
        return -1;
    double mean = runner->completed_seconds / (double)runner->completed_now;
    double *elapsed = effrecord_alloc(runner->lane_count, sizeof *elapsed);
    for (size_t i = 0; i < runner->lane_count; i++)
        elapsed[i] = seconds_since(runner->lanes[i].start_ns);
    double left = effrecord_seconds_left(mean, count_results(runner, EFFRECORD_WAITING), elapsed,
                                         runner->lane_count, runner->lane_max);
    free(elapsed);
    return left < 1 ? -1 : left;
}

static size_t count_completed(const struct runner *runner)
{
    return count_results(runner, EFFRECORD_COMPLETED) +
           count_results(runner, EFFRECORD_WAS_COMPLETED);
}

static void show_progress(struct runner *runner)
{
    if (!runner->progress.refreshes)
        return;
    struct ec_text_stream names;
    effrecord_text_begin(&names);
    for (size_t i = 0; i < runner->lane_count; i++)
        fprintf(names.out, "%s%s", i > 0 ? ", " : "",
                runner->plan->jobs[runner->lanes[i].job].label);
    char *text = effrecord_text_end(&names);
    struct effrecord_standing standing = {
        .total = runner->plan->count,
        .completed = count_completed(runner),
        .failed = count_results(runner, EFFRECORD_FAILED),
        .running = runner->lane_count,
        .seconds_left = seconds_left(runner),
        .names = text,
    };
    effrecord_progress_show(&runner->progress, &standing);
    free(text);
}

/* Settles a job that did not complete; takes `reason` over. */
static void settle(struct runner *runner, size_t job, enum effrecord_result_kind kind, char *reason)
{
    runner->results[job] = (struct effrecord_result){kind, reason};
    effrecord_progress_clear(&runner->progress);
    fprintf(stderr, "effrecord: %s: %s%s\n", runner->plan->jobs[job].label,
            kind == EFFRECORD_FAILED ? "failed: " : "left alone: ", reason);
}

/* On a terminal the line that is refreshed says it all. */
static void tell_completed(struct runner *runner, size_t job, double seconds)
{
    if (runner->progress.refreshes)
        return;
    double left = seconds_left(runner);
    char *took = effrecord_duration(seconds), *rest = effrecord_duration(fmax(left, 0));
    fprintf(stderr, "effrecord: %zu/%zu %s: completed in %s%s%s%s\n", count_completed(runner),
            runner->plan->count, runner->plan->jobs[job].label, took, left < 0 ? "" : "; about ",
            left < 0 ? "" : rest, left < 0 ? "" : " left");
    free(took);
    free(rest);
}

/* ---- Starting a job ---- */

static char *reason_to_leave(const struct effrecord_state *state)
{
    const char *id = state->job.id;
    if (state->liveness == EC_STATUS_PENDING)
        return effrecord_text("it waits%s%s%s%s", id[0] ? " as Slurm job " : "", id,
                              state->job.reason[0] ? " for " : "", state->job.reason);
    if (state->pid == 0)
        return effrecord_text("it is being started%s%s", id[0] ? " as Slurm job " : "", id);
    return effrecord_text("it is running as process %lld%s%s%s%s", (long long)state->pid,
                          state->host[0] ? " of " : "", state->host, id[0] ? ", Slurm job " : "",
                          id);
}

static struct effrecord_result result_of(const struct effrecord_state *state)
{
    if (state->problem)
        return (struct effrecord_result){
            EFFRECORD_FAILED, effrecord_text("its record cannot be read: %s", state->problem)};
    if (!state->recorded)
        return (struct effrecord_result){.kind = EFFRECORD_WAITING};
    if (state->liveness == EC_STATUS_COMPLETED)
        return (struct effrecord_result){.kind = EFFRECORD_WAS_COMPLETED};
    if (state->liveness != EC_STATUS_RUNNING && state->liveness != EC_STATUS_PENDING)
        return (struct effrecord_result){.kind = EFFRECORD_WAITING};
    return (struct effrecord_result){.kind = EFFRECORD_LEFT_ALONE,
                                     .reason = reason_to_leave(state)};
}

void effrecord_results_before(const struct effrecord_plan *plan, struct effrecord_result *results)
{
    struct effrecord_state *states = effrecord_alloc(plan->count, sizeof *states);
    for (size_t i = 0; i < plan->count; i++)
        effrecord_state_read(plan->jobs[i].directory, &states[i]);
    effrecord_states_ask(states, plan->count);
    for (size_t i = 0; i < plan->count; i++)
        results[i] = result_of(&states[i]);
    free(states);
}

/* True when there is nothing to run; the job is settled then. */
static bool is_settled(struct runner *runner, size_t job)
{
    struct effrecord_state state;
    effrecord_state_read(runner->plan->jobs[job].directory, &state);
    if (state.liveness == EC_STATUS_PENDING || state.liveness == EC_STATUS_RUNNING)
        effrecord_states_ask(&state, 1);
    struct effrecord_result before = result_of(&state);
    if (before.reason)
        settle(runner, job, before.kind, before.reason);
    else
        runner->results[job] = before;
    return before.kind != EFFRECORD_WAITING;
}

/* 0 or a negative errno. */
static int write_log_header(int log, const struct effrecord_job *job)
{
    struct ec_text_stream header;
    char stamp[32];
    time_t now = time(NULL);
    struct tm utc;
    strftime(stamp, sizeof stamp, "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&now, &utc));
    effrecord_text_begin(&header);
    fprintf(header.out, "# %s ", stamp);
    effrecord_write_command(header.out, job->command);
    putc('\n', header.out);
    char *text = effrecord_text_end(&header);
    ssize_t written = write(log, text, header.size);
    free(text);
    if (written < 0)
        return -errno;
    return (size_t)written == header.size ? 0 : -ENOSPC; /* the disk became full within it */
}

/* Whether another process writes to the log. What a killed program leaves behind, such as the child
 * of a shell, often ends a moment later, so it gets that moment. */
static bool is_in_use(int log)
{
    enum { TRIES = 10, PAUSE_NS = 100 * 1000 * 1000 };
    for (int i = 0; i < TRIES; i++) {
        if (flock(log, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK)
            return false;
        nanosleep(&(struct timespec){.tv_nsec = PAUSE_NS}, NULL);
    }
    return true;
}

/* Opens and locks the job's log. The lock is the open file's, so it lasts as long as a process
 * whose output goes there. -1 when the job is settled instead. */
static int open_log(struct runner *runner, size_t job)
{
    const char *directory = runner->plan->jobs[job].directory;
    struct ec_error error = {0};
    if (ec_make_directories(directory, &error) < 0) {
        settle(runner, job, EFFRECORD_FAILED, effrecord_text("%s", error.text));
        return -1;
    }
    char *path = effrecord_text("%s/" EFFRECORD_LOG_NAME, directory);
    int log = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
    if (log < 0) {
        settle(runner, job, EFFRECORD_FAILED, effrecord_text("%s: %s", path, strerror(errno)));
    } else if (is_in_use(log)) {
        settle(runner, job, EFFRECORD_LEFT_ALONE,
               effrecord_text("a process of another start still writes to %s", path));
        close(log);
        log = -1;
    }
    free(path);
    return log;
}

static void spawn_job(struct runner *runner, size_t job, int log)
{
    const struct effrecord_job *what = &runner->plan->jobs[job];
    struct effrecord_streams streams = {runner->null_input, log};
    int rc = write_log_header(log, what);
    if (rc < 0) { /* a full disk, say: what the program and its record tell would be lost, too */
        settle(runner, job, EFFRECORD_FAILED,
               effrecord_text("%s/" EFFRECORD_LOG_NAME ": %s", what->directory, strerror(-rc)));
        return;
    }
    pid_t pid = effrecord_spawn(runner->own_path, what->argv, runner->signals, streams);
    if (pid < 0) {
        settle(runner, job, EFFRECORD_FAILED,
               effrecord_text("%s: %s", runner->own_path, strerror(-pid)));
        return;
    }
    runner->results[job].kind = EFFRECORD_RUNNING;
    runner->lanes[runner->lane_count++] = (struct lane){job, pid, effrec_now_ns()};
}

/* What the record says is looked at again under the lock: another sweep may have run the job. */
static void start_job(struct runner *runner, size_t job)
{
    if (is_settled(runner, job))
        return;
    int log = open_log(runner, job);
    if (log < 0)
        return;
    if (!is_settled(runner, job))
        spawn_job(runner, job, log);
    close(log);
}

static void fill_lanes(struct runner *runner)
{
    while (runner->stop_signal == 0 && runner->lane_count < runner->lane_max &&
           runner->next < runner->plan->count) {
        size_t job = runner->next++;
        if (runner->results[job].kind == EFFRECORD_WAITING)
            start_job(runner, job);
    }
}

/* ---- The end of a job ---- */

/* NULL when it completed: then the command succeeded, and the record says so, too. */
static char *reason_of_failure(const struct effrecord_job *job, int wait_status)
{
    int code = effrecord_exit_code(wait_status);
    struct effrecord_state state;
    if (code > 128 && code - 128 <= SIGRTMAX)
        return effrecord_text("exit status %d (%s); see %s/" EFFRECORD_LOG_NAME, code,
                              strsignal(code - 128), job->directory);
    if (code != 0)
        return effrecord_text("exit status %d; see %s/" EFFRECORD_LOG_NAME, code, job->directory);
    if (effrec_is_disabled())
        return NULL;
    effrecord_state_read(job->directory, &state);
    if (state.problem)
        return effrecord_text("its record cannot be read: %s", state.problem);
    if (!state.recorded)
        return effrecord_text("it left no record; see %s/" EFFRECORD_LOG_NAME, job->directory);
    if (state.liveness != EC_STATUS_COMPLETED)
        return effrecord_text("exit status 0, but its record says %s; see %s/" EFFRECORD_LOG_NAME,
                              ec_status_name(state.liveness), job->directory);
    return NULL;
}

static void end_job(struct runner *runner, size_t index, int wait_status)
{
    struct lane lane = runner->lanes[index];
    double seconds = seconds_since(lane.start_ns);
    runner->lanes[index] = runner->lanes[--runner->lane_count];
    char *reason = reason_of_failure(&runner->plan->jobs[lane.job], wait_status);
    if (!reason) {
        runner->results[lane.job].kind = EFFRECORD_COMPLETED;
        runner->completed_seconds += seconds;
        runner->completed_now++;
        tell_completed(runner, lane.job, seconds);
    } else if (runner->stop_signal != 0) {
        runner->results[lane.job].kind = EFFRECORD_WAITING;
        free(reason);
    } else {
        settle(runner, lane.job, EFFRECORD_FAILED, reason);
    }
}

static void reap(struct runner *runner)
{
    int status;
    for (pid_t pid; (pid = waitpid(-1, &status, WNOHANG)) > 0;)
        for (size_t i = 0; i < runner->lane_count; i++)
            if (runner->lanes[i].pid == pid) {
                end_job(runner, i, status);
                break;
            }
}

/* ---- The sweep ---- */

static bool means_stop(int number)
{
    return number == SIGINT || number == SIGTERM || number == SIGHUP || number == SIGQUIT;
}

static void await_signal(struct runner *runner)
{
    bool everybody = false;
    double pause = runner->progress.refreshes ? REFRESH_S : NO_REFRESH_S;
    int number = effrecord_signals_wait(runner->signals, pause, &everybody);
    for (size_t i = 0; number != 0 && !everybody && i < runner->lane_count; i++)
        kill(runner->lanes[i].pid, number);
    if (!means_stop(number) || runner->stop_signal != 0)
        return;
    runner->stop_signal = number;
    effrecord_progress_clear(&runner->progress);
    fprintf(stderr, "effrecord: %s: no more are started; %zu still running\n", strsignal(number),
            runner->lane_count);
}

static void tell_start(const struct runner *runner)
{
    size_t completed = count_results(runner, EFFRECORD_WAS_COMPLETED);
    size_t total = runner->plan->count;
    if (completed == total)
        fprintf(stderr, "effrecord: all %zu were completed before\n", total);
    else if (completed > 0)
        fprintf(stderr, "effrecord: %zu of %zu were completed before\n", completed, total);
}

int effrecord_run_jobs(const struct effrecord_plan *plan, size_t lanes,
                       const struct effrecord_signals *signals, struct effrecord_result *results)
{
    struct runner runner = {.plan = plan,
                            .signals = signals,
                            .results = results,
                            .lane_max = lanes < plan->count ? lanes : plan->count,
                            .own_path = effrecord_own_path(),
                            .null_input = open("/dev/null", O_RDONLY | O_CLOEXEC)};
    runner.lanes = effrecord_alloc(runner.lane_max, sizeof *runner.lanes);
    effrecord_progress_begin(&runner.progress);
    effrecord_results_before(plan, results);
    for (size_t i = 0; i < plan->count; i++)
        if (results[i].reason)
            settle(&runner, i, results[i].kind, results[i].reason);
    tell_start(&runner);
    for (;;) {
        fill_lanes(&runner);
        if (runner.lane_count == 0)
            break;
        show_progress(&runner);
        await_signal(&runner);
        reap(&runner);
    }
    effrecord_progress_clear(&runner.progress);
    close(runner.null_input);
    free(runner.own_path);
    free(runner.lanes);
    return runner.stop_signal;
}
