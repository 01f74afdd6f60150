#include "effbench/statistics.h"

#include <math.h>
#include <stdlib.h>

int eb_common_subsequence(const int *a, int a_count, const int *b, int b_count)
{
    int longest[EB_LCS_MAX + 1] = {0}; /* of a's beginning and the first j of b */
    for (int i = 0; i < a_count; i++) {
        int diagonal = 0;
        for (int j = 0; j < b_count && j < EB_LCS_MAX; j++) {
            int above = longest[j + 1];
            if (a[i] == b[j])
                longest[j + 1] = diagonal + 1;
            else if (longest[j] > above)
                longest[j + 1] = longest[j];
            diagonal = above;
        }
    }
    return longest[b_count < EB_LCS_MAX ? b_count : EB_LCS_MAX];
}

double eb_harmonic_mean(const double *values, int count)
{
    double sum = 0;
    for (int i = 0; i < count; i++) {
        if (values[i] <= 0)
            return 0;
        sum += 1 / values[i];
    }
    return count / sum;
}

static int compare_reals(const void *a, const void *b)
{
    double left = *(const double *)a, right = *(const double *)b;
    return (left > right) - (left < right);
}

double eb_mean_of_lowest(double *values, int count, double share)
{
    double sum = 0;
    int used = (int)(share * count);
    if (used < 1)
        used = 1;
    qsort(values, (size_t)count, sizeof *values, compare_reals);
    for (int i = 0; i < used; i++)
        sum += values[i];
    return sum / used;
}

double eb_ks_statistic(double *a, int a_count, double *b, int b_count)
{
    int i = 0, j = 0;
    double largest = 0;
    qsort(a, (size_t)a_count, sizeof *a, compare_reals);
    qsort(b, (size_t)b_count, sizeof *b, compare_reals);
    while (i < a_count && j < b_count) {
        double value = fmin(a[i], b[j]);
        while (i < a_count && a[i] <= value)
            i++;
        while (j < b_count && b[j] <= value)
            j++;
        largest = fmax(largest, fabs((double)i / a_count - (double)j / b_count));
    }
    return largest;
}

double eb_ks_p_value(double statistic, int a_count, int b_count)
{
    /* inside[j]: probability that a random merge of the samples passes through (i, j), i taken from
     * a and j from b, without having reached the statistic before or there. What has reached it is
     * added up, as 1 less the rest would be rounding where hardly anything has. */
    double *inside = calloc((size_t)b_count + 1, sizeof *inside);
    if (!inside)
        return -1;
    double limit = statistic - 1e-12; /* the same fraction may round in two ways */
    double reached = 0;
    for (int i = 0; i <= a_count; i++)
        for (int j = 0; j <= b_count; j++) {
            double left = a_count + b_count - i - j + 1; /* not yet drawn, before the last draw */
            double from_a = i > 0 ? inside[j] * (a_count - i + 1) / left : 0;
            double from_b = j > 0 ? inside[j - 1] * (b_count - j + 1) / left : 0;
            double distance = fabs((double)i / a_count - (double)j / b_count);
            inside[j] = i + j == 0 ? 1 : from_a + from_b;
            if (distance >= limit) {
                reached += inside[j];
                inside[j] = 0;
            }
        }
    free(inside);
    return fmin(reached, 1);
}

double eb_roc_auc(const double *positive, int positive_count, const double *negative,
                  int negative_count)
{
    double wins = 0;
    for (int i = 0; i < positive_count; i++)
        for (int j = 0; j < negative_count; j++)
            wins += positive[i] > negative[j] ? 1 : positive[i] == negative[j] ? 0.5 : 0;
    return wins / ((double)positive_count * negative_count);
}
