/* The run from start to end: options, the recorder, the program, and between its start and its end
 * the loop that samples memory and refreshes the record. */
#include "effrecord/commands.h"

#include "common/options.h"
#include "common/version.h"
#include "effrecord/child.h"
#include "effrecord/outcome.h"
#include "effrecord/settings.h"
#include "effrecord/switch.h"
#include "effrecord/text.h"
#include "effrecord/trainer_state.h"
#include "effrecord/tree.h"
#include "record/gpu.h"
#include "record/merge_ranks.h"
#include "record/recorder.h"

#include <errno.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { EXIT_USAGE = 2, EXIT_NOT_EXECUTABLE = 126, EXIT_NOT_FOUND = 127 };

/* Sampling starts fast, so that short programs are seen, and slows down to SAMPLE_S. It takes at
 * most one part in SAMPLE_SHARE of a processor's time, however many processes the machine has. */
static const double FIRST_SAMPLE_S = 0.005, SAMPLE_S = 0.1, SAMPLE_SHARE = 50;

struct settings {
    const char *output_dir, *method, *config;
    double heartbeat_seconds;
    json_t *values; /* of --set */
    bool help, version;
};

/* ---- options ---- */

static int set_output_dir(void *target, const char *argument, struct ec_error *error)
{
    if (argument[0] == '\0')
        return ec_error_set(error, "the directory's name is empty");
    ((struct settings *)target)->output_dir = argument;
    return 0;
}

static int set_method(void *target, const char *argument, struct ec_error *error)
{
    if (effrecord_method_check(argument, error) < 0)
        return -1;
    ((struct settings *)target)->method = argument;
    return 0;
}

static int set_config(void *target, const char *argument, struct ec_error *error)
{
    (void)error;
    ((struct settings *)target)->config = argument;
    return 0;
}

static int set_heartbeat(void *target, const char *argument, struct ec_error *error)
{
    char *end;
    double seconds = strtod(argument, &end);
    if (end == argument || *end != '\0' || !(seconds >= 0.1 && seconds <= 86400))
        return ec_error_set(error, "'%s' is not a number of seconds from 0.1 to 86400", argument);
    ((struct settings *)target)->heartbeat_seconds = seconds;
    return 0;
}

static int set_value(void *target, const char *argument, struct ec_error *error)
{
    return effrecord_setting_read(argument, ((struct settings *)target)->values, error);
}

const struct ec_option effrecord_run_options[] = {
    {"output-dir", 'o', "DIR",
     "write the record into DIR, which is made if it is not there (default: .)", set_output_dir, 0},
    {"method", 'm', "NAME", "the method, such as NPO: goes into the record", set_method, 0},
    {"set", 's', "KEY=VALUE", "put a value of your own into the record; repeatable", set_value, 0},
    {"config", 'c', "FILE",
     "YAML file whose efficiency_tracking.enabled says whether to record at all", set_config, 0},
    {"heartbeat", 0, "SECONDS", "refresh the record this often while COMMAND runs (default: 30)",
     set_heartbeat, 0},
    {"help", 'h', NULL, "show this help", NULL, offsetof(struct settings, help)},
    {"version", 'V', NULL, "show the version", NULL, offsetof(struct settings, version)},
    EC_OPTION_END,
};

static int print_help(void)
{
    char *rows = ec_options_help(effrecord_run_options);
    if (!rows)
        return EXIT_FAILURE;
    printf("Usage: effrecord [OPTION]... [--] COMMAND [ARGUMENT]...\n"
           "Run COMMAND and record what it costs in DIR/efficiency_metrics.json.\n"
           "'effrecord sweep --help' tells how to run it for many combinations of values.\n\n%s\n"
           "The exit status is COMMAND's, 128 + n when signal n ended it, 127 or 126 when it could "
           "not\n"
           "be run, 2 for a usage error. With EFFREC_DISABLE=1 COMMAND runs and nothing is "
           "recorded.\n",
           rows);
    free(rows);
    return fflush(stdout) == 0 ? 0 : EXIT_FAILURE;
}

/* What a report of a problem needs: also whether the drivers of GPUs can be asked. */
static int print_version(void)
{
    static const struct effrec_gpu_backend *const backends[] = {&effrec_gpu_nvml, &effrec_gpu_rocm};
    fputs(EC_VERSION_TEXT("effrecord"), stdout);
    for (size_t i = 0; i < sizeof backends / sizeof backends[0]; i++) {
        char text[256];
        void *library;
        if (backends[i]->open(&library, text, sizeof text) < 0) {
            printf("%s: %s\n", backends[i]->name, text);
            continue;
        }
        backends[i]->driver(library, text, sizeof text);
        printf("%s: driver %s, GPUs: %d\n", backends[i]->name, text, backends[i]->count(library));
        backends[i]->close(library);
    }
    return fflush(stdout) == 0 ? 0 : EXIT_FAILURE;
}

