/* What a record's status means now: a record that says "running" may have been left by a run that
 * is no longer there.
 */
#ifndef EC_COMMON_LIVENESS_H
#define EC_COMMON_LIVENESS_H

#include "common/process.h"

#include <stdint.h>

enum ec_liveness {
    EC_LIVENESS_COMPLETED, /* also a record without a status: other tools write theirs at the end */
    EC_LIVENESS_RUNNING,   /* as far as can be told from here */
    EC_LIVENESS_FAILED,    /* ended, and said so */
    EC_LIVENESS_INTERRUPTED, /* "running", but gone; or a status that this version does not know */
    EC_LIVENESS_PARTIAL,     /* merged from some of a run's ranks */
    EC_LIVENESS_PENDING,     /* submitted to a batch system, not started */
};

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
enum ec_liveness ec_liveness(const struct ec_liveness_record *record,
                             const struct ec_liveness_here *here);

/* "completed", "running", "failed", "interrupted", "partial" or "pending". */
const char *ec_liveness_name(enum ec_liveness liveness);

#endif
