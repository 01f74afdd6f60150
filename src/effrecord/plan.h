/* What a sweep is going to run: one job per combination, everything in place and checked before
 * the first starts. */
#ifndef EFFRECORD_PLAN_H
#define EFFRECORD_PLAN_H

#include "common/error.h"
#include "effrecord/grid.h"

/* What the user asked for; all texts are templates. */
struct effrecord_request {
    struct effrecord_grid grid;
    const char *output_dir;
    const char *method;    /* NULL: the value of an axis "method", if there is one */
    const char **settings; /* of --set */
    size_t setting_count;
    const char *const *command; /* NULL-terminated */
};

struct effrecord_job {
    char *directory; /* as the user wrote it, without what changes nothing ("./", "//") */
    char *label;     /* "method=NPO seed=0" */
    char **argv;     /* "effrecord run -o DIR ... -- COMMAND ...", NULL-terminated */
    char **command;  /* the end of argv, from COMMAND */
};

struct effrecord_plan {
    struct effrecord_job *jobs; /* in the order of the combinations */
    size_t count;
};

/* Makes the plan; effrecord_plan_free() it. The values of the axes go into the records: `method` as
 * the method, the others under their names, where the record allows it. -1 with *error set for a
 * mistake in a template, or two combinations with one output directory. */
int effrecord_plan_make(const struct effrecord_request *request, struct effrecord_plan *ret_plan,
                        struct ec_error *error);
void effrecord_plan_free(struct effrecord_plan *plan);

#endif
