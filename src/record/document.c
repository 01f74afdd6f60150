/* A measured value is put under its key; where there is none, the caller's under the same
 * key is taken ("declared"); where there is none either, the key is left out and "unmeasured" says
 * why. jansson keeps the order of keys, refuses NaN and infinity, and writes numbers the same in
 * every locale. */
#include "record/document.h"

#include "common/retain.h"
#include "ranks/devices.h"
#include "ranks/json_build.h"
#include "record/effrecord.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static const double MIB = 1048576.0;
static const double NS_PER_S = 1e9;
static const double NS_PER_MS = 1e6;

struct builder {
    json_t *object, *declared, *unmeasured;
    const json_t *extras, *own;
    bool failed;
};

static void put(struct builder *builder, const char *key, json_t *value)
{
    if (json_object_set_new(builder->object, key, value) < 0)
        builder->failed = true;
}

static json_t *ns_as(uint64_t ns, double unit)
{
    return json_real((double)ns / unit);
}

/* Where the library has no value of its own: the caller's, or why there is none. */
static void put_other(struct builder *builder, const char *key, const char *reason)
{
    json_t *own = json_object_get(builder->own, key);
    json_t *extra = json_object_get(builder->extras, key);
    if (own) {
        put(builder, key, json_incref(own));
    } else if (extra) {
        put(builder, key, json_incref(extra));
        builder->failed |= json_array_append_new(builder->declared, json_string(key)) < 0;
    } else {
        builder->failed |= json_object_set_new(builder->unmeasured, key, json_string(reason)) < 0;
    }
}

/* Puts a metric that the library measures when it can. `value` is ignored unless `known`. */
static void put_real(struct builder *builder, const char *key, bool known, double value,
                     const char *reason)
{
    if (known)
        put(builder, key, json_real(value));
    else
        put_other(builder, key, reason);
}

/* The same for whole numbers; a negative one is not known. */
static void put_count(struct builder *builder, const char *key, int64_t count, const char *reason)
{
    if (count >= 0)
        put(builder, key, json_integer(count));
    else
        put_other(builder, key, reason);
}

/* The sum of all GPUs' figures; -1 when there is none, or a GPU has none. */
static int64_t gpu_total(const struct effrec_facts *facts, int kind)
{
    int64_t total = facts->gpu_count > 0 ? 0 : -1;
    for (size_t i = 0; i < facts->gpu_count && total >= 0; i++) {
        int64_t peak = facts->gpus[i].peak_bytes[kind];
        if (peak < 0 || __builtin_add_overflow(total, peak, &total))
            total = -1;
    }
    return total;
}

/* The highest figure of any GPU; -1 when there is none. */
static int64_t gpu_peak(const struct effrec_facts *facts, int kind)
{
    int64_t peak = -1;
    for (size_t i = 0; i < facts->gpu_count; i++)
        if (facts->gpus[i].peak_bytes[kind] > peak)
            peak = facts->gpus[i].peak_bytes[kind];
    return peak;
}

/* Tokens processed and why they are not known. A few uncounted steps would make the sum a lie. */
static int64_t tokens_of(const struct effrec_view *view, const char **ret_reason)
{
    if (view->facts->tokens >= 0)
        return view->facts->tokens;
    if (view->steps.count == 0 || view->steps.counted == 0)
        *ret_reason = "no token count was given";
    else if (view->steps.counted < view->steps.count)
        *ret_reason = "some steps gave no token count";
    else
        return (int64_t)view->steps.tokens;
    return -1;
}

static const char *put_retain_set(struct builder *builder, const struct effrec_facts *facts)
{
    const struct ec_retain *known = ec_retain_find(facts->method);
    if (facts->requires_retain_set >= 0) {
        put(builder, "requires_retain_set", json_boolean(facts->requires_retain_set));
        return "declared";
    }
    if (json_object_get(builder->extras, "requires_retain_set")) {
        put_other(builder, "requires_retain_set", NULL);
        return "declared";
    }
    if (known) {
        put(builder, "requires_retain_set", json_boolean(known->retain_set));
        return "table";
    }
    put_other(builder, "requires_retain_set",
              facts->method ? "the method is not in the table of known trainers"
                            : "the method was not given");
    return "unknown";
}

