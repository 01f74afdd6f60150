#include "record/latency.h"

#include <math.h>

#define LOAD(field)         atomic_load_explicit(&(field), memory_order_relaxed)
#define STORE(field, value) atomic_store_explicit(&(field), value, memory_order_relaxed)

enum { SUB_BITS = EFFREC_LATENCY_SUB_BITS, SUB_COUNT = 1 << SUB_BITS };

/* Values below SUB_COUNT have a bucket each. Above, the bucket is the exponent together with the
 * SUB_BITS bits that follow the leading one. */
static unsigned bucket_of(uint64_t ns)
{
    if (ns < SUB_COUNT)
        return (unsigned)ns;
    unsigned shift = 63u - (unsigned)__builtin_clzll(ns) - SUB_BITS;
    return ((shift + 1) << SUB_BITS) + (unsigned)(ns >> shift) - SUB_COUNT;
}

static double bucket_middle(unsigned bucket)
{
    if (bucket < SUB_COUNT)
        return bucket;
    int shift = (int)(bucket >> SUB_BITS) - 1;
    double lower = ldexp(SUB_COUNT + (bucket & (SUB_COUNT - 1)), shift);
    return lower + (ldexp(1, shift) - 1) / 2;
}

void effrec_latency_add(struct effrec_latency *latency, uint64_t ns)
{
    uint64_t count = LOAD(latency->count) + 1;
    double value = (double)ns;
    double mean = LOAD(latency->mean_ns);
    double distance = value - mean;
    mean += distance / (double)count;
    STORE(latency->mean_ns, mean);
    STORE(latency->squares, LOAD(latency->squares) + distance * (value - mean));
    if (count == 1 || ns < LOAD(latency->min_ns))
        STORE(latency->min_ns, ns);
    if (ns > LOAD(latency->max_ns))
        STORE(latency->max_ns, ns);
    _Atomic uint64_t *bucket = &latency->buckets[bucket_of(ns)];
    STORE(*bucket, LOAD(*bucket) + 1);
    STORE(latency->count, count);
}

void effrec_latency_moments(const struct effrec_latency *latency,
                            struct effrec_latency_moments *ret_moments)
{
    uint64_t count = LOAD(latency->count);
    double squares = LOAD(latency->squares);
    *ret_moments = (struct effrec_latency_moments){
        .count = count,
        .min_ns = LOAD(latency->min_ns),
        .max_ns = LOAD(latency->max_ns),
        .mean_ns = LOAD(latency->mean_ns),
        .std_ns = count > 1 ? sqrt(squares / (double)(count - 1)) : 0,
    };
}

int effrec_latency_percentiles(const struct effrec_latency *latency, const double *percents,
                               int count, double *ret_ns)
{
    uint64_t total = 0;
    for (unsigned i = 0; i < EFFREC_LATENCY_BUCKETS; i++)
        total += LOAD(latency->buckets[i]);
    if (total == 0)
        return 0;
    double min = (double)LOAD(latency->min_ns), max = (double)LOAD(latency->max_ns);
    uint64_t seen = 0;
    int next = 0;
    for (unsigned i = 0; i < EFFREC_LATENCY_BUCKETS && next < count; i++) {
        seen += LOAD(latency->buckets[i]);
        while (next < count && (double)seen >= ceil(percents[next] / 100 * (double)total))
            ret_ns[next++] = fmin(fmax(bucket_middle(i), min), max);
    }
    return 1;
}

void effrec_latency_each(const struct effrec_latency *latency,
                         void (*visit)(void *context, double ns, uint64_t count), void *context)
{
    for (unsigned i = 0; i < EFFREC_LATENCY_BUCKETS; i++) {
        uint64_t count = LOAD(latency->buckets[i]);
        if (count > 0)
            visit(context, bucket_middle(i), count);
    }
}
