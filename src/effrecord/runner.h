/* Runs the jobs of a sweep, some at a time, each with its log. */
#ifndef EFFRECORD_RUNNER_H
#define EFFRECORD_RUNNER_H

#include "effrecord/plan.h"
#include "effrecord/signals.h"

/* What the programs of a job print, in its output directory. Also locked by them: as long as one
 * lives, the job is not started again. */
#define EFFRECORD_LOG_NAME "effrecord.log"

enum effrecord_result_kind {
    EFFRECORD_WAITING,       /* not run, or stopped by a signal */
    EFFRECORD_WAS_COMPLETED, /* by an earlier start */
    EFFRECORD_LEFT_ALONE,    /* somebody else runs it */
    EFFRECORD_RUNNING,
    EFFRECORD_COMPLETED,
    EFFRECORD_FAILED,
};

struct effrecord_result {
    enum effrecord_result_kind kind;
    char *reason; /* of LEFT_ALONE and FAILED, why: "exit status 3"; else NULL. free() it */
};

/* What the records in the jobs' directories say, and Slurm of those that were submitted to it:
 * WAS_COMPLETED, LEFT_ALONE, WAITING, or FAILED where a record cannot be read: it may be of a run
 * that took days. `results` has plan->count items. */
void effrecord_results_before(const struct effrecord_plan *plan, struct effrecord_result *results);

/* Runs every job that is not completed, `lanes` at a time; a job that fails does not stop the
 * others. Progress goes to standard error. `results` has plan->count items, zeroed. The signals are
 * taken. Returns 0, or the number of the signal that ended the sweep early: then it was passed on
 * and what ran was waited for. */
int effrecord_run_jobs(const struct effrecord_plan *plan, size_t lanes,
                       const struct effrecord_signals *signals, struct effrecord_result *results);

#endif
