/* Which rank a process is, by every environment; and one record from those of several ranks. */
#include "cmocka_test.h"
#include "ranks/files.h"
#include "ranks/merge.h"
#include "record/ranks.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* ---- which rank ---- */

static int empty_environment(void **state)
{
    (void)state;
    return clearenv();
}

static void set(const char *const (*pairs)[2])
{
    for (; (*pairs)[0]; pairs++)
        setenv((*pairs)[0], (*pairs)[1], 1);
}
#define SET(...) set((const char *const[][2]){__VA_ARGS__, {NULL, NULL}})

static struct effrec_ranks find(void)
{
    struct effrec_ranks ranks;
    assert_int_equal(effrec_ranks_find(0, 0, 0, &ranks), 0);
    return ranks;
}

static void assert_found(const char *source, int64_t rank, int64_t size, int64_t local)
{
    struct effrec_ranks ranks = find();
    assert_non_null(ranks.source);
    assert_string_equal(ranks.source, source);
    assert_int_equal(ranks.rank, rank);
    assert_int_equal(ranks.world_size, size);
    assert_int_equal(ranks.local_rank, local);
    assert_null(ranks.conflicts);
    effrec_ranks_clear(&ranks);
}

static void find__nothing_said_is_alone(void **state)
{
    (void)state;
    struct effrec_ranks ranks = find();
    assert_null(ranks.source);
    assert_false(effrec_ranks_several(&ranks));
}

static void find__torchrun(void **state)
{
    (void)state;
    SET({"RANK", "5"}, {"WORLD_SIZE", "8"}, {"LOCAL_RANK", "1"}, {"TORCHELASTIC_RUN_ID", "none"},
        {"TORCHELASTIC_RESTART_COUNT", "2"}, {"MASTER_PORT", "29500"});
    assert_found("torchrun", 5, 8, 1);
    struct effrec_ranks ranks = find();
    assert_string_equal(ranks.launch, "torchelastic run none, restart 2, port 29500");
}

static void find__rank_without_size_says_nothing(void **state)
{
    (void)state;
    SET({"RANK", "5"});
    assert_null(find().source);
    SET({"WORLD_SIZE", "0"});
    assert_null(find().source);
    SET({"WORLD_SIZE", "8x"});
    assert_null(find().source);
    SET({"WORLD_SIZE", "5"}); /* 5 of 0..4 */
    assert_null(find().source);
    SET({"RANK", "-1"}, {"WORLD_SIZE", "8"});
    assert_null(find().source);
}

static void find__world_of_one_is_alone(void **state)
{
    (void)state;
    SET({"RANK", "0"}, {"WORLD_SIZE", "1"});
    struct effrec_ranks ranks = find();
    assert_string_equal(ranks.source, "torchrun");
    assert_false(effrec_ranks_several(&ranks));
}

static void find__open_mpi_with_its_pmix(void **state)
{
    (void)state;
    SET({"OMPI_COMM_WORLD_RANK", "1"}, {"OMPI_COMM_WORLD_SIZE", "2"},
        {"OMPI_COMM_WORLD_LOCAL_RANK", "1"}, {"PMIX_RANK", "1"}, {"PMIX_NAMESPACE", "77"});
    struct effrec_ranks ranks = find();
    assert_string_equal(ranks.source, "Open MPI");
    assert_int_equal(ranks.world_size, 2);
    assert_string_equal(ranks.launch, "PMIx namespace 77");
    assert_null(ranks.conflicts); /* PMIx says the same rank, and nothing of the size */
}

static void find__pmix_takes_the_size_from_slurm(void **state)
{
    (void)state;
    SET({"PMIX_RANK", "1"}, {"SLURM_NTASKS", "4"}, {"SLURM_LOCALID", "0"});
    assert_found("PMIx", 1, 4, 0);
}

static void find__pmix_alone_leaves_the_size_open(void **state)
{
    (void)state;
    SET({"PMIX_RANK", "0"});
    assert_found("PMIx", 0, 0, -1);
    struct effrec_ranks ranks = find();
    assert_true(effrec_ranks_several(&ranks));
}

static void find__pmi_and_mvapich(void **state)
{
    (void)state;
    SET({"MV2_COMM_WORLD_RANK", "2"}, {"MV2_COMM_WORLD_SIZE", "4"},
        {"MV2_COMM_WORLD_LOCAL_RANK", "2"});
    assert_found("MVAPICH", 2, 4, 2);
    SET({"PMI_RANK", "2"}, {"PMI_SIZE", "4"}, {"MPI_LOCALRANKID", "2"});
    assert_found("PMI", 2, 4, 2);
}

