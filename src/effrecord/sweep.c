/* `effrecord sweep`: a command for every combination of values.
 *
 * The plan is a list of command lines, each of which could run anywhere: runner.c runs them here,
 * submit.c hands them to Slurm. */
#include "effrecord/commands.h"

#include "common/options.h"
#include "effrecord/compare.h"
#include "effrecord/plan.h"
#include "effrecord/runner.h"
#include "effrecord/settings.h"
#include "effrecord/state.h"
#include "effrecord/submit.h"
#include "effrecord/text.h"
#include "effrecord/words.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

enum { EXIT_INCOMPLETE = 1, EXIT_USAGE = 2, LANES_MAX = 1024 };

struct arguments {
    struct effrecord_request request;
    long lanes; /* 0: not given */
    struct effrecord_words sbatch;
    bool slurm, dry_run, help;
};

/* ---- options ---- */

static int set_loop(void *target, const char *argument, struct ec_error *error)
{
    return effrecord_grid_add(&((struct arguments *)target)->request.grid, argument, error);
}

static int set_output_dir(void *target, const char *argument, struct ec_error *error)
{
    if (argument[0] == '\0')
        return ec_error_set(error, "the directory's name is empty");
    ((struct arguments *)target)->request.output_dir = argument;
    return 0;
}

static int set_method(void *target, const char *argument, struct ec_error *error)
{
    if (effrecord_method_check(argument, error) < 0)
        return -1;
    ((struct arguments *)target)->request.method = argument;
    return 0;
}

/* request.settings has room for as many as there are arguments. */
static int set_value(void *target, const char *argument, struct ec_error *error)
{
    struct effrecord_request *request = &((struct arguments *)target)->request;
    json_t *values = json_object();
    int rc = effrecord_setting_read(argument, values, error);
    json_decref(values);
    if (rc == 0)
        request->settings[request->setting_count++] = argument;
    return rc;
}

static int set_lanes(void *target, const char *argument, struct ec_error *error)
{
    return ec_options_integer(argument, 1, LANES_MAX, &((struct arguments *)target)->lanes, error);
}

static int set_sbatch(void *target, const char *argument, struct ec_error *error)
{
    struct arguments *arguments = target;
    arguments->slurm = true;
    if (effrecord_words_split(&arguments->sbatch, argument, error) < 0)
        return -1;
    return effrecord_submit_check(&arguments->sbatch, error);
}

const struct ec_option effrecord_sweep_options[] = {
    {"loop", 'L', "NAME=VALUE,...",
     "run COMMAND for each value, in every combination with the values of\n"
     "other -L; {NAME} stands for the value; seed=0..4 is seed=0,1,2,3,4",
     set_loop, 0},
    {"output-dir", 'o', "DIR",
     "where a combination's record and log go, another one for each:\n"
     "'saves/{method}_s{seed}'; {output_dir} stands for it in COMMAND",
     set_output_dir, 0},
    {"jobs", 'j', "N",
     "run N at a time (default: 1, which times them undisturbed; with\n"
     "--slurm: as many as Slurm starts)",
     set_lanes, 0},
    {"slurm", 0, NULL, "submit them to Slurm as a job array instead of running them here", NULL,
     offsetof(struct arguments, slurm)},
    {"sbatch", 0, "OPTIONS",
     "--slurm with options of sbatch: '--gres=gpu:1 -t 2:00:00 -p gpu';\n"
     "repeatable",
     set_sbatch, 0},
    {"dry-run", 'n', NULL, "only show what would be run", NULL,
     offsetof(struct arguments, dry_run)},
    {"method", 'm', "NAME", "the method, for the records (default: that of -L method=...)",
     set_method, 0},
    {"set", 's', "KEY=VALUE", "put a value of your own into the records; repeatable", set_value, 0},
    {"help", 'h', NULL, "show this help", NULL, offsetof(struct arguments, help)},
    EC_OPTION_END,
};

static int print_help(void)
{
    char *rows = ec_options_help(effrecord_sweep_options);
    if (!rows)
        return EXIT_USAGE;
    printf(
        "Usage: effrecord sweep -L NAME=VALUE,... -o DIR [OPTION]... [--] COMMAND "
        "[ARGUMENT]...\n"
        "Run and record COMMAND for every combination of values, then compare what they cost.\n"
        "Started again, it runs what is not completed. With --slurm it submits that and does not "
        "wait.\n\n%s\n"
        "In DIR, COMMAND and the values of --method and --set, {NAME} is a placeholder; {{ and "
        "}}\n"
        "are braces. In a value of -L, \\, is a comma and \\\\ a backslash.\n\n"
        "The exit status is 0 when every combination is completed, 1 when some are not, 2 for a\n"
        "usage error, 128 + n when signal n ended the sweep. With --slurm it is 0 when all that is "
        "left\n"
        "was submitted, 1 when not all, 2 when nothing was.\n",
        rows);
    free(rows);
    return fflush(stdout) == 0 ? 0 : EXIT_USAGE;
}

