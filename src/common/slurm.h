/* What Slurm says of its jobs, asked with its own commands (`scontrol show config`, `squeue`): one
 * question for any number of jobs.
 *
 * A controller forgets a job some minutes after its end, and other clusters use the same numbers:
 * an answer counts only when the cluster that answers is the one that the job belongs to.
 */
#ifndef EC_COMMON_SLURM_H
#define EC_COMMON_SLURM_H

#include "common/error.h"
#include "common/liveness.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

enum { EC_SLURM_CLUSTER_MAX = 64, EC_SLURM_ID_MAX = 48, EC_SLURM_WORD_MAX = 32 };

enum ec_slurm_standing {
    EC_SLURM_UNKNOWN, /* nobody said anything of it */
    EC_SLURM_WAITS,
    EC_SLURM_RUNS,
    EC_SLURM_SUSPENDED, /* stopped for a while, and so is whatever refreshes its record */
    EC_SLURM_COMPLETED, /* ended a moment ago, and well */
    EC_SLURM_GONE,      /* ended in another way, or so long ago that it is forgotten */
};

struct ec_slurm_job {
    char cluster[EC_SLURM_CLUSTER_MAX]; /* empty: not known, so that nobody can be asked */
    char id[EC_SLURM_ID_MAX];           /* "12", or "12_3" for task 3 of an array; empty: no job */
    bool may_be_hidden;                 /* where Slurm keeps users' jobs from each other */
    enum ec_slurm_standing standing;    /* from here on: as Slurm says */
    char state[EC_SLURM_WORD_MAX];      /* its own word, such as "CANCELLED"; empty: forgotten */
    char reason[EC_SLURM_WORD_MAX];     /* why it waits: "Priority"; empty: not said */
};

/* The job of a record, by the texts of its "job" object; NULL where it has none. `owner` is the
 * user whose file the record is. */
void ec_slurm_job_set(struct ec_slurm_job *job, const char *cluster, const char *job_id,
                      const char *array_job_id, const char *array_task_id, uid_t owner);

/* What this machine's Slurm is. */
struct ec_slurm_cluster {
    char name[EC_SLURM_CLUSTER_MAX];
    long max_array;    /* an array's task numbers are below this */
    bool private_jobs; /* users see their own only */
};

enum { EC_SLURM_ANSWERED, EC_SLURM_ABSENT = 1 };

/* For how many seconds to wait for each of the two answers: who only looks does not wait for a busy
 * controller; who starts runs needs to know. It says after 10 s that it cannot be reached. */
enum { EC_SLURM_LOOK_S = 2, EC_SLURM_START_S = 30 };

/* Returns EC_SLURM_ANSWERED; EC_SLURM_ABSENT where Slurm is not installed; -1 with the reason in
 * `error`. `stop` as for ec_capture. */
int ec_slurm_cluster(struct ec_slurm_cluster *ret_cluster, int seconds, const atomic_bool *stop,
                     struct ec_error *error);

/* Fills in the standing of those jobs that this machine's Slurm is to be asked about; the jobs stay
 * in their order. Returns as ec_slurm_cluster; then nothing was filled in. */
int ec_slurm_ask(struct ec_slurm_job *jobs, size_t count, int seconds, const atomic_bool *stop,
                 struct ec_error *error);

/* How far a run has come, by its record and by what Slurm says of its job. A record that says how
 * the run ended is right; one that says it waits or runs is not when the job is gone. But whatever
 * was left by a run that did not complete and whose job waits again, as after `scontrol requeue` or
 * a preemption, will be replaced. */
enum ec_status ec_slurm_liveness(enum ec_status recorded, enum ec_slurm_standing standing);

#endif
