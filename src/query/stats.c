#include "query/stats.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

static double finite_or_nan(double x)
{
    return isfinite(x) ? x : NAN;
}

/* ---- Description ---- */

struct ec_sample ec_stats_describe(const double *values, size_t n)
{
    struct ec_sample sample = {.n = n, .mean = NAN, .std = NAN};
    if (n == 0)
        return sample;
    /* Two passes over differences from the first value: equal values give exactly themselves and 0.
     */
    double shift = values[0], sum = 0, squares = 0;
    for (size_t i = 0; i < n; i++)
        sum += values[i] - shift;
    double mean = shift + sum / (double)n;
    for (size_t i = 0; i < n; i++)
        squares += (values[i] - mean) * (values[i] - mean);
    sample.mean = finite_or_nan(mean);
    if (n > 1)
        sample.std = finite_or_nan(sqrt(squares / (double)(n - 1)));
    return sample;
}

static int compare_doubles(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

double ec_stats_median(double *values, size_t n)
{
    if (n == 0)
        return NAN;
    qsort(values, n, sizeof *values, compare_doubles);
    if (n % 2 == 1)
        return values[n / 2];
    return values[n / 2 - 1] / 2 + values[n / 2] / 2;
}

double ec_stats_standard_error(struct ec_sample sample)
{
    return sample.n < 2 ? NAN : sample.std / sqrt((double)sample.n);
}

double ec_stats_confidence(struct ec_sample sample, double level)
{
    if (sample.n < 2)
        return NAN;
    double t = ec_stats_t_critical(1 - level, (double)(sample.n - 1));
    return t * ec_stats_standard_error(sample);
}

/* ---- The regularised incomplete beta function ---- */

/* The continued fraction of I_x(a, b) without the factor before it: DLMF 8.17.22, evaluated by the
 * modified algorithm of Lentz (Thompson and Barnett 1986, doi:10.1016/0021-9991(86)90046-X).
 * Converges fast for x < (a + 1) / (a + b + 2), in about sqrt(max(a, b)) steps. */
static double beta_fraction(double a, double b, double x)
{
    enum { STEPS = 100000 };
    const double tiny = 1e-300;
    double d = 1 - (a + b) * x / (a + 1);
    d = 1 / (fabs(d) < tiny ? tiny : d);
    double c = 1, fraction = d;
    for (int m = 1; m <= STEPS; m++) {
        double even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
        double odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
        double factor = 1;
        for (int half = 0; half < 2; half++) {
            double term = half == 0 ? even : odd;
            d = 1 + term * d;
            c = 1 + term / c;
            d = 1 / (fabs(d) < tiny ? tiny : d);
            c = fabs(c) < tiny ? tiny : c;
            factor = c * d;
            fraction *= factor;
        }
        if (fabs(factor - 1) < 1e-16)
            break;
    }
    return fraction;
}

/* lgamma without its global variable. */
static double log_gamma(double x)
{
    int sign;
    return lgamma_r(x, &sign);
}

/* I_x(a, b), where y = 1 - x is given too because it may be known more exactly than the difference.
 */
static double incomplete_beta(double a, double b, double x, double y)
{
    if (x <= 0 || y <= 0)
        return x <= 0 ? 0 : 1;
    double log_factor = log_gamma(a + b) - log_gamma(a) - log_gamma(b) + a * log(x) + b * log(y);
    bool direct = x < (a + 1) / (a + b + 2);
    if (direct)
        return exp(log_factor) * beta_fraction(a, b, x) / a;
    return 1 - exp(log_factor) * beta_fraction(b, a, y) / b; /* DLMF 8.17.4 */
}

/* ---- Student's t ---- */

double ec_stats_t_two_sided(double t, double df)
{
    if (isnan(t) || !(df > 0))
        return NAN;
    /* The difference from the normal distribution is below 1e-10 there. */
    if (df > 1e10)
        return erfc(fabs(t) / sqrt(2));
    double squared = t * t;
    if (isinf(squared))
        return 0;
    return incomplete_beta(df / 2, 0.5, df / (df + squared), squared / (df + squared));
}

/* The density at t, half the (negative) slope of the two-sided probability. */
static double t_density(double t, double df)
{
    const double pi = 3.14159265358979323846;
    if (df > 1e10)
        return exp(-t * t / 2) / sqrt(2 * pi);
    double log_norm = log_gamma((df + 1) / 2) - log_gamma(df / 2) - 0.5 * log(df * pi);
    return exp(log_norm - (df + 1) / 2 * log1p(t * t / df));
}

double ec_stats_t_critical(double p, double df)
{
    if (!(p > 0 && p < 1) || !(df > 0))
        return NAN;
    double low = 0, high = 1;
    while (ec_stats_t_two_sided(high, df) > p && isfinite(high)) {
        low = high;
        high *= 2;
    }
    if (!isfinite(high))
        return NAN;
    /* Newton's method, or a bisection where that leaves the bracket. */
    double t = low / 2 + high / 2;
    for (int i = 0; i < 200; i++) {
        double excess = ec_stats_t_two_sided(t, df) - p;
        *(excess > 0 ? &low : &high) = t;
        double next = t + excess / (2 * t_density(t, df));
        if (!(next > low && next < high))
            next = low / 2 + high / 2;
        if (fabs(next - t) <= 1e-15 * t)
            return next;
        t = next;
    }
    return t;
}

/* ---- Comparisons ---- */

struct ec_welch ec_stats_welch(struct ec_sample a, struct ec_sample b)
{
    struct ec_welch result = {.t = NAN, .df = NAN, .p = NAN};
    double difference = a.mean - b.mean;
    if (a.n < 2 || b.n < 2 || isnan(difference) || isnan(a.std) || isnan(b.std))
        return result;
    double variance_a = a.std * a.std / (double)a.n, variance_b = b.std * b.std / (double)b.n;
    double variance = variance_a + variance_b;
    if (variance == 0) {
        result.t = difference == 0 ? 0 : copysign(INFINITY, difference);
        result.df = INFINITY;
        result.p = difference == 0 ? 1 : 0;
        return result;
    }
    /* Shares rather than squares of variances, which could overflow (Welch-Satterthwaite). */
    double share_a = variance_a / variance, share_b = variance_b / variance;
    result.t = difference / sqrt(variance);
    result.df = 1 / (share_a * share_a / (double)(a.n - 1) + share_b * share_b / (double)(b.n - 1));
    result.p = ec_stats_t_two_sided(result.t, result.df);
    return result;
}

struct ec_estimate ec_stats_ratio(struct ec_estimate a, struct ec_estimate b)
{
    if (b.value == 0)
        return (struct ec_estimate){NAN, NAN};
    double ratio = a.value / b.value;
    if (isnan(a.spread) || isnan(b.spread))
        return (struct ec_estimate){finite_or_nan(ratio), NAN};
    /* Not by relative spreads: a may be 0. */
    double spread = hypot(a.spread / b.value, ratio * b.spread / b.value);
    return (struct ec_estimate){finite_or_nan(ratio), finite_or_nan(spread)};
}

struct ec_estimate ec_stats_percent_change(struct ec_estimate a, struct ec_estimate b)
{
    struct ec_estimate ratio = ec_stats_ratio(a, b);
    double percent = 100 * (a.value - b.value) / fabs(b.value);
    return (struct ec_estimate){b.value == 0 ? NAN : finite_or_nan(percent),
                                finite_or_nan(100 * ratio.spread)};
}
