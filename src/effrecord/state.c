#include "effrecord/state.h"

#include "common/read_file.h"
#include "effrecord/text.h"
#include "record/store.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <jansson.h>

static struct ec_liveness_record liveness_record(const json_t *record)
{
    return (struct ec_liveness_record){
        .status = json_string_value(json_object_get(record, "status")),
        .host = json_string_value(json_object_get(record, "host")),
        .boot_id = json_string_value(json_object_get(record, "boot_id")),
        .pid_namespace = (uint64_t)json_integer_value(json_object_get(record, "pid_namespace")),
        .pid = json_integer_value(json_object_get(record, "pid")),
        .pid_start_time = (uint64_t)json_integer_value(json_object_get(record, "pid_start_time")),
        .heartbeat_at = json_number_value(json_object_get(record, "heartbeat_unix_seconds")),
        .heartbeat_seconds =
            json_number_value(json_object_get(record, "heartbeat_interval_seconds")),
    };
}

static void set_job(struct ec_slurm_job *job, const json_t *ids, const char *path)
{
    struct stat status;
    ec_slurm_job_set(job, json_string_value(json_object_get(ids, "slurm_cluster")),
                     json_string_value(json_object_get(ids, "slurm_job_id")),
                     json_string_value(json_object_get(ids, "slurm_array_job_id")),
                     json_string_value(json_object_get(ids, "slurm_array_task_id")),
                     stat(path, &status) == 0 ? status.st_uid : geteuid());
}

static bool is_absence(int error)
{
    return error == -ENOENT || error == -ENOTDIR;
}

void effrecord_state_read(const char *directory, struct effrecord_state *ret_state)
{
    *ret_state = (struct effrecord_state){0};
    /* A record that seems to be missing is looked for twice. */
    if (access(directory, F_OK) != 0 && is_absence(-errno))
        return;
    char *path = effrecord_text("%s/" EFFREC_RECORD_STEM ".json", directory);
    struct ec_file_text text;
    int rc = ec_read_file(AT_FDCWD, path, EC_READ_MAX_RECORD, &text);
    if (rc < 0 && !is_absence(rc))
        ret_state->problem = ec_read_file_reason(rc);
    json_t *record = rc == 0 ? json_loadb(text.bytes, text.size, 0, NULL) : NULL;
    free(text.bytes);
    if (json_is_object(record)) {
        struct ec_machine machine;
        ec_machine_read(&machine);
        struct ec_liveness_here here = {
            .machine = &machine, .now = (double)time(NULL), .start_time = ec_process_start_time};
        struct ec_liveness_record facts = liveness_record(record);
        ret_state->recorded = true;
        ret_state->liveness = ec_liveness(&facts, &here);
        ret_state->pid = facts.pid;
        if (facts.host)
            snprintf(ret_state->host, sizeof ret_state->host, "%s", facts.host);
        set_job(&ret_state->job, json_object_get(record, "job"), path);
    }
    json_decref(record);
    free(path);
}

static bool may_have_job(const struct effrecord_state *state)
{
    return state->recorded && state->job.id[0] != '\0' && state->liveness != EC_STATUS_COMPLETED;
}

void effrecord_states_ask(struct effrecord_state *states, size_t count)
{
    struct ec_slurm_job *jobs = effrecord_alloc(count, sizeof *jobs);
    struct ec_error error = {0};
    size_t asked = 0;
    for (size_t i = 0; i < count; i++)
        if (may_have_job(&states[i]))
            jobs[asked++] = states[i].job;
    int rc =
        asked > 0 ? ec_slurm_ask(jobs, asked, EC_SLURM_START_S, NULL, &error) : EC_SLURM_ABSENT;
    if (rc < 0)
        fprintf(stderr, "effrecord: Slurm: %s; what the records say of its jobs counts\n",
                error.text);
    for (size_t i = 0, answer = 0; rc == EC_SLURM_ANSWERED && i < count; i++) {
        if (!may_have_job(&states[i]))
            continue;
        states[i].job = jobs[answer++];
        states[i].liveness = ec_slurm_liveness(states[i].liveness, states[i].job.standing);
    }
    free(jobs);
}
