/* The merged record starts as a copy of the lowest rank's; then every key that is not that rank's
 * own affair is replaced by what its rule makes of all ranks' values. Keys without a rule, such as
 * those that the program has set, stay as the lowest rank has them; where ranks differ, that is
 * noted. */
#include "ranks/merge.h"

#include "ranks/devices.h"
#include "ranks/json_build.h"
#include "ranks/latency.h"
#include "ranks/members.h"
#include "ranks/select.h"
#include "ranks/status.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

enum rule {
    MAX,   /* the highest of those that have it */
    MIN,   /* the lowest of those that have it */
    SUM,   /* of all ranks; not known when one does not have it */
    AGREE, /* should be the same; the highest, and noted, when it is not */
};

static const struct {
    const char *path;
    enum rule rule;
} rules[] = {
    {"unlearning_time_seconds", MAX},
    {"total_seconds", MAX},
    {"phases.setup_seconds", MAX},
    {"phases.train_seconds", MAX},
    {"phases.eval_seconds", MAX},
    {"phases.save_seconds", MAX},
    {"phases.other_seconds", MAX},
    {"checkpoint_save_time_seconds", MAX},
    {"command_seconds", MAX},
    {"peak_gpu_memory_mb", MAX},
    {"peak_gpu_allocated_bytes", MAX},
    {"peak_gpu_reserved_bytes", MAX},
    {"total_gpu_allocated_bytes", SUM},
    {"total_gpu_reserved_bytes", SUM},
    {"per_step_latency_mean_ms", MAX},
    {"per_step_latency_std_ms", MAX},
    {"per_step_latency_min_ms", MIN},
    {"per_step_latency_max_ms", MAX},
    {"forward_passes_total", SUM},
    {"backward_passes_total", SUM},
    {"total_steps", AGREE},
    {"model_size_mb", AGREE},
    {"model_parameters", AGREE},
    {"model_bytes", AGREE},
    {"intermediate_storage_mb", AGREE},
    {"storage_bytes", AGREE},
    {"forget_samples_count", AGREE},
    {"retain_samples_count", AGREE},
};

/* Keys of one process, or merged elsewhere: ranks may differ. */
static const char *const own_affair[] = {
    "run_id",
    "recorder",
    "command",
    "working_directory",
    "job",
    "host",
    "boot_id",
    "pid",
    "pid_namespace",
    "pid_start_time",
    "started_at",
    "ended_at",
    "heartbeat_at",
    "heartbeat_unix_seconds",
    "status",
    "heartbeat_interval_seconds",
    "status_reason",
    "heartbeat_sequence",
    "rank",
    "phases",
    "latency",
    "tokens",
    "gpu_memory",
    "gpu_name",
    "gpus",
    "declared",
    "unmeasured",
    "process_tree",
    "exit_code",
    "exit_signal",
    "host_rss_peak_bytes",
    "energy_joules",
    "tokens_per_second",
    "flops_estimate",
    "trainer_state",
    "gpu_sampling",
    "gpu_device_memory_peak_bytes",
    "gpu_utilization_mean",
    "gpu_process_memory_peak_bytes",
    "gpu_utilization_max",
    "gpu_process_memory_total_bytes",
    "requires_retain_set_source",
};

struct merge {
    struct ec_ranks ranks;
    json_t *merged;
    json_t *differences; /* object: path -> {"min", "max"}, or what rank has another value */
    bool failed;
};

/* Takes the reference over. */
static void set(struct merge *merge, const char *path, json_t *value)
{
    if (ec_member_set(merge->merged, path, value) < 0)
        merge->failed = true;
}

static void set_copy(struct merge *merge, const char *path, const json_t *value)
{
    set(merge, path, json_deep_copy(value));
}

static void not_measured(struct merge *merge, const char *path, const char *reason)
{
    ec_member_delete(merge->merged, path);
    json_t *unmeasured = json_object_get(merge->merged, "unmeasured");
    if (!json_is_object(unmeasured)) {
        unmeasured = json_object();
        merge->failed |= json_object_set_new(merge->merged, "unmeasured", unmeasured) < 0;
    }
    merge->failed |= json_object_set_new(unmeasured, path, json_string(reason)) < 0;
}

