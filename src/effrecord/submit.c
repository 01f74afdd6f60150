/* A task must find its record as it was left here, and its record must not be written here when it
 * has started. So an array is submitted held, the records that name it are written, and then it is
 * released. A process of its own does the last two: whatever becomes of it, even if its memory
 * ends, it is told here which array is left held. */
#include "effrecord/submit.h"

#include "common/capture.h"
#include "common/slurm.h"
#include "effrecord/child.h"
#include "effrecord/pending.h"
#include "effrecord/text.h"
#include "record/recorder.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

/* Slurm's own limit for a script is 4 MiB (max_script_size), and this many tasks are its default.
 */
enum { SCRIPT_MAX = 3 << 20, DEFAULT_MAX_ARRAY = 1001 };

enum { MARKING_THREADS = 16 };

/* A busy controller takes its time. */
static const double SUBMIT_S = 120;

/* Some jobs of the plan: what becomes one array. */
struct array {
    const char *directory; /* in which the sweep was started */
    size_t *jobs;          /* task -> index in the plan */
    size_t count;
    char *script;
    size_t script_size;
    char *answer; /* of sbatch, cut into the next two; NULL before */
    const char *id, *cluster;
};

/* ---- The user's options ---- */

static bool is_option(const char *word, char letter, const char *name)
{
    size_t length = strlen(name);
    if (letter && word[0] == '-' && word[1] == letter)
        return true;
    return strncmp(word, name, length) == 0 && (word[length] == '\0' || word[length] == '=');
}

int effrecord_submit_check(const struct effrecord_words *options, struct ec_error *error)
{
    for (size_t i = 0; i < options->count; i++) {
        const char *word = options->items[i];
        if (is_option(word, 'a', "--array"))
            return ec_error_set(error, "the sweep makes the array; --jobs says how many tasks run "
                                       "at a time");
        if (is_option(word, '\0', "--wrap"))
            return ec_error_set(error, "--wrap takes the place of COMMAND");
        if (is_option(word, 'W', "--wait"))
            return ec_error_set(error, "the sweep does not wait for what it submits");
    }
    return 0;
}

static bool is_held(const struct effrecord_words *options)
{
    for (size_t i = 0; i < options->count; i++)
        if (is_option(options->items[i], 'H', "--hold"))
            return true;
    return false;
}

/* ---- The script ---- */

/* Slurm runs a job in /tmp when its directory is not there, hence the `cd`. sbatch hands on what
 * its environment says of a step that it was called in, such as the shell of `srun --pty bash`;
 * each task would take itself for one of that step's ranks. */
static void write_head(FILE *out, const char *program, const char *directory)
{
    char *cd[] = {(char *)directory, NULL}, *run[] = {(char *)program, NULL};
    fputs("#!/bin/sh\n# Written by effrecord sweep: each task is one combination.\ncd -- ", out);
    effrecord_write_command(out, cd);
    fputs(" || exit\n"
          "unset SLURM_STEP_ID PMI_RANK PMIX_RANK\n"
          "run() {\n"
          "    mkdir -p -- \"$1\" || exit\n"
          "    exec >>\"$1/" EFFRECORD_LOG_NAME "\" 2>&1 || exit\n"
          "    echo \"# $(date -u +%Y-%m-%dT%H:%M:%SZ) Slurm job "
          "${SLURM_ARRAY_JOB_ID}_$SLURM_ARRAY_TASK_ID on $(hostname)\"\n"
          "    shift\n"
          "    exec ",
          out);
    effrecord_write_command(out, run);
    fputs(" \"$@\"\n}\ncase $SLURM_ARRAY_TASK_ID in\n", out);
}

static void write_task(FILE *out, size_t task, const struct effrecord_job *job)
{
    char *directory[] = {job->directory, NULL};
    fprintf(out, "%zu) run ", task);
    effrecord_write_command(out, directory);
    putc(' ', out);
    effrecord_write_command(out, job->argv + 1);
    fputs(" ;;\n", out);
}

/* The next array: as many of the jobs from *next on as it may hold. Empty: there are no more. */
static void make_array(const struct effrecord_submission *submission,
                       const struct effrecord_result *results, const char *directory, long max,
                       size_t *next, struct array *ret_array)
{
    const struct effrecord_plan *plan = submission->plan;
    struct ec_text_stream script;
    char *program = effrecord_own_path();
    effrecord_text_begin(&script);
    write_head(script.out, program, directory);
    *ret_array = (struct array){.directory = directory,
                                .jobs = effrecord_alloc(plan->count, sizeof *ret_array->jobs)};
    for (; *next < plan->count && ret_array->count < (size_t)max && script.size < SCRIPT_MAX;
         ++*next) {
        if (results[*next].kind != EFFRECORD_WAITING)
            continue;
        write_task(script.out, ret_array->count, &plan->jobs[*next]);
        ret_array->jobs[ret_array->count++] = *next;
    }
    fputs("esac\n", script.out);
    ret_array->script = effrecord_text_end(&script);
    ret_array->script_size = script.size;
    free(program);
}

