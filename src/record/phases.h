/* Where the time goes: a stack of phases, each moment charged to the innermost one. Not
 * thread-safe. */
#ifndef EFFREC_PHASES_H
#define EFFREC_PHASES_H

#include <stdbool.h>
#include <stdint.h>

enum { EFFREC_PHASE_COUNT = 4, EFFREC_PHASE_DEPTH = 16 };

/* Start with effrec_phases_start(). Indices are enum effrec_phase. */
struct effrec_phases {
    uint64_t spent_ns[EFFREC_PHASE_COUNT];
    uint64_t outside_ns; /* while no phase was open */
    uint64_t start_ns, last_ns;
    bool begun[EFFREC_PHASE_COUNT];
    int stack[EFFREC_PHASE_DEPTH];
    int depth;
};

/* Nanoseconds. What `begun` does not name has no time; the sum of all is `total_ns`. */
struct effrec_phases_times {
    uint64_t total_ns, phase_ns[EFFREC_PHASE_COUNT], other_ns;
    bool begun[EFFREC_PHASE_COUNT]; /* training: also true when it was never marked */
};

/* Clock readings are monotonic, in nanoseconds. */
void effrec_phases_start(struct effrec_phases *phases, uint64_t now_ns);

/* 0, -EINVAL (no such phase) or -EOVERFLOW (nested too deep). */
int effrec_phases_begin(struct effrec_phases *phases, int phase, uint64_t now_ns);

/* 0 or -EINVAL: not the innermost phase. */
int effrec_phases_end(struct effrec_phases *phases, int phase, uint64_t now_ns);

/* Whether the innermost phase is `phase`; for a negative number, whether no phase is open. */
bool effrec_phases_is_in(const struct effrec_phases *phases, int phase);

void effrec_phases_read(const struct effrec_phases *phases, uint64_t now_ns,
                        struct effrec_phases_times *ret_times);

#endif
