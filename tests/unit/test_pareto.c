/* pareto: small fronts by hand, large ones against the definition. */
#include "cmocka_test.h"
#include "query/pareto.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum {
    I = EC_PARETO_INCOMPARABLE,
    D = EC_PARETO_DOMINATED,
    P = EC_PARETO_POSSIBLE,
    F = EC_PARETO_FRONT
};

static void assert_states(const struct ec_pareto_axis *axes, size_t axis_count, size_t count,
                          const uint8_t *expected)
{
    uint8_t *states = malloc(count + 1);
    ec_pareto_mark(axes, axis_count, count, states);
    for (size_t i = 0; i < count; i++)
        if (states[i] != expected[i])
            fail_msg("run %zu: %d, not %d", i, states[i], expected[i]);
    free(states);
}

static void front__two_columns(void **state)
{
    (void)state;
    /* Time against utility: fast and bad, slow and good, and what neither is. */
    const double time[] = {100, 200, 300, 250, 100}, utility[] = {0.2, 0.5, 0.7, 0.4, 0.1};
    const struct ec_pareto_axis axes[] = {{time, NULL, EC_LOWER, 0}, {utility, NULL, EC_HIGHER, 0}};
    assert_states(axes, 2, 5, (uint8_t[]){F, F, F, D, D});
}

static void front__one_column_is_the_best(void **state)
{
    (void)state;
    const double time[] = {3, 1, 2, 1};
    const struct ec_pareto_axis axis = {time, NULL, EC_LOWER, 0};
    assert_states(&axis, 1, 4, (uint8_t[]){D, F, D, F});
}

static void front__equal_runs_do_not_dominate_each_other(void **state)
{
    (void)state;
    const double a[] = {1, 1, 1, 2}, b[] = {5, 5, 6, 5};
    const struct ec_pareto_axis axes[] = {{a, NULL, EC_LOWER, 0}, {b, NULL, EC_LOWER, 0}};
    assert_states(axes, 2, 4, (uint8_t[]){F, F, D, D});
    /* Zeros of either sign are equal. */
    const double zero[] = {0.0, -0.0};
    const struct ec_pareto_axis both[] = {{zero, NULL, EC_HIGHER, 0}, {zero, NULL, EC_LOWER, 0}};
    assert_states(both, 2, 2, (uint8_t[]){F, F});
}

static void front__near_the_target(void **state)
{
    (void)state;
    const double privleak[] = {-30, 20, 0, 25}, time[] = {10, 5, 20, 10};
    const struct ec_pareto_axis axes[] = {{privleak, NULL, EC_TARGET, 0},
                                          {time, NULL, EC_LOWER, 0}};
    assert_states(axes, 2, 4, (uint8_t[]){D, F, F, D});
    const struct ec_pareto_axis reference[] = {{privleak, NULL, EC_REFERENCE, -31},
                                               {time, NULL, EC_LOWER, 0}};
    assert_states(reference, 2, 4, (uint8_t[]){F, F, D, D});
}

static void front__missing_is_incomparable(void **state)
{
    (void)state;
    const double time[] = {1, 2, NAN, 3}, mem[] = {NAN, 2, 1, 3};
    const struct ec_pareto_axis axes[] = {{time, NULL, EC_LOWER, 0}, {mem, NULL, EC_LOWER, 0}};
    assert_states(axes, 2, 4, (uint8_t[]){I, F, I, D});
    const double none[] = {NAN, NAN};
    const struct ec_pareto_axis empty = {none, NULL, EC_LOWER, 0};
    assert_states(&empty, 1, 2, (uint8_t[]){I, I});
    assert_states(&empty, 1, 0, NULL);
}

static void spread__keeps_what_is_not_clearly_worse(void **state)
{
    (void)state;
    const double time[] = {100, 104, 120}, spread[] = {2, 3, 3}, mem[] = {8, 8, 8};
    const struct ec_pareto_axis axes[] = {{time, spread, EC_LOWER, 0}, {mem, NULL, EC_LOWER, 0}};
    /* 100 + 2 > 104 - 3, but 100 + 2 <= 120 - 3. */
    assert_states(axes, 2, 3, (uint8_t[]){F, P, D});
    const double unknown[] = {NAN, NAN, NAN};
    const struct ec_pareto_axis single[] = {{time, unknown, EC_LOWER, 0}, {mem, NULL, EC_LOWER, 0}};
    assert_states(single, 2, 3, (uint8_t[]){F, D, D});
}

static void spread__higher_and_target(void **state)
{
    (void)state;
    const double value[] = {0.9, 0.85, 0.5}, spread[] = {0.03, 0.03, 0.03};
    const struct ec_pareto_axis higher = {value, spread, EC_HIGHER, 0};
    assert_states(&higher, 1, 3, (uint8_t[]){F, P, D});
    /* Distances 0.4, 0.35 and 0; a distance is not below 0. */
    const struct ec_pareto_axis target = {value, spread, EC_TARGET, 0.5};
    assert_states(&target, 1, 3, (uint8_t[]){D, D, F});
    const double near[] = {0.5, 0.501};
    const struct ec_pareto_axis nearest = {near, spread, EC_TARGET, 0.5};
    assert_states(&nearest, 1, 2, (uint8_t[]){F, P});
}