/* The six keys that every reader of these files knows. */
static const char *put_seed_keys(struct builder *builder, const struct effrec_view *view,
                                 int64_t tokens, const char *tokens_reason)
{
    const struct effrec_facts *facts = view->facts;
    double seconds = (double)view->times.phase_ns[EFFREC_PHASE_TRAIN] / NS_PER_S;
    put(builder, "unlearning_time_seconds", json_real(seconds));
    put_count(builder, "total_steps", view->steps.count > 0 ? (int64_t)view->steps.count : -1,
              "no step was marked");
    int64_t peak = gpu_peak(facts, EFFREC_GPU_ALLOCATED);
    put_real(builder, "peak_gpu_memory_mb", peak >= 0, (double)peak / MIB,
             "no allocated GPU memory was reported");
    put_real(builder, "tokens_per_second", tokens >= 0 && seconds > 0, (double)tokens / seconds,
             tokens_reason ? tokens_reason : "no time was spent training");
    put_real(builder, "model_size_mb", facts->model_bytes >= 0, (double)facts->model_bytes / MIB,
             "the model's size was not given");
    return put_retain_set(builder, facts);
}

static void put_latency_keys(struct builder *builder, const struct effrec_view *view)
{
    const struct effrec_latency_moments *latency = &view->steps.latency;
    const char *reason = view->steps.count == 0 ? "no step was marked"
                                                : "there was only one step, whose time is "
                                                  "latency.first_step_ms";
    bool known = latency->count > 0;
    put_real(builder, "per_step_latency_mean_ms", known, latency->mean_ns / NS_PER_MS, reason);
    put_real(builder, "per_step_latency_std_ms", latency->count > 1, latency->std_ns / NS_PER_MS,
             known ? "one step has no standard deviation" : reason);
    put_real(builder, "per_step_latency_min_ms", known, (double)latency->min_ns / NS_PER_MS,
             reason);
    put_real(builder, "per_step_latency_max_ms", known, (double)latency->max_ns / NS_PER_MS,
             reason);
}

/* The other keys of the reference tracker, in its units. */
static void put_reference_keys(struct builder *builder, const struct effrec_view *view,
                               int64_t tokens, const char *tokens_reason)
{
    const struct effrec_facts *facts = view->facts;
    put_real(builder, "intermediate_storage_mb", facts->storage_bytes >= 0,
             (double)facts->storage_bytes / MIB, "the storage was not given");
    put_count(builder, "forward_passes_total", facts->forward_passes, "not given");
    put_count(builder, "backward_passes_total", facts->backward_passes, "not given");
    put_real(builder, "flops_estimate", tokens >= 0 && facts->model_parameters >= 0,
             6.0 * (double)facts->model_parameters * (double)tokens,
             tokens_reason ? tokens_reason : "the number of parameters was not given");
    put_count(builder, "forget_samples_count", facts->forget_samples, "not given");
    put_count(builder, "retain_samples_count", facts->retain_samples, "not given");
    put_latency_keys(builder, view);
    put_real(builder, "checkpoint_save_time_seconds", view->times.begun[EFFREC_PHASE_SAVE],
             (double)view->times.phase_ns[EFFREC_PHASE_SAVE] / NS_PER_S,
             "no save phase was marked");
}

static json_t *phases_object(const struct effrec_phases_times *times)
{
    static const char *const keys[EFFREC_PHASE_COUNT] = {
        [EFFREC_PHASE_SETUP] = "setup_seconds",
        [EFFREC_PHASE_TRAIN] = "train_seconds",
        [EFFREC_PHASE_EVAL] = "eval_seconds",
        [EFFREC_PHASE_SAVE] = "save_seconds",
    };
    json_t *object = json_object();
    for (int i = 0; i < EFFREC_PHASE_COUNT; i++)
        if (times->begun[i])
            ec_json_set(&object, keys[i], ns_as(times->phase_ns[i], NS_PER_S));
    ec_json_set(&object, "other_seconds", ns_as(times->other_ns, NS_PER_S));
    return object;
}

static void append_bucket(void *context, double ns, uint64_t count)
{
    json_t **array = context;
    ec_json_append(array, json_real(ns / NS_PER_MS));
    ec_json_append(array, json_integer((json_int_t)count));
}

static json_t *histogram_array(const struct effrec_latency *latency)
{
    json_t *array = json_array();
    effrec_latency_each(latency, append_bucket, &array);
    return array;
}

static json_t *latency_object(const struct effrec_view *view)
{
    const struct effrec_latency_moments *latency = &view->steps.latency;
    json_t *object = json_object();
    ec_json_set(&object, "first_step_ms", ns_as(view->steps.first_ns, NS_PER_MS));
    ec_json_set(&object, "n", json_integer((json_int_t)latency->count));
    if (latency->count > 0) {
        ec_json_set(&object, "mean_ms", json_real(latency->mean_ns / NS_PER_MS));
        ec_json_set(&object, "min_ms", ns_as(latency->min_ns, NS_PER_MS));
        ec_json_set(&object, "max_ms", ns_as(latency->max_ns, NS_PER_MS));
    }
    if (latency->count > 1)
        ec_json_set(&object, "std_ms", json_real(latency->std_ns / NS_PER_MS));
    static const char *const keys[EFFREC_PERCENTILE_COUNT] = {
        [EFFREC_P50] = "p50_ms", [EFFREC_P95] = "p95_ms", [EFFREC_P99] = "p99_ms"};
    for (int i = 0; view->has_percentiles && i < EFFREC_PERCENTILE_COUNT; i++)
        ec_json_set(&object, keys[i], json_real(view->percentiles_ns[i] / NS_PER_MS));
    if (view->has_percentiles)
        ec_json_set(&object, "percentile_relative_error", json_real(EFFREC_LATENCY_QUANTILE_ERROR));
    if (view->facts->synchronized_steps >= 0)
        ec_json_set(&object, "synchronized", json_boolean(view->facts->synchronized_steps));
    if (view->histogram)
        ec_json_set(&object, "histogram", histogram_array(view->histogram));
    return object;
}