static void find__slurm_counts_in_a_step_only(void **state)
{
    (void)state;
    SET({"SLURM_PROCID", "0"}, {"SLURM_NTASKS", "2"}, {"SLURM_LOCALID", "0"},
        {"SLURM_JOB_ID", "12"});
    assert_null(find().source); /* the batch script */
    SET({"SLURM_STEP_ID", "3"});
    assert_found("Slurm step", 0, 2, 0);
    assert_string_equal(find().launch, "Slurm job 12, step 3");
    SET({"SLURM_STEP_NUM_TASKS", "1"});
    struct effrec_ranks ranks = find();
    assert_int_equal(ranks.world_size, 1);
}

static void find__first_source_wins_and_others_are_noted(void **state)
{
    (void)state;
    SET({"RANK", "3"}, {"WORLD_SIZE", "8"}, {"SLURM_PROCID", "0"}, {"SLURM_NTASKS", "2"},
        {"SLURM_STEP_ID", "0"});
    struct effrec_ranks ranks = find();
    assert_string_equal(ranks.source, "torchrun");
    assert_int_equal(json_array_size(ranks.conflicts), 1);
    json_t *conflict = json_array_get(ranks.conflicts, 0);
    assert_string_equal(json_string_value(json_object_get(conflict, "source")), "Slurm step");
    assert_int_equal(json_integer_value(json_object_get(conflict, "world_size")), 2);
    effrec_ranks_clear(&ranks);
}

static void find__given_numbers_win(void **state)
{
    (void)state;
    struct effrec_ranks ranks;
    SET({"RANK", "3"}, {"WORLD_SIZE", "8"});
    assert_int_equal(effrec_ranks_find(0, 1, 0, &ranks), 0);
    assert_string_equal(ranks.source, "given");
    assert_false(effrec_ranks_several(&ranks));
    assert_non_null(ranks.conflicts);
    effrec_ranks_clear(&ranks);
    assert_int_equal(effrec_ranks_find(2, 2, 0, &ranks), -EINVAL);
    assert_int_equal(effrec_ranks_find(-1, 2, 0, &ranks), -EINVAL);
    assert_int_equal(effrec_ranks_find(0, -2, 0, &ranks), -EINVAL);
}

static void find__own_variable_goes_before_launchers(void **state)
{
    (void)state;
    SET({"EFFREC_RANK", "1/3"});
    assert_found("EFFREC_RANK", 1, 3, -1);
    const char *const wrong[] = {"3/3", "1", "/3", "1/", "1/0", "1/x", "12345678901234567890/3"};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        SET({"EFFREC_RANK", wrong[i]});
        assert_null(find().source);
    }
}

/* ---- names ---- */

static void is_file__only_records_of_ranks(void **state)
{
    (void)state;
    assert_true(ec_ranks_is_file("efficiency_metrics.rank00000.json"));
    assert_true(ec_ranks_is_file("efficiency_metrics.rank123456.json"));
    assert_false(ec_ranks_is_file("efficiency_metrics.rank0000.json"));
    assert_false(ec_ranks_is_file("efficiency_metrics.rank00000.previous-1.json"));
    assert_false(ec_ranks_is_file("efficiency_metrics.rank00000.json~"));
    assert_false(ec_ranks_is_file("efficiency_metrics.json"));
}

/* ---- merging ---- */

static uint64_t no_process(int64_t pid)
{
    (void)pid;
    return 0;
}

static const struct ec_machine nowhere = {.host = "reader", .boot_id = "b"};
static const struct ec_liveness_here here = {&nowhere, 1000, no_process};

/* One record: the common head with the members in `more`. */
static json_t *record(int rank, int size, const char *more)
{
    json_t *head = json_pack("{s{si,si,sf},sf,ss,ss}", "rank", "rank", rank, "world_size", size,
                             "started_unix_seconds", 900.0, "heartbeat_unix_seconds", 990.0,
                             "status", "completed", "host", "a");
    json_error_t error;
    json_t *members = json_loads(more, 0, &error);
    assert_non_null(members);
    json_object_update(head, members);
    json_decref(members);
    return head;
}

