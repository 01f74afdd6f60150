/* Every label has the same candidates: eight directions at growing distances. A candidate's cost is
 * what it covers, plus a little for distance and for the less readable directions.
 */
#include "render/place.h"

#include <math.h>

enum { DIRECTIONS = 8, DISTANCES = 5, PASSES = 4 };
static const double RADIUS = 3; /* of a point with its edge */
static const double LEADER = 9; /* from this distance on a line leads to the point */
/* Costs per square point covered, per point of distance, of a line through a label, and of a label
 * that is nearer to another point than to its own. */
static const double OVER_LABEL = 100, OVER_POINT = 60, OUTSIDE = 200, OVER_TAKEN = 4,
                    DISTANCE = 1.5, CROSSING = 300, ASTRAY = 120;

static double overlap(struct ec_box a, struct ec_box b)
{
    double width = fmin(a.right, b.right) - fmax(a.left, b.left);
    double height = fmin(a.bottom, b.bottom) - fmax(a.top, b.top);
    return width > 0 && height > 0 ? width * height : 0;
}

static double area_of(struct ec_box box)
{
    return (box.right - box.left) * (box.bottom - box.top);
}

static struct ec_box point_box(const struct ec_label *label)
{
    return (struct ec_box){label->x - RADIUS, label->y - RADIUS, label->x + RADIUS,
                           label->y + RADIUS};
}

/* Right, left, above, below, then the corners. */
static const struct {
    double x, y;
} directions[DIRECTIONS] = {{1, 0}, {-1, 0}, {0, -1}, {0, 1}, {1, -1}, {1, 1}, {-1, -1}, {-1, 1}};

static double distance_of(int step)
{
    static const double distances[DISTANCES] = {4, 6.5, 11, 18, 28};
    return distances[step];
}

static struct ec_box candidate_box(const struct ec_label *label, int direction, int step)
{
    double distance = distance_of(step);
    double dx = directions[direction].x, dy = directions[direction].y;
    if (dx != 0 && dy != 0)
        distance *= 0.75;
    double left = label->x + dx * distance;
    left -= dx > 0 ? 0 : dx < 0 ? label->width : label->width / 2;
    double top = label->y + dy * distance;
    top -= dy > 0 ? 0 : dy < 0 ? label->height : label->height / 2;
    return (struct ec_box){left, top, left + label->width, top + label->height};
}

struct scene {
    const struct ec_label *labels;
    size_t count;
    const struct ec_box *taken;
    size_t taken_count;
    struct ec_box area;
};

/* How far the point is from the box in each direction; 0 within. */
static double gap_to(struct ec_box box, double x, double y)
{
    double dx = fmax(fmax(box.left - x, x - box.right), 0);
    double dy = fmax(fmax(box.top - y, y - box.bottom), 0);
    return hypot(dx, dy);
}

/* Whether the line that leads from the point (x, y) to the box `end` crosses `box`, by steps. */
static bool line_crosses(double x, double y, struct ec_box end, struct ec_box box)
{
    enum { STEPS = 12 };
    double to_x = fmin(fmax(x, end.left), end.right), to_y = fmin(fmax(y, end.top), end.bottom);
    for (int i = 0; i < STEPS; i++) {
        double part = (double)i / STEPS;
        if (gap_to(box, x + part * (to_x - x), y + part * (to_y - y)) == 0)
            return true;
    }
    return false;
}

/* What may not be covered at all. */
static double conflict(const struct scene *scene, size_t self, struct ec_box box, bool leader)
{
    const struct ec_label *label = &scene->labels[self];
    double cost = OUTSIDE * (area_of(box) - overlap(box, scene->area));
    for (size_t i = 0; i < scene->count; i++) {
        const struct ec_label *other = &scene->labels[i];
        cost += OVER_POINT * overlap(box, point_box(other));
        if (i == self || !other->placed)
            continue;
        cost += OVER_LABEL * overlap(box, other->box);
        if (leader && line_crosses(label->x, label->y, box, other->box))
            cost += CROSSING;
        if (other->leader && line_crosses(other->x, other->y, other->box, box))
            cost += CROSSING;
    }
    return cost > 1e-6 ? cost : 0;
}

static double cost_of(const struct scene *scene, size_t self, struct ec_box box, int direction,
                      int step)
{
    const struct ec_label *label = &scene->labels[self];
    double own = gap_to(box, label->x, label->y);
    double cost = conflict(scene, self, box, distance_of(step) > LEADER) +
                  DISTANCE * distance_of(step) + 0.2 * direction;
    for (size_t i = 0; i < scene->count; i++)
        cost += i != self && gap_to(box, scene->labels[i].x, scene->labels[i].y) < own ? ASTRAY : 0;
    for (size_t i = 0; i < scene->taken_count; i++)
        cost += OVER_TAKEN * overlap(box, scene->taken[i]);
    return cost;
}

/* Moves the label to its best candidate; returns whether that is another box than before. */
static bool choose(const struct scene *scene, struct ec_label *label, size_t self)
{
    struct ec_box before = label->box;
    double best = INFINITY;
    label->placed = false;
    for (int step = 0; step < DISTANCES; step++) {
        for (int direction = 0; direction < DIRECTIONS; direction++) {
            struct ec_box box = candidate_box(label, direction, step);
            double cost = cost_of(scene, self, box, direction, step);
            if (cost >= best)
                continue;
            best = cost;
            label->box = box;
            label->leader = distance_of(step) > LEADER;
        }
    }
    label->placed = true;
    return before.left != label->box.left || before.top != label->box.top;
}

/* One round over the labels that are `important`, or over the others; returns whether any moved. */
static bool choose_all(const struct scene *scene, struct ec_label *labels, bool important)
{
    bool moved = false;
    for (size_t i = 0; i < scene->count; i++)
        if (labels[i].width > 0 && labels[i].important == important)
            moved |= choose(scene, &labels[i], i);
    return moved;
}

/* Gives up labels that are in the way, one by one, each of which may free another. */
static void drop_conflicts(const struct scene *scene, struct ec_label *labels, bool important)
{
    for (size_t i = 0; i < scene->count; i++)
        if (labels[i].important == important && labels[i].placed &&
            conflict(scene, i, labels[i].box, labels[i].leader) > 0)
            labels[i].placed = false;
}

void ec_place_labels(struct ec_label *labels, size_t count, const struct ec_box *taken,
                     size_t taken_count, struct ec_box area)
{
    struct scene scene = {labels, count, taken, taken_count, area};
    for (size_t i = 0; i < count; i++) {
        labels[i].placed = false;
        labels[i].box = (struct ec_box){0, 0, 0, 0};
    }
    bool moved = true;
    for (int pass = 0; pass < PASSES && moved; pass++) {
        moved = choose_all(&scene, labels, true);
        moved |= choose_all(&scene, labels, false);
    }
    drop_conflicts(&scene, labels, false);
    drop_conflicts(&scene, labels, true);
}