static void note_difference(struct merge *merge, const char *path, json_t *what)
{
    merge->failed |= json_object_set_new(merge->differences, path, what) < 0;
}

/* ---- numbers ---- */

/* What the ranks have at a path. Borrowed. */
struct values {
    const json_t *min, *max;
    size_t count; /* ranks that have a number there */
};

static struct values collect(const struct merge *merge, const char *path)
{
    struct values values = {0};
    for (size_t i = 0; i < merge->ranks.count; i++) {
        const json_t *value = ec_member(merge->ranks.records[i], path);
        if (!json_is_number(value))
            continue;
        if (values.count == 0 || ec_number_less(value, values.min))
            values.min = value;
        if (values.count == 0 || ec_number_less(values.max, value))
            values.max = value;
        values.count++;
    }
    return values;
}

/* NULL when a rank has no number there. A new reference. */
static json_t *sum_of(const struct merge *merge, const char *path)
{
    json_t *sum = json_integer(0);
    for (size_t i = 0; sum && i < merge->ranks.count; i++) {
        const json_t *value = ec_member(merge->ranks.records[i], path);
        json_t *next = json_is_number(value) ? ec_number_sum(sum, value) : NULL;
        json_decref(sum);
        sum = next;
    }
    return sum;
}

static void apply_sum(struct merge *merge, const char *path)
{
    json_t *sum = sum_of(merge, path);
    if (sum)
        set(merge, path, sum);
    else
        not_measured(merge, path, "not every rank has it");
}

static void apply_rule(struct merge *merge, const char *path, enum rule rule)
{
    struct values values = collect(merge, path);
    if (values.count == 0)
        return;
    if (rule == SUM) {
        apply_sum(merge, path);
        return;
    }
    set_copy(merge, path, rule == MIN ? values.min : values.max);
    if (rule == AGREE && ec_number_less(values.min, values.max))
        note_difference(merge, path, json_pack("{sO,sO}", "min", values.min, "max", values.max));
}

static bool has_rule(const char *key)
{
    for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++)
        if (strcmp(rules[i].path, key) == 0)
            return true;
    for (size_t i = 0; i < sizeof own_affair / sizeof own_affair[0]; i++)
        if (strcmp(own_affair[i], key) == 0)
            return true;
    return false;
}

/* Notes where another rank has something else under a key of the lowest one. */
static void compare_others(struct merge *merge)
{
    const char *key;
    json_t *value;
    json_object_foreach((json_t *)merge->ranks.records[0], key, value)
    {
        if (has_rule(key))
            continue;
        for (size_t i = 1; i < merge->ranks.count; i++) {
            const json_t *other = json_object_get(merge->ranks.records[i], key);
            if (!other || json_equal(value, other))
                continue;
            note_difference(merge, key,
                            json_pack("{sI}", "differs_on_rank",
                                      (json_int_t)ec_ranks_number(merge->ranks.records[i])));
            break;
        }
    }
}

/* Whether any rank has it; NULL when no rank says. Borrowed: the record that decides. */
static const json_t *any_true(const struct merge *merge, const char *key)
{
    const json_t *said = NULL;
    for (size_t i = 0; i < merge->ranks.count; i++) {
        const json_t *value = json_object_get(merge->ranks.records[i], key);
        if (json_is_true(value))
            return merge->ranks.records[i];
        if (json_is_boolean(value) && !said)
            said = merge->ranks.records[i];
    }
    return said;
}

static void merge_retain_set(struct merge *merge)
{
    static const char *const keys[] = {"requires_retain_set", "original_data_required"};
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        const json_t *record = any_true(merge, keys[i]);
        if (record)
            set_copy(merge, keys[i], json_object_get(record, keys[i]));
    }
    const json_t *decides = any_true(merge, "requires_retain_set");
    const json_t *source = json_object_get(decides, "requires_retain_set_source");
    if (source)
        set_copy(merge, "requires_retain_set_source", source);
}

/* ---- tokens ---- */

/* The rank with the highest count of all ranks' tokens, where one was given: a framework's counter
 * that is gathered must not be added up again. NULL: none. */