/* Takes the records over. */
static json_t *merge(json_t *first, json_t *second, json_t *third)
{
    json_t *records = json_array(), *merged = NULL;
    json_array_append_new(records, first);
    if (second)
        json_array_append_new(records, second);
    if (third)
        json_array_append_new(records, third);
    assert_int_equal(ec_ranks_merge(records, &here, &merged), 0);
    json_decref(records);
    return merged;
}

static const char *text(const json_t *object, const char *key)
{
    const char *value = json_string_value(json_object_get(object, key));
    return value ? value : "(none)";
}

static double number(const json_t *object, const char *key)
{
    assert_true(json_is_number(json_object_get(object, key)));
    return json_number_value(json_object_get(object, key));
}

static const json_t *inside(const json_t *object, const char *key)
{
    assert_non_null(json_object_get(object, key));
    return json_object_get(object, key);
}

static void merge__slowest_rank_and_sums(void **state)
{
    (void)state;
    json_t *merged = merge(
        record(1, 2,
               "{\"unlearning_time_seconds\": 10, \"total_steps\": 5, \"tokens\": {\"total\": 300,"
               " \"forget\": 100, \"retain\": 200}, \"host_rss_peak_bytes\": 100,"
               " \"forward_passes_total\": 10, \"host\": \"a\"}"),
        record(0, 2,
               "{\"unlearning_time_seconds\": 8, \"total_steps\": 5, \"tokens\": {\"total\": 200,"
               " \"forget\": 100, \"retain\": 100}, \"host_rss_peak_bytes\": 50,"
               " \"forward_passes_total\": 10, \"host\": \"a\"}"),
        NULL);
    assert_string_equal(text(merged, "ranks"), "2/2");
    assert_string_equal(text(merged, "status"), "completed");
    assert_true(number(merged, "unlearning_time_seconds") == 10);
    assert_true(number(merged, "total_steps") == 5);
    assert_true(number(inside(merged, "tokens"), "total") == 500);
    assert_true(number(inside(merged, "tokens"), "retain") == 300);
    assert_true(number(merged, "tokens_per_second") == 50);
    assert_true(number(merged, "forward_passes_total") == 20);
    assert_true(number(merged, "host_rss_peak_bytes") == 150);
    assert_null(json_object_get(merged, "ranks_disagree"));
    assert_null(json_object_get(merged, "rank"));
    json_decref(merged);
}

/* Merges ranks that ran from `starts` to `ends`, NULL: not ended, and compares the run's times. */
static void assert_stamps(const char *const starts[3], const char *const ends[3], const char *start,
                          const char *end)
{
    json_t *records[3];
    for (int rank = 0; rank < 3; rank++) {
        records[rank] = record(rank, 3, "{}");
        json_object_set_new(records[rank], "started_at", json_string(starts[rank]));
        if (ends[rank])
            json_object_set_new(records[rank], "ended_at", json_string(ends[rank]));
    }
    json_t *merged = merge(records[0], records[1], records[2]);
    assert_string_equal(text(merged, "started_at"), start);
    assert_string_equal(text(merged, "ended_at"), end);
    json_decref(merged);
}

static void merge__first_start_and_last_end(void **state)
{
    (void)state;
    assert_stamps((const char *const[]){"1", "2", "3"}, (const char *const[]){"9", "8", "7"}, "1",
                  "9");
    assert_stamps((const char *const[]){"3", "2", "1"}, (const char *const[]){"7", "8", "9"}, "1",
                  "9");
    assert_stamps((const char *const[]){"3", "1", "2"}, (const char *const[]){NULL, "8", "9"}, "1",
                  "(none)");
    assert_stamps((const char *const[]){"3", "1", "2"}, (const char *const[]){"8", "9", NULL}, "1",
                  "(none)");
}

static void merge__gathered_tokens_count_once(void **state)
{
    (void)state;
    static const char tokens[] = "{\"unlearning_time_seconds\": 2,"
                                 " \"tokens\": {\"total\": 500, \"scope\": \"all ranks\"}}";
    json_t *merged = merge(record(0, 2, tokens), record(1, 2, tokens), NULL);
    assert_true(number(inside(merged, "tokens"), "total") == 500);
    assert_true(number(merged, "tokens_per_second") == 250);
    json_decref(merged);
}

