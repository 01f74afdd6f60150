/* Batch jobs of runs that are not completed: asks Slurm, where it is, whether they still wait or
 * run, since a record cannot tell that its job was cancelled. Trees without such records cost
 * nothing and ask nobody. */
#ifndef EC_LOAD_JOBS_H
#define EC_LOAD_JOBS_H

#include "load/load.h"

/* What was answered, so that somebody who loads again and again does not ask as often. Start it as
 * {0}; ec_jobs_memory_clear() in the end. Used by one load at a time. */
struct ec_jobs_memory {
    struct ec_jobs_entry *entries;
    size_t count;
    int64_t asked_ms; /* when, CLOCK_MONOTONIC */
};

void ec_jobs_memory_clear(struct ec_jobs_memory *memory);

/* Corrects the statuses of the runs by what Slurm says of their jobs, and sets the remark that
 * tells what it said. After ec_runset_finish. Only `jobs` and `stop` of the options count. */
void ec_jobs_ask(struct ec_runset *runset, const struct ec_load_options *options);

#endif
