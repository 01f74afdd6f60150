/* The axis of a plot: its range, whether it is logarithmic, and its ticks at round numbers. */
#ifndef EC_RENDER_AXIS_H
#define EC_RENDER_AXIS_H

#include "base/arena.h"
#include "base/value.h"

enum { EC_AXIS_TICKS_MAX = 16 };

struct ec_axis {
    double min, max; /* min < max; > 0 when logarithmic */
    bool log;
    /* Tick labels are in units of 10^power, which the title says. */
    int power;
    struct ec_axis_tick {
        double value;
        const char *label; /* in the arena; "10^5" for powers of ten */
    } ticks[EC_AXIS_TICKS_MAX];
    int tick_count;
};

/* Fits an axis to values from `low` to `high`, both finite; equal ones get some room, and none of it
 * is beyond 1e301 unless it is logarithmic. `may_log`: it
 * becomes logarithmic when all is positive and spans more than a factor of 30. `from_zero`: 0 is on
 * the axis. */
struct ec_axis ec_axis_fit(double low, double high, bool may_log, bool from_zero,
                           struct ec_arena *arena);

/* Where a value lies, from 0 at min to 1 at max; beyond for values outside. */
double ec_axis_place(const struct ec_axis *axis, double value);

#endif
