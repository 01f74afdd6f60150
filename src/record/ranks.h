/* Which of several processes of one run this is. */
#ifndef EFFREC_RANKS_H
#define EFFREC_RANKS_H

#include <stdbool.h>
#include <stdint.h>

#include <jansson.h>

enum { EFFREC_LAUNCH_MAX = 160 };

struct effrec_ranks {
    int64_t rank;
    int64_t world_size; /* 0: not known, but not alone */
    int64_t local_rank; /* number on this machine; -1: not known */
    const char *source; /* who says so; constant. NULL: nobody, so the process is alone */
    char launch[EFFREC_LAUNCH_MAX]; /* what the ranks of one launch have in common, or empty */
    json_t *conflicts; /* array of what other sources say, NULL when none says anything else */
};

/* Finds out, in this order: as given (world_size > 0), EFFREC_RANK, torchrun, Open MPI, PMIx, PMI,
 * MVAPICH, a Slurm step. Slurm's variables count only inside a step: a batch script has them, too,
 * but no peers. Returns 0, -EINVAL (given numbers that cannot be) or -ENOMEM. */
int effrec_ranks_find(int64_t rank, int64_t world_size, int64_t local_rank,
                      struct effrec_ranks *ret_ranks);
void effrec_ranks_clear(struct effrec_ranks *ranks);

/* Whether there are, or may be, other ranks. */
bool effrec_ranks_several(const struct effrec_ranks *ranks);

/* Records it in the identity: "rank" and, where there is one, the launch. 0 or -ENOMEM. */
int effrec_ranks_put(const struct effrec_ranks *ranks, double started_s, json_t *identity);

#endif
