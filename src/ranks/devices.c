#include "ranks/devices.h"

#include "ranks/members.h"

#include <inttypes.h>
#include <string.h>

/* ---- the figures of a record from its GPUs ---- */

/* The GPUs whose figures are the run's. Borrowed. */
struct counted {
    const json_t *gpus;
    bool only_used;
};

static struct counted count_gpus(const json_t *gpus)
{
    struct counted counted = {.gpus = gpus};
    const json_t *gpu;
    size_t i;
    json_array_foreach(gpus, i, gpu) counted.only_used |=
        json_is_true(json_object_get(gpu, "used"));
    return counted;
}

/* The next one at or after *at, NULL at the end. */
static const json_t *next_gpu(const struct counted *counted, size_t *at)
{
    while (*at < json_array_size(counted->gpus)) {
        const json_t *gpu = json_array_get(counted->gpus, (*at)++);
        const json_t *used = json_object_get(gpu, "used");
        if (counted->only_used ? json_is_true(used) : !json_is_false(used))
            return gpu;
    }
    return NULL;
}

/* The highest value; NULL when no GPU has one. A new reference. */
static json_t *highest(const struct counted *counted, const char *key)
{
    const json_t *result = NULL, *gpu;
    for (size_t at = 0; (gpu = next_gpu(counted, &at));) {
        const json_t *value = json_object_get(gpu, key);
        if (json_is_number(value) && (!result || ec_number_less(result, value)))
            result = value;
    }
    return json_incref((json_t *)result);
}

/* The sum; NULL when a GPU lacks it, or there is none. A new reference. */
static json_t *total(const struct counted *counted, const char *key, size_t *ret_count)
{
    json_t *result = NULL;
    const json_t *gpu;
    *ret_count = 0;
    for (size_t at = 0; (gpu = next_gpu(counted, &at)); ++*ret_count) {
        const json_t *value = json_object_get(gpu, key);
        json_t *sum = NULL;
        if (json_is_number(value) && (result || *ret_count == 0))
            sum = result ? ec_number_sum(result, value) : json_incref((json_t *)value);
        json_decref(result);
        result = sum;
    }
    return result;
}

static json_t *mean(const struct counted *counted, const char *key)
{
    size_t count;
    json_t *sum = total(counted, key, &count);
    json_t *result = sum ? json_real(json_number_value(sum) / (double)count) : NULL;
    json_decref(sum);
    return result;
}

/* Takes the reference over; NULL removes the key. */
static int set_or_delete(json_t *record, const char *key, json_t *value)
{
    if (value)
        return json_object_set_new(record, key, value);
    json_object_del(record, key);
    return 0;
}

/* The name that all of them have; of GPUs of several models each name once, "A, B". NULL: nobody
 * knows one. A new reference. */
static json_t *names(const struct counted *counted)
{
    json_t *known = json_array(), *result = NULL;
    const json_t *gpu;
    for (size_t at = 0; (gpu = next_gpu(counted, &at));) {
        json_t *name = json_object_get(gpu, "name"), *other;
        bool is_new = json_is_string(name) && json_string_length(name) > 0;
        size_t i;
        json_array_foreach(known, i, other) is_new &= !json_equal(name, other);
        if (!is_new)
            continue;
        json_array_append(known, name);
        json_t *longer =
            result ? json_sprintf("%s, %s", json_string_value(result), json_string_value(name))
                   : json_incref(name);
        json_decref(result);
        result = longer;
    }
    json_decref(known);
    return result;
}

/* A name that the program gave stays where the driver knows none. */
static int set_names(json_t *record, const struct counted *counted)
{
    json_t *value = names(counted);
    return value ? json_object_set_new(record, "gpu_name", value) : 0;
}

int ec_devices_summarize(json_t *record)
{
    const json_t *gpus = json_object_get(record, "gpus");
    if (json_array_size(gpus) == 0)
        return 0;
    struct counted counted = count_gpus(gpus);
    size_t count;
    int rc = set_names(record, &counted);
    rc |= set_or_delete(record, "gpu_device_memory_peak_bytes",
                        highest(&counted, "device_memory_peak_bytes"));
    rc |= set_or_delete(record, "gpu_process_memory_peak_bytes",
                        highest(&counted, "process_memory_peak_bytes"));
    rc |= set_or_delete(record, "gpu_process_memory_total_bytes",
                        total(&counted, "process_memory_peak_bytes", &count));
    rc |= set_or_delete(record, "energy_joules", total(&counted, "energy_joules", &count));
    rc |= set_or_delete(record, "gpu_utilization_mean", mean(&counted, "utilization_mean_percent"));
    rc |=
        set_or_delete(record, "gpu_utilization_max", highest(&counted, "utilization_max_percent"));
    return rc;
}

