#include "render/axis.h"

#include "base/out.h"
#include "table/format.h"

#include <float.h>
#include <math.h>

static const double LOG_FACTOR = 30, ROOM = 0.07;
static const double FARTHEST = 1e300; /* beyond it, the length of an axis may be no number */
enum { TICKS_WANTED = 5 };

double ec_axis_place(const struct ec_axis *axis, double value)
{
    if (axis->log)
        return (log10(value) - log10(axis->min)) / (log10(axis->max) - log10(axis->min));
    return (value - axis->min) / (axis->max - axis->min);
}

/* The largest of 1, 2 and 5 times a power of ten that is not above `number`. */
static double round_below(double number)
{
    double power = pow(10, floor(log10(number)));
    double mantissa = number / power;
    return (mantissa >= 5 ? 5 : mantissa >= 2 ? 2 : 1) * power;
}

static const char *fixed(double number, int digits, struct ec_arena *arena)
{
    char text[EC_NUMBER_MAX];
    size_t length = ec_format_fixed(text, number, digits > 0 ? digits : 0);
    return ec_arena_strndup(arena, text, length);
}

static void add_tick(struct ec_axis *axis, double value, const char *label)
{
    if (axis->tick_count < EC_AXIS_TICKS_MAX)
        axis->ticks[axis->tick_count++] = (struct ec_axis_tick){value, label};
}

static void add_linear_ticks(struct ec_axis *axis, struct ec_arena *arena)
{
    double step = round_below((axis->max - axis->min) / TICKS_WANTED * 1.6);
    double largest = fmax(fabs(axis->min), fabs(axis->max));
    if (largest >= 1e5 || largest < 1e-2)
        axis->power = 3 * (int)floor(log10(largest) / 3);
    double scale = pow(10, axis->power);
    int digits = (int)ceil(-log10(step / scale) - 1e-9);
    for (double n = ceil(axis->min / step - 1e-9); n * step <= axis->max * (1 + 1e-12); n++) {
        if (axis->tick_count == EC_AXIS_TICKS_MAX)
            break;
        add_tick(axis, n * step, fixed(n * step / scale, digits, arena));
    }
}

/* Powers of ten, with their 2 and 5 times where the powers alone are few. */
static void add_log_ticks(struct ec_axis *axis, struct ec_arena *arena)
{
    static const int steps[] = {1, 2, 5};
    int first = (int)floor(log10(axis->min)), last = (int)ceil(log10(axis->max));
    bool plain = first >= -4 && last <= 5;
    int every = last - first > EC_AXIS_TICKS_MAX / 2 ? (last - first) / 5 : 1;
    int count = last - first > 3 ? 1 : 3;
    for (int power = first; power <= last; power += every) {
        for (int i = 0; i < count; i++) {
            double value = steps[i] * pow(10, power);
            if (value < axis->min * (1 - 1e-9) || value > axis->max * (1 + 1e-9))
                continue;
            const char *label = plain    ? fixed(value, -power, arena)
                                : i == 0 ? ec_arena_printf(arena, "10^%d", power)
                                         : ec_arena_printf(arena, "%d\u00b710^%d", steps[i], power);
            add_tick(axis, value, label);
        }
    }
}

struct ec_axis ec_axis_fit(double low, double high, bool may_log, bool from_zero,
                           struct ec_arena *arena)
{
    low = fmax(fmin(low, FARTHEST), -FARTHEST);
    high = fmax(fmin(high, FARTHEST), -FARTHEST);
    struct ec_axis axis = {.min = low, .max = high};
    axis.log = may_log && low > 0 && high / low > LOG_FACTOR;
    if (axis.log) {
        double factor = pow(high / low, ROOM);
        axis.min = fmax(low / factor, DBL_MIN);
        axis.max = fmin(high * factor, DBL_MAX);
        add_log_ticks(&axis, arena);
        return axis;
    }
    if (from_zero || (low > 0 && low < 0.3 * high)) {
        axis.min = fmin(low, 0);
        axis.max = fmax(high, 0);
    }
    double span = axis.max - axis.min;
    if (!(span > fabs(axis.max) * 1e-9))
        span = axis.max != 0 ? fabs(axis.max) : 1;
    axis.min -= axis.min == 0 ? 0 : ROOM * span;
    axis.max += axis.max == 0 && from_zero ? 0 : ROOM * span;
    add_linear_ticks(&axis, arena);
    return axis;
}
