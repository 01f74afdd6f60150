/* libeffrecord through its public functions: what is in the file after what was called. */
#include "cmocka_test.h"
#include "record/effrecord.h"
#include "common/retain.h"
#include "record/document.h"
#include "recorder_fixture.h"

#include <errno.h>
#include <limits.h>
#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <jansson.h>

static const char *why(const json_t *record, const char *key)
{
    assert_null(json_object_get(record, key));
    return text(json_object_get(record, "unmeasured"), key);
}

struct messages {
    int count;
    char last[1024];
};

static void take_message(void *data, int level, const char *message)
{
    struct messages *messages = data;
    assert_int_equal(level, EFFREC_LOG_WARNING);
    messages->count++;
    snprintf(messages->last, sizeof messages->last, "%s", message);
}

static void record__nothing_told_nothing_claimed(void **state)
{
    (void)state;
    effrec_t *recorder = open_quietly();
    json_t *record = load(RECORD);
    assert_string_equal(text(record, "status"), "running");
    json_decref(record);
    assert_int_equal(effrec_close(recorder, EFFREC_COMPLETED), 0);
    record = load(RECORD);
    assert_string_equal(text(record, "status"), "completed");
    assert_string_equal(why(record, "total_steps"), "no step was marked");
    assert_string_equal(why(record, "peak_gpu_memory_mb"), "no allocated GPU memory was reported");
    assert_string_equal(why(record, "tokens_per_second"), "no token count was given");
    assert_string_equal(why(record, "requires_retain_set"), "the method was not given");
    assert_string_equal(text(record, "requires_retain_set_source"), "unknown");
    assert_null(json_object_get(record, "latency"));
    json_decref(record);
}

static void record__what_was_told_is_there(void **state)
{
    (void)state;
    effrec_t *recorder = open_quietly();
    effrec_set_method(recorder, "GradDiff");
    effrec_set_model(recorder, 1000, 4 * 1048576);
    effrec_set_samples(recorder, 40, 0);
    effrec_set_storage(recorder, 1048576 / 2);
    effrec_set_token_definition(recorder, "non-padding");
    for (int i = 0; i < 3; i++) {
        assert_int_equal(effrec_step_begin(recorder), 0);
        assert_int_equal(effrec_step_end_split(recorder, 20, 10), 0);
    }
    effrec_report_gpu_memory(recorder, "GPU-a", EFFREC_GPU_ALLOCATED, 3 * 1048576, "torch");
    effrec_report_gpu_memory(recorder, "GPU-a", EFFREC_GPU_ALLOCATED, 1048576, "torch");
    effrec_report_gpu_memory(recorder, "GPU-b", EFFREC_GPU_RESERVED, 9 * 1048576, "torch");
    assert_int_equal(effrec_close(recorder, EFFREC_COMPLETED), 0);
    json_t *record = load(RECORD);
    assert_int_equal(number(record, "total_steps"), 3);
    assert_true(number(record, "peak_gpu_memory_mb") == 3);
    assert_true(number(record, "model_size_mb") == 4);
    assert_true(number(record, "intermediate_storage_mb") == 0.5);
    assert_true(json_is_true(json_object_get(record, "requires_retain_set")));
    assert_string_equal(text(record, "requires_retain_set_source"), "table");
    assert_true(number(record, "flops_estimate") == 6.0 * 1000 * 90);
    assert_true(json_is_integer(json_object_get(record, "retain_samples_count")));
    const json_t *tokens = json_object_get(record, "tokens");
    assert_int_equal(number(tokens, "total"), 90);
    assert_int_equal(number(tokens, "forget"), 60);
    assert_int_equal(number(tokens, "retain"), 30);
    assert_string_equal(text(tokens, "definition"), "non-padding");
    double rate = 90 / number(record, "unlearning_time_seconds");
    assert_true(fabs(number(record, "tokens_per_second") / rate - 1) < 1e-9);
    assert_int_equal(json_array_size(json_object_get(record, "gpu_memory")), 2);
    assert_int_equal(number(json_object_get(record, "latency"), "n"), 2);
    json_decref(record);
}

static void record__counts_are_exact(void **state)
{
    (void)state;
    effrec_t *recorder = open_quietly();
    effrec_set_samples(recorder, INT64_MAX, 9007199254740993);
    assert_int_equal(effrec_close(recorder, EFFREC_COMPLETED), 0);
    json_t *record = load(RECORD);
    assert_true(json_integer_value(json_object_get(record, "forget_samples_count")) == INT64_MAX);
    assert_true(json_integer_value(json_object_get(record, "retain_samples_count")) ==
                9007199254740993);
    json_decref(record);
}

