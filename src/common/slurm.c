#include "common/slurm.h"

#include "common/capture.h"
#include "common/text_stream.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* More are not named to squeue, which then tells of all. */
enum { NAMED_MAX = 1000 };

/* Whether a record's text is a number as Slurm gives them out. Anything else would be a mistake for
 * squeue, which then answers nothing at all. */
static bool is_number(const char *text)
{
    return text && text[0] != '\0' && text[strspn(text, "0123456789")] == '\0';
}

void ec_slurm_job_set(struct ec_slurm_job *job, const char *cluster, const char *job_id,
                      const char *array_job_id, const char *array_task_id, uid_t owner)
{
    uid_t user = geteuid();
    *job = (struct ec_slurm_job){.may_be_hidden = owner != user && user != 0};
    int length = 0;
    if (cluster && strlen(cluster) < sizeof job->cluster)
        strcpy(job->cluster, cluster);
    if (is_number(array_job_id) && is_number(array_task_id))
        length = snprintf(job->id, sizeof job->id, "%s_%s", array_job_id, array_task_id);
    else if (is_number(job_id))
        length = snprintf(job->id, sizeof job->id, "%s", job_id);
    if (length >= (int)sizeof job->id) /* a part of an id would be another's */
        job->id[0] = '\0';
}

/* ---- Asking ---- */

static int ask(char *const *argv, int seconds, const atomic_bool *stop, char **ret_text,
               struct ec_error *error)
{
    char message[EC_ERROR_MAX / 2] = "", *text = NULL;
    const struct ec_capture capture = {.argv = argv,
                                       .without = "SQUEUE_", /* users' own choice of jobs */
                                       .seconds = seconds,
                                       .input = -1,
                                       .message = message,
                                       .message_size = sizeof message,
                                       .stop = stop};
    int status = ec_capture(&capture, &text);
    if (status == 0) {
        *ret_text = text;
        return EC_SLURM_ANSWERED;
    }
    free(text);
    if (status == -ENOENT)
        return EC_SLURM_ABSENT;
    if (status == -ETIMEDOUT)
        return ec_error_set(error, "%s gave no answer within %d s%s%s", argv[0], seconds,
                            message[0] ? ": " : "", message);
    if (status < 0)
        return ec_error_set(error, "%s: %s", argv[0], strerror(-status));
    return ec_error_set(error, "%s failed%s%s", argv[0], message[0] ? ": " : "", message);
}

/* The value of "NAME = value" in what scontrol prints; NULL when there is none. */
static const char *find_setting(const char *text, const char *name)
{
    size_t length = strlen(name);
    for (const char *line = text; line; line = strchr(line, '\n')) {
        line += *line == '\n';
        if (strncmp(line, name, length) != 0)
            continue;
        const char *equals = line + length + strspn(line + length, " ");
        if (*equals == '=')
            return equals + 1 + strspn(equals + 1, " ");
    }
    return NULL;
}

/* Whether a setting's value, such as "accounts,jobs", has that word. */
static bool has_word(const char *value, const char *word)
{
    while (value && *value != '\0' && *value != '\n') {
        size_t length = strcspn(value, ", \n");
        if (length == strlen(word) && memcmp(value, word, length) == 0)
            return true;
        value += length + (value[length] == ',' || value[length] == ' ');
    }
    return false;
}

int ec_slurm_cluster(struct ec_slurm_cluster *ret_cluster, int seconds, const atomic_bool *stop,
                     struct ec_error *error)
{
    char program[] = "scontrol", show[] = "show", config[] = "config";
    char *argv[] = {program, show, config, NULL}, *text = NULL;
    int rc = ask(argv, seconds, stop, &text, error);
    if (rc != EC_SLURM_ANSWERED)
        return rc;
    *ret_cluster = (struct ec_slurm_cluster){0};
    const char *name = find_setting(text, "ClusterName");
    const char *max_array = find_setting(text, "MaxArraySize");
    size_t length = name ? strcspn(name, " \n") : 0;
    if (length > 0 && length < sizeof ret_cluster->name)
        memcpy(ret_cluster->name, name, length);
    if (max_array)
        ret_cluster->max_array = strtol(max_array, NULL, 10);
    ret_cluster->private_jobs = has_word(find_setting(text, "PrivateData"), "jobs");
    free(text);
    if (ret_cluster->name[0] == '\0' || ret_cluster->max_array < 1)
        return ec_error_set(error, "scontrol does not say which cluster this is");
    return EC_SLURM_ANSWERED;
}

/* The jobs by their ids, among them only those of the cluster that is asked. */
struct index {
    struct ec_slurm_job **jobs;
    size_t count;
};

static int by_id(const void *a, const void *b)
{
    const struct ec_slurm_job *const *left = a, *const *right = b;
    return strcmp((*left)->id, (*right)->id);
}

static int make_index(struct ec_slurm_job *jobs, size_t count, const char *cluster,
                      struct index *ret_index)
{
    ret_index->count = 0;
    ret_index->jobs = calloc(count ? count : 1, sizeof *ret_index->jobs);
    if (!ret_index->jobs)
        return -1;
    for (size_t i = 0; i < count; i++)
        if (jobs[i].id[0] != '\0' && strcmp(jobs[i].cluster, cluster) == 0)
            ret_index->jobs[ret_index->count++] = &jobs[i];
    qsort(ret_index->jobs, ret_index->count, sizeof *ret_index->jobs, by_id);
    return 0;
}

/* The option that names the jobs, each array once; free() it. An empty text when there are too many
 * to name; NULL: out of memory. */
