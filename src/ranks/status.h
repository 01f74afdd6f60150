/* How a run of several ranks ended, from how each of them did. */
#ifndef EC_RANKS_STATUS_H
#define EC_RANKS_STATUS_H

#include "common/liveness.h"
#include "ranks/select.h"

/* What one record's status means now (docs/schema.md). */
enum ec_status ec_ranks_liveness(const json_t *record, const struct ec_liveness_here *here);

/* Sets status and status_reason of the merged record: the worst of all ranks', where "failed" is
 * worse than "interrupted", that is worse than "partial" (a rank left no record), and that worse
 * than "running". Returns 0 or -1. */
int ec_ranks_set_status(const struct ec_ranks *ranks, const struct ec_liveness_here *here,
                        json_t *merged);

#endif