static void extremes__are_compared(void **state)
{
    (void)state;
    const double a[] = {1.7e308, -1.7e308, 0}, b[] = {1, 1, 1.7e308},
                 spread[] = {1e308, 1e308, 1e308};
    const struct ec_pareto_axis axes[] = {{a, spread, EC_TARGET, -1.7e308}, {b, NULL, EC_LOWER, 0}};
    assert_states(axes, 2, 3, (uint8_t[]){D, F, P});
    /* The worst there is, alone, is the front. */
    const struct ec_pareto_axis alone = {a, spread, EC_TARGET, -1.7e308};
    assert_states(&alone, 1, 1, (uint8_t[]){F});
}

/* ---- Against the definition ---- */

static double corner(const struct ec_pareto_axis *axis, size_t run, double side)
{
    double spread = axis->spreads ? axis->spreads[run] * side : 0;
    double sign = axis->direction == EC_HIGHER ? -1 : 1;
    return sign * axis->values[run] + spread;
}

static bool dominated(const struct ec_pareto_axis *axes, size_t k, size_t n, size_t b, double side)
{
    for (size_t a = 0; a < n; a++) {
        bool worse = false, better = false;
        for (size_t i = 0; i < k; i++) {
            double x = corner(&axes[i], a, side), y = corner(&axes[i], b, -side);
            worse |= !(x <= y);
            better |= x < y;
        }
        if (!worse && better)
            return true;
    }
    return false;
}

static uint32_t next_random(uint32_t *seed)
{
    *seed = *seed * 1664525 + 1013904223;
    return *seed >> 8;
}

/* `levels`: how many different values a column has; few make many ties. */
static void check_random(size_t k, size_t n, uint32_t levels, bool with_spread, uint32_t seed)
{
    double *values = calloc(k * n, sizeof *values), *spreads = calloc(k * n, sizeof *spreads);
    uint8_t *expected = malloc(n);
    struct ec_pareto_axis axes[8];
    for (size_t i = 0; i < k; i++) {
        axes[i] = (struct ec_pareto_axis){values + i * n, with_spread ? spreads + i * n : NULL,
                                          i % 2 ? EC_HIGHER : EC_LOWER, 0};
        for (size_t j = 0; j < n; j++) {
            values[i * n + j] = next_random(&seed) % levels;
            spreads[i * n + j] = next_random(&seed) % 3;
        }
        values[i * n + next_random(&seed) % n] = NAN;
    }
    for (size_t j = 0; j < n; j++) {
        expected[j] = !dominated(axes, k, n, j, 0)                  ? F
                      : with_spread && !dominated(axes, k, n, j, 1) ? P
                                                                    : D;
        for (size_t i = 0; i < k; i++)
            if (isnan(values[i * n + j]))
                expected[j] = I;
    }
    assert_states(axes, k, n, expected);
    free(values);
    free(spreads);
    free(expected);
}

static void random__as_defined(void **state)
{
    (void)state;
    for (size_t k = 1; k <= 6; k++) {
        for (uint32_t seed = 1; seed <= 12; seed++) {
            check_random(k, 7, 3, seed % 2, seed);
            check_random(k, 60, 4, seed % 2, seed);
            check_random(k, 100, 1000, seed % 2, seed);
        }
    }
}

/* All 100,000 runs on the front: the case that is quadratic when done naively. */
static void large__everything_on_the_front(void **state)
{
    (void)state;
    enum { N = 100000, K = 4 };
    double *values = calloc((size_t)K * N, sizeof *values);
    uint8_t *expected = malloc(N);
    struct ec_pareto_axis axes[K];
    for (size_t i = 0; i < K; i++)
        axes[i] = (struct ec_pareto_axis){values + i * N, NULL, EC_LOWER, 0};
    uint32_t seed = 7;
    for (size_t j = 0; j < N; j++) {
        double sum = 0;
        for (size_t i = 0; i + 1 < K; i++)
            sum += values[i * N + j] = next_random(&seed) % 1000000;
        values[(K - 1) * N + j] = -sum; /* points of one plane */
    }
    memset(expected, F, N);
    assert_states(axes, K, N, expected);
    /* One run that is better than everybody in everything. */
    for (size_t i = 0; i < K; i++)
        values[i * N + N / 2] = -1e9;
    memset(expected, D, N);
    expected[N / 2] = F;
    assert_states(axes, K, N, expected);
    for (size_t k = 1; k < K; k++)
        assert_states(axes, k, N, expected);
    free(values);
    free(expected);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(front__two_columns),
        cmocka_unit_test(front__one_column_is_the_best),
        cmocka_unit_test(front__equal_runs_do_not_dominate_each_other),
        cmocka_unit_test(front__near_the_target),
        cmocka_unit_test(front__missing_is_incomparable),
        cmocka_unit_test(spread__keeps_what_is_not_clearly_worse),
        cmocka_unit_test(spread__higher_and_target),
        cmocka_unit_test(extremes__are_compared),
        cmocka_unit_test(random__as_defined),
        cmocka_unit_test(large__everything_on_the_front),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
