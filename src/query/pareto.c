/* Who is dominated, as a question about two sets of points: sources, which dominate, and targets,
 * which are dominated. Each run is one of both: by the values alone they are the same point; with
 * spreads a run dominates with its worst corner and is dominated at its best one.
 *
 * All points are put into lexicographic order and ranked, equal points alike. Then a source `a`
 * dominates a target `b` exactly when rank(a) < rank(b) and a[i] <= b[i] in all coordinates but the
 * first: the rank takes care of the first coordinate and of "better in one". A sweep by rank over a
 * tree of prefix minima decides that for up to three coordinates. For four, divide and conquer over
 * the ranks (Kung, Luccio and Preparata 1975, doi:10.1145/321906.321910) reduces it to such sweeps
 * by the second coordinate.
 */
#include "query/pareto.h"

#include "base/memory.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { SWEPT = 4 }; /* axes that the sweeps can do */

struct point {
    double at[SWEPT]; /* lower is better; unused axes are 0 */
    size_t rank;
    /* A sweep asks: is there a source with key, place and value all <= the target's? */
    double key;
    size_t place; /* a coordinate as its rank among all points' */
    double value;
    size_t run;
    bool is_source;
};

/* ---- Prefix minima (Fenwick 1994, doi:10.1002/spe.4380240306) ---- */

struct minima {
    double *tree; /* 1-based; INFINITY: nothing */
    size_t size;
};

static void minima_add(struct minima *minima, size_t place, double value)
{
    for (size_t i = place + 1; i <= minima->size; i += i & -i)
        minima->tree[i] = fmin(minima->tree[i], value);
}

/* The least value added at places 0..place. */
static double minima_get(const struct minima *minima, size_t place)
{
    double least = INFINITY;
    for (size_t i = place + 1; i > 0; i -= i & -i)
        least = fmin(least, minima->tree[i]);
    return least;
}

/* Forgets what was added at this place; for clearing the tree without visiting all of it. */
static void minima_clear(struct minima *minima, size_t place)
{
    for (size_t i = place + 1; i <= minima->size; i += i & -i)
        minima->tree[i] = INFINITY;
}

/* ---- Sweeps ---- */

/* What all the sweeps of one question share. */
struct search {
    struct point *points, *scratch;
    size_t count;
    struct minima minima;
    bool *dominated; /* per run: the answer */
};

/* Marks the targets of `b` that a source of `a` dominates; both in the order of keys, and may be
 * the same. */
static void sweep(struct search *search, const struct point *a, size_t a_count,
                  const struct point *b, size_t b_count)
{
    size_t added = 0;
    for (size_t i = 0; i < b_count; i++) {
        if (b[i].is_source)
            continue;
        for (; added < a_count && a[added].key <= b[i].key; added++)
            if (a[added].is_source)
                minima_add(&search->minima, a[added].place, a[added].value);
        if (minima_get(&search->minima, b[i].place) <= b[i].value)
            search->dominated[b[i].run] = true;
    }
    for (size_t i = 0; i < added; i++)
        minima_clear(&search->minima, a[i].place);
}

/* Where the points, in the order of ranks, fall into two parts without a common rank; 0: they
 * cannot. */
static size_t split(const struct point *points, size_t count)
{
    size_t middle = count / 2;
    while (middle > 0 && points[middle - 1].rank == points[middle].rank)
        middle--;
    if (middle > 0)
        return middle;
    for (middle = count / 2; middle < count; middle++)
        if (middle > 0 && points[middle - 1].rank != points[middle].rank)
            return middle;
    return 0;
}

/* Takes points in the order of ranks, finds the dominated ones among them, and leaves them in the
 * order of keys. The depth of the recursion is logarithmic but for ties, which are one level. */
static void conquer(struct search *search, struct point *points, size_t count)
{
    size_t middle = count > 1 ? split(points, count) : 0;
    if (middle == 0)
        return; /* equal points have equal keys */
    struct point *right = points + middle;
    conquer(search, points, middle);
    conquer(search, right, count - middle);
    sweep(search, points, middle, right, count - middle);

    size_t i = 0, j = middle;
    for (size_t k = 0; k < count; k++) {
        bool from_left = j == count || (i < middle && points[i].key <= points[j].key);
        search->scratch[k] = points[from_left ? i++ : j++];
    }
    memcpy(points, search->scratch, count * sizeof *points);
}

