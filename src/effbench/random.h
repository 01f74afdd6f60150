/* Reproducible random numbers: xoshiro256** (Blackman and Vigna 2021, doi:10.1145/3460772), integer
 * arithmetic only, so that a seed gives the same sequence on every machine.
 */
#ifndef EB_RANDOM_H
#define EB_RANDOM_H

#include "effbench/real.h"

#include <stdint.h>

struct eb_random {
    uint64_t state[4];
};

/* What random numbers are for; streams above EB_STREAM_ORDER belong to it. */
enum eb_stream {
    EB_STREAM_CORPUS,
    EB_STREAM_INIT,
    EB_STREAM_UNLEARN,
    EB_STREAM_ORDER,
};

/* Every (seed, stream) pair starts a sequence of its own. */
void eb_random_seed(struct eb_random *random, uint64_t seed, uint64_t stream);

uint64_t eb_random_next(struct eb_random *random);

/* Uniform in 0 .. bound-1, without bias; bound must be at least 1. */
int eb_random_below(struct eb_random *random, int bound);

/* Uniform in [-scale, scale). */
eb_real eb_random_uniform(struct eb_random *random, eb_real scale);

/* Fisher-Yates. */
void eb_random_shuffle(struct eb_random *random, int *items, int count);

#endif