/* ---- the run ---- */

struct run {
    const struct settings *settings;
    effrec_t *recorder;
    struct effrec_handover *page;
    struct effrecord_child child;
    uint64_t start_ns;
    struct timespec start;
    int64_t tree_rss_peak, samples;
};

static void complain(void *data, int level, const char *message)
{
    (void)data;
    (void)level;
    fprintf(stderr, "effrecord: %s\n", message);
}

static double seconds_since(uint64_t start_ns)
{
    return 1e-9 * (double)(effrec_now_ns() - start_ns);
}

static int open_recorder(struct run *run, char *const *command)
{
    const struct settings *settings = run->settings;
    effrec_options options = EFFREC_OPTIONS_INIT;
    options.output_dir = settings->output_dir;
    options.method = settings->method;
    options.log = complain;
    options.argv = (const char *const *)command;
    struct effrec_role role = {.recorder = "effrecord",
                               .heartbeat_seconds = settings->heartbeat_seconds};
    return effrec_open_as(&options, &role, &run->recorder);
}

static int declare_values(struct run *run)
{
    const char *key;
    json_t *value;
    int rc = 0;
    json_object_foreach(run->settings->values, key, value) if (rc == 0) rc =
        effrec_facts_set_extra(&run->recorder->facts, key, json_incref(value));
    return rc;
}

/* Offers the record to the program. Without that it is recorded all the same, from outside. */
static void offer_record(struct run *run)
{
    char variable[64];
    char *directory = strdup(effrec_path(run->recorder));
    if (!directory)
        return;
    *strrchr(directory, '/') = '\0';
    int rc = effrec_handover_create(effrec_run_id(run->recorder), directory, run->settings->method,
                                    run->recorder->rank, &run->page, variable);
    free(directory);
    if (rc == 0)
        setenv(EFFREC_HANDOVER_VARIABLE, variable, 1);
    else
        unsetenv(EFFREC_HANDOVER_VARIABLE); /* that of an outer effrecord */
}

static void refresh(struct run *run)
{
    if (run->page && !effrec_handover_acquire(run->page))
        return;
    effrec_checkpoint(run->recorder);
    if (run->page)
        effrec_handover_release(run->page);
}