static int usage_error(const char *message)
{
    fprintf(stderr, "effrecord: %s; nothing was run\nTry 'effrecord sweep --help'.\n", message);
    return EXIT_USAGE;
}

/* ---- the sweep ---- */

static void free_results(struct effrecord_result *results, size_t count)
{
    for (size_t i = 0; i < count; i++)
        free(results[i].reason);
    free(results);
}

static struct effrecord_submission submission_of(const struct arguments *arguments,
                                                 const struct effrecord_plan *plan)
{
    return (struct effrecord_submission){plan, &arguments->sbatch, arguments->lanes};
}

/* What is left to do, as a shell script. */
static int print_plan(const struct arguments *arguments, const struct effrecord_plan *plan)
{
    struct effrecord_result *results = effrecord_alloc(plan->count, sizeof *results);
    struct effrecord_submission submission = submission_of(arguments, plan);
    effrecord_results_before(plan, results);
    for (size_t i = 0; i < plan->count; i++) {
        if (results[i].kind == EFFRECORD_WAS_COMPLETED)
            printf("# %s: completed\n", plan->jobs[i].label);
        else if (results[i].reason)
            printf("# %s: %s\n", plan->jobs[i].label, results[i].reason);
        else if (!arguments->slurm)
            effrecord_write_command(stdout, plan->jobs[i].argv), putchar('\n');
    }
    if (arguments->slurm)
        effrecord_submit_show(&submission, results);
    free_results(results, plan->count);
    return fflush(stdout) == 0 ? 0 : EXIT_USAGE;
}

static void compare(const struct effrecord_plan *plan, const struct effrecord_signals *signals)
{
    const char **directories = effrecord_alloc(plan->count, sizeof *directories);
    size_t count = 0;
    for (size_t i = 0; i < plan->count; i++) {
        struct effrecord_state state;
        effrecord_state_read(plan->jobs[i].directory, &state);
        if (state.recorded || state.problem) /* which effcompare tells */
            directories[count++] = plan->jobs[i].directory;
    }
    if (count > 0)
        effrecord_compare(directories, count, signals);
    free(directories);
}

/* Names what is not completed. Returns how many those are. */
static size_t tell_incomplete(const struct effrecord_plan *plan,
                              const struct effrecord_result *results)
{
    size_t incomplete = 0;
    for (size_t i = 0; i < plan->count; i++)
        incomplete +=
            results[i].kind != EFFRECORD_COMPLETED && results[i].kind != EFFRECORD_WAS_COMPLETED;
    if (incomplete > 0)
        fprintf(stderr,
                "effrecord: %zu of %zu are not completed; the same command goes on from here\n",
                incomplete, plan->count);
    for (size_t i = 0; i < plan->count; i++)
        if (results[i].reason)
            fprintf(stderr, "  %s: %s\n", plan->jobs[i].label, results[i].reason);
    return incomplete;
}

static int run(const struct effrecord_plan *plan, size_t lanes)
{
    struct effrecord_result *results = effrecord_alloc(plan->count, sizeof *results);
    struct effrecord_signals signals;
    effrecord_signals_take(&signals);
    int stop_signal = effrecord_run_jobs(plan, lanes, &signals, results);
    if (stop_signal == 0)
        compare(plan, &signals);
    effrecord_signals_give_back(&signals);
    size_t incomplete = tell_incomplete(plan, results);
    free_results(results, plan->count);
    if (stop_signal != 0)
        return 128 + stop_signal;
    return incomplete > 0 ? EXIT_INCOMPLETE : 0;
}

static size_t count_kind(const struct effrecord_plan *plan, const struct effrecord_result *results,
                         enum effrecord_result_kind kind)
{
    size_t found = 0;
    for (size_t i = 0; i < plan->count; i++)
        found += results[i].kind == kind;
    return found;
}

/* What was found before anything was submitted. */
struct found {
    size_t completed, there, unreadable, left;
};

