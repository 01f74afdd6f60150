/* Runs that are not completed are few, so their records are simply read again for the ids of their
 * jobs: the columns of the runset, and the scanner, know nothing of jobs. */
#include "load/jobs.h"

#include "base/memory.h"
#include "base/out.h"
#include "common/slurm.h"
#include "load/bytes.h"
#include "load/path.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <jansson.h>

enum { REMEMBERED_MS = 15000 };
enum { GONE_NAMED = 3 }; /* jobs that the remark lists */

/* A run that is not completed. */
struct ec_jobs_entry {
    struct ec_slurm_job job;
    enum ec_status recorded;
    size_t row;
};

void ec_jobs_memory_clear(struct ec_jobs_memory *memory)
{
    free(memory->entries);
    *memory = (struct ec_jobs_memory){0};
}

/* ---- Which jobs ---- */

static json_t *read_record(struct ec_str path, uid_t *ret_owner)
{
    char *name = ec_strndup(path.ptr, path.len);
    int fd = ec_path_openat(AT_FDCWD, name, O_RDONLY | O_NONBLOCK | O_NOCTTY);
    free(name);
    if (fd < 0)
        return NULL;
    struct ec_bytes bytes = {0};
    const char *reason;
    struct stat status;
    *ret_owner = fstat(fd, &status) == 0 ? status.st_uid : geteuid();
    ssize_t length = ec_bytes_read_regular(&bytes, fd, EC_LOAD_MAX_RECORD, &reason);
    close(fd);
    json_t *record = length > 0 ? json_loadb(bytes.ptr, (size_t)length, 0, NULL) : NULL;
    free(bytes.ptr);
    return record;
}

/* False when the record knows of no job. Runs of effcompare's own files name a record that may be
 * anywhere, so what is read may be none. */
static bool find_job(struct ec_str path, struct ec_slurm_job *ret_job)
{
    uid_t owner = geteuid();
    json_t *record = read_record(path, &owner);
    const json_t *job = json_object_get(record, "job");
    ec_slurm_job_set(ret_job, json_string_value(json_object_get(job, "slurm_cluster")),
                     json_string_value(json_object_get(job, "slurm_job_id")),
                     json_string_value(json_object_get(job, "slurm_array_job_id")),
                     json_string_value(json_object_get(job, "slurm_array_task_id")), owner);
    json_decref(record);
    return ret_job->cluster[0] != '\0' && ret_job->id[0] != '\0';
}

static int by_job(const void *a, const void *b)
{
    const struct ec_jobs_entry *left = a, *right = b;
    int order = strcmp(left->job.id, right->job.id);
    return order != 0 ? order : strcmp(left->job.cluster, right->job.cluster);
}

/* In the order of their jobs. */
static size_t find_entries(const struct ec_runset *runset, struct ec_jobs_entry **ret_entries)
{
    struct ec_jobs_entry *entries = NULL, entry;
    size_t count = 0, capacity = 0, rows = ec_runset_count(runset);
    for (size_t row = 0; row < rows; row++) {
        enum ec_status status = ec_runset_status(runset, row);
        if (status == EC_STATUS_COMPLETED)
            continue;
        if (!find_job(ec_runset_run(runset, row).path, &entry.job))
            continue;
        entry.recorded = status;
        entry.row = row;
        entries = ec_grow(entries, count, &capacity, sizeof *entries);
        entries[count++] = entry;
    }
    if (count > 0)
        qsort(entries, count, sizeof *entries, by_job);
    *ret_entries = entries;
    return count;
}

/* ---- Asking ---- */

static int64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Whether the question was asked a moment ago: the same jobs, and no record has changed since. */
static bool recall(const struct ec_jobs_memory *memory, struct ec_jobs_entry *entries, size_t count)
{
    if (!memory || memory->count != count || now_ms() - memory->asked_ms > REMEMBERED_MS)
        return false;
    for (size_t i = 0; i < count; i++)
        if (memory->entries[i].recorded != entries[i].recorded ||
            by_job(&memory->entries[i], &entries[i]) != 0)
            return false;
    for (size_t i = 0; i < count; i++)
        entries[i].job = memory->entries[i].job;
    return true;
}

static int ask(struct ec_jobs_entry *entries, size_t count, const struct ec_load_options *options,
               struct ec_error *error)
{
    struct ec_slurm_job *jobs = ec_calloc(count, sizeof *jobs);
    for (size_t i = 0; i < count; i++)
        jobs[i] = entries[i].job;
    int rc = ec_slurm_ask(jobs, count, EC_SLURM_LOOK_S, options->stop, error);
    for (size_t i = 0; i < count; i++)
        entries[i].job = jobs[i];
    free(jobs);
    return rc;
}

