/* The statistics behind the evaluation, on plain arrays. Nothing here knows models. */
#ifndef EB_STATISTICS_H
#define EB_STATISTICS_H

/* Length of the longest common subsequence of two texts of token ids, at most EB_LCS_MAX long. */
enum { EB_LCS_MAX = 32 };
int eb_common_subsequence(const int *a, int a_count, const int *b, int b_count);

/* The harmonic mean; 0 when a value is 0. */
double eb_harmonic_mean(const double *values, int count);

/* The mean of the lowest `share` of the values, rounded down but at least one of them. Sorts them.
 */
double eb_mean_of_lowest(double *values, int count, double share);

/* The two-sample Kolmogorov-Smirnov statistic, the largest distance between the two empirical
 * distributions. Sorts both samples. */
double eb_ks_statistic(double *a, int a_count, double *b, int b_count);

/* Probability of a statistic of at least `statistic` for samples of one continuous distribution,
 * exact (by counting lattice paths, as scipy.stats.ks_2samp does for small samples), also where it
 * is tiny. Negative when memory runs out. */
double eb_ks_p_value(double statistic, int a_count, int b_count);

/* The area under the ROC curve: the probability that a member of `positive` is larger than one of
 * `negative`, ties counting half. */
double eb_roc_auc(const double *positive, int positive_count, const double *negative,
                  int negative_count);

#endif
