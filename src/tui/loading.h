/* Reads records in a thread, so that the view answers keys meanwhile. */
#ifndef EC_TUI_LOADING_H
#define EC_TUI_LOADING_H

#include "load/load.h"

#include <pthread.h>

/* Start it as {0}. One load at a time. */
struct ec_loading {
    struct ec_load_options options;
    struct ec_runset *runset; /* being filled; NULL: nothing is loading */
    pthread_t thread;
    atomic_bool stop;
    int event; /* an eventfd that tells the end */
};

/* Begins; the options must outlive it. Returns 0 or an errno. */
int ec_loading_start(struct ec_loading *loading, const struct ec_load_options *options);
bool ec_loading_is_on(const struct ec_loading *loading);
/* To wait for the end on; -1 when nothing is loading. */
int ec_loading_fd(const struct ec_loading *loading);
/* Waits for the end and returns the finished runset, which is the caller's. */
struct ec_runset *ec_loading_take(struct ec_loading *loading);
/* Ends it early and drops what there is. */
void ec_loading_cancel(struct ec_loading *loading);

#endif
