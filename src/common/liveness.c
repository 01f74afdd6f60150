#include "common/liveness.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

enum { MISSED_HEARTBEATS = 3, CLOCK_DIFFERENCE_S = 60 };

static bool same(const char *text, const char *other)
{
    return text && text[0] != '\0' && strcmp(text, other) == 0;
}

static bool is_stale(const struct ec_liveness_record *record, double now)
{
    double allowed = MISSED_HEARTBEATS * record->heartbeat_seconds + CLOCK_DIFFERENCE_S;
    return record->heartbeat_seconds > 0 && now - record->heartbeat_at > allowed;
}

static bool is_gone(const struct ec_liveness_record *record, const struct ec_liveness_here *here)
{
    const struct ec_machine *machine = here->machine;
    bool same_boot = same(record->boot_id, machine->boot_id);
    if (same_boot && record->pid > 0 && record->pid_namespace != 0 &&
        record->pid_namespace == machine->pid_namespace) {
        uint64_t started = here->start_time(record->pid);
        if (started == EC_PROCESS_HIDDEN)
            return is_stale(record, here->now);
        return started == 0 || (record->pid_start_time != 0 && started != record->pid_start_time);
    }
    bool rebooted = record->boot_id && record->boot_id[0] != '\0' && machine->boot_id[0] != '\0' &&
                    !same_boot && same(record->host, machine->host);
    return rebooted || is_stale(record, here->now);
}

enum ec_status ec_liveness(const struct ec_liveness_record *record,
                           const struct ec_liveness_here *here)
{
    enum ec_status status = EC_STATUS_INTERRUPTED; /* also what this version does not know */
    if (!record->status)
        return EC_STATUS_COMPLETED;
    ec_status_find(record->status, strlen(record->status), &status);
    return status == EC_STATUS_RUNNING && is_gone(record, here) ? EC_STATUS_INTERRUPTED : status;
}
