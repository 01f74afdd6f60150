/* What the record gets when the program has ended, whoever wrote it until then. */
#ifndef EFFRECORD_OUTCOME_H
#define EFFRECORD_OUTCOME_H

#include "common/error.h"

#include <stdbool.h>
#include <stdint.h>

#include <jansson.h>

/* -1: not measured. */
struct effrecord_outcome {
    int wait_status;       /* as of waitpid() */
    double seconds;        /* from start to end */
    int64_t tree_rss_peak; /* bytes; highest sum over the processes that lived at a sample */
    int64_t samples;
    int64_t largest_rss_peak;    /* bytes; of any single process that was waited for */
    int64_t global_step, tokens; /* from a trainer_state.json */
    const char *trainer_state;   /* its path, or NULL */
    const char *method;          /* as given to the command, or NULL */
    const json_t *settings;      /* object: values of --set */
};

/* "completed" for exit status 0, else "failed". */
const char *effrecord_outcome_status(const struct effrecord_outcome *outcome);

/* The keys for a record, a new object; NULL: out of memory. `wrapped_only` when the program did not
 * use the library: then the command's figures are the run's, too. */
json_t *effrecord_outcome_keys(const struct effrecord_outcome *outcome, bool wrapped_only);

/* Adds the outcome to the record at `path` that the program has written as the run `run_id`; keys
 * that it has stay as they are. Returns 0 or a negative errno with the reason in `error`. */
int effrecord_outcome_stamp(const struct effrecord_outcome *outcome, const char *path,
                            const char *run_id, struct ec_error *error);

#endif