static void record__the_six_keys_come_first(void **state)
{
    (void)state;
    effrec_t *recorder = open_quietly();
    effrec_set_method(recorder, "NPO");
    effrec_set_model(recorder, 1, 1);
    effrec_report_gpu_memory(recorder, "cuda:0", EFFREC_GPU_ALLOCATED, 1, NULL);
    effrec_step_begin(recorder);
    effrec_step_end(recorder, 5);
    effrec_close(recorder, EFFREC_COMPLETED);
    static const char *const keys[] = {
        "unlearning_time_seconds", "total_steps",   "peak_gpu_memory_mb",
        "tokens_per_second",       "model_size_mb", "requires_retain_set",
    };
    json_t *record = load(RECORD);
    void *at = json_object_iter(record);
    for (size_t i = 0; i < 6; i++, at = json_object_iter_next(record, at))
        assert_string_equal(json_object_iter_key(at), keys[i]);
    json_decref(record);
}

static void record__a_missing_token_count_spoils_the_sum(void **state)
{
    (void)state;
    effrec_t *recorder = open_quietly();
    effrec_step_begin(recorder);
    effrec_step_end(recorder, 100);
    effrec_step_begin(recorder);
    effrec_step_end(recorder, EFFREC_UNKNOWN);
    effrec_checkpoint(recorder);
    json_t *record = load(RECORD);
    assert_string_equal(why(record, "tokens_per_second"), "some steps gave no token count");
    json_decref(record);
    effrec_set_tokens(recorder, 250);
    effrec_close(recorder, EFFREC_COMPLETED);
    record = load(RECORD);
    assert_int_equal(number(json_object_get(record, "tokens"), "total"), 250);
    json_decref(record);
}

static void record__declared_beats_the_table(void **state)
{
    (void)state;
    effrec_t *recorder = open_quietly();
    effrec_set_method(recorder, "UNDIAL");
    effrec_set_requires_retain_set(recorder, 1);
    effrec_close(recorder, EFFREC_COMPLETED);
    json_t *record = load(RECORD);
    assert_true(json_is_true(json_object_get(record, "requires_retain_set")));
    assert_string_equal(text(record, "requires_retain_set_source"), "declared");
    json_decref(record);
}

static void retain__table(void **state)
{
    (void)state;
    assert_false(ec_retain_find("GradAscent")->retain_set);
    assert_true(ec_retain_find("WGA")->retain_set);
    assert_true(ec_retain_find("PDU")->retain_set);
    assert_false(ec_retain_find("UNDIAL")->retain_set);
    assert_true(ec_retain_find("LMCleanerBatch")->original_data);
    assert_null(ec_retain_find("npo"));
    assert_null(ec_retain_find(NULL));
}

static void extras__keys_and_numbers_are_checked(void **state)
{
    (void)state;
    effrec_t *recorder = open_quietly();
    assert_int_equal(effrec_set_real(recorder, "x", NAN), -EDOM);
    assert_int_equal(effrec_set_real(recorder, "x", -INFINITY), -EDOM);
    assert_int_equal(effrec_set_int(recorder, "status", 1), -EINVAL);
    assert_int_equal(effrec_set_real(recorder, "unlearning_time_seconds", 1), -EINVAL);
    assert_int_equal(effrec_set_int(recorder, "", 1), -EINVAL);
    assert_int_equal(effrec_set_int(recorder, NULL, 1), -EINVAL);
    assert_int_equal(effrec_set_int(recorder, "a\nb", 1), -EINVAL);
    assert_int_equal(effrec_set_string(recorder, "x", "\xff"), -EINVAL);
    assert_int_equal(effrec_set_string(recorder, "\xff", "x"), -EINVAL);
    assert_int_equal(effrec_set_method(recorder, "\xff"), -EINVAL);
    assert_int_equal(effrec_set_int(recorder, "seed", 1), 0);
    assert_int_equal(effrec_set_real(recorder, "seed", 0.5), 0);
    assert_int_equal(effrec_set_bool(recorder, "flag", 3), 0);
    assert_int_equal(effrec_set_int(recorder, "total_steps", 70), 0);
    assert_int_equal(effrec_set_string(recorder, "note", "\xc3\xa4 \"quoted\""), 0);
    effrec_close(recorder, EFFREC_FAILED);
    json_t *record = load(RECORD);
    assert_string_equal(text(record, "status"), "failed");
    assert_true(number(record, "seed") == 0.5);
    assert_true(json_is_true(json_object_get(record, "flag")));
    assert_string_equal(text(record, "note"), "\xc3\xa4 \"quoted\"");
    assert_int_equal(number(record, "total_steps"), 70);
    const json_t *declared = json_object_get(record, "declared");
    assert_int_equal(json_array_size(declared), 1);
    assert_string_equal(json_string_value(json_array_get(declared, 0)), "total_steps");
    json_decref(record);
}

