/* The parameters of a run from .hydra/overrides.yaml, which Hydra writes beside it: a list of
 * `trainer=NPO`, `+trainer.args.seed=3`. They become the keys `hydra.trainer` and
 * `hydra.trainer.args.seed`. */
#ifndef EC_LOAD_OVERRIDES_H
#define EC_LOAD_OVERRIDES_H

#include "load/fields.h"
#include "load/reference.h"

#define EC_OVERRIDES_PREFIX "hydra."

struct ec_overrides {
    struct ec_runset *runset;
    const char *const *patterns; /* the keys to take, with their prefix: full names or globs */
    size_t pattern_count;
    struct ec_arena *texts; /* of what is added */
};

/* Adds the wanted parameters to the fields of a run, but for those that are there already. Of a
 * parameter that is set twice the last counts; `~name` unsets one. What Hydra's grammar takes for a
 * number is one (.5, 1., +1 and 1_000 too), but for inf and nan, which stay text; true and false are
 * such and null is missing, in capitals too; everything else is text, without quotes around it. Returns false with
 * *ret_error set when the text is not a YAML list of at most EC_LOAD_MAX_KEYS texts; then nothing
 * is added. */
bool ec_overrides_read(const struct ec_overrides *overrides, const char *text, size_t length,
                       struct ec_fields *fields, json_error_t *ret_error);

#endif
