#include "effrecord/pending.h"

#include "config.h"
#include "effrecord/settings.h"
#include "effrecord/text.h"
#include "record/document.h"
#include "record/identity.h"
#include "record/store.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

/* What the options of the job's command line put into the record, so that a run can be found and
 * grouped before it starts. The options were checked when the plan was made. */
static void add_values(const struct effrecord_job *job, json_t *record)
{
    for (char **word = job->argv + 2; strcmp(word[0], "--") != 0; word += 2) {
        if (strcmp(word[0], "--method") == 0)
            json_object_set_new(record, "method", json_string(word[1]));
        else if (strcmp(word[0], "--set") == 0)
            effrecord_setting_read(word[1], record, NULL);
    }
}

static json_t *make_record(const struct effrecord_job *job, const char *run_id, json_t *ids)
{
    json_t *record = json_object();
    json_object_set_new(record, "schema_version", json_integer(EFFREC_SCHEMA_VERSION));
    json_object_set_new(record, "status", json_string("pending"));
    add_values(job, record);
    json_object_set_new(record, "run_id", json_string(run_id));
    json_object_set_new(record, "recorder",
                        json_pack("{ss,ss}", "name", "effrecord", "version", EC_VERSION));
    json_object_set_new(record, "command", effrec_command_line((const char *const *)job->command));
    json_object_set_new(record, "working_directory", effrec_working_directory());
    json_object_set_new(record, "job", ids);
    json_object_set_new(record, "submitted_at", effrec_time_stamp((double)time(NULL)));
    return record;
}

int effrecord_pending_write(const struct effrecord_job *job, const char *cluster,
                            const char *array_id, size_t task, struct ec_error *error)
{
    struct effrec_store store;
    char run_id[17];
    effrec_make_run_id(run_id);
    char *number = effrecord_text("%zu", task);
    json_t *ids = json_pack("{ss,ss,ss}", "slurm_cluster", cluster, "slurm_array_job_id", array_id,
                            "slurm_array_task_id", number);
    json_t *record = make_record(job, run_id, ids);
    size_t size = 0;
    char *text = effrec_document_text(record, &size);
    int rc = text ? effrec_store_init(&store, job->directory, -1) : -1;
    if (rc == 0)
        rc = effrec_store_write(&store, run_id, text, size, error);
    else
        ec_error_set(error, "%s: its record could not be made", job->directory);
    if (text)
        effrec_store_clear(&store);
    free(text);
    json_decref(record);
    free(number);
    return rc < 0 ? -1 : 0;
}
