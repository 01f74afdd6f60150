/* The record's place on disk: makes the directory, keeps what an earlier run left there, and
 * replaces the file atomically. Calls on one store must not overlap. */
#ifndef EFFREC_STORE_H
#define EFFREC_STORE_H

#include "common/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define EFFREC_RECORD_STEM "efficiency_metrics"

struct effrec_store {
    char *directory; /* absolute, so that the program may change its own */
    char *stem;      /* the file's name without its suffix */
    char *path;      /* of the record */
    bool begun;      /* what was at `path` when this run came has been seen to */
    bool is_rank;    /* the file is one of many ranks', and no other process's */
};

/* The record is efficiency_metrics.json, or the file of a rank when `rank` is not negative. A NULL
 * directory is the current one. 0, -ENOMEM, or why the current directory is not known. */
int effrec_store_init(struct effrec_store *store, const char *directory, int64_t rank);
void effrec_store_clear(struct effrec_store *store);

/* Makes `text` the record of the run `run_id`. A record of another run becomes
 * STEM.previous-N.json first, with the lowest N that is free, unless that run is pending. So does
 * the last record of a run that has recorded here at the same time. Returns 0 or a negative errno
 * with the reason in `error`; the old record is intact then. */
int effrec_store_write(struct effrec_store *store, const char *run_id, const char *text,
                       size_t size, struct ec_error *error);

#endif
