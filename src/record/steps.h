/* The hot path: what effrec_step_begin() and effrec_step_end() do, and how their totals are read
 * from another thread. No function here allocates, locks or makes a system call.
 */
#ifndef EFFREC_STEPS_H
#define EFFREC_STEPS_H

#include "record/latency.h"

#include <stdatomic.h>
#include <stdint.h>

/* All zero is an empty one. */
struct effrec_steps {
    _Atomic uint64_t open; /* 0: no step; 1: a step is being counted; else when it began, in ns */
    _Atomic uint64_t sequence;              /* odd while the totals change */
    _Atomic uint64_t count, counted, split; /* steps; those with a token count; with a split one */
    _Atomic uint64_t tokens, forget_tokens, retain_tokens;
    _Atomic uint64_t first_ns;     /* the first step, which warm-up makes unlike the others */
    struct effrec_latency latency; /* all steps but the first */
};

struct effrec_steps_totals {
    uint64_t count, counted, split;
    uint64_t tokens, forget_tokens, retain_tokens;
    uint64_t first_ns;
    struct effrec_latency_moments latency;
};

/* Tokens of one step. Negative: not counted. `forget` and `retain` are known both or not at all. */
struct effrec_step_tokens {
    int64_t total, forget, retain;
};

/* `now_ns` is a monotonic clock above 1. Both return 0 or, when another thread is just ending a
 * step, -EBUSY. */
int effrec_steps_begin(struct effrec_steps *steps, uint64_t now_ns);

/* Also -EINVAL: no step is open. */
int effrec_steps_end(struct effrec_steps *steps, uint64_t now_ns, struct effrec_step_tokens tokens);

/* Totals that belong together, while other threads go on. */
void effrec_steps_read(const struct effrec_steps *steps, struct effrec_steps_totals *ret_totals);

#endif