/* ---- several ranks ---- */

static int append_of_rank(json_t *array, const json_t *entry, const json_t *record)
{
    json_t *copy = json_copy((json_t *)entry);
    const char *host = ec_member_text(record, "host");
    if (!copy || (host && json_object_set_new(copy, "host", json_string(host)) < 0) ||
        json_object_set_new(copy, "rank", json_integer(ec_ranks_number(record))) < 0) {
        json_decref(copy);
        return -1;
    }
    return json_array_append_new(array, copy);
}

/* What the framework reports is each process's own, so every entry stays. */
static int merge_framework_memory(const struct ec_ranks *ranks, json_t *merged)
{
    json_t *array = json_array();
    int rc = 0;
    for (size_t i = 0; i < ranks->count; i++) {
        const json_t *entry;
        size_t j;
        json_array_foreach(json_object_get(ranks->records[i], "gpu_memory"), j,
                           entry) if (json_is_object(entry)) rc |=
            append_of_rank(array, entry, ranks->records[i]);
    }
    rc |= json_array_size(array) > 0 ? json_object_set(merged, "gpu_memory", array) : 0;
    json_decref(array);
    return rc;
}

/* The entry for this GPU of this machine. Without a name it is nobody's. */
static json_t *find_gpu(const json_t *gpus, const json_t *gpu, const char *host)
{
    const char *id = ec_member_text(gpu, "gpu");
    json_t *entry;
    size_t i;
    json_array_foreach((json_t *)gpus, i, entry)
    {
        const char *other_id = ec_member_text(entry, "gpu");
        const char *other_host = ec_member_text(entry, "host");
        if (id && other_id && strcmp(id, other_id) == 0 && host && other_host &&
            strcmp(host, other_host) == 0)
            return entry;
    }
    return NULL;
}

static int keep_highest(json_t *entry, const json_t *other, const char *key)
{
    const json_t *value = json_object_get(other, key), *mine = json_object_get(entry, key);
    if (!json_is_number(value) || (json_is_number(mine) && !ec_number_less(mine, value)))
        return 0;
    return json_object_set(entry, key, (json_t *)value);
}

/* Each rank measured its own processes. */
static int add_process_memory(json_t *entry, const json_t *other)
{
    static const char key[] = "process_memory_peak_bytes";
    const json_t *value = json_object_get(other, key), *mine = json_object_get(entry, key);
    if (!json_is_number(value))
        return 0;
    json_t *sum = json_is_number(mine) ? ec_number_sum(mine, value) : json_incref((json_t *)value);
    return set_or_delete(entry, key, sum);
}

/* A GPU that an earlier rank has recorded, too. Energy and device memory are the same GPU's, and
 * the longer look has the higher figure; the mean is taken from whoever looked more often. */
static int merge_gpu(json_t *entry, const json_t *other)
{
    static const char *const highest_of[] = {"device_memory_peak_bytes", "utilization_max_percent",
                                             "energy_joules", "other_processes"};
    int rc = add_process_memory(entry, other);
    for (size_t i = 0; i < sizeof highest_of / sizeof highest_of[0]; i++)
        rc |= keep_highest(entry, other, highest_of[i]);
    const json_t *mean_of = json_object_get(other, "utilization_mean_percent");
    if (mean_of && ec_member_integer(other, "samples") > ec_member_integer(entry, "samples"))
        rc |= json_object_set(entry, "utilization_mean_percent", (json_t *)mean_of);
    rc |= keep_highest(entry, other, "samples");
    const json_t *used = json_object_get(other, "used");
    if (used && !json_is_true(json_object_get(entry, "used")))
        rc |= json_object_set(entry, "used", (json_t *)used);
    rc |= json_object_set_new(entry, "ranks", json_integer(ec_member_integer(entry, "ranks") + 1));
    return rc;
}

static int add_gpu(json_t *gpus, const json_t *gpu, const json_t *record)
{
    const char *host = ec_member_text(record, "host");
    json_t *entry = find_gpu(gpus, gpu, host);
    if (entry)
        return merge_gpu(entry, gpu);
    entry = json_copy((json_t *)gpu);
    int rc = entry && json_object_set_new(entry, "ranks", json_integer(1)) == 0 ? 0 : -1;
    if (rc == 0 && host)
        rc = json_object_set_new(entry, "host", json_string(host));
    if (rc < 0)
        json_decref(entry);
    return rc < 0 ? rc : json_array_append_new(gpus, entry);
}

