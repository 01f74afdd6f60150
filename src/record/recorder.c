/* Opening, refreshing and closing a record.
 *
 * Threads: the caller's threads change the facts and phases under `lock`, for moments. Whoever
 * writes the record (the heartbeat thread, or a caller in effrec_checkpoint() and effrec_close())
 * holds `io_lock` for the whole of it, so that an older state never replaces a newer one, and
 * `lock` only while it makes the document. Steps need neither (steps.c).
 *
 * Fork: a child has copies of locks that may be held and no heartbeat thread. So everything but the
 * hot path compares the pid before it touches a lock; the hot path only changes the child's own
 * copy. */
#include "record/recorder.h"

#include "record/document.h"
#include "record/identity.h"
#include "record/merge_ranks.h"
#include "record/pids.h"
#include "record/ranks.h"
#include "record/thread.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static const double DEFAULT_GPU_SAMPLE_S = 0.1, MIN_GPU_SAMPLE_S = 0.01;
static const double DEFAULT_HEARTBEAT_S = 30, MIN_HEARTBEAT_S = 0.01, MAX_HEARTBEAT_S = 1e6;

uint64_t effrec_now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

static double epoch_seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

bool effrec_is_disabled(void)
{
    const char *value = getenv("EFFREC_DISABLE");
    return value && value[0] != '\0' && strcmp(value, "0") != 0;
}

int effrec_check_owner(const effrec_t *recorder)
{
    return recorder->owner == getpid() ? 0 : -ECHILD;
}

/* ---- writing ---- */

/* The document of this moment. Called with io_lock. */
static json_t *make_document(effrec_t *recorder, const char *status, bool ended)
{
    static const double percents[EFFREC_PERCENTILE_COUNT] = {
        [EFFREC_P50] = 50, [EFFREC_P95] = 95, [EFFREC_P99] = 99};
    struct effrec_view view = {
        .status = status,
        .ended = ended,
        .facts = &recorder->facts,
        .identity = recorder->identity,
        .rss_peak_bytes = recorder->own_memory ? effrec_rss_peak() : -1,
        .heartbeat_seconds = recorder->heartbeat_seconds,
        .sequence = ++recorder->sequence,
        .histogram = recorder->rank >= 0 ? &recorder->steps.latency : NULL,
    };
    effrec_steps_read(&recorder->steps, &view.steps);
    view.has_percentiles = effrec_latency_percentiles(&recorder->steps.latency, percents,
                                                      EFFREC_PERCENTILE_COUNT, view.percentiles_ns);
    pthread_mutex_lock(&recorder->lock);
    view.now_s = epoch_seconds();
    effrec_phases_read(&recorder->phases, effrec_now_ns(), &view.times);
    json_t *gpu_keys = effrec_gpus_keys(recorder->gpus, recorder->phases.begun[EFFREC_PHASE_TRAIN]);
    view.gpu_keys = gpu_keys;
    bool failed = recorder->gpus && !gpu_keys;
    json_t *document = failed ? NULL : effrec_document(&view);
    pthread_mutex_unlock(&recorder->lock);
    json_decref(gpu_keys);
    return document;
}

static int store_document(effrec_t *recorder, const json_t *document, struct ec_error *error)
{
    size_t size;
    char *text = effrec_document_text(document, &size);
    if (!text) {
        ec_error_set(error, "%s: out of memory", recorder->store.path);
        return -ENOMEM;
    }
    int rc = effrec_store_write(&recorder->store, recorder->run_id, text, size, error);
    free(text);
    return rc;
}

static int write_record(effrec_t *recorder, const char *status, bool ended)
{
    struct ec_error error = {0};
    pthread_mutex_lock(&recorder->io_lock);
    json_t *document = make_document(recorder, status, ended);
    int rc = store_document(recorder, document, &error);
    json_decref(document);
    if (rc < 0 && !recorder->warned && recorder->log) {
        struct ec_error warning = {0};
        ec_error_set(&warning, "%s; %s", error.text,
                     ended ? "how the run ended is not recorded"
                           : "the run goes on, and writing is tried again");
        recorder->warned = true;
        recorder->log(recorder->log_data, EFFREC_LOG_WARNING, warning.text);
    }
    pthread_mutex_unlock(&recorder->io_lock);
    return rc;
}

/* ---- the heartbeat ---- */

/* False when the recorder is being closed. */
static bool wait_for_next_beat(effrec_t *recorder)
{
    struct timespec when = effrec_after(recorder->heartbeat_seconds);
    pthread_mutex_lock(&recorder->lock);
    while (!recorder->stopping &&
           pthread_cond_timedwait(&recorder->wake, &recorder->lock, &when) != ETIMEDOUT) {
    }
    bool go_on = !recorder->stopping;
    pthread_mutex_unlock(&recorder->lock);
    return go_on;
}

