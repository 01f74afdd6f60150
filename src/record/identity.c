#include "record/identity.h"

#include "common/process.h"
#include "config.h"
#include "ranks/json_build.h"
#include "record/document.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

enum { COMMAND_LINE_MAX = 64 * 1024 };

/* Job identifiers of batch systems, by the variable that holds them. A Slurm job's step id tells a
 * process started by srun from the batch script. */
static const struct {
    const char *variable, *key;
} job_variables[] = {
    {"SLURM_CLUSTER_NAME", "slurm_cluster"},
    {"SLURM_JOB_ID", "slurm_job_id"},
    {"SLURM_ARRAY_JOB_ID", "slurm_array_job_id"},
    {"SLURM_ARRAY_TASK_ID", "slurm_array_task_id"},
    {"SLURM_STEP_ID", "slurm_step_id"},
    {"SLURM_PROCID", "slurm_procid"},
    {"PBS_JOBID", "pbs_job_id"},
    {"PBS_ARRAY_INDEX", "pbs_array_index"},
    {"LSB_JOBID", "lsf_job_id"},
    {"LSB_JOBINDEX", "lsf_job_index"},
    {"SGE_TASK_ID", "sge_task_id"},
    {"TORCHELASTIC_RUN_ID", "torchelastic_run_id"},
    {"TORCHELASTIC_RESTART_COUNT", "torchelastic_restart_count"},
};

void effrec_make_run_id(char *ret_id)
{
    uint64_t bits = 0;
    if (getrandom(&bits, sizeof bits, 0) != sizeof bits) {
        struct timespec now;
        clock_gettime(CLOCK_REALTIME, &now);
        bits = ((uint64_t)now.tv_sec << 30 ^ (uint64_t)now.tv_nsec) << 16 ^ (uint64_t)getpid();
    }
    snprintf(ret_id, 17, "%016" PRIx64, bits);
}

int64_t effrec_rss_peak(void)
{
    /* Not getrusage(): its figure survives exec, so a small program started by a large one would
     * get the large one's. */
    char text[4096];
    long long kib;
    if (ec_read_small_file("/proc/self/status", text, sizeof text) < 0)
        return -1;
    const char *line = strstr(text, "\nVmHWM:");
    return line && sscanf(line, "\nVmHWM: %lld", &kib) == 1 ? kib * 1024 : -1;
}

/* A JSON string of any bytes. */
static json_t *text_of_bytes(const char *bytes)
{
    json_t *string = json_string(bytes);
    if (string)
        return string;
    char *copy = strdup(bytes);
    if (!copy)
        return NULL;
    for (char *at = copy; *at; at++)
        if ((unsigned char)*at >= 0x80)
            *at = '?';
    string = json_string(copy);
    free(copy);
    return string;
}

static json_t *own_command_line(void)
{
    char *text = malloc(COMMAND_LINE_MAX);
    if (!text)
        return NULL;
    int length = ec_read_small_file("/proc/self/cmdline", text, COMMAND_LINE_MAX);
    json_t *array = json_array();
    for (int at = 0; at < length; at += (int)strlen(text + at) + 1)
        ec_json_append(&array, text_of_bytes(text + at));
    free(text);
    return array;
}

json_t *effrec_command_line(const char *const *argv)
{
    if (!argv)
        return own_command_line();
    json_t *array = json_array();
    for (size_t i = 0; argv[i]; i++)
        ec_json_append(&array, text_of_bytes(argv[i]));
    return array;
}

json_t *effrec_working_directory(void)
{
    char *directory = getcwd(NULL, 0);
    json_t *text = directory ? text_of_bytes(directory) : NULL;
    free(directory);
    return text;
}

static json_t *job(void)
{
    json_t *object = json_object();
    for (size_t i = 0; i < sizeof job_variables / sizeof job_variables[0]; i++) {
        const char *value = getenv(job_variables[i].variable);
        /* Grid Engine says "undefined" outside an array. */
        if (value && value[0] != '\0' && strcmp(value, "undefined") != 0)
            ec_json_set(&object, job_variables[i].key, text_of_bytes(value));
    }
    return object;
}

static void put_process(json_t **object)
{
    struct ec_machine machine;
    ec_machine_read(&machine);
    ec_json_set(object, "host", text_of_bytes(machine.host));
    ec_json_set(object, "boot_id", text_of_bytes(machine.boot_id));
    ec_json_set(object, "pid_namespace", json_integer((json_int_t)machine.pid_namespace));
    ec_json_set(object, "pid", json_integer(getpid()));
    ec_json_set(object, "pid_start_time",
                json_integer((json_int_t)ec_process_start_time(getpid())));
}

json_t *effrec_identity(const char *run_id, const char *recorder, const char *const *argv,
                        double started_s)
{
    json_t *object = json_object();
    ec_json_set(&object, "run_id", json_string(run_id));
    ec_json_set(&object, "recorder", json_pack("{ss,ss}", "name", recorder, "version", EC_VERSION));
    put_process(&object);
    ec_json_set(&object, "command", effrec_command_line(argv));
    json_t *directory = effrec_working_directory();
    if (directory || errno == ENOMEM) /* it may have been removed */
        ec_json_set(&object, "working_directory", directory);
    json_t *ids = job();
    if (!ids || json_object_size(ids) > 0)
        ec_json_set(&object, "job", json_incref(ids));
    json_decref(ids);
    ec_json_set(&object, "started_at", effrec_time_stamp(started_s));
    return object;
}