static json_t *tokens_object(const struct effrec_view *view, int64_t tokens)
{
    const struct effrec_steps_totals *steps = &view->steps;
    bool given = view->facts->tokens >= 0;
    json_t *object = json_object();
    ec_json_set(&object, "total", json_integer(tokens));
    if (steps->count > 0 && steps->split == steps->count) {
        ec_json_set(&object, "forget", json_integer((json_int_t)steps->forget_tokens));
        ec_json_set(&object, "retain", json_integer((json_int_t)steps->retain_tokens));
    }
    const char *definition = view->facts->token_definition;
    ec_json_set(&object, "definition", json_string(definition ? definition : "not given"));
    ec_json_set(&object, "source", json_string(given ? "caller's total" : "sum of steps"));
    if (view->facts->tokens_gathered > 0)
        ec_json_set(&object, "scope", json_string("all ranks"));
    return object;
}

static json_t *gpu_memory_array(const struct effrec_facts *facts)
{
    static const char *const keys[EFFREC_GPU_MEMORY_KINDS][2] = {
        [EFFREC_GPU_ALLOCATED] = {"allocated_peak_bytes", "allocated_source"},
        [EFFREC_GPU_RESERVED] = {"reserved_peak_bytes", "reserved_source"},
    };
    json_t *array = json_array();
    for (size_t i = 0; i < facts->gpu_count; i++) {
        const struct effrec_gpu_report *report = &facts->gpus[i];
        json_t *object = json_object();
        ec_json_set(&object, "gpu", json_string(report->gpu));
        for (int kind = 0; kind < EFFREC_GPU_MEMORY_KINDS; kind++) {
            if (report->peak_bytes[kind] < 0)
                continue;
            const char *source = report->source[kind];
            ec_json_set(&object, keys[kind][0], json_integer(report->peak_bytes[kind]));
            ec_json_set(&object, keys[kind][1], json_string(source ? source : "not given"));
        }
        ec_json_append(&array, object);
    }
    return array;
}

static void put_if_given(struct builder *builder, const char *key, int64_t value)
{
    if (value >= 0)
        put(builder, key, json_integer(value));
}

static void put_details(struct builder *builder, const struct effrec_view *view, int64_t tokens)
{
    const struct effrec_facts *facts = view->facts;
    const struct ec_retain *known = ec_retain_find(facts->method);
    if (known)
        put(builder, "original_data_required", json_boolean(known->original_data));
    put(builder, "total_seconds", ns_as(view->times.total_ns, NS_PER_S));
    put(builder, "phases", phases_object(&view->times));
    if (view->steps.count > 0)
        put(builder, "latency", latency_object(view));
    if (tokens >= 0)
        put(builder, "tokens", tokens_object(view, tokens));
    if (tokens >= 0 && facts->model_parameters >= 0)
        put(builder, "flops_source",
            json_string("6 x parameters x tokens (Kaplan et al. 2020, arXiv:2001.08361)"));
    put_if_given(builder, "model_parameters", facts->model_parameters);
    put_if_given(builder, "model_bytes", facts->model_bytes);
    put_if_given(builder, "storage_bytes", facts->storage_bytes);
    put_if_given(builder, "peak_gpu_allocated_bytes", gpu_peak(facts, EFFREC_GPU_ALLOCATED));
    put_if_given(builder, "peak_gpu_reserved_bytes", gpu_peak(facts, EFFREC_GPU_RESERVED));
    put_if_given(builder, "total_gpu_allocated_bytes", gpu_total(facts, EFFREC_GPU_ALLOCATED));
    put_if_given(builder, "total_gpu_reserved_bytes", gpu_total(facts, EFFREC_GPU_RESERVED));
    if (facts->gpu_count > 0)
        put(builder, "gpu_memory", gpu_memory_array(facts));
    put_count(builder, "host_rss_peak_bytes", view->rss_peak_bytes,
              "/proc/self/status could not be read");
}

