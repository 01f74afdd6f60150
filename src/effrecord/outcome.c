#include "effrecord/outcome.h"

#include "common/atomic_file.h"
#include "common/read_file.h"
#include "ranks/json_build.h"
#include "record/document.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

const char *effrecord_outcome_status(const struct effrecord_outcome *outcome)
{
    bool fine = WIFEXITED(outcome->wait_status) && WEXITSTATUS(outcome->wait_status) == 0;
    return fine ? "completed" : "failed";
}

static json_t *process_tree(const struct effrecord_outcome *outcome)
{
    json_t *tree = json_object();
    if (outcome->samples > 0) {
        ec_json_set(&tree, "rss_peak_bytes", json_integer(outcome->tree_rss_peak));
        ec_json_set(&tree, "samples", json_integer(outcome->samples));
        ec_json_set(&tree, "mean_sample_interval_seconds",
                    json_real(outcome->seconds / (double)outcome->samples));
    }
    ec_json_set(&tree, "largest_process_rss_peak_bytes", json_integer(outcome->largest_rss_peak));
    return tree;
}

static json_t *trainer_state(const struct effrecord_outcome *outcome)
{
    json_t *state = json_object();
    ec_json_set(&state, "path", json_string(outcome->trainer_state));
    ec_json_set(&state, "global_step", json_integer(outcome->global_step));
    if (outcome->tokens >= 0)
        ec_json_set(&state, "num_input_tokens_seen", json_integer(outcome->tokens));
    return state;
}

json_t *effrecord_outcome_keys(const struct effrecord_outcome *outcome, bool wrapped_only)
{
    json_t *keys = json_object();
    int status = outcome->wait_status;
    ec_json_set(&keys, WIFSIGNALED(status) ? "exit_signal" : "exit_code",
                json_integer(WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status)));
    ec_json_set(&keys, "command_seconds", json_real(outcome->seconds));
    ec_json_set(&keys, "process_tree", process_tree(outcome));
    if (wrapped_only)
        ec_json_set(&keys, "host_rss_peak_bytes", json_integer(outcome->largest_rss_peak));
    if (outcome->trainer_state)
        ec_json_set(&keys, "trainer_state", trainer_state(outcome));
    if (wrapped_only && outcome->trainer_state)
        ec_json_set(&keys, "total_steps", json_integer(outcome->global_step));
    return keys;
}

/* A program that ended without closing its recorder left the state of the last refresh. */
static void settle_status(json_t **record, const struct effrecord_outcome *outcome)
{
    const char *status = json_string_value(json_object_get(*record, "status"));
    if (!status || strcmp(status, "running") != 0)
        return;
    char reason[100];
    int ended = outcome->wait_status;
    if (WIFSIGNALED(ended))
        snprintf(reason, sizeof reason, "killed by signal %d", WTERMSIG(ended));
    else
        snprintf(reason, sizeof reason, "exited with %d without closing the recorder",
                 WEXITSTATUS(ended));
    ec_json_set(record, "status", json_string("failed"));
    ec_json_set(record, "status_reason", json_string(reason));
}

/* Settings under the keys of metrics that the program could not measure are "declared". */
static void note_declared(json_t *record, const json_t *settings)
{
    json_t *unmeasured = json_object_get(record, "unmeasured");
    json_t *declared = json_incref(json_object_get(record, "declared"));
    if (!declared)
        declared = json_array();
    const char *key;
    json_t *value;
    json_object_foreach((json_t *)settings, key, value) if (json_object_del(unmeasured, key) == 0)
        json_array_append_new(declared, json_string(key));
    if (json_array_size(declared) > 0)
        json_object_set(record, "declared", declared);
    json_decref(declared);
}

/* What is missing is named last, where people look for it. */
static void move_unmeasured_last(json_t **record)
{
    json_t *unmeasured = json_incref(json_object_get(*record, "unmeasured"));
    json_object_del(*record, "unmeasured");
    if (unmeasured)
        ec_json_set(record, "unmeasured", unmeasured);
}

/* Of `*record` nothing is left when memory runs out. */
static void complete(json_t **record, const struct effrecord_outcome *outcome)
{
    json_t *keys = effrecord_outcome_keys(outcome, false);
    ec_json_set_missing(record, keys);
    json_decref(keys);
    note_declared(*record, outcome->settings);
    ec_json_set_missing(record, outcome->settings);
    if (outcome->method && !json_object_get(*record, "method"))
        ec_json_set(record, "method", json_string(outcome->method));
    settle_status(record, outcome);
    move_unmeasured_last(record);
}

/* The record, if it is still that of the run; NULL with the reason in *ret_error. */
static json_t *read_record(const char *path, const char *run_id, int *ret_error)
{
    struct ec_file_text text;
    *ret_error = ec_read_file(AT_FDCWD, path, EC_READ_MAX_RECORD, &text);
    if (*ret_error < 0)
        return NULL;
    json_t *record = json_loadb(text.bytes, text.size, 0, NULL);
    free(text.bytes);
    const char *owner = json_string_value(json_object_get(record, "run_id"));
    if (owner && strcmp(owner, run_id) == 0)
        return record;
    json_decref(record);
    return NULL;
}

int effrecord_outcome_stamp(const struct effrecord_outcome *outcome, const char *path,
                            const char *run_id, struct ec_error *error)
{
    int rc;
    json_t *record = read_record(path, run_id, &rc);
    if (!record) {
        ec_error_set(error, "%s: %s", path,
                     rc < 0 ? ec_read_file_reason(rc) : "the record is not this run's any more");
        return rc < 0 ? rc : -ENOENT;
    }
    complete(&record, outcome);
    size_t size;
    char *text = effrec_document_text(record, &size);
    json_decref(record);
    if (!text)
        return -ENOMEM;
    rc = ec_atomic_write(path, text, size, error);
    free(text);
    return rc;
}
