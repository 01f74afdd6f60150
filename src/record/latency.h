/* Distribution of durations in constant memory: mean and standard deviation by Welford's method,
 * exact extremes, and percentiles from a histogram of log-linear buckets.
 *
 * One thread adds at a time (the caller sees to that); any thread may read meanwhile. Every field
 * is atomic for that, with relaxed order, which costs an add nothing.
 */
#ifndef EFFREC_LATENCY_H
#define EFFREC_LATENCY_H

#include <stdatomic.h>
#include <stdint.h>

/* 64 buckets for each power of two: a bucket is at most 1/64 of its lower bound wide, and a
 * percentile is given as the middle of its bucket, so it is off by at most 1/128 of itself. */
enum { EFFREC_LATENCY_SUB_BITS = 6 };
enum { EFFREC_LATENCY_BUCKETS = (64 - EFFREC_LATENCY_SUB_BITS + 1) << EFFREC_LATENCY_SUB_BITS };
#define EFFREC_LATENCY_QUANTILE_ERROR (1.0 / (2 << EFFREC_LATENCY_SUB_BITS))

struct effrec_latency {
    _Atomic uint64_t count, min_ns, max_ns;
    _Atomic double mean_ns, squares; /* sum of squared distances from the mean, ns^2 */
    _Atomic uint64_t buckets[EFFREC_LATENCY_BUCKETS];
};

/* All in nanoseconds; everything but `count` is 0 when it is 0. `std_ns` is the sample standard
 * deviation (n - 1), 0 below two values. */
struct effrec_latency_moments {
    uint64_t count, min_ns, max_ns;
    double mean_ns, std_ns;
};

void effrec_latency_add(struct effrec_latency *latency, uint64_t ns);

/* The caller makes sure that no add is under way, or reads again when one was. */
void effrec_latency_moments(const struct effrec_latency *latency,
                            struct effrec_latency_moments *ret_moments);

/* Fills ret_ns[i] with the nearest-rank percentile `percents[i]` (0 < p <= 100, ascending) of what
 * was added so far, kept within [min, max]. Adds under way are counted or not. Returns 0 without
 * touching ret_ns when nothing was added, else 1. */
int effrec_latency_percentiles(const struct effrec_latency *latency, const double *percents,
                               int count, double *ret_ns);

/* Calls `visit` for each bucket that holds something, ascending, with the middle of the bucket. */
void effrec_latency_each(const struct effrec_latency *latency,
                         void (*visit)(void *context, double ns, uint64_t count), void *context);

#endif