/* What the GPUs' driver said: figures of another kind than the framework's, under other keys. */
static void put_gpus(struct builder *builder, const json_t *gpu_keys)
{
    static const char *const keys[] = {"energy_joules", "gpu_device_memory_peak_bytes",
                                       "gpu_process_memory_peak_bytes", "gpu_utilization_mean",
                                       "gpu_utilization_max"};
    const char *reason =
        json_string_value(json_object_get(json_object_get(gpu_keys, "gpu_sampling"), "reason"));
    if (gpu_keys && json_object_update(builder->object, (json_t *)gpu_keys) < 0)
        builder->failed = true;
    builder->failed |= ec_devices_summarize(builder->object) < 0;
    if (!reason)
        reason = gpu_keys ? "the GPUs' driver does not say; see gpus" : "GPUs were not looked at";
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
        if (!json_object_get(builder->object, keys[i]))
            put_other(builder, keys[i], reason);
}

json_t *effrec_time_stamp(double seconds_since_epoch)
{
    int64_t milliseconds = (int64_t)(seconds_since_epoch * 1e3);
    time_t seconds = (time_t)(milliseconds / 1000);
    struct tm tm;
    char text[64];
    if (!gmtime_r(&seconds, &tm))
        return NULL;
    size_t length = strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &tm);
    snprintf(text + length, sizeof text - length, ".%03dZ", (int)(milliseconds % 1000));
    return json_string(text);
}

static void put_stamps(struct builder *builder, const struct effrec_view *view)
{
    put(builder, "heartbeat_at", effrec_time_stamp(view->now_s));
    put(builder, "heartbeat_unix_seconds", json_real(view->now_s));
    if (view->heartbeat_seconds > 0)
        put(builder, "heartbeat_interval_seconds", json_real(view->heartbeat_seconds));
    put(builder, "heartbeat_sequence", json_integer((json_int_t)view->sequence));
    if (view->ended)
        put(builder, "ended_at", effrec_time_stamp(view->now_s));
}

static void put_missing(struct builder *builder, const json_t *values)
{
    ec_json_set_missing(&builder->object, values);
    builder->failed |= !builder->object;
}

static void build(struct builder *builder, const struct effrec_view *view)
{
    const char *tokens_reason = NULL;
    int64_t tokens = tokens_of(view, &tokens_reason);
    const char *retain_source = put_seed_keys(builder, view, tokens, tokens_reason);
    put_reference_keys(builder, view, tokens, tokens_reason);
    put(builder, "schema_version", json_integer(EFFREC_SCHEMA_VERSION));
    put(builder, "status", json_string(view->status));
    if (view->facts->method)
        put(builder, "method", json_string(view->facts->method));
    put(builder, "requires_retain_set_source", json_string(retain_source));
    put_details(builder, view, tokens);
    put_gpus(builder, view->gpu_keys);
    if (json_object_update(builder->object, (json_t *)view->identity) < 0)
        builder->failed = true;
    put_stamps(builder, view);
    put_missing(builder, builder->own);
    put_missing(builder, builder->extras);
    if (json_array_size(builder->declared) > 0)
        put(builder, "declared", json_incref(builder->declared));
    put(builder, "unmeasured", json_incref(builder->unmeasured));
}

json_t *effrec_document(const struct effrec_view *view)
{
    struct builder builder = {
        .object = json_object(),
        .declared = json_array(),
        .unmeasured = json_object(),
        .extras = view->facts->extras,
        .own = view->facts->own,
    };
    build(&builder, view);
    json_decref(builder.declared);
    json_decref(builder.unmeasured);
    if (builder.failed) {
        json_decref(builder.object);
        return NULL;
    }
    return builder.object;
}

struct text {
    char *bytes;
    size_t size, capacity;
    bool failed;
};

/* jansson 2.14 does not look whether a key could be written: what follows a failure must fail, too,
 * or the text would lack something in its middle. */
static int append(const char *bytes, size_t size, void *context)
{
    struct text *text = context;
    size_t capacity = text->capacity ? text->capacity : 4096;
    while (capacity - text->size < size)
        capacity *= 2;
    if (!text->failed && capacity > text->capacity) {
        char *moved = realloc(text->bytes, capacity);
        text->failed = !moved;
        text->bytes = moved ? moved : text->bytes;
        text->capacity = moved ? capacity : text->capacity;
    }
    if (text->failed)
        return -1;
    memcpy(text->bytes + text->size, bytes, size);
    text->size += size;
    return 0;
}

char *effrec_document_text(const json_t *document, size_t *ret_size)
{
    struct text text = {0};
    int rc = json_dump_callback(document, append, &text, JSON_INDENT(2) | JSON_REAL_PRECISION(15));
    if (rc < 0 || append("\n", 1, &text) < 0) {
        free(text.bytes);
        return NULL;
    }
    *ret_size = text.size;
    return text.bytes;
}
