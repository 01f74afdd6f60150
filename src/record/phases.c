#include "record/phases.h"

#include "record/effrecord.h"

#include <errno.h>

void effrec_phases_start(struct effrec_phases *phases, uint64_t now_ns)
{
    *phases = (struct effrec_phases){.start_ns = now_ns, .last_ns = now_ns};
}

static void charge(struct effrec_phases *phases, uint64_t now_ns)
{
    uint64_t *account = phases->depth > 0 ? &phases->spent_ns[phases->stack[phases->depth - 1]]
                                          : &phases->outside_ns;
    *account += now_ns - phases->last_ns;
    phases->last_ns = now_ns;
}

int effrec_phases_begin(struct effrec_phases *phases, int phase, uint64_t now_ns)
{
    if (phase < 0 || phase >= EFFREC_PHASE_COUNT)
        return -EINVAL;
    if (phases->depth == EFFREC_PHASE_DEPTH)
        return -EOVERFLOW;
    charge(phases, now_ns);
    phases->begun[phase] = true;
    phases->stack[phases->depth++] = phase;
    return 0;
}

int effrec_phases_end(struct effrec_phases *phases, int phase, uint64_t now_ns)
{
    if (phases->depth == 0 || phases->stack[phases->depth - 1] != phase)
        return -EINVAL;
    charge(phases, now_ns);
    phases->depth--;
    return 0;
}

void effrec_phases_read(const struct effrec_phases *phases, uint64_t now_ns,
                        struct effrec_phases_times *ret_times)
{
    struct effrec_phases now = *phases;
    charge(&now, now_ns);
    *ret_times = (struct effrec_phases_times){.total_ns = now_ns - now.start_ns};
    for (int i = 0; i < EFFREC_PHASE_COUNT; i++) {
        ret_times->phase_ns[i] = now.spent_ns[i];
        ret_times->begun[i] = now.begun[i];
    }
    if (now.begun[EFFREC_PHASE_TRAIN]) {
        ret_times->other_ns = now.outside_ns;
    } else {
        ret_times->phase_ns[EFFREC_PHASE_TRAIN] = now.outside_ns;
        ret_times->begun[EFFREC_PHASE_TRAIN] = true;
    }
}

bool effrec_phases_is_in(const struct effrec_phases *phases, int phase)
{
    return phases->depth == 0 ? phase < 0 : phases->stack[phases->depth - 1] == phase;
}
