#include "effrecord/outcome.h"

#include "common/atomic_file.h"
#include "record/document.h"

#include <errno.h>
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
        json_object_set_new(tree, "rss_peak_bytes", json_integer(outcome->tree_rss_peak));
        json_object_set_new(tree, "samples", json_integer(outcome->samples));
        json_object_set_new(tree, "mean_sample_interval_seconds",
                            json_real(outcome->seconds / (double)outcome->samples));
    }
    json_object_set_new(tree, "largest_process_rss_peak_bytes",
                        json_integer(outcome->largest_rss_peak));
    return tree;
}

static json_t *trainer_state(const struct effrecord_outcome *outcome)
{
    json_t *state = json_object();
    json_object_set_new(state, "path", json_string(outcome->trainer_state));
    json_object_set_new(state, "global_step", json_integer(outcome->global_step));
    if (outcome->tokens >= 0)
        json_object_set_new(state, "num_input_tokens_seen", json_integer(outcome->tokens));
    return state;
}

json_t *effrecord_outcome_keys(const struct effrecord_outcome *outcome, bool wrapped_only)
{
    json_t *keys = json_object();
    int status = outcome->wait_status;
    json_object_set_new(keys, WIFSIGNALED(status) ? "exit_signal" : "exit_code",
                        json_integer(WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status)));
    json_object_set_new(keys, "command_seconds", json_real(outcome->seconds));
    json_object_set_new(keys, "process_tree", process_tree(outcome));
    if (wrapped_only)
        json_object_set_new(keys, "host_rss_peak_bytes", json_integer(outcome->largest_rss_peak));
    if (outcome->trainer_state)
        json_object_set_new(keys, "trainer_state", trainer_state(outcome));
    if (wrapped_only && outcome->trainer_state)
        json_object_set_new(keys, "total_steps", json_integer(outcome->global_step));
    return keys;
}

/* A program that ended without closing its recorder left the state of the last refresh. */
static void settle_status(json_t *record, const struct effrecord_outcome *outcome)
{
    const char *status = json_string_value(json_object_get(record, "status"));
    if (!status || strcmp(status, "running") != 0)
        return;
    char reason[100];
    int ended = outcome->wait_status;
    if (WIFSIGNALED(ended))
        snprintf(reason, sizeof reason, "killed by signal %d", WTERMSIG(ended));
    else
        snprintf(reason, sizeof reason, "exited with %d without closing the recorder",
                 WEXITSTATUS(ended));
    json_object_set_new(record, "status", json_string("failed"));
    json_object_set_new(record, "status_reason", json_string(reason));
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
static void move_unmeasured_last(json_t *record)
{
    json_t *unmeasured = json_incref(json_object_get(record, "unmeasured"));
    json_object_del(record, "unmeasured");
    if (unmeasured)
        json_object_set_new(record, "unmeasured", unmeasured);
}

static void complete(json_t *record, const struct effrecord_outcome *outcome)
{
    json_t *keys = effrecord_outcome_keys(outcome, false);
    json_object_update_missing(record, keys);
    json_decref(keys);
    note_declared(record, outcome->settings);
    json_object_update_missing(record, (json_t *)outcome->settings);
    if (outcome->method && !json_object_get(record, "method"))
        json_object_set_new(record, "method", json_string(outcome->method));
    settle_status(record, outcome);
    move_unmeasured_last(record);
}

int effrecord_outcome_stamp(const struct effrecord_outcome *outcome, const char *path,
                            const char *run_id, struct ec_error *error)
{
    json_t *record = json_load_file(path, 0, NULL);
    const char *owner = json_string_value(json_object_get(record, "run_id"));
    if (!owner || strcmp(owner, run_id) != 0) {
        json_decref(record);
        ec_error_set(error, "%s: the record is not this run's any more", path);
        return -ENOENT;
    }
    complete(record, outcome);
    size_t size;
    char *text = effrec_document_text(record, &size);
    json_decref(record);
    if (!text)
        return -ENOMEM;
    int rc = ec_atomic_write(path, text, size, error);
    free(text);
    return rc;
}
