/* One record of a run from those of its ranks. docs/schema.md tells how each key is merged.
 *
 * Works on parsed JSON and touches no file. It is given what may lie in a directory: records of any
 * program in any state.
 */
#ifndef EC_RANKS_MERGE_H
#define EC_RANKS_MERGE_H

#include "common/liveness.h"

#include <jansson.h>

/* Merges an array of records. *ret_merged is a new object with "ranks" as text ("3/4"). Returns 0,
 * -ENOENT (no record of a rank) or -ENOMEM. */
int ec_ranks_merge(const json_t *records, const struct ec_liveness_here *here, json_t **ret_merged);

#endif