static const json_t *gathered_tokens(const struct merge *merge)
{
    const json_t *best = NULL;
    for (size_t i = 0; i < merge->ranks.count; i++) {
        const json_t *tokens = json_object_get(merge->ranks.records[i], "tokens");
        const char *scope = ec_member_text(tokens, "scope");
        if (scope && strcmp(scope, "all ranks") == 0 &&
            (!best || ec_member_number(best, "total") < ec_member_number(tokens, "total")))
            best = tokens;
    }
    return best;
}

static void sum_tokens(struct merge *merge)
{
    static const char *const parts[] = {"tokens.forget", "tokens.retain"};
    apply_sum(merge, "tokens.total");
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        json_t *sum = sum_of(merge, parts[i]);
        if (sum)
            set(merge, parts[i], sum);
        else
            ec_member_delete(merge->merged, parts[i]);
    }
    set(merge, "tokens.scope", json_string("all ranks"));
}

/* Figures that follow from the tokens; the lowest rank's are of its own tokens. */
static void set_token_rates(struct merge *merge)
{
    const json_t *total = ec_member(merge->merged, "tokens.total");
    double tokens = json_number_value(total);
    double seconds = ec_member_number(merge->merged, "unlearning_time_seconds");
    json_t *rate = total && seconds > 0 ? json_real(tokens / seconds) : NULL;
    if (rate)
        set(merge, "tokens_per_second", rate);
    else
        not_measured(merge, "tokens_per_second", "not every rank has a token count");
    if (!json_object_get(merge->merged, "flops_source")) {
        apply_rule(merge, "flops_estimate", AGREE);
        return;
    }
    double parameters = ec_member_number(merge->merged, "model_parameters");
    json_t *flops = total && parameters > 0 ? json_real(6 * parameters * tokens) : NULL;
    if (flops)
        set(merge, "flops_estimate", flops);
    else
        not_measured(merge, "flops_estimate", "not every rank has a token count");
}

static void merge_tokens(struct merge *merge)
{
    if (collect(merge, "tokens.total").count == 0) { /* what the program says instead */
        apply_rule(merge, "tokens_per_second", AGREE);
        apply_rule(merge, "flops_estimate", AGREE);
        return;
    }
    const json_t *gathered = gathered_tokens(merge);
    if (gathered)
        set_copy(merge, "tokens", gathered);
    else
        sum_tokens(merge);
    set_token_rates(merge);
    if (!ec_member(merge->merged, "tokens.total"))
        json_object_del(merge->merged, "tokens");
}

/* ---- which ranks ---- */

/* Names at most so many missing ranks; ranks_expected and ranks_present tell how many there are. */
enum { MISSING_NAMED = 1000 };

static json_t *missing_ranks(const struct ec_ranks *ranks)
{
    json_t *missing = json_array();
    int64_t next = 0;
    for (size_t i = 0; i <= ranks->count; i++) {
        int64_t present = i < ranks->count ? ec_ranks_number(ranks->records[i]) : ranks->expected;
        for (; missing && next < present && json_array_size(missing) < MISSING_NAMED; next++)
            ec_json_append(&missing, json_integer(next));
        next = present + 1;
    }
    return missing;
}

static json_t *summaries(const struct ec_ranks *ranks, const struct ec_liveness_here *here)
{
    static const char *const copied[] = {"host", "pid", "unlearning_time_seconds", "total_steps"};
    json_t *array = json_array();
    for (size_t i = 0; i < ranks->count; i++) {
        const json_t *record = ranks->records[i];
        json_t *summary = json_object();
        ec_json_set(&summary, "rank", json_integer(ec_ranks_number(record)));
        const char *status = ec_status_name(ec_ranks_liveness(record, here));
        ec_json_set(&summary, "status", json_string(status));
        for (size_t j = 0; j < sizeof copied / sizeof copied[0]; j++) {
            json_t *value = json_object_get(record, copied[j]);
            if (value)
                ec_json_set(&summary, copied[j], json_incref(value));
        }
        ec_json_append(&array, summary);
    }
    return array;
}