static void remember(struct ec_jobs_memory *memory, const struct ec_jobs_entry *entries,
                     size_t count)
{
    ec_jobs_memory_clear(memory);
    memory->entries = ec_calloc(count, sizeof *entries);
    memcpy(memory->entries, entries, count * sizeof *entries);
    memory->count = count;
    memory->asked_ms = now_ms();
}

/* ---- The answer ---- */

static int by_reason(const void *a, const void *b)
{
    const struct ec_jobs_entry *left = a, *right = b;
    int order = strcmp(left->job.reason, right->job.reason);
    return order != 0 ? order : by_job(a, b);
}

/* "3 wait for Priority, 1 waits for Resources"; the entries are in the order of their reasons. */
static void write_waiting(struct ec_out *out, const struct ec_jobs_entry *entries, size_t count)
{
    const char *separator = "";
    for (size_t i = 0; i < count;) {
        const char *reason = entries[i].job.reason;
        size_t waiting = 0;
        for (; i < count && strcmp(entries[i].job.reason, reason) == 0; i++)
            waiting += entries[i].job.standing == EC_SLURM_WAITS;
        if (waiting == 0 || reason[0] == '\0')
            continue;
        ec_out_printf(out, "%s%zu wait%s for %s", separator, waiting, waiting == 1 ? "s" : "",
                      reason);
        separator = ", ";
    }
}

/* "12_3 is gone (CANCELLED), 12_4 is gone and so are 7 more": of those that their records still
 * expect. */
static void write_gone(struct ec_out *out, const struct ec_jobs_entry *entries, size_t count,
                       const char *separator)
{
    size_t gone = 0;
    for (size_t i = 0; i < count; i++) {
        const struct ec_slurm_job *job = &entries[i].job;
        bool expected =
            entries[i].recorded == EC_STATUS_PENDING || entries[i].recorded == EC_STATUS_RUNNING;
        if (job->standing != EC_SLURM_GONE || !expected || gone++ >= GONE_NAMED)
            continue;
        ec_out_printf(out, "%s%s is gone", gone > 1 ? ", " : separator, job->id);
        if (job->state[0] != '\0')
            ec_out_printf(out, " (%s)", job->state);
    }
    if (gone > GONE_NAMED)
        ec_out_printf(out, " and so are %zu more", gone - GONE_NAMED);
}

/* Sorts the entries. What the statuses tell already is not repeated. */
static void set_remark(struct ec_runset *runset, struct ec_jobs_entry *entries, size_t count)
{
    struct ec_out out;
    ec_out_to_memory(&out);
    qsort(entries, count, sizeof *entries, by_reason);
    ec_out_text(&out, "Slurm: ");
    size_t empty = out.length;
    write_waiting(&out, entries, count);
    write_gone(&out, entries, count, out.length > empty ? "; " : "");
    bool said = out.length > empty;
    ec_out_char(&out, '\0');
    if (said)
        ec_runset_set_remark(runset, out.buffer);
    ec_out_free(&out);
}

static void set_failure(struct ec_runset *runset, const struct ec_error *error)
{
    char text[EC_ERROR_MAX + 128];
    snprintf(text, sizeof text,
             "Slurm could not be asked which runs still wait or run (%s); that is what their "
             "records say",
             error->text);
    ec_runset_set_remark(runset, text);
}

void ec_jobs_ask(struct ec_runset *runset, const struct ec_load_options *options)
{
    struct ec_jobs_entry *entries;
    struct ec_error error = {0};
    size_t count = find_entries(runset, &entries);
    int rc = EC_SLURM_ANSWERED;
    if (count > 0 && !recall(options->jobs, entries, count)) {
        rc = ask(entries, count, options, &error);
        if (rc == EC_SLURM_ANSWERED && options->jobs)
            remember(options->jobs, entries, count);
    }
    if (rc < 0)
        set_failure(runset, &error);
    for (size_t i = 0; rc == EC_SLURM_ANSWERED && i < count; i++)
        ec_runset_set_status(runset, entries[i].row,
                             ec_slurm_liveness(entries[i].recorded, entries[i].job.standing));
    if (rc == EC_SLURM_ANSWERED && count > 0)
        set_remark(runset, entries, count);
    free(entries);
}
