/* The recorder itself, as the library's own files and the effrecord command see it. */
#ifndef EFFREC_RECORDER_H
#define EFFREC_RECORDER_H

#include "record/effrecord.h"
#include "record/facts.h"
#include "record/gpu_sampler.h"
#include "record/handover.h"
#include "record/phases.h"
#include "record/steps.h"
#include "record/store.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct effrec {
    struct effrec_steps steps; /* first: the hot path's cache lines */

    pid_t owner; /* a forked child has another pid */
    char run_id[EFFREC_RUN_ID_MAX];
    double heartbeat_seconds; /* as recorded; 0: none */
    bool own_memory;
    int64_t rank; /* whose record this is; -1: not one of several */
    effrec_log_fn log;
    void *log_data;
    json_t *identity;
    struct effrec_gpus *gpus;         /* NULL: not looked at */
    struct effrec_handover *handover; /* the page of the command whose record this is, or NULL */

    pthread_mutex_t lock; /* guards the next four; never held during I/O */
    struct effrec_phases phases;
    struct effrec_facts facts;
    bool stopping;
    pthread_cond_t wake; /* `stopping` has changed */

    pthread_mutex_t io_lock; /* guards the rest, and keeps writes in order; taken before `lock` */
    struct effrec_store store;
    uint64_t sequence;
    bool warned;

    bool has_thread;
    pthread_t thread;
};

/* Who records. */
struct effrec_role {
    const char *recorder;     /* "libeffrecord", or the command's name */
    bool takes_over;          /* takes a record over that the environment offers */
    double heartbeat_seconds; /* recorded interval when the caller itself refreshes; 0: the thread
                                 does */
    bool own_memory;          /* this process's memory is the run's */
    bool writes_first_record; /* else the caller calls effrec_checkpoint() when it is time */
};

/* effrec_open() for a role; EFFREC_DISABLE is not looked at. */
int effrec_open_as(const effrec_options *options, const struct effrec_role *role,
                   effrec_t **ret_recorder);

/* Name of the run, as in the record. */
const char *effrec_run_id(const effrec_t *recorder);

/* Frees without writing. */
void effrec_discard(effrec_t *recorder);

/* Puts measured values into the record, under keys that callers may not set, too. */
int effrec_put_own(effrec_t *recorder, json_t *values);

/* Monotonic clock, in nanoseconds. */
uint64_t effrec_now_ns(void);

/* Whether EFFREC_DISABLE switches recording off. */
bool effrec_is_disabled(void);

/* 0 when the calling process may use the recorder, else -ECHILD. */
int effrec_check_owner(const effrec_t *recorder);

#endif