static char *name_jobs(const struct index *index)
{
    struct ec_text_stream text;
    size_t named = 0, last_length = 0;
    const char *last = "";
    if (ec_text_stream_open(&text) < 0)
        return NULL;
    for (size_t i = 0; i < index->count; i++) {
        const char *id = index->jobs[i]->id;
        size_t length = strcspn(id, "_");
        if (length == last_length && memcmp(id, last, length) == 0)
            continue;
        /* One job alone would be an error where it is forgotten, so the first is named twice. */
        if (named++ == 0)
            fprintf(text.out, "--jobs=%.*s", (int)length, id);
        fprintf(text.out, ",%.*s", (int)length, id);
        last = id;
        last_length = length;
    }
    if (ec_text_stream_close(&text) < 0)
        return NULL;
    if (named > NAMED_MAX)
        text.text[0] = '\0';
    return text.text;
}

static int ask_for_jobs(const struct index *index, int seconds, const atomic_bool *stop,
                        char **ret_text, struct ec_error *error)
{
    char program[] = "squeue", options[] = "-hr", states[] = "--states=all";
    char format[] = "--format=%i %T %r";
    char *jobs = name_jobs(index);
    if (!jobs)
        return ec_error_set(error, "out of memory");
    char *argv[] = {program, options, states, format, jobs[0] ? jobs : NULL, NULL};
    int rc = ask(argv, seconds, stop, ret_text, error);
    free(jobs);
    return rc;
}

/* ---- The answer ---- */

static bool is_one_of(const char *word, const char *const *words)
{
    for (; *words; words++)
        if (strcmp(word, *words) == 0)
            return true;
    return false;
}

/* By the "JOB STATE CODES" of squeue(1). */
static enum ec_slurm_standing standing_of(const char *state)
{
    static const char *const waiting[] = {"PENDING",     "REQUEUED",      "REQUEUE_HOLD",
                                          "REQUEUE_FED", "RESV_DEL_HOLD", "SPECIAL_EXIT",
                                          NULL};
    static const char *const running[] = {"RUNNING",   "COMPLETING", "CONFIGURING", "SIGNALING",
                                          "STAGE_OUT", "RESIZING",   NULL};
    static const char *const suspended[] = {"SUSPENDED", "STOPPED", NULL};
    if (is_one_of(state, waiting))
        return EC_SLURM_WAITS;
    if (is_one_of(state, running))
        return EC_SLURM_RUNS;
    if (is_one_of(state, suspended))
        return EC_SLURM_SUSPENDED;
    return strcmp(state, "COMPLETED") == 0 ? EC_SLURM_COMPLETED : EC_SLURM_GONE;
}

/* The first job whose id is not less. */
static size_t lower_bound(const struct index *index, const char *id)
{
    size_t low = 0, high = index->count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (strcmp(index->jobs[middle]->id, id) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* Takes one line, "12_3 PENDING Priority", and cuts it into its words. Several records may be of
 * one job. */
static void take_line(const struct index *index, char *line)
{
    char *rest = line;
    const char *id = strsep(&rest, " "), *state = strsep(&rest, " ");
    if (!state)
        return;
    for (size_t i = lower_bound(index, id); i < index->count && strcmp(index->jobs[i]->id, id) == 0;
         i++) {
        struct ec_slurm_job *job = index->jobs[i];
        job->standing = standing_of(state);
        snprintf(job->state, sizeof job->state, "%s", state);
        /* Some go into detail: "ReqNodeNotAvail, UnavailableNodes:node7". */
        if (job->standing == EC_SLURM_WAITS && rest && strcmp(rest, "None") != 0)
            snprintf(job->reason, sizeof job->reason, "%.*s", (int)strcspn(rest, ","), rest);
    }
}

static void take_answer(const struct index *index, bool private_jobs, char *text)
{
    for (size_t i = 0; i < index->count; i++) {
        bool hidden = private_jobs && index->jobs[i]->may_be_hidden;
        index->jobs[i]->standing = hidden ? EC_SLURM_UNKNOWN : EC_SLURM_GONE;
        index->jobs[i]->state[0] = index->jobs[i]->reason[0] = '\0';
    }
    for (char *line; (line = strsep(&text, "\n"));)
        take_line(index, line);
}

int ec_slurm_ask(struct ec_slurm_job *jobs, size_t count, int seconds, const atomic_bool *stop,
                 struct ec_error *error)
{
    struct ec_slurm_cluster cluster;
    struct index index;
    char *text = NULL;
    int rc = ec_slurm_cluster(&cluster, seconds, stop, error);
    if (rc != EC_SLURM_ANSWERED)
        return rc;
    if (make_index(jobs, count, cluster.name, &index) < 0)
        return ec_error_set(error, "out of memory");
    if (index.count > 0)
        rc = ask_for_jobs(&index, seconds, stop, &text, error);
    if (text)
        take_answer(&index, cluster.private_jobs, text);
    free(text);
    free(index.jobs);
    return rc;
}

enum ec_status ec_slurm_liveness(enum ec_status recorded, enum ec_slurm_standing standing)
{
    if (recorded == EC_STATUS_COMPLETED)
        return recorded;
    if (standing == EC_SLURM_WAITS)
        return EC_STATUS_PENDING;
    if (recorded == EC_STATUS_FAILED || recorded == EC_STATUS_PARTIAL)
        return recorded;
    switch (standing) {
    case EC_SLURM_RUNS: /* the record of a run that starts is about to be written */
        return recorded == EC_STATUS_PENDING ? EC_STATUS_RUNNING : recorded;
    case EC_SLURM_SUSPENDED: /* its record grows old meanwhile */
        return EC_STATUS_RUNNING;
    case EC_SLURM_GONE:
        return EC_STATUS_INTERRUPTED;
    case EC_SLURM_UNKNOWN:
    case EC_SLURM_WAITS:
    case EC_SLURM_COMPLETED: /* the record was read a moment before its last version was written */
        break;
    }
    return recorded;
}