static struct found find_results(const struct effrecord_plan *plan,
                                 struct effrecord_result *results)
{
    effrecord_results_before(plan, results);
    for (size_t i = 0; i < plan->count; i++)
        if (results[i].kind == EFFRECORD_FAILED)
            fprintf(stderr, "effrecord: %s: %s\n", plan->jobs[i].label, results[i].reason);
    return (struct found){
        .completed = count_kind(plan, results, EFFRECORD_WAS_COMPLETED),
        .there = count_kind(plan, results, EFFRECORD_LEFT_ALONE),
        .unreadable = count_kind(plan, results, EFFRECORD_FAILED),
        .left = count_kind(plan, results, EFFRECORD_WAITING),
    };
}

static void tell_submitted(const struct effrecord_plan *plan, const struct found *found,
                           size_t submitted)
{
    fprintf(stderr, "effrecord: %zu of %zu submitted", submitted, plan->count);
    if (found->completed > 0)
        fprintf(stderr, "; %zu completed before", found->completed);
    if (found->there > 0)
        fprintf(stderr, "; %zu waiting or running already", found->there);
    if (submitted < found->left + found->unreadable)
        fprintf(stderr, "; %zu not submitted, the same command does that",
                found->left + found->unreadable - submitted);
    putc('\n', stderr);
}

/* Two that submit the same at once would submit it twice. So each has the current directory for
 * itself until its records say what pends: as long as the returned descriptor is open, here or in a
 * child. Where the file system has no locks, or none for directories (NFS), nothing is locked. */
static int lock_directory(void)
{
    int fd = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0 || flock(fd, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK)
        return fd;
    fputs("effrecord: waiting for another submission from this directory\n", stderr);
    while (flock(fd, LOCK_EX) < 0 && errno == EINTR)
        ;
    return fd;
}

/* Hands what is left to do over to Slurm. */
static int submit(const struct arguments *arguments, const struct effrecord_plan *plan)
{
    struct effrecord_result *results = effrecord_alloc(plan->count, sizeof *results);
    struct effrecord_submission submission = submission_of(arguments, plan);
    struct effrecord_signals signals;
    struct ec_error error = {0};
    int lock = lock_directory();
    struct found found = find_results(plan, results);
    effrecord_signals_take(&signals); /* no array is left without its records */
    size_t submitted = found.left > 0 ? effrecord_submit(&submission, results, &error) : 0;
    if (lock >= 0)
        close(lock);
    free_results(results, plan->count);
    if (error.text[0])
        fprintf(stderr, "effrecord: %s\n", error.text);
    tell_submitted(plan, &found, submitted);
    if (found.completed == plan->count)
        compare(plan, &signals);
    effrecord_signals_give_back(&signals);
    if (submitted == 0 && found.left + found.unreadable > 0)
        return EXIT_USAGE;
    return error.text[0] || found.unreadable > 0 ? EXIT_INCOMPLETE : 0;
}

static int sweep(const struct arguments *arguments)
{
    const struct effrecord_request *request = &arguments->request;
    struct effrecord_plan plan;
    struct ec_error error = {0};
    if (request->grid.count == 0)
        return usage_error("over what? -L NAME=VALUE,... says it");
    if (!request->output_dir)
        return usage_error("where to? -o DIR says it, such as -o 'saves/{method}_s{seed}'");
    if (!request->command[0])
        return usage_error("which command is to be run?");
    if (effrecord_plan_make(request, &plan, &error) < 0)
        return usage_error(error.text);
    int status;
    if (arguments->dry_run)
        status = print_plan(arguments, &plan);
    else if (arguments->slurm)
        status = submit(arguments, &plan);
    else
        status = run(&plan, arguments->lanes > 0 ? (size_t)arguments->lanes : 1);
    effrecord_plan_free(&plan);
    return status;
}

int effrecord_sweep(int argc, char **argv)
{
    struct arguments arguments = {0};
    struct ec_options_parser parser = {
        .options = effrecord_sweep_options, .stop_at_operand = true, .target = &arguments};
    struct ec_error error = {0};
    int first = 0, status;
    effrecord_alloc_json(EXIT_USAGE);
    arguments.request.settings = effrecord_alloc((size_t)argc, sizeof *arguments.request.settings);
    if (ec_options_parse(&parser, argc, argv, &first, &error) < 0) {
        status = usage_error(error.text);
    } else if (arguments.help) {
        status = print_help();
    } else {
        arguments.request.command = (const char *const *)argv + first;
        status = sweep(&arguments);
    }
    effrecord_grid_free(&arguments.request.grid);
    effrecord_words_free(&arguments.sbatch);
    free(arguments.request.settings);
    return status;
}
