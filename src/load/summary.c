#include "load/summary.h"

#include "base/memory.h"
#include "load/keys.h"
#include "load/path.h"
#include "runset/intern.h"

#include <stdlib.h>

static const uint32_t UNKNOWN = UINT32_MAX;

/* A metric that is wanted. */
struct metric {
    const char *name; /* with prefix, interned */
    uint32_t column;  /* UNKNOWN until a file that can be read has it */
    bool touched;     /* the file that is being read has it */
    struct ec_value value;
};

struct ec_summary {
    struct ec_runset *runset;
    const char *const *patterns;
    size_t pattern_count;
    struct ec_scanner *scanner;
    struct ec_intern names; /* with prefix; the index is that of the metric */
    struct metric *metrics;
    size_t metric_count, metric_capacity;
    uint32_t *touched;
    size_t touched_count, touched_capacity;
    bool too_many;       /* wanted metrics in the file that is being read */
    struct ec_path name; /* scratch; begins with the prefix */
    size_t prefix_length;
    struct ec_arena texts;
};

struct ec_summary *ec_summary_new(struct ec_runset *runset, const char *const *patterns,
                                  size_t pattern_count)
{
    struct ec_summary *summary = ec_calloc(1, sizeof *summary);
    summary->runset = runset;
    summary->patterns = patterns;
    summary->pattern_count = pattern_count;
    summary->scanner = ec_scanner_new();
    return summary;
}

void ec_summary_free(struct ec_summary *summary)
{
    if (!summary)
        return;
    ec_scanner_free(summary->scanner);
    ec_intern_free(&summary->names);
    ec_arena_free(&summary->texts);
    free(summary->metrics);
    free(summary->touched);
    free(summary->name.ptr);
    free(summary);
}

void ec_summary_release(struct ec_summary *summary)
{
    if (summary->texts.blocks)
        ec_arena_free(&summary->texts);
}

/* ---- The sink ---- */

/* Numbers for the scanner: of the metric i, and of the object that holds its agg_value. The number
 * inside that object is the object's own. */
static uint32_t member_number(uint32_t metric)
{
    return 1 + 2 * metric;
}

static uint32_t object_number(uint32_t metric)
{
    return 2 + 2 * metric;
}

static uint32_t metric_of(uint32_t number)
{
    return (number - 1) / 2;
}

static uint32_t add_metric(struct ec_summary *summary, struct ec_str name)
{
    const char *interned = ec_intern_add(&summary->names, name);
    summary->metrics = ec_grow(summary->metrics, summary->metric_count, &summary->metric_capacity,
                               sizeof *summary->metrics);
    summary->metrics[summary->metric_count++] =
        (struct metric){.name = interned, .column = UNKNOWN};
    return ec_interned_index(interned);
}

/* Finds the metric of this name; false when it is not wanted. */
static bool find_metric(struct ec_summary *summary, struct ec_str key, uint32_t *ret_metric)
{
    summary->name.len = summary->prefix_length;
    ec_path_append(&summary->name, key);
    struct ec_str name = {summary->name.ptr, summary->name.len};
    if (summary->too_many)
        return false;
    const char *known = ec_intern_find(&summary->names, name);
    bool touched = known && summary->metrics[ec_interned_index(known)].touched;
    if (!known && !ec_keys_match(summary->patterns, summary->pattern_count, name.ptr))
        return false;
    summary->too_many = !touched && summary->touched_count >= EC_LOAD_MAX_KEYS;
    if (summary->too_many)
        return false;
    *ret_metric = known ? ec_interned_index(known) : add_metric(summary, name);
    return true;
}

static bool is_agg_value(struct ec_str key)
{
    return ec_str_equal(key, ec_str("agg_value"));
}

static uint32_t on_key(void *context, uint32_t parent, struct ec_str key)
{
    uint32_t metric;
    if (parent != EC_SCAN_ROOT)
        return is_agg_value(key) ? parent : EC_SCAN_SKIP;
    return find_metric(context, key, &metric) ? member_number(metric) : EC_SCAN_SKIP;
}

/* The last value counts, as in any JSON reader. */
static void set_value(struct ec_summary *summary, uint32_t number, struct ec_value value)
{
    struct metric *metric = &summary->metrics[number];
    metric->value = value;
    if (metric->touched)
        return;
    metric->touched = true;
    summary->touched = ec_grow(summary->touched, summary->touched_count, &summary->touched_capacity,
                               sizeof *summary->touched);
    summary->touched[summary->touched_count++] = number;
}

static void on_value(void *context, uint32_t member, struct ec_value value)
{
    set_value(context, metric_of(member), value);
}

static uint32_t on_container(void *context, uint32_t parent, struct ec_str key, bool is_array)
{
    uint32_t metric;
    if (parent != EC_SCAN_ROOT) {
        if (is_agg_value(key))
            set_value(context, metric_of(parent), ec_value_missing());
        return EC_SCAN_SKIP;
    }
    if (!find_metric(context, key, &metric))
        return EC_SCAN_SKIP;
    set_value(context, metric, ec_value_missing());
    return is_array ? EC_SCAN_SKIP : object_number(metric);
}

/* ---- Files ---- */

static void set_prefix(struct ec_summary *summary, struct ec_str prefix)
{
    struct ec_str old = {summary->name.ptr, summary->prefix_length};
    if (summary->name.ptr && ec_str_equal(old, prefix))
        return;
    summary->name.len = 0;
    ec_path_append(&summary->name, prefix);
    summary->prefix_length = prefix.len;
    ec_scanner_forget(summary->scanner); /* the same keys mean other metrics now */
}

/* Ends a file; its metrics become fields if it could be read. */
static void take_metrics(struct ec_summary *summary, bool readable, struct ec_fields *fields)
{
    for (size_t i = 0; i < summary->touched_count; i++) {
        struct metric *metric = &summary->metrics[summary->touched[i]];
        metric->touched = false;
        if (!readable)
            continue;
        if (metric->column == UNKNOWN)
            metric->column = ec_runset_column(summary->runset, ec_interned_text(metric->name));
        if (ec_fields_has(fields, metric->column))
            continue;
        struct ec_value value = metric->value;
        if (value.kind == EC_STR)
            value.text = ec_arena_strndup(&summary->texts, value.text, value.text_length);
        ec_fields_add(fields, metric->column, value);
    }
    summary->touched_count = 0;
    summary->too_many = false;
}

bool ec_summary_read(struct ec_summary *summary, const char *text, size_t length,
                     struct ec_str prefix, struct ec_fields *fields, json_error_t *ret_error)
{
    const struct ec_scan_sink sink = {summary, on_key, on_value, on_container};
    json_t *json = NULL; /* texts of the metrics may point into it */
    set_prefix(summary, prefix);
    bool readable = ec_scan(summary->scanner, text, length, &sink);
    if (!readable) {
        for (size_t i = 0; i < summary->touched_count; i++)
            summary->metrics[summary->touched[i]].value = ec_value_missing();
        json = ec_reference_read(text, length, &sink, ret_error);
        readable = json;
    }
    if (summary->too_many) {
        *ret_error = (json_error_t){.text = "more than 10000 wanted metrics"};
        readable = false;
    }
    take_metrics(summary, readable, fields);
    json_decref(json);
    return readable;
}