static int merge_gpus(const struct ec_ranks *ranks, json_t *merged)
{
    json_t *gpus = json_array();
    int rc = 0;
    for (size_t i = 0; i < ranks->count; i++) {
        const json_t *gpu;
        size_t j;
        json_array_foreach(json_object_get(ranks->records[i], "gpus"), j,
                           gpu) if (json_is_object(gpu)) rc |=
            add_gpu(gpus, gpu, ranks->records[i]);
    }
    if (json_array_size(gpus) > 0) {
        rc |= json_object_set(merged, "gpus", gpus);
        rc |= ec_devices_summarize(merged);
    }
    json_decref(gpus);
    return rc;
}

/* The entry of a rank's machine, made when it is new. */
static json_t *find_host(json_t *hosts, const json_t *record)
{
    const char *name = ec_member_text(record, "host");
    json_t *host;
    size_t i;
    json_array_foreach(hosts, i, host) if (name && strcmp(ec_member_text(host, "host"), name) ==
                                                       0) return host;
    host = json_object();
    if (json_object_set_new(host, "host", json_string(name ? name : "")) < 0 ||
        json_array_append(hosts, host) < 0) {
        json_decref(host);
        return NULL;
    }
    json_decref(host); /* the array's now */
    return host;
}

/* One rank's memory, which its record has at `path`. False when it has none: then its machine's sum
 * is not known. */
static bool add_host_memory(json_t *hosts, const json_t *record, const char *path)
{
    static const char key[] = "rss_peak_bytes";
    json_t *host = find_host(hosts, record);
    const json_t *value = ec_member(record, path);
    const json_t *before = json_object_get(host, key);
    json_object_set_new(host, "ranks", json_integer(ec_member_integer(host, "ranks") + 1));
    if (!json_is_number(value))
        return false;
    json_t *sum = before ? ec_number_sum(before, value) : json_incref((json_t *)value);
    return json_object_set_new(host, key, sum) == 0;
}

static int merge_host_memory(const struct ec_ranks *ranks, json_t *merged)
{
    json_t *hosts = json_array();
    bool all = hosts != NULL;
    for (size_t i = 0; i < ranks->count; i++)
        all &= add_host_memory(hosts, ranks->records[i], "host_rss_peak_bytes");
    struct counted counted = {.gpus = hosts};
    size_t count;
    int rc = set_or_delete(merged, "host_rss_peak_bytes",
                           all ? highest(&counted, "rss_peak_bytes") : NULL);
    rc |= set_or_delete(merged, "host_rss_total_bytes",
                        all ? total(&counted, "rss_peak_bytes", &count) : NULL);
    rc |= json_object_set(merged, "hosts", hosts);
    if (!all)
        rc |= ec_member_set(merged, "unmeasured.host_rss_peak_bytes",
                            json_string("not every rank measured its memory"));
    json_decref(hosts);
    return rc;
}

/* What each rank's effrecord saw of its own processes, which are nobody else's. */
static int merge_process_trees(const struct ec_ranks *ranks, json_t *merged)
{
    json_t *hosts = json_array(), *tree = json_object();
    bool all = hosts && tree;
    int rc = all ? 0 : -1;
    size_t count;
    for (size_t i = 0; i < ranks->count; i++) {
        const json_t *of_rank = json_object_get(ranks->records[i], "process_tree");
        all &= add_host_memory(hosts, ranks->records[i], "process_tree.rss_peak_bytes");
        rc |= keep_highest(tree, of_rank, "largest_process_rss_peak_bytes");
        rc |= keep_highest(tree, of_rank, "mean_sample_interval_seconds");
    }
    struct counted counted = {.gpus = hosts};
    rc |= set_or_delete(tree, "rss_peak_bytes", highest(&counted, "rss_peak_bytes"));
    rc |= set_or_delete(tree, "rss_total_bytes", total(&counted, "rss_peak_bytes", &count));
    json_decref(hosts);
    if (all)
        return rc | json_object_set_new(merged, "process_tree", tree);
    json_decref(tree);
    json_object_del(merged, "process_tree");
    return rc;
}

int ec_devices_merge(const struct ec_ranks *ranks, json_t *merged)
{
    int rc = merge_framework_memory(ranks, merged);
    rc |= merge_gpus(ranks, merged);
    rc |= merge_host_memory(ranks, merged);
    rc |= merge_process_trees(ranks, merged);
    return rc;
}
