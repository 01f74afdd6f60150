/* Step latency of several ranks as one. */
#ifndef EC_RANKS_LATENCY_H
#define EC_RANKS_LATENCY_H

#include "ranks/select.h"

/* Sets "latency" and the per_step_latency_* keys of the merged record. Mean, deviation and count
 * are those of the rank whose mean is highest, since the others wait for it; extremes and
 * percentiles are over the steps of all ranks. Returns 0 or -1. */
int ec_latency_merge(const struct ec_ranks *ranks, json_t *merged);

#endif