static void set_ranks(struct merge *merge, const struct ec_liveness_here *here)
{
    const struct ec_ranks *ranks = &merge->ranks;
    json_object_del(merge->merged, "rank");
    set(merge, "ranks",
        ranks->expected_known ? json_sprintf("%zu/%" PRId64, ranks->count, ranks->expected)
                              : json_sprintf("%zu/?", ranks->count));
    if (ranks->expected_known)
        set(merge, "ranks_expected", json_integer(ranks->expected));
    set(merge, "ranks_present", json_integer((json_int_t)ranks->count));
    if ((int64_t)ranks->count < ranks->expected)
        set(merge, "ranks_missing", missing_ranks(ranks));
    if (json_array_size(ranks->left_out) > 0)
        set_copy(merge, "ranks_left_out", ranks->left_out);
    if (json_object_size(merge->differences) > 0)
        set_copy(merge, "ranks_disagree", merge->differences);
    set(merge, "rank_records", summaries(ranks, here));
}

/* ---- the rest ---- */

/* The first start and, when all have ended, the last end. Time stamps order as texts. */
static void merge_stamps(struct merge *merge)
{
    const char *start = NULL, *end = NULL;
    bool all_ended = true;
    for (size_t i = 0; i < merge->ranks.count; i++) {
        const char *started = ec_member_text(merge->ranks.records[i], "started_at");
        const char *ended = ec_member_text(merge->ranks.records[i], "ended_at");
        if (started && (!start || strcmp(started, start) < 0))
            start = started;
        if (ended && (!end || strcmp(ended, end) > 0))
            end = ended;
        all_ended &= ended != NULL;
    }
    if (start)
        set(merge, "started_at", json_string(start));
    if (end && all_ended)
        set(merge, "ended_at", json_string(end));
    else
        json_object_del(merge->merged, "ended_at");
}

/* How the first process that failed ended; without one, the lowest rank's stays. */
static void merge_exit(struct merge *merge)
{
    static const char *const keys[] = {"exit_code", "exit_signal"};
    for (size_t i = 0; i < merge->ranks.count; i++)
        for (size_t j = 0; j < 2; j++) {
            const json_t *value = json_object_get(merge->ranks.records[i], keys[j]);
            if (!json_is_integer(value) || json_integer_value(value) == 0)
                continue;
            json_object_del(merge->merged, keys[1 - j]);
            set_copy(merge, keys[j], value);
            return;
        }
}

/* What a rank could not measure and no other did. */
static void merge_unmeasured(struct merge *merge)
{
    json_t *unmeasured = json_object();
    for (size_t i = 0; i <= merge->ranks.count; i++) {
        const json_t *record = i == 0 ? merge->merged : merge->ranks.records[i - 1];
        const char *key;
        json_t *reason;
        json_object_foreach(json_object_get(record, "unmeasured"), key,
                            reason) if (!ec_member(merge->merged, key) &&
                                        !json_object_get(unmeasured, key)) merge->failed |=
            json_object_set(unmeasured, key, reason) < 0;
    }
    json_object_del(merge->merged, "unmeasured");
    set(merge, "unmeasured", unmeasured);
}

static void merge_all(struct merge *merge, const struct ec_liveness_here *here)
{
    json_object_del(merge->merged, "gpu_sampling");
    for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++)
        apply_rule(merge, rules[i].path, rules[i].rule);
    compare_others(merge);
    merge_retain_set(merge);
    merge_tokens(merge);
    merge_stamps(merge);
    merge_exit(merge);
    merge->failed |= ec_latency_merge(&merge->ranks, merge->merged) < 0;
    merge->failed |= ec_devices_merge(&merge->ranks, merge->merged) < 0;
    merge->failed |= ec_ranks_set_status(&merge->ranks, here, merge->merged) < 0;
    set_ranks(merge, here);
    merge_unmeasured(merge);
}

int ec_ranks_merge(const json_t *records, const struct ec_liveness_here *here, json_t **ret_merged)
{
    struct merge merge = {0};
    int rc = ec_ranks_select(records, &merge.ranks);
    if (rc < 0)
        return rc;
    merge.merged = json_deep_copy(merge.ranks.records[0]);
    merge.differences = json_object();
    merge.failed = !merge.merged || !merge.differences;
    if (!merge.failed)
        merge_all(&merge, here);
    json_decref(merge.differences);
    ec_ranks_clear(&merge.ranks);
    if (merge.failed) {
        json_decref(merge.merged);
        return -ENOMEM;
    }
    *ret_merged = merge.merged;
    return 0;
}