static void gpu__a_report_that_is_refused_leaves_nothing(void **state)
{
    (void)state;
    effrec_t *recorder = open_quietly();
    assert_int_equal(effrec_report_gpu_memory(recorder, "a", EFFREC_GPU_ALLOCATED, 5, "torch"), 0);
    assert_int_equal(effrec_report_gpu_memory(recorder, "b", EFFREC_GPU_ALLOCATED, 5, "\xff"),
                     -EINVAL);
    assert_int_equal(effrec_report_gpu_memory(recorder, "b", EFFREC_GPU_ALLOCATED, -1, NULL),
                     -EINVAL);
    effrec_close(recorder, EFFREC_COMPLETED);
    json_t *record = load(RECORD);
    assert_int_equal(json_array_size(json_object_get(record, "gpu_memory")), 1);
    assert_int_equal(number(record, "total_gpu_allocated_bytes"), 5);
    json_decref(record);
}

static void extras__measured_beats_declared(void **state)
{
    (void)state;
    effrec_t *recorder = open_quietly();
    effrec_set_int(recorder, "total_steps", 70);
    effrec_step_begin(recorder);
    effrec_step_end(recorder, 1);
    effrec_close(recorder, EFFREC_COMPLETED);
    json_t *record = load(RECORD);
    assert_int_equal(number(record, "total_steps"), 1);
    assert_null(json_object_get(record, "declared"));
    json_decref(record);
}

static void extras__a_declared_estimate_has_no_source_of_ours(void **state)
{
    (void)state;
    effrec_t *recorder = open_quietly();
    effrec_set_real(recorder, "flops_estimate", 5e12);
    effrec_set_model(recorder, 1000, -1);
    effrec_close(recorder, EFFREC_COMPLETED);
    json_t *record = load(RECORD);
    assert_true(number(record, "flops_estimate") == 5e12);
    assert_null(json_object_get(record, "flops_source"));
    json_decref(record);
}

static void open__options_of_other_sizes(void **state)
{
    (void)state;
    struct {
        effrec_options known;
        void *newer;
    } larger = {.known = {.struct_size = sizeof larger, .heartbeat_seconds = -1}};
    effrec_t *recorder = NULL;
    assert_int_equal(effrec_open(&larger.known, &recorder), 0);
    effrec_close(recorder, EFFREC_COMPLETED);
    larger.newer = &larger;
    assert_int_equal(effrec_open(&larger.known, &recorder), -E2BIG);
    assert_null(recorder);
    larger.newer = NULL;
    larger.known.struct_size = 0;
    assert_int_equal(effrec_open(&larger.known, &recorder), -EINVAL);
    larger.known.struct_size = offsetof(effrec_options, method);
    larger.known.method = "not looked at";
    assert_int_equal(effrec_open(&larger.known, &recorder), 0);
    effrec_close(recorder, EFFREC_COMPLETED);
    json_t *record = load(RECORD);
    assert_null(json_object_get(record, "method"));
    json_decref(record);
    larger.known.struct_size = sizeof larger.known;
    larger.known.heartbeat_seconds = NAN;
    assert_int_equal(effrec_open(&larger.known, &recorder), -EINVAL);
    assert_int_equal(effrec_open(NULL, NULL), -EINVAL);
}