static void free_array(struct array *array)
{
    free(array->jobs);
    free(array->script);
    free(array->answer);
}

/* ---- Submitting ---- */

/* Where what Slurm itself has to say goes: into the current directory. Slurm takes a '%' of that
 * for one of its placeholders, unless it is written twice. */
static char *output_option(const char *directory)
{
    struct ec_text_stream option;
    effrecord_text_begin(&option);
    fputs("--output=", option.out);
    if (strchr(directory, '%')) {
        for (const char *c = directory; *c; c++)
            fprintf(option.out, "%s%c", *c == '%' ? "%" : "", *c);
        putc('/', option.out);
    }
    fputs("slurm-%A.out", option.out);
    return effrecord_text_end(&option);
}

/* The user's options come after those that they may change and before those that they must not. */
static struct effrecord_words sbatch_command(const struct effrecord_submission *submission,
                                             const struct array *array)
{
    struct effrecord_words words = {0};
    char *tasks = submission->lanes > 0
                      ? effrecord_text("--array=0-%zu%%%ld", array->count - 1, submission->lanes)
                      : effrecord_text("--array=0-%zu", array->count - 1);
    char *output = output_option(array->directory);
    effrecord_words_add(&words, "sbatch");
    effrecord_words_add(&words, "--job-name=effrecord");
    effrecord_words_add(&words, output);
    effrecord_words_add(&words, "--open-mode=append");
    for (size_t i = 0; i < submission->options->count; i++)
        effrecord_words_add(&words, submission->options->items[i]);
    effrecord_words_add(&words, "--parsable");
    effrecord_words_add(&words, "--hold");
    effrecord_words_add(&words, tasks);
    free(tasks);
    free(output);
    return words;
}

/* A file with the text, read from its start; -1: errno tells. */
static int file_of(const char *text, size_t size)
{
    int fd = memfd_create("effrecord-script", MFD_CLOEXEC);
    for (size_t done = 0; fd >= 0 && done < size;) {
        ssize_t written = write(fd, text + done, size - done);
        if (written < 0) {
            close(fd);
            return -1;
        }
        done += (size_t)written;
    }
    if (fd >= 0)
        lseek(fd, 0, SEEK_SET);
    return fd;
}

/* Runs a command of Slurm's, whose messages go to standard error. */
static int run_command(const struct effrecord_words *words, int input, char **ret_text,
                       struct ec_error *error)
{
    const struct ec_capture capture = {.argv = words->items, .seconds = SUBMIT_S, .input = input};
    int status = ec_capture(&capture, ret_text);
    if (status == -ENOENT)
        return ec_error_set(error, "%s is not in PATH", words->items[0]);
    if (status < 0)
        return ec_error_set(error, "%s: %s; squeue tells whether it did its work", words->items[0],
                            strerror(-status));
    if (status == 0)
        return 0;
    free(*ret_text);
    *ret_text = NULL;
    if (WIFSIGNALED(status)) /* by Ctrl-C, say */
        return ec_error_set(error, "%s: %s; squeue tells whether it did its work", words->items[0],
                            strsignal(WTERMSIG(status)));
    return ec_error_set(error, "%s: exit status %d", words->items[0], WEXITSTATUS(status));
}

/* Sets the array's id and cluster. sbatch prints "12", or "12;cluster" where an option chose one.
 */
static int call_sbatch(const struct effrecord_submission *submission, const char *own_cluster,
                       struct array *array, struct ec_error *error)
{
    int script = file_of(array->script, array->script_size);
    if (script < 0)
        return ec_error_set(error, "the script: %s", strerror(errno));
    struct effrecord_words words = sbatch_command(submission, array);
    int rc = run_command(&words, script, &array->answer, error);
    close(script);
    effrecord_words_free(&words);
    if (rc < 0)
        return -1;
    char *rest = array->answer;
    rest[strcspn(rest, "\n")] = '\0';
    array->id = strsep(&rest, ";");
    array->cluster = rest && rest[0] != '\0' ? rest : own_cluster;
    if (array->id[0] == '\0' || array->id[strspn(array->id, "0123456789")] != '\0')
        return ec_error_set(error, "sbatch gave no job id; squeue tells whether there is a job");
    return 0;
}

static int release(const struct array *array, const char *own_cluster, struct ec_error *error)
{
    struct effrecord_words words = {0};
    char *text = NULL;
    effrecord_words_add(&words, "scontrol");
    if (strcmp(array->cluster, own_cluster) != 0) {
        effrecord_words_add(&words, "--clusters");
        effrecord_words_add(&words, array->cluster);
    }
    effrecord_words_add(&words, "release");
    effrecord_words_add(&words, array->id);
    int rc = run_command(&words, -1, &text, error);
    effrecord_words_free(&words);
    free(text);
    return rc;
}

/* The records of an array's tasks, written by several threads, as a file server may take its time
 * for each. */