static void merge__tokens_of_one_rank_are_not_the_runs(void **state)
{
    (void)state;
    json_t *merged = merge(record(0, 2,
                                  "{\"unlearning_time_seconds\": 2, \"tokens_per_second\": 5,"
                                  " \"tokens\": {\"total\": 10}}"),
                           record(1, 2, "{\"unlearning_time_seconds\": 2}"), NULL);
    assert_null(json_object_get(merged, "tokens_per_second"));
    assert_null(json_object_get(merged, "tokens"));
    assert_string_equal(text(inside(merged, "unmeasured"), "tokens_per_second"),
                        "not every rank has a token count");
    json_decref(merged);
}

static void merge__disagreement_is_noted(void **state)
{
    (void)state;
    json_t *merged = merge(record(0, 2, "{\"total_steps\": 5, \"seed\": 1}"),
                           record(1, 2, "{\"total_steps\": 6, \"seed\": 2}"), NULL);
    const json_t *differences = inside(merged, "ranks_disagree");
    assert_true(number(inside(differences, "total_steps"), "min") == 5);
    assert_true(number(inside(differences, "total_steps"), "max") == 6);
    assert_true(number(merged, "total_steps") == 6);
    assert_true(number(merged, "seed") == 1);
    assert_true(number(inside(differences, "seed"), "differs_on_rank") == 1);
    json_decref(merged);
}

static void merge__missing_rank_makes_it_partial(void **state)
{
    (void)state;
    json_t *merged = merge(record(0, 4, "{}"), record(3, 4, "{}"), NULL);
    assert_string_equal(text(merged, "status"), "partial");
    assert_string_equal(text(merged, "status_reason"), "2 of 4 ranks left no record");
    assert_string_equal(text(merged, "ranks"), "2/4");
    const json_t *missing = inside(merged, "ranks_missing");
    assert_int_equal(json_array_size(missing), 2);
    assert_int_equal(json_integer_value(json_array_get(missing, 1)), 2);
    json_decref(merged);
}

