#include "ranks/latency.h"

#include "ranks/members.h"

#include <math.h>
#include <stdlib.h>

/* Steps of the same latency. */
struct bucket {
    double ms, steps;
};

struct histogram {
    struct bucket *buckets;
    size_t count;
};

static const json_t *latency_of(const json_t *record)
{
    const json_t *latency = json_object_get(record, "latency");
    return ec_member_number(latency, "n") > 0 ? latency : NULL;
}

static const json_t *slowest(const struct ec_ranks *ranks)
{
    const json_t *slowest = NULL;
    for (size_t i = 0; i < ranks->count; i++) {
        const json_t *latency = latency_of(ranks->records[i]);
        if (latency && (!slowest || ec_member_number(latency, "mean_ms") >
                                        ec_member_number(slowest, "mean_ms")))
            slowest = latency;
    }
    return slowest;
}

/* The lowest (sign -1) or highest (sign 1) number of any rank, a new reference; NULL: none. */
static json_t *extreme(const struct ec_ranks *ranks, const char *key, int sign)
{
    const json_t *result = NULL;
    for (size_t i = 0; i < ranks->count; i++) {
        const json_t *value = json_object_get(json_object_get(ranks->records[i], "latency"), key);
        if (json_is_number(value) &&
            (!result || (sign > 0 ? ec_number_less(result, value) : ec_number_less(value, result))))
            result = value;
    }
    return json_incref((json_t *)result);
}

/* ---- percentiles ---- */

static int compare(const void *a, const void *b)
{
    double left = ((const struct bucket *)a)->ms, right = ((const struct bucket *)b)->ms;
    return left < right ? -1 : left > right;
}

/* Pairs of milliseconds and steps. */
static size_t add_pairs(struct histogram *histogram, const json_t *pairs)
{
    size_t added = 0;
    for (size_t i = 0; i + 1 < json_array_size(pairs); i += 2) {
        struct bucket bucket = {json_number_value(json_array_get(pairs, i)),
                                json_number_value(json_array_get(pairs, i + 1))};
        if (bucket.steps > 0) {
            histogram->buckets[histogram->count++] = bucket;
            added++;
        }
    }
    return added;
}

/* False when a rank with steps has no histogram, or out of memory: then there are no buckets. */
static bool collect(const struct ec_ranks *ranks, struct histogram *ret_histogram)
{
    size_t capacity = 0;
    for (size_t i = 0; i < ranks->count; i++)
        capacity += json_array_size(ec_member(ranks->records[i], "latency.histogram")) / 2;
    *ret_histogram = (struct histogram){calloc(capacity + 1, sizeof(struct bucket)), 0};
    bool complete = ret_histogram->buckets != NULL;
    for (size_t i = 0; complete && i < ranks->count; i++)
        complete = !latency_of(ranks->records[i]) ||
                   add_pairs(ret_histogram, ec_member(ranks->records[i], "latency.histogram")) > 0;
    if (complete && ret_histogram->count > 0)
        qsort(ret_histogram->buckets, ret_histogram->count, sizeof(struct bucket), compare);
    return complete && ret_histogram->count > 0;
}

/* Nearest rank. */
static double percentile(const struct histogram *histogram, double percent)
{
    double total = 0, seen = 0;
    for (size_t i = 0; i < histogram->count; i++)
        total += histogram->buckets[i].steps;
    for (size_t i = 0; i < histogram->count; i++) {
        seen += histogram->buckets[i].steps;
        if (seen >= ceil(percent / 100 * total))
            return histogram->buckets[i].ms;
    }
    return histogram->buckets[histogram->count - 1].ms;
}

/* Without histograms the highest percentile of any rank is an upper bound of that of all. */
static int set_percentiles(const struct ec_ranks *ranks, json_t *latency)
{
    static const struct {
        const char *key;
        double percent;
    } wanted[] = {{"p50_ms", 50}, {"p95_ms", 95}, {"p99_ms", 99}};
    struct histogram histogram;
    bool pooled = collect(ranks, &histogram);
    if (!histogram.buckets)
        return -1;
    double min = ec_member_number(latency, "min_ms"), max = ec_member_number(latency, "max_ms");
    int rc = 0;
    for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++) {
        json_t *value =
            pooled ? json_real(fmin(fmax(percentile(&histogram, wanted[i].percent), min), max))
                   : extreme(ranks, wanted[i].key, 1);
        if (value)
            rc |= json_object_set_new(latency, wanted[i].key, value);
    }
    free(histogram.buckets);
    rc |= json_object_set_new(latency, "percentiles_of",
                              json_string(pooled ? "all ranks" : "the slowest rank"));
    return rc;
}

/* ---- the whole ---- */

static int set_extreme(const struct ec_ranks *ranks, json_t *latency, const char *key, int sign)
{
    json_t *value = extreme(ranks, key, sign);
    return value ? json_object_set_new(latency, key, value) : 0;
}

static int set_flat_keys(json_t *merged, const json_t *latency)
{
    static const char *const keys[][2] = {{"per_step_latency_mean_ms", "mean_ms"},
                                          {"per_step_latency_std_ms", "std_ms"},
                                          {"per_step_latency_min_ms", "min_ms"},
                                          {"per_step_latency_max_ms", "max_ms"}};
    int rc = 0;
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        json_t *value = json_object_get(latency, keys[i][1]);
        if (value)
            rc |= json_object_set(merged, keys[i][0], value);
    }
    return rc;
}

int ec_latency_merge(const struct ec_ranks *ranks, json_t *merged)
{
    const json_t *of_slowest = slowest(ranks);
    if (!of_slowest)
        return 0;
    json_t *latency = json_copy((json_t *)of_slowest);
    json_object_del(latency, "histogram");
    int rc = latency ? 0 : -1;
    rc |= set_extreme(ranks, latency, "min_ms", -1);
    rc |= set_extreme(ranks, latency, "max_ms", 1);
    rc |= set_extreme(ranks, latency, "first_step_ms", 1);
    rc |= set_percentiles(ranks, latency);
    rc |= set_flat_keys(merged, latency);
    rc |= json_object_set_new(merged, "latency", latency);
    return rc;
}
