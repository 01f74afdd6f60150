#include "record/gpu_sampler.h"

#include "ranks/json_build.h"
#include "record/effrecord.h"
#include "record/gpu_choice.h"
#include "record/pids.h"
#include "record/thread.h"

#include <errno.h>
#include <math.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* Sampling takes at most one part in SAMPLE_SHARE of the time. */
static const double SAMPLE_SHARE = 20, STOP_S = 1;

static const struct effrec_gpu_backend *const backends[] = {&effrec_gpu_nvml, &effrec_gpu_rocm};
enum { BACKENDS = sizeof backends / sizeof backends[0] };

/* Which GPUs of one library count, and who says so. */
struct selection {
    char *list; /* NULL: all there are */
    const char *by;
};

/* What was seen of one GPU; -1: nothing. */
struct watched {
    struct effrec_gpu gpu;
    int64_t memory_peak, process_peak;
    const char *memory_source;
    int64_t samples;
    double last_energy, energy[EFFREC_DOING_COUNT];
    bool has_energy, energy_went_back;
    double utilization_sum[EFFREC_DOING_COUNT], utilization_max[EFFREC_DOING_COUNT];
    int64_t utilization_samples[EFFREC_DOING_COUNT];
    bool lists_processes, used;
    int others;
};

struct effrec_gpus {
    atomic_int owners; /* the recorder and the thread */
    atomic_int doing;
    double interval_s;
    int64_t root;
    struct selection selections[BACKENDS];
    pthread_t thread;

    pthread_mutex_t lock; /* of what follows; never held during a call to the driver's library */
    pthread_cond_t changed;
    bool stopping, ended, abandoned;
    bool let_go; /* the thread was joined or detached; only effrec_gpus_stop looks at it */
    const struct effrec_gpu_backend *backend;
    const char *selected_by;
    char driver[EFFREC_GPU_TEXT];
    char reason[BACKENDS * EFFREC_GPU_TEXT]; /* why there are none: a part of each library */
    struct watched watched[EFFREC_GPU_CHOICES];
    int count;
};

static void release(struct effrec_gpus *gpus)
{
    if (atomic_fetch_sub(&gpus->owners, 1) > 1)
        return;
    pthread_cond_destroy(&gpus->changed);
    pthread_mutex_destroy(&gpus->lock);
    for (int i = 0; i < BACKENDS; i++)
        free(gpus->selections[i].list);
    free(gpus);
}