static void merge__worst_status_wins(void **state)
{
    (void)state;
    static const struct {
        const char *first, *second, *expected, *reason;
    } cases[] = {
        {"{}", "{\"status\": \"failed\"}", "failed", "rank 1: failed"},
        {"{\"status\": \"failed\", \"status_reason\": \"killed by signal 9\"}", "{}", "failed",
         "rank 0: killed by signal 9"},
        {"{}", "{\"status\": \"running\"}", "running", "(none)"},
        {"{}",
         "{\"status\": \"running\", \"heartbeat_interval_seconds\": 1,"
         " \"heartbeat_unix_seconds\": 900}",
         "interrupted", "rank 1: interrupted"},
        {"{\"status\": \"failed\"}",
         "{\"status\": \"running\", \"heartbeat_interval_seconds\": 1,"
         " \"heartbeat_unix_seconds\": 900}",
         "failed", "rank 0: failed"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        json_t *merged = merge(record(0, 2, cases[i].first), record(1, 2, cases[i].second), NULL);
        assert_string_equal(text(merged, "status"), cases[i].expected);
        assert_string_equal(text(merged, "status_reason"), cases[i].reason);
        json_decref(merged);
    }
}

static void merge__records_of_earlier_runs_are_left_out(void **state)
{
    (void)state;
    static const char *const earlier[] = {
        "{\"rank\": {\"rank\": 1, \"world_size\": 4, \"started_unix_seconds\": 800}}",
        "{\"rank\": {\"rank\": 1, \"world_size\": 2, \"started_unix_seconds\": 800,"
        " \"launch\": \"x\"}}",
        "{\"heartbeat_unix_seconds\": 839,"
        " \"rank\": {\"rank\": 1, \"world_size\": 2, \"started_unix_seconds\": 800}}",
    };
    static const char *const reasons[] = {"another number of ranks", "another launch",
                                          "over before the others started"};
    for (size_t i = 0; i < 3; i++) {
        json_t *merged = merge(record(0, 2,
                                      "{\"rank\": {\"rank\": 0, \"world_size\": 2,"
                                      " \"started_unix_seconds\": 900, \"launch\": \"y\"}}"),
                               record(1, 2, earlier[i]), NULL);
        assert_string_equal(text(merged, "ranks"), "1/2");
        assert_string_equal(text(json_array_get(inside(merged, "ranks_left_out"), 0), "reason"),
                            reasons[i]);
        json_decref(merged);
    }
}

static void merge__unknown_size(void **state)
{
    (void)state;
    json_t *merged = merge(record(0, 1, "{\"rank\": {\"rank\": 0}}"),
                           record(2, 1, "{\"rank\": {\"rank\": 2}}"), NULL);
    assert_string_equal(text(merged, "ranks"), "2/?");
    assert_string_equal(text(merged, "status"), "partial"); /* there must be a rank 1 */
    assert_null(json_object_get(merged, "ranks_expected"));
    json_decref(merged);
}

static void merge__a_gpu_that_ranks_share_counts_once(void **state)
{
    (void)state;
    static const char gpus[] =
        "{\"host\": \"%s\", \"gpus\": [{\"gpu\": \"GPU-1\", \"energy_joules\": %d, \"used\": true,"
        " \"device_memory_peak_bytes\": 100, \"process_memory_peak_bytes\": %d}]}";
    char first[400], second[400], third[400];
    snprintf(first, sizeof first, gpus, "a", 50, 10);
    snprintf(second, sizeof second, gpus, "a", 60, 20);
    snprintf(third, sizeof third, gpus, "b", 5, 15); /* as a virtual GPU might */
    json_t *merged = merge(record(0, 3, first), record(1, 3, second), record(2, 3, third));
    assert_int_equal(json_array_size(inside(merged, "gpus")), 2);
    assert_true(number(merged, "energy_joules") == 65);
    assert_true(number(merged, "gpu_device_memory_peak_bytes") == 100);
    assert_true(number(merged, "gpu_process_memory_peak_bytes") == 30);
    assert_true(number(merged, "gpu_process_memory_total_bytes") == 45);
    assert_int_equal(json_array_size(inside(merged, "hosts")), 2);
    json_decref(merged);
}

static json_t *with_gpu(int rank, const char *name, const char *used)
{
    char text[256];
    snprintf(text, sizeof text,
             "{\"host\": \"h%d\", \"gpu_name\": \"told\", \"gpus\": [{\"gpu\": \"GPU-%d\""
             "%s%s%s, \"used\": %s}]}",
             rank, rank, name ? ", \"name\": \"" : "", name ? name : "", name ? "\"" : "", used);
    return record(rank, 2, text);
}

static void assert_gpu_name(json_t *first, json_t *second, const char *expected)
{
    json_t *merged = merge(first, second, NULL);
    assert_string_equal(text(merged, "gpu_name"), expected);
    assert_null(json_object_get(merged, "ranks_disagree"));
    json_decref(merged);
}

static void merge__names_of_the_gpus_that_were_used(void **state)
{
    (void)state;
    assert_gpu_name(with_gpu(0, "H100", "true"), with_gpu(1, "H100", "true"), "H100");
    assert_gpu_name(with_gpu(0, "A100", "true"), with_gpu(1, "H100", "true"), "A100, H100");
    assert_gpu_name(with_gpu(0, "A100", "false"), with_gpu(1, "H100", "true"), "H100");
    assert_gpu_name(with_gpu(0, NULL, "true"), with_gpu(1, "", "true"), "told");
}

static json_t *with_tree(int rank, const char *host, int peak, int largest)
{
    char text[256];
    snprintf(text, sizeof text,
             "{\"host\": \"%s\", \"process_tree\": {\"rss_peak_bytes\": %d, \"samples\": 9, "
             "\"mean_sample_interval_seconds\": 0.%d, \"largest_process_rss_peak_bytes\": %d}}",
             host, peak, rank + 1, largest);
    return record(rank, 3, text);
}

static void merge__trees_of_processes_add_up_on_each_machine(void **state)
{
    (void)state;
    json_t *merged =
        merge(with_tree(0, "a", 100, 60), with_tree(1, "a", 50, 40), with_tree(2, "b", 120, 110));
    const json_t *tree = inside(merged, "process_tree");
    assert_true(number(tree, "rss_peak_bytes") == 150);
    assert_true(number(tree, "rss_total_bytes") == 270);
    assert_true(number(tree, "largest_process_rss_peak_bytes") == 110);
    assert_true(number(tree, "mean_sample_interval_seconds") == 0.3);
    assert_null(json_object_get(tree, "samples"));
    json_decref(merged);
    /* A machine's sum is not known without one of its ranks'. */
    merged = merge(with_tree(0, "a", 100, 60), record(1, 3, "{\"host\": \"a\"}"),
                   with_tree(2, "b", 120, 110));
    assert_null(json_object_get(merged, "process_tree"));
    json_decref(merged);
}

static void merge__framework_memory_is_highest_and_total(void **state)
{
    (void)state;
    static const char one[] = "{\"peak_gpu_memory_mb\": 1.5, \"total_gpu_allocated_bytes\": 7,"
                              " \"gpu_memory\": [{\"gpu\": \"cuda:0\"}]}";
    static const char other[] = "{\"peak_gpu_memory_mb\": 2.5, \"total_gpu_allocated_bytes\": 8,"
                                " \"gpu_memory\": [{\"gpu\": \"cuda:0\"}]}";
    json_t *merged = merge(record(0, 2, one), record(1, 2, other), NULL);
    assert_true(number(merged, "peak_gpu_memory_mb") == 2.5);
    assert_true(number(merged, "total_gpu_allocated_bytes") == 15);
    assert_int_equal(json_array_size(inside(merged, "gpu_memory")), 2);
    json_decref(merged);
}

static void merge__latency_of_all_steps(void **state)
{
    (void)state;
    json_t *merged = merge(
        record(0, 2,
               "{\"latency\": {\"n\": 10, \"mean_ms\": 1, \"min_ms\": 1, \"max_ms\": 1,"
               " \"first_step_ms\": 50, \"p50_ms\": 1, \"histogram\": [1, 10]}}"),
        record(1, 2,
               "{\"latency\": {\"n\": 4, \"mean_ms\": 3, \"min_ms\": 2, \"max_ms\": 9, \"std_ms\":"
               " 2, \"first_step_ms\": 40, \"p50_ms\": 2, \"histogram\": [2, 3, 9, 1]}}"),
        NULL);
    const json_t *latency = inside(merged, "latency");
    assert_true(number(latency, "mean_ms") == 3);
    assert_true(number(latency, "std_ms") == 2);
    assert_true(number(latency, "min_ms") == 1);
    assert_true(number(latency, "max_ms") == 9);
    assert_true(number(latency, "first_step_ms") == 50);
    assert_true(number(latency, "p50_ms") == 1); /* the 7th of 14 */
    assert_true(number(latency, "p95_ms") == 9);
    assert_true(number(merged, "per_step_latency_mean_ms") == 3);
    assert_true(number(merged, "per_step_latency_min_ms") == 1);
    assert_null(json_object_get(latency, "histogram"));
    json_decref(merged);
}

/* A rank that made one step has no latency, but a first step. */
static void merge__percentiles_are_over_the_steps_of_all_ranks(void **state)
{
    (void)state;
    json_t *merged =
        merge(record(0, 3,
                     "{\"latency\": {\"n\": 2, \"mean_ms\": 6, \"min_ms\": 5, \"max_ms\": 7,"
                     " \"first_step_ms\": 8, \"histogram\": [5, 1, 7, 1]}}"),
              record(1, 3,
                     "{\"latency\": {\"n\": 4, \"mean_ms\": 3.5, \"min_ms\": 1, \"max_ms\": 6,"
                     " \"first_step_ms\": 8, \"histogram\": [1, 2, 6, 2, 9]}}"),
              record(2, 3, "{\"latency\": {\"n\": 0, \"first_step_ms\": 80, \"histogram\": []}}"));
    const json_t *latency = inside(merged, "latency");
    assert_true(number(latency, "mean_ms") == 6);
    assert_true(number(latency, "n") == 2);
    assert_true(number(latency, "first_step_ms") == 80);
    assert_true(number(latency, "p50_ms") == 5); /* the 3rd of 1, 1, 5, 6, 6, 7 */
    assert_true(number(latency, "p95_ms") == 7);
    assert_string_equal(text(latency, "percentiles_of"), "all ranks");
    json_decref(merged);
}

/* Without all histograms the highest of the ranks' own is an upper bound. */
static void assert_percentiles_of_slowest(int rank, const char *histogram)
{
    char one[200];
    snprintf(one, sizeof one,
             "{\"latency\": {\"n\": 2, \"mean_ms\": 6, \"min_ms\": 5, \"max_ms\": 7,"
             " \"p50_ms\": 5, \"p99_ms\": 7%s}}",
             histogram);
    json_t *merged = merge(record(rank, 2, one),
                           record(1 - rank, 2,
                                  "{\"latency\": {\"n\": 4, \"mean_ms\": 9, \"min_ms\": 1,"
                                  " \"max_ms\": 20, \"p50_ms\": 4, \"p99_ms\": 20,"
                                  " \"histogram\": [1, 2, 20, 2]}}"),
                           NULL);
    const json_t *latency = inside(merged, "latency");
    assert_true(number(latency, "p50_ms") == 5);
    assert_true(number(latency, "p99_ms") == 20);
    assert_null(json_object_get(latency, "p95_ms"));
    assert_string_equal(text(latency, "percentiles_of"), "the slowest rank");
    json_decref(merged);
}

static void merge__percentiles_without_all_histograms(void **state)
{
    (void)state;
    for (int rank = 0; rank < 2; rank++) {
        assert_percentiles_of_slowest(rank, "");
        assert_percentiles_of_slowest(rank, ", \"histogram\": []");
        assert_percentiles_of_slowest(rank, ", \"histogram\": [5, 0]");
        assert_percentiles_of_slowest(rank, ", \"histogram\": [5]");
    }
}

static void merge__retain_set_is_needed_when_one_rank_needs_it(void **state)
{
    (void)state;
    json_t *merged = merge(
        record(0, 2, "{\"requires_retain_set\": false}"),
        record(1, 2, "{\"requires_retain_set\": true, \"requires_retain_set_source\": \"x\"}"),
        NULL);
    assert_true(json_is_true(json_object_get(merged, "requires_retain_set")));
    assert_string_equal(text(merged, "requires_retain_set_source"), "x");
    assert_non_null(json_object_get(inside(merged, "ranks_disagree"), "requires_retain_set"));
    json_decref(merged);
}

static void merge__nothing_of_a_rank(void **state)
{
    (void)state;
    json_t *records = json_pack("[{}, i, {s{si}}]", 3, "rank", "rank", -1), *merged = NULL;
    assert_int_equal(ec_ranks_merge(records, &here, &merged), -ENOENT);
    assert_null(merged);
    json_decref(records);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(find__nothing_said_is_alone, empty_environment),
        cmocka_unit_test_setup(find__torchrun, empty_environment),
        cmocka_unit_test_setup(find__rank_without_size_says_nothing, empty_environment),
        cmocka_unit_test_setup(find__world_of_one_is_alone, empty_environment),
        cmocka_unit_test_setup(find__open_mpi_with_its_pmix, empty_environment),
        cmocka_unit_test_setup(find__pmix_takes_the_size_from_slurm, empty_environment),
        cmocka_unit_test_setup(find__pmix_alone_leaves_the_size_open, empty_environment),
        cmocka_unit_test_setup(find__pmi_and_mvapich, empty_environment),
        cmocka_unit_test_setup(find__slurm_counts_in_a_step_only, empty_environment),
        cmocka_unit_test_setup(find__first_source_wins_and_others_are_noted, empty_environment),
        cmocka_unit_test_setup(find__given_numbers_win, empty_environment),
        cmocka_unit_test_setup(find__own_variable_goes_before_launchers, empty_environment),
        cmocka_unit_test(is_file__only_records_of_ranks),
        cmocka_unit_test(merge__slowest_rank_and_sums),
        cmocka_unit_test(merge__first_start_and_last_end),
        cmocka_unit_test(merge__gathered_tokens_count_once),
        cmocka_unit_test(merge__tokens_of_one_rank_are_not_the_runs),
        cmocka_unit_test(merge__disagreement_is_noted),
        cmocka_unit_test(merge__missing_rank_makes_it_partial),
        cmocka_unit_test(merge__worst_status_wins),
        cmocka_unit_test(merge__records_of_earlier_runs_are_left_out),
        cmocka_unit_test(merge__unknown_size),
        cmocka_unit_test(merge__a_gpu_that_ranks_share_counts_once),
        cmocka_unit_test(merge__names_of_the_gpus_that_were_used),
        cmocka_unit_test(merge__trees_of_processes_add_up_on_each_machine),
        cmocka_unit_test(merge__framework_memory_is_highest_and_total),
        cmocka_unit_test(merge__latency_of_all_steps),
        cmocka_unit_test(merge__percentiles_are_over_the_steps_of_all_ranks),
        cmocka_unit_test(merge__percentiles_without_all_histograms),
        cmocka_unit_test(merge__retain_set_is_needed_when_one_rank_needs_it),
        cmocka_unit_test(merge__nothing_of_a_rank),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