static void open__disabled_is_null_and_null_is_fine(void **state)
{
    (void)state;
    setenv("EFFREC_DISABLE", "1", 1);
    effrec_t *recorder = (effrec_t *)&recorder;
    assert_int_equal(effrec_open(NULL, &recorder), 0);
    assert_null(recorder);
    assert_int_not_equal(access(RECORD, F_OK), 0);
    assert_int_equal(effrec_step_begin(NULL) | effrec_step_end(NULL, 1), 0);
    assert_int_equal(effrec_step_end_split(NULL, 1, 1) | effrec_checkpoint(NULL), 0);
    assert_int_equal(effrec_phase_begin(NULL, 0) | effrec_phase_end(NULL, 0), 0);
    assert_int_equal(effrec_set_method(NULL, "x") | effrec_set_model(NULL, 1, 1), 0);
    assert_int_equal(effrec_set_samples(NULL, 1, 1) | effrec_set_passes(NULL, 1, 1), 0);
    assert_int_equal(effrec_set_storage(NULL, 1) | effrec_set_tokens(NULL, 1), 0);
    assert_int_equal(effrec_set_token_definition(NULL, "x"), 0);
    assert_int_equal(effrec_set_requires_retain_set(NULL, 1) | effrec_set_synchronized(NULL, 1), 0);
    assert_int_equal(effrec_report_gpu_memory(NULL, "g", 0, 1, "s"), 0);
    assert_int_equal(effrec_set_int(NULL, "k", 1) | effrec_set_real(NULL, "k", 1), 0);
    assert_int_equal(effrec_set_bool(NULL, "k", 1) | effrec_set_string(NULL, "k", "v"), 0);
    assert_int_equal(effrec_set_string(NULL, "k", NULL) | effrec_set_real(NULL, "k", NAN), 0);
    assert_int_equal(effrec_close(NULL, EFFREC_COMPLETED), 0);
    assert_null(effrec_path(NULL));
    setenv("EFFREC_DISABLE", "0", 1);
    assert_int_equal(effrec_open(NULL, &recorder), 0);
    assert_non_null(recorder);
    assert_int_equal(effrec_close(recorder, 99), -EINVAL);
    json_t *record = load(RECORD);
    assert_string_equal(text(record, "status"), "failed");
    json_decref(record);
}

static void write__trouble_is_told_once_and_passes(void **state)
{
    (void)state;
    struct messages messages = {0};
    effrec_options options = EFFREC_OPTIONS_INIT;
    options.output_dir = "place";
    options.heartbeat_seconds = -1;
    options.log = take_message;
    options.log_data = &messages;
    FILE *file = fopen("place", "w");
    assert_non_null(file);
    fclose(file);
    effrec_t *recorder = NULL;
    assert_int_equal(effrec_open(&options, &recorder), 0);
    assert_int_equal(effrec_checkpoint(recorder), -ENOTDIR);
    assert_int_equal(messages.count, 1);
    assert_non_null(strstr(messages.last, "place/efficiency_metrics.json: Not a directory; the run "
                                          "goes on, and writing is tried again"));
    assert_int_equal(unlink("place"), 0);
    assert_int_equal(effrec_checkpoint(recorder), 0);
    assert_int_equal(effrec_close(recorder, EFFREC_COMPLETED), 0);
    assert_int_equal(messages.count, 1);
    json_t *record = load("place/" RECORD);
    json_decref(record);
}

static void heartbeat__refreshes_the_record(void **state)
{
    (void)state;
    effrec_options options = EFFREC_OPTIONS_INIT;
    options.heartbeat_seconds = 0.01;
    effrec_t *recorder = NULL;
    assert_int_equal(effrec_open(&options, &recorder), 0);
    effrec_step_begin(recorder);
    effrec_step_end(recorder, 1);
    double steps = 0;
    for (int i = 0; steps < 1 && i < 1000; i++) {
        nanosleep(&(struct timespec){.tv_nsec = 10000000}, NULL);
        json_t *record = load(RECORD);
        assert_string_equal(text(record, "status"), "running");
        steps = number(record, "total_steps");
        json_decref(record);
    }
    assert_int_equal(steps, 1);
    assert_int_equal(effrec_close(recorder, EFFREC_COMPLETED), 0);
}

/* 0 when every call in the child did what the header says. */
static int use_in_child(effrec_t *recorder)
{
    int wrong = effrec_step_begin(recorder) != 0 || effrec_step_end(recorder, 5) != 0;
    wrong |= effrec_checkpoint(recorder) != -ECHILD;
    wrong |= effrec_set_int(recorder, "child", 1) != -ECHILD;
    wrong |= effrec_phase_begin(recorder, EFFREC_PHASE_EVAL) != -ECHILD;
    wrong |= effrec_report_gpu_memory(recorder, "cuda:0", EFFREC_GPU_ALLOCATED, 1, "x") != -ECHILD;
    wrong |= effrec_set_method(recorder, "NPO") != -ECHILD;
    wrong |= effrec_close(recorder, EFFREC_FAILED) != -ECHILD;
    return wrong;
}

