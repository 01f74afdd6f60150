/* Merges the records of a run's ranks into the run's record, efficiency_metrics.json of the same
 * directory. ranks/merge.h is what decides. */
#ifndef EFFREC_MERGE_RANKS_H
#define EFFREC_MERGE_RANKS_H

#include "common/error.h"
#include "ranks/files.h"

#include <stdbool.h>

#include <jansson.h>

/* Reads and merges. Files that cannot be read are told to `problem`, which may be NULL. Returns 0,
 * or a negative errno with the reason in `error`: -ENOENT when there is no rank's record. */
int effrec_merge_read(const char *directory, ec_ranks_problem problem, void *context,
                      json_t **ret_merged, struct ec_error *error);

/* Writes it; a record of another run that is there is kept, as effrec_store_write() does. */
int effrec_merge_write(const char *directory, const json_t *merged, struct ec_error *error);

/* What rank 0 does when it has ended: with `wait` gives the others two seconds to end, too, then
 * merges what there is. */
int effrec_merge_at_end(const char *directory, bool wait, struct ec_error *error);

#endif
