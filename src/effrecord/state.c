#include "effrecord/state.h"

#include "effrecord/text.h"
#include "record/store.h"

#include <stdlib.h>
#include <time.h>

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

void effrecord_state_read(const char *directory, struct effrecord_state *ret_state)
{
    *ret_state = (struct effrecord_state){0};
    char *path = effrecord_text("%s/" EFFREC_RECORD_STEM ".json", directory);
    json_t *record = json_load_file(path, 0, NULL);
    free(path);
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
    }
    json_decref(record);
}
