/* How a run ended, as far as its record tells. */
#ifndef EC_COMMON_STATUS_H
#define EC_COMMON_STATUS_H

#include <stdbool.h>
#include <stddef.h>

/* Only completed runs are ranked. */
enum ec_status {
    EC_STATUS_COMPLETED,   /* also a record without a status: other tools write theirs at the end */
    EC_STATUS_RUNNING,     /* as far as can be told from here */
    EC_STATUS_FAILED,      /* ended, and said so */
    EC_STATUS_INTERRUPTED, /* "running", but gone; or a status that this version does not know */
    EC_STATUS_PARTIAL,     /* some of its ranks left no record */
    EC_STATUS_PENDING,     /* submitted to a batch system, not started */
};
enum { EC_STATUS_COUNT = EC_STATUS_PENDING + 1 };

/* "completed", "running", "failed", "interrupted", "partial" or "pending": as records and machine
 * formats write them. */
const char *ec_status_name(enum ec_status status);
/* What has this name, `length` bytes; false when nothing has. */
bool ec_status_find(const char *name, size_t length, enum ec_status *ret_status);

#endif
