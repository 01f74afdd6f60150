/* The record of a run that was submitted to Slurm and has not started: so that everybody sees that
 * it is to come, and nobody submits it again. */
#ifndef EFFRECORD_PENDING_H
#define EFFRECORD_PENDING_H

#include "common/error.h"
#include "effrecord/plan.h"

/* Makes the record in the job's directory say that it pends as task `task` of the array `array_id`
 * of `cluster`. What an earlier run left there is kept, as for every new run. -1 with *error set.
 */
int effrecord_pending_write(const struct effrecord_job *job, const char *cluster,
                            const char *array_id, size_t task, struct ec_error *error);

#endif
