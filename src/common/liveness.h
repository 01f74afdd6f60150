/* What a record's status means now: a record that says "running" may have been left by a run that
 * is no longer there.
 */
#ifndef EC_COMMON_LIVENESS_H
#define EC_COMMON_LIVENESS_H

#include "common/process.h"
#include "common/status.h"

#include <stdint.h>

/* The keys of the record that matter, as docs/schema.md describes them. Texts may be NULL and
 * numbers 0 where the record has none. */
struct ec_liveness_record {
    const char *status;       /* "status" */
    const char *host;         /* "host" */
    const char *boot_id;      /* "boot_id" */
    uint64_t pid_namespace;   /* "pid_namespace" */
    int64_t pid;              /* "pid" */
    uint64_t pid_start_time;  /* "pid_start_time", clock ticks since boot */
    double heartbeat_at;      /* "heartbeat_unix_seconds" */
    double heartbeat_seconds; /* "heartbeat_interval_seconds"; 0: no heartbeat */
};

/* Where and when the question is asked. */
struct ec_liveness_here {
    const struct ec_machine *machine;
    double now; /* seconds since the epoch */
    /* Start time of a process of this machine: ec_process_start_time. */
    uint64_t (*start_time)(int64_t pid);
};

/* A run of this machine, boot and process namespace is there if its process is. Any other, and one
 * whose process is another user's and hidden, is interrupted when the machine has rebooted since,
 * or when the last heartbeat is older than three intervals and a minute (clocks of machines differ,
 * and file servers cache). A running record that allows neither test counts as running. No I/O but
 * through `start_time`. */
enum ec_status ec_liveness(const struct ec_liveness_record *record,
                           const struct ec_liveness_here *here);

#endif
