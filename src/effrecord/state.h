/* How far the run of an output directory has come, from its record. */
#ifndef EFFRECORD_STATE_H
#define EFFRECORD_STATE_H

#include "common/liveness.h"

#include <stdbool.h>

struct effrecord_state {
    bool recorded; /* there is a readable record; the rest tells of it */
    enum ec_liveness liveness;
    int64_t pid;            /* 0: not in the record */
    char host[EC_HOST_MAX]; /* empty: not in the record */
};

/* Reads DIRECTORY/efficiency_metrics.json. */
void effrecord_state_read(const char *directory, struct effrecord_state *ret_state);

#endif