static void fork__the_child_is_inert(void **state)
{
    (void)state;
    effrec_options options = EFFREC_OPTIONS_INIT;
    options.heartbeat_seconds = 0.01; /* so that locks are held at some of the forks */
    effrec_t *recorder = NULL;
    assert_int_equal(effrec_open(&options, &recorder), 0);
    for (int i = 0; i < 50; i++) {
        pid_t child = fork();
        assert_true(child >= 0);
        if (child == 0) {
            alarm(20);
            _exit(use_in_child(recorder));
        }
        int status;
        assert_int_equal(waitpid(child, &status, 0), child);
        assert_int_equal(status, 0);
    }
    assert_int_equal(effrec_close(recorder, EFFREC_COMPLETED), 0);
    json_t *record = load(RECORD);
    assert_string_equal(text(record, "status"), "completed");
    assert_int_equal(number(record, "pid"), getpid());
    assert_null(json_object_get(record, "child"));
    assert_null(json_object_get(record, "total_steps"));
    json_decref(record);
}

static void *call_everything(void *data)
{
    effrec_t *recorder = data;
    for (int64_t i = 0; i < 300; i++) {
        effrec_set_method(recorder, i % 2 ? "NPO" : "GradDiff");
        effrec_set_int(recorder, "i", i);
        effrec_report_gpu_memory(recorder, i % 2 ? "a" : "b", EFFREC_GPU_RESERVED, i, "test");
        effrec_step_begin(recorder);
        effrec_step_end(recorder, 1);
        if (i % 100 == 0)
            effrec_checkpoint(recorder);
    }
    return NULL;
}

static void threads__may_call_at_the_same_time(void **state)
{
    (void)state;
    effrec_options options = EFFREC_OPTIONS_INIT;
    options.heartbeat_seconds = 0.01;
    effrec_t *recorder = NULL;
    assert_int_equal(effrec_open(&options, &recorder), 0);
    pthread_t threads[4];
    for (int i = 0; i < 4; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, call_everything, recorder), 0);
    for (int i = 0; i < 4; i++)
        pthread_join(threads[i], NULL);
    assert_int_equal(effrec_close(recorder, EFFREC_COMPLETED), 0);
    json_t *record = load(RECORD);
    assert_int_equal(number(record, "i"), 299);
    json_decref(record);
}

static void time_stamp__in_milliseconds(void **state)
{
    (void)state;
    static const struct {
        double seconds;
        const char *text;
    } cases[] = {{0, "1970-01-01T00:00:00.000Z"},
                 {951868799.25, "2000-02-29T23:59:59.250Z"},
                 {1769860800.0625, "2026-01-31T12:00:00.062Z"}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        json_t *stamp = effrec_time_stamp(cases[i].seconds);
        assert_string_equal(json_string_value(stamp), cases[i].text);
        json_decref(stamp);
    }
}

static void strerror__is_never_null(void **state)
{
    (void)state;
    assert_string_equal(effrec_strerror(-ENOSPC), "No space left on device");
    assert_string_equal(effrec_strerror(ENOSPC), "No space left on device");
    assert_string_equal(effrec_strerror(0), "Success");
    assert_string_equal(effrec_strerror(INT_MIN), "Unknown error");
    assert_string_equal(effrec_strerror(123456), "Unknown error");
    assert_int_equal(effrec_abi_version(), EFFREC_ABI_VERSION);
    assert_non_null(effrec_version());
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        recorder_test(record__nothing_told_nothing_claimed),
        recorder_test(record__what_was_told_is_there),
        recorder_test(record__counts_are_exact),
        recorder_test(record__the_six_keys_come_first),
        recorder_test(record__a_missing_token_count_spoils_the_sum),
        recorder_test(record__declared_beats_the_table),
        cmocka_unit_test(retain__table),
        recorder_test(extras__keys_and_numbers_are_checked),
        recorder_test(gpu__a_report_that_is_refused_leaves_nothing),
        recorder_test(extras__measured_beats_declared),
        recorder_test(extras__a_declared_estimate_has_no_source_of_ours),
        recorder_test(open__options_of_other_sizes),
        recorder_test(open__disabled_is_null_and_null_is_fine),
        recorder_test(write__trouble_is_told_once_and_passes),
        recorder_test(heartbeat__refreshes_the_record),
        recorder_test(fork__the_child_is_inert),
        recorder_test(threads__may_call_at_the_same_time),
        cmocka_unit_test(time_stamp__in_milliseconds),
        cmocka_unit_test(strerror__is_never_null),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
