/* latency: moments and percentiles against the same figures computed from all values. */
#include "cmocka_test.h"
#include "record/latency.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { COUNT = 20000 };

static struct effrec_latency *make(void)
{
    struct effrec_latency *latency = calloc(1, sizeof *latency);
    assert_non_null(latency);
    return latency;
}

static int ascending(const void *left, const void *right)
{
    const uint64_t *a = left, *b = right;
    return (*a > *b) - (*a < *b);
}

static void latency__empty(void **state)
{
    (void)state;
    struct effrec_latency *latency = make();
    struct effrec_latency_moments moments;
    effrec_latency_moments(latency, &moments);
    assert_int_equal(moments.count, 0);
    double unchanged = -1;
    assert_int_equal(effrec_latency_percentiles(latency, (double[]){50}, 1, &unchanged), 0);
    assert_true(unchanged == -1);
    free(latency);
}

static void latency__moments_are_exact(void **state)
{
    (void)state;
    struct effrec_latency *latency = make();
    static const uint64_t values[] = {2, 4, 4, 4, 5, 5, 7, 9};
    for (size_t i = 0; i < 8; i++)
        effrec_latency_add(latency, 1000000000000u + values[i]);
    struct effrec_latency_moments moments;
    effrec_latency_moments(latency, &moments);
    assert_int_equal(moments.count, 8);
    assert_int_equal(moments.min_ns, 1000000000002u);
    assert_int_equal(moments.max_ns, 1000000000009u);
    assert_true(fabs(moments.mean_ns - 1000000000005.0) < 1e-3);
    assert_true(fabs(moments.std_ns - sqrt(32.0 / 7)) < 1e-3);
    free(latency);
}

static void latency__two_values_have_a_deviation(void **state)
{
    (void)state;
    struct effrec_latency *latency = make();
    struct effrec_latency_moments moments;
    effrec_latency_add(latency, 10);
    effrec_latency_moments(latency, &moments);
    assert_true(moments.std_ns == 0);
    effrec_latency_add(latency, 16);
    effrec_latency_moments(latency, &moments);
    assert_true(fabs(moments.std_ns - sqrt(18)) < 1e-12);
    free(latency);
}

static void take(void *context, double ns, uint64_t count)
{
    double *sums = context;
    sums[0] += (double)count;
    sums[1] += ns * (double)count;
}

static void latency__each_visits_all(void **state)
{
    (void)state;
    struct effrec_latency *latency = make();
    double sums[2] = {0, 0};
    static const uint64_t values[] = {0, 0, 3, 3, 3, 16, UINT64_C(1) << 63};
    for (size_t i = 0; i < sizeof values / sizeof *values; i++)
        effrec_latency_add(latency, values[i]);
    effrec_latency_each(latency, take, sums);
    assert_true(sums[0] == 7);
    assert_true(fabs(sums[1] / ldexp(1, 63) - 1) <= EFFREC_LATENCY_QUANTILE_ERROR);
    free(latency);
}

struct visits {
    double ns[4], counts[4];
    int count;
};

static void note_visit(void *context, double ns, uint64_t count)
{
    struct visits *visits = context;
    assert_true(visits->count < 4);
    visits->ns[visits->count] = ns;
    visits->counts[visits->count++] = (double)count;
}

/* 1000 and 1005 share the bucket of 1000 to 1007. */
static void latency__each_gives_the_middles_of_buckets_in_order(void **state)
{
    (void)state;
    struct effrec_latency *latency = make();
    static const uint64_t values[] = {1000, 100, 3, 1005, 3, 1008};
    for (size_t i = 0; i < sizeof values / sizeof *values; i++)
        effrec_latency_add(latency, values[i]);
    struct visits visits = {0};
    effrec_latency_each(latency, note_visit, &visits);
    static const double ns[] = {3, 100, 1003.5, 1011.5}, counts[] = {2, 1, 2, 1};
    assert_int_equal(visits.count, 4);
    for (int i = 0; i < 4; i++) {
        assert_true(visits.ns[i] == ns[i]);
        assert_true(visits.counts[i] == counts[i]);
    }
    free(latency);
}

static void latency__percentiles_are_of_the_nearest_rank(void **state)
{
    (void)state;
    struct effrec_latency *latency = make();
    for (uint64_t value = 1; value <= 4; value++)
        effrec_latency_add(latency, value);
    static const double percents[] = {0.1, 25, 25.1, 50, 51, 75, 76, 100};
    static const double expected[] = {1, 1, 2, 2, 3, 3, 4, 4};
    double found[9] = {[8] = -1};
    assert_int_equal(effrec_latency_percentiles(latency, percents, 8, found), 1);
    for (int i = 0; i < 8; i++)
        assert_true(found[i] == expected[i]);
    assert_true(found[8] == -1);
    free(latency);
}

/* From nanoseconds to hours, spread evenly over the exponents. */
static void latency__percentiles_keep_their_error(void **state)
{
    (void)state;
    struct effrec_latency *latency = make();
    uint64_t *values = calloc(COUNT, sizeof *values);
    assert_non_null(values);
    uint64_t random = 88172645463325252u;
    for (int i = 0; i < COUNT; i++) {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        values[i] = random >> (20 + i % 44);
        effrec_latency_add(latency, values[i]);
    }
    qsort(values, COUNT, sizeof *values, ascending);
    double percents[] = {0.01, 10, 50, 95, 99, 99.9, 100}, found[7];
    assert_int_equal(effrec_latency_percentiles(latency, percents, 7, found), 1);
    for (int i = 0; i < 7; i++) {
        double exact = (double)values[(int)ceil(percents[i] / 100 * COUNT) - 1];
        assert_true(fabs(found[i] - exact) <= exact * EFFREC_LATENCY_QUANTILE_ERROR);
    }
    free(values);
    free(latency);
}

static void latency__every_exponent_has_its_bucket(void **state)
{
    (void)state;
    for (int bit = 0; bit < 64; bit++)
        for (int offset = -1; offset <= 1; offset++) {
            uint64_t value = (UINT64_C(1) << bit) + (uint64_t)offset;
            struct effrec_latency *latency = make();
            effrec_latency_add(latency, value);
            double median;
            assert_int_equal(effrec_latency_percentiles(latency, (double[]){50}, 1, &median), 1);
            assert_true(median == (double)value);
            free(latency);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(latency__empty),
        cmocka_unit_test(latency__moments_are_exact),
        cmocka_unit_test(latency__two_values_have_a_deviation),
        cmocka_unit_test(latency__each_visits_all),
        cmocka_unit_test(latency__each_gives_the_middles_of_buckets_in_order),
        cmocka_unit_test(latency__percentiles_are_of_the_nearest_rank),
        cmocka_unit_test(latency__percentiles_keep_their_error),
        cmocka_unit_test(latency__every_exponent_has_its_bucket),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
