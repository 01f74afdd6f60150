#include "ranks/status.h"

#include "ranks/members.h"

#include <inttypes.h>
#include <stdio.h>

enum ec_status ec_ranks_liveness(const json_t *record, const struct ec_liveness_here *here)
{
    const struct ec_liveness_record facts = {
        .status = ec_member_text(record, "status"),
        .host = ec_member_text(record, "host"),
        .boot_id = ec_member_text(record, "boot_id"),
        .pid_namespace = (uint64_t)ec_member_integer(record, "pid_namespace"),
        .pid = ec_member_integer(record, "pid"),
        .pid_start_time = (uint64_t)ec_member_integer(record, "pid_start_time"),
        .heartbeat_at = ec_member_number(record, "heartbeat_unix_seconds"),
        .heartbeat_seconds = ec_member_number(record, "heartbeat_interval_seconds"),
    };
    return ec_liveness(&facts, here);
}

static int badness(enum ec_status liveness)
{
    switch (liveness) {
    case EC_STATUS_COMPLETED:
        return 0;
    case EC_STATUS_RUNNING:
    case EC_STATUS_PENDING:
        return 1;
    case EC_STATUS_PARTIAL:
        return 2;
    case EC_STATUS_INTERRUPTED:
        return 3;
    case EC_STATUS_FAILED:
        return 4;
    }
    return 3;
}

static json_t *reason_of(const json_t *record, enum ec_status liveness)
{
    const char *reason = ec_member_text(record, "status_reason");
    return json_sprintf("rank %" PRId64 ": %s", ec_ranks_number(record),
                        reason ? reason : ec_status_name(liveness));
}

int ec_ranks_set_status(const struct ec_ranks *ranks, const struct ec_liveness_here *here,
                        json_t *merged)
{
    int64_t missing = ranks->expected - (int64_t)ranks->count;
    enum ec_status worst = missing > 0 ? EC_STATUS_PARTIAL : EC_STATUS_COMPLETED;
    const json_t *guilty = NULL;
    for (size_t i = 0; i < ranks->count; i++) {
        enum ec_status liveness = ec_ranks_liveness(ranks->records[i], here);
        if (badness(liveness) > badness(worst)) {
            worst = liveness;
            guilty = ranks->records[i];
        }
    }
    json_object_del(merged, "status_reason");
    json_t *reason = NULL;
    if (guilty && worst != EC_STATUS_RUNNING)
        reason = reason_of(guilty, worst);
    else if (worst == EC_STATUS_PARTIAL)
        reason = json_sprintf("%" PRId64 " of %" PRId64 " ranks left no record", missing,
                              ranks->expected);
    if (reason && json_object_set_new(merged, "status_reason", reason) < 0)
        return -1;
    return json_object_set_new(merged, "status", json_string(ec_status_name(worst)));
}