static double thread_cpu_seconds(void)
{
    struct timespec time = {0};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

/* Returns how much processor time it took: on a busy machine the wall-clock time would mostly be
 * waiting, which is no reason to sample less. */
static double sample(struct run *run)
{
    double start = thread_cpu_seconds();
    int64_t rss = effrecord_tree_rss(getpid());
    if (rss > 0)
        run->samples++;
    if (rss > run->tree_rss_peak)
        run->tree_rss_peak = rss;
    return thread_cpu_seconds() - start;
}

static void watch(struct run *run)
{
    double interval = FIRST_SAMPLE_S;
    double next_refresh = run->settings->heartbeat_seconds;
    double next_sample = 0;
    for (;;) {
        double now = seconds_since(run->start_ns);
        if (now >= next_sample) {
            double cost = sample(run);
            next_sample = now + fmax(interval, SAMPLE_SHARE * cost);
            interval = fmin(2 * interval, SAMPLE_S);
        }
        if (now >= next_refresh) {
            refresh(run);
            next_refresh = now + run->settings->heartbeat_seconds;
        }
        double pause = fmin(next_sample, next_refresh) - seconds_since(run->start_ns);
        if (!effrecord_child_wait(&run->child, fmax(pause, 0)))
            return;
    }
}

/* The program did not use the library: the command's own record is the run's. */
static void close_own_record(struct run *run, const struct effrecord_outcome *outcome)
{
    json_t *keys = effrecord_outcome_keys(outcome, true);
    if (!keys || effrec_put_own(run->recorder, keys) < 0)
        complain(NULL, EFFREC_LOG_WARNING, "out of memory; the record does not tell how it ended");
    json_decref(keys);
    if (outcome->tokens >= 0)
        effrec_set_tokens(run->recorder, outcome->tokens);
    bool fine = strcmp(effrecord_outcome_status(outcome), "completed") == 0;
    effrec_close(run->recorder, fine ? EFFREC_COMPLETED : EFFREC_FAILED);
}

/* The program was started as several ranks, below this command: their records become the run's. */
static int merge_joined(struct run *run, struct ec_error *error)
{
    json_t *merged = NULL;
    int rc = effrec_merge_read(run->recorder->store.directory, NULL, NULL, &merged, error);
    if (rc == 0)
        rc = effrec_merge_write(run->recorder->store.directory, merged, error);
    json_decref(merged);
    return rc;
}

static void complete_programs_record(struct run *run, const struct effrecord_outcome *outcome)
{
    struct ec_error error = {0};
    bool joined = effrec_handover_was_joined(run->page);
    /* Where the command is a rank itself, others have started these: rank 0 merges. */
    if (joined && run->recorder->rank >= 0) {
        effrec_discard(run->recorder);
        return;
    }
    if (joined && merge_joined(run, &error) < 0)
        complain(NULL, EFFREC_LOG_WARNING, error.text);
    else if (effrecord_outcome_stamp(outcome, effrec_path(run->recorder),
                                     effrec_run_id(run->recorder), &error) < 0)
        complain(NULL, EFFREC_LOG_WARNING, error.text[0] ? error.text : "out of memory");
    else if (run->recorder->rank == 0 &&
             effrec_merge_at_end(run->recorder->store.directory, true, &error) < 0)
        complain(NULL, EFFREC_LOG_WARNING, error.text);
    effrec_discard(run->recorder);
}

/* Records are parsed from here on. Without memory the record stays as it is; what the program ended
 * with is passed on all the same. */
static void finish(struct run *run)
{
    effrecord_alloc_json(effrecord_exit_code(run->child.wait_status));
    struct effrecord_outcome outcome = {
        .wait_status = run->child.wait_status,
        .seconds = seconds_since(run->start_ns),
        .tree_rss_peak = run->tree_rss_peak,
        .samples = run->samples,
        .largest_rss_peak = run->child.largest_rss_peak,
        .tokens = -1,
        .method = run->settings->method,
        .settings = run->settings->values,
    };
    struct effrecord_trainer_state state = {0};
    const char *directory = run->settings->output_dir ? run->settings->output_dir : ".";
    if (effrecord_trainer_state_read(directory, run->start, &state)) {
        outcome.trainer_state = state.path;
        outcome.global_step = state.global_step;
        outcome.tokens = state.tokens;
    }
    if (run->page && !effrec_handover_acquire(run->page))
        complete_programs_record(run, &outcome);
    else
        close_own_record(run, &outcome);
    free(state.path);
}

/* A shell stops its loop when Ctrl-C has ended what runs in it, but goes on after a program that
 * has taken the signal and exited: so this must not look like one. */
static void end_by_interrupt(void)
{
    sigset_t interrupt;
    sigemptyset(&interrupt);
    sigaddset(&interrupt, SIGINT);
    signal(SIGINT, SIG_DFL);
    raise(SIGINT);
    sigprocmask(SIG_UNBLOCK, &interrupt, NULL);
}

static int cannot_run(const char *command, int error)
{
    fprintf(stderr, "effrecord: %s: %s\n", command, strerror(error));
    return error == ENOENT ? EXIT_NOT_FOUND : EXIT_NOT_EXECUTABLE;
}

static int record(const struct settings *settings, char **command)
{
    struct run run = {.settings = settings};
    int rc = open_recorder(&run, command);
    if (rc == 0)
        rc = declare_values(&run);
    if (rc < 0) {
        effrec_discard(run.recorder);
        fprintf(stderr, "effrecord: %s; nothing was run\n", effrec_strerror(rc));
        return EXIT_USAGE;
    }
    offer_record(&run);
    clock_gettime(CLOCK_REALTIME_COARSE, &run.start); /* the clock of file times */
    run.start_ns = effrec_now_ns();
    rc = effrecord_child_start(&run.child, command);
    if (rc < 0) {
        effrec_discard(run.recorder);
        return cannot_run(command[0], -rc);
    }
    refresh(&run);
    watch(&run);
    finish(&run);
    if (WIFSIGNALED(run.child.wait_status) && WTERMSIG(run.child.wait_status) == SIGINT)
        end_by_interrupt();
    return effrecord_exit_code(run.child.wait_status);
}

/* ---- the command ---- */

static int run_unrecorded(char **command)
{
    execvp(command[0], command);
    return cannot_run(command[0], errno);
}

static int usage_error(const char *message)
{
    fprintf(stderr, "effrecord: %s\nTry 'effrecord --help'.\n", message);
    return EXIT_USAGE;
}

static int run_command(const struct settings *settings, char **command)
{
    struct ec_error error = {0};
    bool enabled = true;
    if (settings->config && effrecord_switch_read(settings->config, &enabled, &error) < 0) {
        fprintf(stderr, "effrecord: %s; nothing was run\n", error.text);
        return EXIT_USAGE;
    }
    return enabled && !effrec_is_disabled() ? record(settings, command) : run_unrecorded(command);
}

int effrecord_run(int argc, char **argv)
{
    struct settings settings = {.heartbeat_seconds = 30, .values = json_object()};
    struct ec_error error = {0};
    int first = 0, status;
    struct ec_options_parser parser = {
        .options = effrecord_run_options, .stop_at_operand = true, .target = &settings};
    if (ec_options_parse(&parser, argc, argv, &first, &error) < 0)
        status = usage_error(error.text);
    else if (settings.help)
        status = print_help();
    else if (settings.version)
        status = print_version();
    else if (first >= argc)
        status = usage_error("which command is to be run?");
    else
        status = run_command(&settings, argv + first);
    json_decref(settings.values);
    return status;
}
