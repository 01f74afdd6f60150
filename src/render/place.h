/* Places labels beside points so that none covers another, a point, the edge, or a line that leads
 * to a point: greedy, then moved while that helps. The same input gives the same places.
 */
#ifndef EC_RENDER_PLACE_H
#define EC_RENDER_PLACE_H

#include <stdbool.h>
#include <stddef.h>

/* A rectangle in points, y downwards. */
struct ec_box {
    double left, top, right, bottom;
};

struct ec_label {
    double x, y; /* of the point that it names */
    double width,
        height;     /* of the text; width 0: it has no text and is only a point to keep clear of */
    bool important; /* where there is no room for all, the others go first */
    bool placed;    /* set: there is room */
    struct ec_box box; /* set when placed */
    bool leader;       /* set when placed: so far from its point that a line should lead there */
};

/* The labels' points and the boxes of `taken` are kept clear of, too. */
void ec_place_labels(struct ec_label *labels, size_t count, const struct ec_box *taken,
                     size_t taken_count, struct ec_box area);

#endif
