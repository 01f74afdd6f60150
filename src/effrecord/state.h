/* How far the runs of output directories have come, from their records and their batch jobs. */
#ifndef EFFRECORD_STATE_H
#define EFFRECORD_STATE_H

#include "common/slurm.h"

#include <stdbool.h>

struct effrecord_state {
    const char *problem; /* why there is no telling: a file that may be a record cannot be read */
    bool recorded;       /* there is a readable record; the rest tells of it */
    enum ec_status liveness;
    int64_t pid;            /* 0: not in the record */
    char host[EC_HOST_MAX]; /* empty: not in the record */
    struct ec_slurm_job job;
};

/* Reads DIRECTORY/efficiency_metrics.json. A file there that holds something else is no record. */
void effrecord_state_read(const char *directory, struct effrecord_state *ret_state);

/* Asks Slurm, once for all, about the jobs of runs that are not completed as far as their records
 * tell. A message is printed when it does not answer; where it is not, the records are all there
 * is. */
void effrecord_states_ask(struct effrecord_state *states, size_t count);

#endif