static void *beat(void *data)
{
    effrec_t *recorder = data;
    while (wait_for_next_beat(recorder))
        write_record(recorder, "running", false);
    return NULL;
}

static void start_heartbeat(effrec_t *recorder)
{
    recorder->has_thread = effrec_thread_start(&recorder->thread, beat, recorder) == 0;
    if (recorder->has_thread)
        return;
    recorder->heartbeat_seconds = 0;
    if (recorder->log)
        recorder->log(recorder->log_data, EFFREC_LOG_WARNING,
                      "no thread to refresh the record with; it is written at the end only");
}

static void stop_heartbeat(effrec_t *recorder)
{
    if (!recorder->has_thread)
        return;
    pthread_mutex_lock(&recorder->lock);
    recorder->stopping = true;
    pthread_cond_signal(&recorder->wake);
    pthread_mutex_unlock(&recorder->lock);
    pthread_join(recorder->thread, NULL);
    recorder->has_thread = false;
}

/* ---- GPUs ---- */

static void start_gpus(effrec_t *recorder, const effrec_options *options)
{
    double seconds = options->gpu_sample_seconds;
    if (seconds < 0 || (options->gpus && options->gpus[0] == '\0'))
        return;
    const struct effrec_gpus_options wanted = {
        .gpus = options->gpus,
        .interval_s = seconds == 0 ? DEFAULT_GPU_SAMPLE_S : fmax(seconds, MIN_GPU_SAMPLE_S),
        .root = effrec_host_pid(),
    };
    recorder->gpus = effrec_gpus_start(&wanted);
}

/* ---- open and close ---- */

/* Takes the fields that the caller's struct has. A field that this library does not know must be 0,
 * or it would be ignored in silence. */
static int copy_options(const effrec_options *options, effrec_options *ret_options)
{
    *ret_options = (effrec_options){.struct_size = sizeof *ret_options};
    if (!options)
        return 0;
    size_t size = options->struct_size;
    if (size < sizeof size || size > 4096)
        return -EINVAL;
    const char *bytes = (const char *)options;
    for (size_t i = sizeof *ret_options; i < size; i++)
        if (bytes[i] != 0)
            return -E2BIG;
    memcpy(ret_options, options, size < sizeof *ret_options ? size : sizeof *ret_options);
    bool numbers =
        !isnan(ret_options->heartbeat_seconds) && !isnan(ret_options->gpu_sample_seconds);
    return numbers ? 0 : -EINVAL;
}

static double heartbeat_of(const effrec_options *options)
{
    double seconds = options->heartbeat_seconds;
    if (seconds == 0)
        return DEFAULT_HEARTBEAT_S;
    return seconds < 0 ? 0 : fmin(fmax(seconds, MIN_HEARTBEAT_S), MAX_HEARTBEAT_S);
}

static int init_locks(effrec_t *recorder)
{
    int rc = effrec_condition_init(&recorder->wake);
    pthread_mutex_init(&recorder->lock, NULL);
    pthread_mutex_init(&recorder->io_lock, NULL);
    return -rc;
}

static int fill(effrec_t *recorder, const effrec_options *options, const struct effrec_role *role,
                const struct effrec_ranks *ranks)
{
    recorder->rank = effrec_ranks_several(ranks) ? ranks->rank : -1;
    struct effrec_handover *page = role->takes_over ? effrec_handover_take(recorder->rank) : NULL;
    recorder->handover = page;
    if (page)
        memcpy(recorder->run_id, page->run_id, sizeof recorder->run_id);
    else
        effrec_make_run_id(recorder->run_id);
    int rc = effrec_facts_init(&recorder->facts);
    if (rc == 0)
        rc = effrec_store_init(&recorder->store, page ? page->directory : options->output_dir,
                               recorder->rank);
    const char *method = options->method;
    if (!method && page && page->method[0] != '\0')
        method = page->method;
    if (rc == 0)
        rc = effrec_facts_set_text(&recorder->facts.method, method);
    if (rc < 0)
        return rc;
    double started_s = epoch_seconds();
    recorder->identity =
        effrec_identity(recorder->run_id, role->recorder, options->argv, started_s);
    return recorder->identity ? effrec_ranks_put(ranks, started_s, recorder->identity) : -ENOMEM;
}

