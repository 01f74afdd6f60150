/* The trade-off front: the runs that no other run beats in every chosen column.
 *
 * A run dominates another when it is at least as good in all columns and better in one. Equal runs
 * do not dominate each other. For EC_TARGET and EC_REFERENCE, good is near the target.
 *
 * What is not measured. A run with a missing value in one of the columns is incomparable: it is not
 * on the front, and it dominates nobody, since a missing value is neither good nor bad.
 *
 * Spread. A run that is dominated by the values alone, but by no single run beyond the spreads, is
 * possibly on the front: nobody's `value + spread` is at least as good as its `value - spread` in
 * every column (with the signs turned where higher is better).
 */
#ifndef EC_QUERY_PARETO_H
#define EC_QUERY_PARETO_H

#include "common/metric.h"

#include <stddef.h>
#include <stdint.h>

struct ec_pareto_axis {
    const double *values;        /* one per run; NAN: missing */
    const double *spreads;       /* likewise; NULL or NAN: none */
    enum ec_direction direction; /* not EC_NEUTRAL */
    double target;               /* for EC_TARGET and EC_REFERENCE */
};

enum ec_pareto_state {
    EC_PARETO_INCOMPARABLE,
    EC_PARETO_DOMINATED,
    EC_PARETO_POSSIBLE, /* dominated, but not beyond the spreads */
    EC_PARETO_FRONT,
};

/* Writes an enum ec_pareto_state for each of the `count` runs. O(n log n) for up to three axes,
 * O(n log^2 n) for four; beyond that each run is compared with those on the front. */
void ec_pareto_mark(const struct ec_pareto_axis *axes, size_t axis_count, size_t count,
                    uint8_t *ret_states);

#endif
