/* `open` is claimed by compare-and-swap, so that exactly one thread counts a step; the claim makes
 * it the only writer of the totals. Readers use `sequence` as in a seqlock: they read again when it
 * was odd or has changed, and the writer never waits for them. */
#include "record/steps.h"

#include <errno.h>
#include <sched.h>
#include <stdbool.h>

#define LOAD(field) atomic_load_explicit(&(field), memory_order_relaxed)
#define ADD(field, amount)                                                                         \
    atomic_store_explicit(&(field), LOAD(field) + (amount), memory_order_relaxed)

enum { NONE = 0, COUNTING = 1 };

int effrec_steps_begin(struct effrec_steps *steps, uint64_t now_ns)
{
    uint64_t open = LOAD(steps->open);
    if (open == COUNTING || !atomic_compare_exchange_strong(&steps->open, &open, now_ns))
        return -EBUSY;
    return 0;
}

static void count(struct effrec_steps *steps, uint64_t ns, struct effrec_step_tokens tokens)
{
    if (LOAD(steps->count) == 0)
        ADD(steps->first_ns, ns);
    else
        effrec_latency_add(&steps->latency, ns);
    ADD(steps->count, 1);
    if (tokens.total >= 0) {
        ADD(steps->counted, 1);
        ADD(steps->tokens, (uint64_t)tokens.total);
    }
    if (tokens.forget >= 0 && tokens.retain >= 0) {
        ADD(steps->split, 1);
        ADD(steps->forget_tokens, (uint64_t)tokens.forget);
        ADD(steps->retain_tokens, (uint64_t)tokens.retain);
    }
}

int effrec_steps_end(struct effrec_steps *steps, uint64_t now_ns, struct effrec_step_tokens tokens)
{
    uint64_t began = LOAD(steps->open);
    if (began == NONE)
        return -EINVAL;
    if (began == COUNTING || !atomic_compare_exchange_strong(&steps->open, &began, COUNTING))
        return -EBUSY;
    uint64_t sequence = LOAD(steps->sequence);
    atomic_store_explicit(&steps->sequence, sequence + 1, memory_order_relaxed);
    atomic_thread_fence(memory_order_release);
    count(steps, now_ns > began ? now_ns - began : 0, tokens);
    atomic_store_explicit(&steps->sequence, sequence + 2, memory_order_release);
    atomic_store_explicit(&steps->open, NONE, memory_order_release);
    return 0;
}

/* False when a step was counted meanwhile. */
static bool try_read(const struct effrec_steps *steps, struct effrec_steps_totals *ret_totals)
{
    uint64_t sequence = atomic_load_explicit(&steps->sequence, memory_order_acquire);
    *ret_totals = (struct effrec_steps_totals){
        .count = LOAD(steps->count),
        .counted = LOAD(steps->counted),
        .split = LOAD(steps->split),
        .tokens = LOAD(steps->tokens),
        .forget_tokens = LOAD(steps->forget_tokens),
        .retain_tokens = LOAD(steps->retain_tokens),
        .first_ns = LOAD(steps->first_ns),
    };
    effrec_latency_moments(&steps->latency, &ret_totals->latency);
    atomic_thread_fence(memory_order_acquire);
    return sequence % 2 == 0 && LOAD(steps->sequence) == sequence;
}

void effrec_steps_read(const struct effrec_steps *steps, struct effrec_steps_totals *ret_totals)
{
    while (!try_read(steps, ret_totals))
        sched_yield();
}
