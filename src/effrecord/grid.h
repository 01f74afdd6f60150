/* The combinations of a sweep: every value of each -L with every value of the others. */
#ifndef EFFRECORD_GRID_H
#define EFFRECORD_GRID_H

#include "common/error.h"

#include <stdbool.h>
#include <stddef.h>

/* More combinations are a slip of the pen. */
enum { EFFRECORD_COMBINATIONS_MAX = 100000 };

/* Stands for a combination's output directory in a template, so it is no name for an axis. */
#define EFFRECORD_OUTPUT_DIR "output_dir"

struct effrecord_axis {
    char *name;
    char **values;
    size_t count;
};

/* Zero-initialise; effrecord_grid_free() in the end. */
struct effrecord_grid {
    struct effrecord_axis *axes;
    size_t count;
};

/* Adds the axis "NAME=VALUE,...". In a value "\," is a comma and "\\" a backslash; a value "A..B"
 * of two whole numbers stands for all from A to B. -1 with "'TEXT', column N: reason" in `error`.
 */
int effrecord_grid_add(struct effrecord_grid *grid, const char *text, struct ec_error *error);
void effrecord_grid_free(struct effrecord_grid *grid);

/* How many combinations there are; 1 without an axis. */
size_t effrecord_grid_size(const struct effrecord_grid *grid);

/* A combination's value on an axis; the last axis varies fastest. */
const char *effrecord_grid_value(const struct effrecord_grid *grid, size_t combination,
                                 size_t axis);

/* "method=NPO seed=0"; free() it. */
char *effrecord_grid_label(const struct effrecord_grid *grid, size_t combination);

/* The axis of this name; NULL when there is none. */
const struct effrecord_axis *effrecord_grid_find(const struct effrecord_grid *grid,
                                                 const char *name, size_t length);

/* How many characters at `text` can be a name: letters, digits, '_', '.', '-', not a digit or '-'
 * first. */
size_t effrecord_name_length(const char *text);

#endif