/* ---- Preparation ---- */

static int compare_coordinates(const struct point *a, const struct point *b)
{
    for (int i = 0; i < SWEPT; i++)
        if (a->at[i] != b->at[i])
            return a->at[i] < b->at[i] ? -1 : 1;
    return 0;
}

/* Targets before sources where they are equal, so that keys made from ranks are in order. */
static int compare_points(const void *a, const void *b)
{
    const struct point *x = a, *y = b;
    int order = compare_coordinates(x, y);
    return order ? order : x->is_source - y->is_source;
}

static int compare_doubles(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* How many of the sorted numbers are less than x. */
static size_t rank_of(const double *sorted, size_t count, double x)
{
    size_t low = 0, high = count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (sorted[middle] < x)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static void set_places(struct search *search, int axis)
{
    double *sorted = ec_calloc(search->count, sizeof *sorted);
    for (size_t i = 0; i < search->count; i++)
        sorted[i] = search->points[i].at[axis];
    qsort(sorted, search->count, sizeof *sorted, compare_doubles);
    for (size_t i = 0; i < search->count; i++)
        search->points[i].place = rank_of(sorted, search->count, search->points[i].at[axis]);
    free(sorted);
}

static void set_ranks(struct search *search)
{
    struct point *points = search->points;
    for (size_t i = 1; i < search->count; i++)
        points[i].rank =
            points[i - 1].rank + (compare_coordinates(&points[i - 1], &points[i]) != 0);
}

/* Sets dominated[run] for each target; up to SWEPT axes. */
static void find_dominated(struct search *search, size_t axis_count)
{
    bool divide = axis_count == SWEPT;
    size_t count = search->count;
    qsort(search->points, count, sizeof *search->points, compare_points);
    set_ranks(search);
    set_places(search, divide ? 2 : 1);
    for (size_t i = 0; i < count; i++) {
        struct point *point = &search->points[i];
        /* "rank < rank" as "key <= key": twice the rank, and one more for sources. */
        point->key = divide ? point->at[1] : (double)(2 * point->rank + point->is_source);
        point->value = point->at[divide ? 3 : 2];
    }
    search->minima.size = count;
    search->minima.tree = ec_calloc(count + 1, sizeof *search->minima.tree);
    for (size_t i = 0; i <= count; i++)
        search->minima.tree[i] = INFINITY;
    if (divide) {
        search->scratch = ec_calloc(count, sizeof *search->scratch);
        conquer(search, search->points, count);
        free(search->scratch);
    } else {
        sweep(search, search->points, count, search->points, count);
    }
    free(search->minima.tree);
}

/* ---- Runs ---- */

/* The run's coordinate on the axis, lower is better, `side` spreads away: -1, 0 or 1. Finite, since
 * the infinite stands for "none" in the minima. NAN: missing. */
static double coordinate(const struct ec_pareto_axis *axis, size_t run, int side)
{
    double value = axis->values[run];
    double spread = axis->spreads ? axis->spreads[run] : 0;
    double cost = axis->direction == EC_LOWER    ? value
                  : axis->direction == EC_HIGHER ? -value
                                                 : fabs(value - axis->target);
    if (isnan(cost))
        return NAN;
    if (!isnan(spread))
        cost += side * spread;
    bool is_distance = axis->direction != EC_LOWER && axis->direction != EC_HIGHER;
    return fmin(fmax(cost, is_distance ? 0 : -DBL_MAX), DBL_MAX);
}

static bool is_complete(const struct ec_pareto_axis *axes, size_t axis_count, size_t run)
{
    for (size_t i = 0; i < axis_count; i++)
        if (isnan(axes[i].values[run]))
            return false;
    return true;
}

/* ---- More axes than the sweeps can do ---- */

/* The coordinates of all runs, those of a run together. The caller frees. */
static double *corners(const struct ec_pareto_axis *axes, size_t axis_count, size_t count, int side)
{
    double *coordinates = ec_calloc(count * axis_count, sizeof *coordinates);
    for (size_t run = 0; run < count; run++)
        for (size_t i = 0; i < axis_count; i++)
            coordinates[run * axis_count + i] = coordinate(&axes[i], run, side);
    return coordinates;
}

static int compare_corners(const void *a, const void *b, void *context)
{
    const double *x = *(const double *const *)a, *y = *(const double *const *)b;
    for (size_t i = 0; i < *(const size_t *)context; i++)
        if (x[i] != y[i])
            return x[i] < y[i] ? -1 : 1;
    return 0;
}

/* Whether one of the points is at least as good as `at` in all coordinates, and, unless it may be
 * equal, better in one. */
static bool any_dominates(const double *const *points, size_t count, const double *at,
                          size_t axis_count, bool or_equal)
{
    for (size_t point = 0; point < count; point++) {
        const double *by = points[point];
        bool better = or_equal;
        size_t i = 0;
        for (; i < axis_count && by[i] <= at[i]; i++)
            better |= by[i] < at[i];
        if (i == axis_count && better)
            return true;
    }
    return false;
}

/* Compares each target with the sources that no other source dominates: what the others dominate
 * these do, too. In lexicographic order a source comes after those that dominate it. */
static void compare_all(const struct ec_pareto_axis *axes, size_t axis_count, size_t count,
                        int side, bool *dominated)
{
    double *worst = corners(axes, axis_count, count, side);
    double *best = corners(axes, axis_count, count, -side);
    const double **sources = ec_calloc(count, sizeof(const double *));
    size_t source_count = 0, kept = 0;
    for (size_t run = 0; run < count; run++)
        if (is_complete(axes, axis_count, run))
            sources[source_count++] = worst + run * axis_count;
    qsort_r(sources, source_count, sizeof *sources, compare_corners, &axis_count);
    for (size_t i = 0; i < source_count; i++)
        if (!any_dominates(sources, kept, sources[i], axis_count, true))
            sources[kept++] = sources[i];
    for (size_t run = 0; run < count; run++)
        dominated[run] = any_dominates(sources, kept, best + run * axis_count, axis_count, false);
    free(sources);
    free(best);
    free(worst);
}

/* ---- All runs ---- */

/* `side`: how many spreads away from the values (0 or 1). */
static void find_dominated_runs(const struct ec_pareto_axis *axes, size_t axis_count, size_t count,
                                int side, bool *dominated)
{
    memset(dominated, 0, count * sizeof *dominated);
    if (axis_count > SWEPT) {
        compare_all(axes, axis_count, count, side, dominated);
        return;
    }
    struct search search = {.dominated = dominated,
                            .points = ec_calloc(2 * count, sizeof *search.points)};
    for (size_t run = 0; run < count; run++) {
        if (!is_complete(axes, axis_count, run))
            continue;
        for (int is_source = 0; is_source <= 1; is_source++) {
            struct point *point = &search.points[search.count++];
            *point = (struct point){.run = run, .is_source = is_source};
            for (size_t i = 0; i < axis_count; i++)
                point->at[i] = coordinate(&axes[i], run, is_source ? side : -side);
        }
    }
    find_dominated(&search, axis_count);
    free(search.points);
}

void ec_pareto_mark(const struct ec_pareto_axis *axes, size_t axis_count, size_t count,
                    uint8_t *ret_states)
{
    bool *dominated = ec_calloc(count, sizeof *dominated);
    bool any_spread = false;
    for (size_t i = 0; i < axis_count; i++)
        any_spread |= axes[i].spreads != NULL;
    find_dominated_runs(axes, axis_count, count, 0, dominated);
    for (size_t run = 0; run < count; run++)
        ret_states[run] = !is_complete(axes, axis_count, run) ? EC_PARETO_INCOMPARABLE
                          : dominated[run]                    ? EC_PARETO_DOMINATED
                                                              : EC_PARETO_FRONT;
    if (any_spread) {
        find_dominated_runs(axes, axis_count, count, 1, dominated);
        for (size_t run = 0; run < count; run++)
            if (ret_states[run] == EC_PARETO_DOMINATED && !dominated[run])
                ret_states[run] = EC_PARETO_POSSIBLE;
    }
    free(dominated);
}