/* Finds out which rank this is first: the record's name and what is taken over depend on it. */
static int find_rank_and_fill(effrec_t *recorder, const effrec_options *options,
                              const struct effrec_role *role)
{
    struct effrec_ranks ranks;
    int rc = effrec_ranks_find(options->rank, options->world_size, options->local_rank, &ranks);
    if (rc == 0)
        rc = fill(recorder, options, role, &ranks);
    effrec_ranks_clear(&ranks);
    return rc;
}

int effrec_open_as(const effrec_options *given, const struct effrec_role *role,
                   effrec_t **ret_recorder)
{
    effrec_options options;
    int rc = copy_options(given, &options);
    if (rc < 0)
        return rc;
    effrec_t *recorder = calloc(1, sizeof *recorder);
    if (!recorder)
        return -ENOMEM;
    recorder->owner = getpid();
    recorder->own_memory = role->own_memory;
    recorder->log = options.log;
    recorder->log_data = options.log_data;
    rc = init_locks(recorder);
    if (rc == 0)
        rc = find_rank_and_fill(recorder, &options, role);
    if (rc < 0) {
        effrec_discard(recorder);
        return rc;
    }
    effrec_phases_start(&recorder->phases, effrec_now_ns());
    start_gpus(recorder, &options);
    recorder->heartbeat_seconds = role->heartbeat_seconds;
    if (role->heartbeat_seconds == 0)
        recorder->heartbeat_seconds = heartbeat_of(&options);
    if (role->writes_first_record)
        write_record(recorder, "running", false); /* trouble has been told to the log */
    if (role->heartbeat_seconds == 0 && recorder->heartbeat_seconds > 0)
        start_heartbeat(recorder);
    *ret_recorder = recorder;
    return 0;
}

int effrec_open(const effrec_options *options, effrec_t **ret_recorder)
{
    static const struct effrec_role library = {.recorder = "libeffrecord",
                                               .takes_over = true,
                                               .own_memory = true,
                                               .writes_first_record = true};
    if (!ret_recorder)
        return -EINVAL;
    *ret_recorder = NULL;
    return effrec_is_disabled() ? 0 : effrec_open_as(options, &library, ret_recorder);
}

/* A forked child's copy of the heartbeat thread does not exist, and its locks may look held. */
void effrec_discard(effrec_t *recorder)
{
    if (!recorder)
        return;
    if (effrec_check_owner(recorder) == 0) {
        stop_heartbeat(recorder);
        effrec_gpus_stop(recorder->gpus);
        effrec_gpus_free(recorder->gpus);
        pthread_cond_destroy(&recorder->wake);
        pthread_mutex_destroy(&recorder->lock);
        pthread_mutex_destroy(&recorder->io_lock);
    }
    effrec_handover_unmap(recorder->handover);
    effrec_store_clear(&recorder->store);
    effrec_facts_clear(&recorder->facts);
    json_decref(recorder->identity);
    free(recorder);
}

/* A run that failed may have left the other ranks waiting for this one: they are not waited for. */
static int merge_ranks(effrec_t *recorder, int status)
{
    struct ec_error error = {0};
    int rc = effrec_merge_at_end(recorder->store.directory, status == EFFREC_COMPLETED, &error);
    if (rc < 0 && recorder->log)
        recorder->log(recorder->log_data, EFFREC_LOG_WARNING, error.text);
    return rc;
}

int effrec_close(effrec_t *recorder, int status)
{
    if (!recorder)
        return 0;
    int rc = effrec_check_owner(recorder);
    if (rc == 0) {
        stop_heartbeat(recorder);
        effrec_gpus_stop(recorder->gpus);
        rc = write_record(recorder, status == EFFREC_COMPLETED ? "completed" : "failed", true);
        if (rc == 0 && recorder->rank == 0)
            rc = merge_ranks(recorder, status);
        if (rc == 0 && status != EFFREC_COMPLETED && status != EFFREC_FAILED)
            rc = -EINVAL;
    }
    effrec_discard(recorder);
    return rc;
}

int effrec_checkpoint(effrec_t *recorder)
{
    if (!recorder)
        return 0;
    int rc = effrec_check_owner(recorder);
    return rc < 0 ? rc : write_record(recorder, "running", false);
}

const char *effrec_path(const effrec_t *recorder)
{
    return recorder ? recorder->store.path : NULL;
}

const char *effrec_run_id(const effrec_t *recorder)
{
    return recorder->run_id;
}

int effrec_put_own(effrec_t *recorder, json_t *values)
{
    pthread_mutex_lock(&recorder->lock);
    int rc = json_object_update(recorder->facts.own, values);
    pthread_mutex_unlock(&recorder->lock);
    return rc < 0 ? -ENOMEM : 0;
}
