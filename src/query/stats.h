/* Statistics of repeated runs: spread over seeds, confidence, significance, ratios.
 *
 * Pure functions of doubles. What cannot be computed is NAN: the spread of one run, the comparison
 * of single runs, anything of NAN. Values are finite; a result that is too large is NAN too.
 */
#ifndef EC_QUERY_STATS_H
#define EC_QUERY_STATS_H

#include <stddef.h>

/* A number with its uncertainty, in the same unit; NAN: not known, which is not the same as 0. */
struct ec_estimate {
    double value, spread;
};

/* What is known of a group of runs. */
struct ec_sample {
    size_t n;
    double mean;
    double std; /* sample standard deviation (n - 1); NAN for n < 2 */
};

/* values[0..n); n = 0 gives NANs. */
struct ec_sample ec_stats_describe(const double *values, size_t n);

/* Reorders values[0..n). The mean of the two in the middle for even n; NAN for n = 0. */
double ec_stats_median(double *values, size_t n);

/* The standard error of the mean, std / sqrt(n). */
double ec_stats_standard_error(struct ec_sample sample);

/* Half the width of the confidence interval of the mean (Student's t): the mean lies within
 * mean +- this at `level`, such as 0.95. NAN for n < 2. */
double ec_stats_confidence(struct ec_sample sample, double level);

/* ---- Student's t distribution ---- */

/* P(|T| >= |t|) with df > 0 degrees of freedom, which need not be whole and may be infinite (the
 * normal distribution). Relative error below 1e-12 for df up to 1000. */
double ec_stats_t_two_sided(double t, double df);
/* The t > 0 with P(|T| >= t) = p, for 0 < p < 1. */
double ec_stats_t_critical(double p, double df);

/* ---- Comparisons ---- */

/* Welch's t-test of the hypothesis that two groups have the same mean, whatever their variances
 * (Welch 1947, doi:10.1093/biomet/34.1-2.28). */
struct ec_welch {
    double t, df, p; /* p is two-sided */
};
/* All NAN when either group has fewer than 2 runs. Where both have no spread at all, p is 1 for
 * equal means and 0 for different ones, with infinite t and df. */
struct ec_welch ec_stats_welch(struct ec_sample a, struct ec_sample b);

/* a / b with its spread propagated to first order, for independent a and b. NAN for b = 0; the
 * spread is NAN unless both are known. */
struct ec_estimate ec_stats_ratio(struct ec_estimate a, struct ec_estimate b);

/* By how many percent `a` differs from `b`, relative to the size of b: 100 (a - b) / |b|, with its
 * spread likewise. */
struct ec_estimate ec_stats_percent_change(struct ec_estimate a, struct ec_estimate b);

#endif