struct marking {
    const struct effrecord_submission *submission;
    const struct array *array;
    atomic_size_t next; /* task */
};

static const struct effrecord_job *job_of(const struct effrecord_submission *submission,
                                          const struct array *array, size_t task)
{
    return &submission->plan->jobs[array->jobs[task]];
}

/* A task whose record cannot be written runs all the same, and writes its own. */
static void *mark_some(void *context)
{
    struct marking *marking = context;
    const struct array *array = marking->array;
    for (size_t task; (task = atomic_fetch_add(&marking->next, 1)) < array->count;) {
        struct ec_error error = {0};
        if (effrecord_pending_write(job_of(marking->submission, array, task), array->cluster,
                                    array->id, task, &error) < 0)
            fprintf(stderr, "effrecord: %s; that it waits will not be seen\n", error.text);
    }
    return NULL;
}

static void write_records(const struct effrecord_submission *submission, const struct array *array)
{
    struct marking marking = {.submission = submission, .array = array};
    pthread_t threads[MARKING_THREADS];
    size_t started = 0;
    while (started < MARKING_THREADS && started + 1 < array->count &&
           pthread_create(&threads[started], NULL, mark_some, &marking) == 0)
        started++;
    mark_some(&marking);
    for (size_t i = 0; i < started; i++)
        pthread_join(threads[i], NULL);
}

static void mark_pending(const struct effrecord_submission *submission, const struct array *array)
{
    if (!effrec_is_disabled())
        write_records(submission, array);
    for (size_t task = 0; task < array->count; task++)
        printf("%s_%zu %s\n", array->id, task, job_of(submission, array, task)->label);
    fflush(stdout);
}

/* In the process of its own. */
_Noreturn static void finish_array(const struct effrecord_submission *submission,
                                   const char *own_cluster, const struct array *array)
{
    struct ec_error error = {0};
    mark_pending(submission, array);
    int rc = is_held(submission->options) ? 0 : release(array, own_cluster, &error);
    if (rc < 0)
        fprintf(stderr, "effrecord: %s\n", error.text);
    _exit(rc < 0);
}

static int submit_array(const struct effrecord_submission *submission, const char *own_cluster,
                        struct array *array, struct effrecord_result *results,
                        struct ec_error *error)
{
    int status = -1;
    if (call_sbatch(submission, own_cluster, array, error) < 0)
        return -1;
    for (size_t task = 0; task < array->count; task++)
        results[array->jobs[task]].kind = EFFRECORD_LEFT_ALONE;
    fflush(stdout);
    pid_t pid = fork();
    if (pid == 0)
        finish_array(submission, own_cluster, array);
    if (pid > 0 && waitpid(pid, &status, 0) == pid && status == 0)
        return 0;
    return ec_error_set(error, "job %s is held until 'scontrol release %s'", array->id, array->id);
}

static int find_cluster(struct ec_slurm_cluster *ret_cluster, struct ec_error *error)
{
    int rc = ec_slurm_cluster(ret_cluster, EC_SLURM_START_S, NULL, error);
    if (rc == EC_SLURM_ABSENT)
        return ec_error_set(error, "there is no Slurm here (scontrol is not in PATH)");
    return rc;
}

size_t effrecord_submit(const struct effrecord_submission *submission,
                        struct effrecord_result *results, struct ec_error *error)
{
    struct ec_slurm_cluster cluster;
    size_t submitted = 0, next = 0;
    int rc = find_cluster(&cluster, error);
    char *directory = getcwd(NULL, 0);
    if (!directory)
        rc = ec_error_set(error, "the current directory: %s", strerror(errno));
    while (rc == 0) {
        struct array array;
        make_array(submission, results, directory, cluster.max_array, &next, &array);
        size_t count = array.count;
        if (count > 0)
            rc = submit_array(submission, cluster.name, &array, results, error);
        if (count > 0 && results[array.jobs[0]].kind == EFFRECORD_LEFT_ALONE)
            submitted += count;
        free_array(&array);
        if (count == 0)
            break;
    }
    free(directory);
    return submitted;
}

void effrecord_submit_show(const struct effrecord_submission *submission,
                           const struct effrecord_result *results)
{
    struct ec_slurm_cluster cluster;
    char *directory = getcwd(NULL, 0);
    if (ec_slurm_cluster(&cluster, EC_SLURM_START_S, NULL, NULL) != EC_SLURM_ANSWERED)
        cluster.max_array = DEFAULT_MAX_ARRAY;
    for (size_t next = 0, count = 1; count > 0;) {
        struct array array;
        make_array(submission, results, directory ? directory : ".", cluster.max_array, &next,
                   &array);
        count = array.count;
        if (count > 0) {
            struct effrecord_words words = sbatch_command(submission, &array);
            effrecord_write_command(stdout, words.items);
            printf(" <<'END_OF_SCRIPT'\n%sEND_OF_SCRIPT\n", array.script);
            effrecord_words_free(&words);
        }
        free_array(&array);
    }
    free(directory);
}