static double now_s(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

/* ---- one reading ---- */

/* Who is on the GPU. Returns the memory of our processes, -1 when none of them is there or says. */
static int64_t look_at_processes(const struct effrec_gpus *gpus,
                                 const struct effrec_gpu_reading *reading, bool *ret_used,
                                 int *ret_others)
{
    int64_t bytes = -1;
    for (int i = 0; i < reading->process_count; i++) {
        if (!effrec_pid_is_below(reading->processes[i].pid, gpus->root)) {
            ++*ret_others;
            continue;
        }
        *ret_used = true;
        if (reading->processes[i].bytes >= 0)
            bytes = (bytes < 0 ? 0 : bytes) + reading->processes[i].bytes;
    }
    return bytes;
}

static void add_energy(struct watched *watched, double joules, int doing)
{
    if (joules < 0)
        return;
    if (watched->has_energy && joules < watched->last_energy)
        watched->energy_went_back = true;
    else if (watched->has_energy)
        watched->energy[doing] += joules - watched->last_energy;
    watched->last_energy = joules;
    watched->has_energy = true;
}

static void add_utilization(struct watched *watched, double percent, int doing)
{
    if (percent < 0)
        return;
    watched->utilization_sum[doing] += percent;
    watched->utilization_samples[doing]++;
    watched->utilization_max[doing] = fmax(watched->utilization_max[doing], percent);
}

static void add_reading(struct effrec_gpus *gpus, struct watched *watched,
                        const struct effrec_gpu_reading *reading)
{
    int doing = atomic_load(&gpus->doing), others = 0;
    bool used = false;
    bool can_tell = gpus->root > 0 && reading->process_count >= 0;
    int64_t bytes = can_tell ? look_at_processes(gpus, reading, &used, &others) : -1;
    pthread_mutex_lock(&gpus->lock);
    watched->samples++;
    if (reading->memory_bytes > watched->memory_peak) {
        watched->memory_peak = reading->memory_bytes;
        watched->memory_source = reading->memory_source;
    }
    if (bytes > watched->process_peak)
        watched->process_peak = bytes;
    watched->lists_processes |= can_tell;
    watched->used |= used;
    if (others > watched->others)
        watched->others = others;
    add_energy(watched, reading->energy_joules, doing);
    add_utilization(watched, reading->utilization, doing);
    pthread_mutex_unlock(&gpus->lock);
}

static void read_all(struct effrec_gpus *gpus, const struct effrec_gpu_backend *backend,
                     void *library)
{
    for (int i = 0; i < gpus->count; i++) {
        struct effrec_gpu_reading reading = {
            .memory_bytes = -1, .utilization = -1, .energy_joules = -1, .process_count = -1};
        backend->read(library, &gpus->watched[i].gpu, &reading);
        add_reading(gpus, &gpus->watched[i], &reading);
    }
}

/* ---- the thread ---- */

/* Opens the first library that is there. Returns its index; -1: none is, *ret_reason says why. */
static int open_backend(char *ret_reason, void **ret_library)
{
    ret_reason[0] = '\0';
    for (int i = 0; i < BACKENDS; i++) {
        char reason[EFFREC_GPU_TEXT - 2];
        if (backends[i]->open(ret_library, reason, sizeof reason) == 0)
            return i;
        if (i > 0)
            strcat(ret_reason, "; ");
        strcat(ret_reason, reason);
    }
    return -1;
}

static int choose(const struct selection *selection, const struct effrec_gpu_backend *backend,
                  void *library, struct effrec_gpu_choice *ret_choices)
{
    if (selection->list)
        return effrec_gpu_choices(selection->list, ret_choices);
    int count = backend->count(library);
    if (count > EFFREC_GPU_CHOICES)
        count = EFFREC_GPU_CHOICES;
    for (int i = 0; i < count; i++)
        ret_choices[i] = (struct effrec_gpu_choice){.index = i};
    return count;
}

/* Finds the GPUs; as with CUDA, the first that is not there ends the list. */
static int find_gpus(const struct selection *selection, const struct effrec_gpu_backend *backend,
                     void *library, struct watched *ret_watched)
{
    struct effrec_gpu_choice choices[EFFREC_GPU_CHOICES];
    int wanted = choose(selection, backend, library, choices), count = 0;
    for (; count < wanted; count++) {
        struct watched *watched = &ret_watched[count];
        *watched = (struct watched){.memory_peak = -1, .process_peak = -1};
        const char *id = choices[count].id[0] != '\0' ? choices[count].id : NULL;
        if (backend->find(library, choices[count].index, id, &watched->gpu) < 0)
            break;
    }
    return count;
}

/* Publishes what is there to watch. The rest of the thread is the only one to change it. */
static void *begin(struct effrec_gpus *gpus)
{
    void *library = NULL;
    char reason[sizeof gpus->reason], version[EFFREC_GPU_TEXT] = "";
    const char *selected_by = NULL;
    int count = 0;
    struct watched *watched = calloc(EFFREC_GPU_CHOICES, sizeof *watched);
    int found = watched ? open_backend(reason, &library) : -1;
    const struct effrec_gpu_backend *backend = found < 0 ? NULL : backends[found];
    if (backend) {
        selected_by = gpus->selections[found].by;
        backend->driver(library, version, sizeof version);
        count = find_gpus(&gpus->selections[found], backend, library, watched);
        snprintf(reason, sizeof reason, "%s finds no GPU (%s)", backend->name, selected_by);
    }
    pthread_mutex_lock(&gpus->lock);
    gpus->backend = backend;
    gpus->selected_by = selected_by;
    memcpy(gpus->driver, version, sizeof version);
    memcpy(gpus->reason, watched ? reason : "out of memory", watched ? sizeof reason : 14);
    if (count > 0)
        memcpy(gpus->watched, watched, (size_t)count * sizeof *watched);
    gpus->count = count;
    pthread_mutex_unlock(&gpus->lock);
    free(watched);
    return library;
}

/* False when it is time to stop. */
static bool pause_for(struct effrec_gpus *gpus, double seconds)
{
    struct timespec when = effrec_after(seconds);
    pthread_mutex_lock(&gpus->lock);
    while (!gpus->stopping &&
           pthread_cond_timedwait(&gpus->changed, &gpus->lock, &when) != ETIMEDOUT) {
    }
    bool go_on = !gpus->stopping;
    pthread_mutex_unlock(&gpus->lock);
    return go_on;
}

static void *watch(void *data)
{
    struct effrec_gpus *gpus = data;
    void *library = begin(gpus);
    const struct effrec_gpu_backend *backend = gpus->backend;
    bool go_on = gpus->count > 0;
    while (go_on) {
        double start = now_s();
        read_all(gpus, backend, library);
        go_on = pause_for(gpus, fmax(gpus->interval_s, SAMPLE_SHARE * (now_s() - start)));
    }
    if (gpus->count > 0)
        read_all(gpus, backend, library); /* the energy until now */
    if (library)
        backend->close(library);
    pthread_mutex_lock(&gpus->lock);
    gpus->ended = true;
    pthread_cond_broadcast(&gpus->changed);
    pthread_mutex_unlock(&gpus->lock);
    release(gpus);
    return NULL;
}

/* ---- from outside ---- */

/* Here and not in the thread, because the program may change its environment at any time. 0, or -1
 * when out of memory. */
static int select_gpus(struct selection *selection, const struct effrec_gpu_backend *backend,
                       const char *given)
{
    const char *list = given;
    selection->by = given ? "given" : "all there are";
    for (int i = 0; !list && i < 3 && backend->variables[i]; i++) {
        list = getenv(backend->variables[i]);
        if (list)
            selection->by = backend->variables[i];
    }
    selection->list = list ? strdup(list) : NULL;
    return list && !selection->list ? -1 : 0;
}

struct effrec_gpus *effrec_gpus_start(const struct effrec_gpus_options *options)
{
    struct effrec_gpus *gpus = calloc(1, sizeof *gpus);
    if (!gpus)
        return NULL;
    gpus->interval_s = options->interval_s;
    gpus->root = options->root;
    strcpy(gpus->reason, "the GPU's library has not answered yet");
    atomic_init(&gpus->owners, 2);
    pthread_mutex_init(&gpus->lock, NULL);
    int rc = effrec_condition_init(&gpus->changed);
    for (int i = 0; i < BACKENDS; i++)
        rc |= select_gpus(&gpus->selections[i], backends[i], options->gpus);
    if (rc == 0 && effrec_thread_start(&gpus->thread, watch, gpus) == 0)
        return gpus;
    release(gpus);
    release(gpus);
    return NULL;
}

void effrec_gpus_note(struct effrec_gpus *gpus, enum effrec_gpus_doing doing)
{
    if (gpus)
        atomic_store(&gpus->doing, (int)doing);
}

void effrec_gpus_stop(struct effrec_gpus *gpus)
{
    if (!gpus)
        return;
    struct timespec when = effrec_after(STOP_S);
    pthread_mutex_lock(&gpus->lock);
    gpus->stopping = true;
    pthread_cond_broadcast(&gpus->changed);
    while (!gpus->ended && !gpus->abandoned &&
           pthread_cond_timedwait(&gpus->changed, &gpus->lock, &when) != ETIMEDOUT) {
    }
    gpus->abandoned = !gpus->ended;
    bool abandoned = gpus->abandoned;
    pthread_mutex_unlock(&gpus->lock);
    if (gpus->let_go)
        return;
    gpus->let_go = true;
    if (abandoned)
        pthread_detach(gpus->thread);
    else
        pthread_join(gpus->thread, NULL); /* all that it has left to do is to return */
}

void effrec_gpus_free(struct effrec_gpus *gpus)
{
    if (gpus)
        release(gpus);
}

/* ---- as JSON ---- */

static void put_text(json_t **object, const char *key, const char *text)
{
    if (text && text[0] != '\0')
        ec_json_set(object, key, json_string(text));
}

static void put_count(json_t **object, const char *key, int64_t value)
{
    if (value >= 0)
        ec_json_set(object, key, json_integer(value));
}

/* A counter that did not move was not looked at for long enough. */
static void put_energy(const struct effrec_gpus *gpus, const struct watched *watched, int training,
                       json_t **gpu)
{
    double total = 0;
    for (int i = 0; i < EFFREC_DOING_COUNT; i++)
        total += watched->energy[i];
    if (watched->energy_went_back)
        put_text(gpu, "energy_unmeasured", "the counter went backwards");
    else if (!watched->has_energy)
        put_text(gpu, "energy_unmeasured", "the GPU has no counter that can be read");
    else if (total <= 0)
        put_text(gpu, "energy_unmeasured", "the counter did not move");
    else {
        ec_json_set(gpu, "energy_joules", json_real(watched->energy[training]));
        ec_json_set(gpu, "energy_total_joules", json_real(total));
        put_text(gpu, "energy_source", gpus->backend->energy_source);
    }
}

static json_t *gpu_object(const struct effrec_gpus *gpus, const struct watched *watched,
                          int training)
{
    json_t *gpu = json_object();
    put_text(&gpu, "gpu", watched->gpu.id);
    put_text(&gpu, "name", watched->gpu.name);
    put_count(&gpu, "memory_total_bytes", watched->gpu.memory_total_bytes);
    put_count(&gpu, "device_memory_peak_bytes", watched->memory_peak);
    put_text(&gpu, "device_memory_source", watched->memory_source);
    put_count(&gpu, "process_memory_peak_bytes", watched->process_peak);
    put_count(&gpu, "samples", watched->samples);
    int64_t samples = watched->utilization_samples[training];
    if (samples > 0) {
        ec_json_set(&gpu, "utilization_mean_percent",
                    json_real(watched->utilization_sum[training] / (double)samples));
        ec_json_set(&gpu, "utilization_max_percent", json_real(watched->utilization_max[training]));
    }
    put_energy(gpus, watched, training, &gpu);
    if (watched->lists_processes) {
        ec_json_set(&gpu, "used", json_boolean(watched->used));
        put_count(&gpu, "other_processes", watched->others);
    }
    return gpu;
}

static json_t *sampling_object(const struct effrec_gpus *gpus)
{
    json_t *sampling = json_object();
    if (gpus->count == 0) {
        put_text(&sampling, "reason", gpus->reason);
        return sampling;
    }
    put_text(&sampling, "library", gpus->backend->name);
    put_text(&sampling, "driver", gpus->driver);
    put_text(&sampling, "selected_by", gpus->selected_by);
    ec_json_set(&sampling, "interval_seconds", json_real(gpus->interval_s));
    if (gpus->root <= 0)
        put_text(&sampling, "processes",
                 "not told apart: the driver counts processes as the host does, this one runs in a "
                 "container");
    if (gpus->abandoned)
        put_text(&sampling, "incomplete", "the library stopped answering before the end");
    return sampling;
}

json_t *effrec_gpus_keys(struct effrec_gpus *gpus, bool training_marked)
{
    if (!gpus)
        return NULL;
    int training = training_marked ? EFFREC_DOING_TRAINING : EFFREC_DOING_NOTHING_SAID;
    json_t *keys = json_object(), *array = json_array();
    pthread_mutex_lock(&gpus->lock);
    for (int i = 0; i < gpus->count; i++)
        ec_json_append(&array, gpu_object(gpus, &gpus->watched[i], training));
    ec_json_set(&keys, "gpu_sampling", sampling_object(gpus));
    pthread_mutex_unlock(&gpus->lock);
    if (!array || json_array_size(array) > 0)
        ec_json_set(&keys, "gpus", json_incref(array));
    json_decref(array);
    return keys;
}
