/* Text with placeholders: "{NAME}" stands for a combination's value, "{{" and "}}" for braces. */
#ifndef EFFRECORD_TEMPLATE_H
#define EFFRECORD_TEMPLATE_H

#include "common/error.h"
#include "effrecord/grid.h"

/* What the placeholders of one combination stand for. */
struct effrecord_scope {
    const struct effrecord_grid *grid;
    size_t combination;
    const char *output_dir; /* of {output_dir}; NULL: not known, as in the directory's own name */
};

/* The text with values in place; free() it. NULL with "'TEXT', column N: reason" in `error` for a
 * name that nobody defines or a brace that is alone; which names there are does not depend on the
 * combination. */
char *effrecord_expand(const char *text, const struct effrecord_scope *scope,
                       struct ec_error *error);

#endif
