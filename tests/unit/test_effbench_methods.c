/* effbench's training and methods, on a short training. */
#include "cmocka_test.h"
#include "effbench/evaluate.h"
#include "effbench/method.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <jansson.h>

enum { EPOCHS = 2, SEED = 4 };

/* A trained model with its log, and the retrained one; made once. */
struct world {
    struct eb_corpus *corpus;
    struct eb_memory memory;
    struct eb_shape shape;
    struct eb_schedule schedule;
    struct eb_workspace *workspace;
    struct eb_journal journal;
    int size;
    eb_real *original, *retrained, *parameters, *gradient;
    size_t bytes;
};

static int log_parameters(void *data, const eb_real *parameters)
{
    return eb_journal_append(data, parameters, NULL);
}

static void train(struct world *w, int forget_people, struct eb_journal *journal, eb_real *to)
{
    struct eb_random random;
    eb_random_seed(&random, SEED, EB_STREAM_INIT);
    eb_model_init(&w->shape, &random, to);
    struct eb_training training = {
        .corpus = w->corpus,
        .schedule = &w->schedule,
        .workspace = w->workspace,
        .size = w->size,
        .forget_people = forget_people,
        .watch = journal ? log_parameters : NULL,
        .data = journal,
    };
    assert_int_equal(eb_train(&training, to, w->gradient), 0);
}

static struct eb_task task_of(struct world *w)
{
    memcpy(w->parameters, w->original, w->bytes);
    return (struct eb_task){
        .corpus = w->corpus,
        .schedule = &w->schedule,
        .shape = w->shape,
        .memory = &w->memory,
        .workspace = w->workspace,
        .journal = &w->journal,
        .seed = SEED,
        .forget_people = 1,
        .epochs = 3,
        .rate = (eb_real)0.05,
        .parameters = w->parameters,
    };
}

static int set_up(void **state)
{
    struct world *w = test_calloc(1, sizeof *w);
    char path[] = "effbench-test-XXXXXX";
    int descriptor = mkstemp(path);
    assert_true(descriptor >= 0);
    close(descriptor);
    w->corpus = eb_corpus_create(0);
    w->shape = (struct eb_shape){w->corpus->word_count, w->corpus->answer_words, 12, 16,
                                 w->corpus->word_weights};
    w->size = eb_model_size(&w->shape);
    w->bytes = (size_t)w->size * sizeof(eb_real);
    assert_int_equal(eb_schedule_init(&w->schedule, &w->memory, EPOCHS, SEED), 0);
    w->workspace = eb_workspace_create(&w->memory, &w->shape, EB_BATCH);
    w->original = eb_memory_alloc(&w->memory, 1, w->bytes);
    w->retrained = eb_memory_alloc(&w->memory, 1, w->bytes);
    w->parameters = eb_memory_alloc(&w->memory, 1, w->bytes);
    w->gradient = eb_memory_alloc(&w->memory, 1, w->bytes);
    assert_int_equal(eb_journal_create(&w->journal, path, w->size, NULL), 0);
    assert_int_equal(access(path, F_OK), -1); /* nothing is left behind if the program is killed */
    train(w, 0, &w->journal, w->original);
    train(w, 1, NULL, w->retrained);
    *state = w;
    return 0;
}

static int tear_down(void **state)
{
    struct world *w = *state;
    eb_journal_free(&w->journal);
    eb_memory_free(&w->memory, w->original);
    eb_memory_free(&w->memory, w->retrained);
    eb_memory_free(&w->memory, w->parameters);
    eb_memory_free(&w->memory, w->gradient);
    eb_workspace_free(w->workspace);
    eb_schedule_free(&w->schedule, &w->memory);
    eb_corpus_free(w->corpus);
    assert_int_equal(w->memory.used, 0);
    test_free(w);
    return 0;
}

static double distance(const struct world *w)
{
    return eb_retrain_distance(w->parameters, w->original, w->retrained, w->size);
}

/* Mean loss of the first 20 questions from `first` on. */
static double mean_loss(struct world *w, int first, const eb_real *parameters)
{
    const struct eb_sample *samples[EB_BATCH];
    eb_real losses[EB_BATCH];
    double sum = 0;
    for (int i = 0; i < EB_BATCH; i++)
        samples[i] = &w->corpus->questions[first + i].truth;
    eb_model_forward(w->workspace, parameters, samples, EB_BATCH, losses);
    for (int i = 0; i < EB_BATCH; i++)
        sum += (double)losses[i] / EB_BATCH;
    return sum;
}

static double forget_loss(struct world *w, const eb_real *parameters)
{
    return mean_loss(w, EB_TRAINED - EB_EACH, parameters);
}

static void train__is_reproducible_and_learns(void **state)
{
    struct world *w = *state;
    train(w, 0, NULL, w->parameters);
    assert_memory_equal(w->parameters, w->original, w->bytes);
    assert_true(mean_loss(w, 0, w->original) < 1);
}

static void schedule__has_every_question_once_an_epoch(void **state)
{
    struct world *w = *state;
    for (int epoch = 0; epoch < EPOCHS; epoch++) {
        char seen[EB_TRAINED] = {0};
        for (int i = 0; i < EB_TRAINED; i++)
            seen[w->schedule.order[epoch * EB_TRAINED + i]]++;
        for (int i = 0; i < EB_TRAINED; i++)
            assert_int_equal(seen[i], 1);
    }
    assert_memory_not_equal(w->schedule.order, w->schedule.order + EB_TRAINED,
                            EB_TRAINED * sizeof(int));
}

static void journal__holds_the_start_and_the_end(void **state)
{
    struct world *w = *state;
    struct eb_random random;
    eb_random_seed(&random, SEED, EB_STREAM_INIT);
    eb_model_init(&w->shape, &random, w->gradient);
    assert_int_equal(eb_journal_read(&w->journal, 0, w->parameters, NULL), 0);
    assert_memory_equal(w->parameters, w->gradient, w->bytes);
    int steps = eb_schedule_steps(&w->schedule);
    assert_int_equal(eb_journal_read(&w->journal, steps, w->parameters, NULL), 0);
    assert_memory_equal(w->parameters, w->original, w->bytes);
    assert_int_equal(w->journal.bytes, (int64_t)w->bytes * (steps + 1));
    struct ec_error error = {0};
    assert_int_equal(eb_journal_read(&w->journal, steps + 1, w->parameters, &error), -1);
    assert_non_null(strstr(error.text, "too short"));
}

static void retrain__is_training_without_the_forget_set(void **state)
{
    struct world *w = *state;
    struct eb_task task = task_of(w);
    assert_int_equal(eb_unlearn_retrain(&task, NULL), 0);
    assert_memory_equal(w->parameters, w->retrained, w->bytes);
    assert_memory_not_equal(w->parameters, w->original, w->bytes);
    assert_true(forget_loss(w, w->retrained) > forget_loss(w, w->original));
}

static void gradient_methods__raise_the_forget_loss(void **state)
{
    struct world *w = *state;
    double before = forget_loss(w, w->original);
    struct eb_task task = task_of(w);
    assert_int_equal(eb_unlearn_grad_ascent(&task, NULL), 0);
    double ascent_retain = mean_loss(w, 0, w->parameters);
    assert_true(forget_loss(w, w->parameters) > before + 0.1);
    task = task_of(w);
    assert_int_equal(eb_unlearn_grad_diff(&task, NULL), 0);
    assert_true(forget_loss(w, w->parameters) > before + 0.1);
    assert_true(mean_loss(w, 0, w->parameters) < ascent_retain);
    task = task_of(w);
    assert_int_equal(eb_unlearn_npo(&task, NULL), 0);
    assert_true(forget_loss(w, w->parameters) > before + 0.1);
}

static void lmcleaner__comes_closer_to_retrain_the_further_it_propagates(void **state)
{
    struct world *w = *state;
    struct eb_task task = task_of(w);
    task.propagation = 40;
    assert_int_equal(eb_unlearn_lmcleaner_sample(&task, NULL), 0);
    double truncated = distance(w);
    task = task_of(w);
    assert_int_equal(eb_unlearn_lmcleaner_sample(&task, NULL), 0);
    double whole = distance(w);
    assert_true(whole < 0.5); /* the original model is at 1 */
    assert_true(whole < truncated);
}

static void lmcleaner__all_steps_as_single_vectors_or_as_one_are_the_same(void **state)
{
    struct world *w = *state;
    struct eb_task task = task_of(w);
    assert_int_equal(eb_unlearn_lmcleaner_sample(&task, NULL), 0);
    double merged = distance(w);
    task = task_of(w);
    task.propagation = eb_schedule_steps(&w->schedule);
    assert_int_equal(eb_unlearn_lmcleaner_sample(&task, NULL), 0);
    assert_float_equal(distance(w), merged, 1e-3);
}

/* ---- LMCleaner, each contribution followed by itself ---- */

/* What a run must come to. */
struct expected {
    bool whole_batches;
    double *correction;
    int contributions, followed, furthest, products;
    double norm_sum, norm_max;
};

static int batch(const struct world *w, int step, bool forgotten, const struct eb_sample **samples)
{
    return eb_schedule_batch(&w->schedule, w->corpus, step, 1, forgotten, samples);
}

static bool held_a_forget_sample(const struct world *w, int step)
{
    const struct eb_sample *samples[EB_BATCH];
    return batch(w, step, true, samples) > 0;
}

/* Differentiates the loss of the samples of a recorded step that are forgotten, or of the others,
 * as a part of the batch. */
static void differentiate(struct world *w, int step, bool forgotten)
{
    const struct eb_sample *samples[EB_BATCH];
    eb_real losses[EB_BATCH], weights[EB_BATCH];
    int count = batch(w, step, forgotten, samples);
    for (int i = 0; i < count; i++)
        weights[i] = (eb_real)1 / EB_BATCH;
    assert_int_equal(eb_journal_read(&w->journal, step, w->parameters, NULL), 0);
    memset(w->gradient, 0, w->bytes);
    eb_model_forward(w->workspace, w->parameters, samples, count, losses);
    eb_model_backward(w->workspace, weights, w->gradient);
}

/* vector -= rate H vector, of the recorded step. */
static void follow(struct world *w, int step, eb_real *vector)
{
    eb_real rate = eb_schedule_rate(&w->schedule, step);
    eb_real *product = eb_memory_alloc(&w->memory, 1, w->bytes);
    differentiate(w, step, false);
    eb_model_hessian_product(w->workspace, vector, product);
    for (int i = 0; i < w->size; i++)
        vector[i] -= rate * product[i];
    eb_memory_free(&w->memory, product);
}

/* What is taken back of a step: all that it did, or what its forget samples did. */
static void contribute(struct world *w, int step, bool whole_batches, eb_real *ret_vector)
{
    differentiate(w, step, true);
    for (int i = 0; i < w->size; i++)
        ret_vector[i] = eb_schedule_rate(&w->schedule, step) * w->gradient[i];
    if (!whole_batches)
        return;
    assert_int_equal(eb_journal_read(&w->journal, step, ret_vector, NULL), 0);
    assert_int_equal(eb_journal_read(&w->journal, step + 1, w->parameters, NULL), 0);
    for (int i = 0; i < w->size; i++)
        ret_vector[i] -= w->parameters[i];
}

/* What the step's contribution has become `propagation` steps later, or at the end. */
static void expect_contribution(struct world *w, int step, int propagation, eb_real *vector,
                                struct expected *expected)
{
    int steps = eb_schedule_steps(&w->schedule), later = step + 1;
    double squares = 0;
    contribute(w, step, expected->whole_batches, vector);
    for (; later < steps && later <= step + propagation; later++)
        /* Of a whole batch nothing stays. */
        if (!expected->whole_batches || !held_a_forget_sample(w, later)) {
            follow(w, later, vector);
            expected->products++;
        }
    for (int i = 0; i < w->size; i++) {
        expected->correction[i] += (double)vector[i];
        squares += (double)vector[i] * (double)vector[i];
    }
    expected->contributions++;
    expected->followed += later - step - 1;
    expected->furthest = (int)fmax(expected->furthest, later - step - 1);
    expected->norm_sum += sqrt(squares);
    expected->norm_max = fmax(expected->norm_max, sqrt(squares));
}

static struct expected expect(struct world *w, bool whole_batches, int propagation)
{
    struct expected expected = {.whole_batches = whole_batches,
                                .correction = test_calloc((size_t)w->size, sizeof(double))};
    eb_real *vector = eb_memory_alloc(&w->memory, 1, w->bytes);
    for (int step = 0; step < eb_schedule_steps(&w->schedule); step++)
        if (held_a_forget_sample(w, step))
            expect_contribution(w, step, propagation, vector, &expected);
    eb_memory_free(&w->memory, vector);
    return expected;
}

/* Cleans with a recorder, and returns the record. */
static json_t *clean(struct world *w, bool whole_batches, int propagation)
{
    char directory[] = "effbench-test-XXXXXX", path[64];
    effrec_options options = EFFREC_OPTIONS_INIT;
    assert_non_null(mkdtemp(directory));
    options.output_dir = directory;
    struct eb_task task = task_of(w);
    task.propagation = propagation;
    assert_int_equal(effrec_open(&options, &task.recorder), 0);
    assert_int_equal(
        (whole_batches ? eb_unlearn_lmcleaner_batch : eb_unlearn_lmcleaner_sample)(&task, NULL), 0);
    effrec_close(task.recorder, EFFREC_COMPLETED);
    snprintf(path, sizeof path, "%s/efficiency_metrics.json", directory);
    json_t *record = json_load_file(path, 0, NULL);
    unlink(path);
    rmdir(directory);
    assert_non_null(record);
    return record;
}

static double number(const json_t *record, const char *key)
{
    assert_true(json_is_number(json_object_get(record, key)));
    return json_number_value(json_object_get(record, key));
}

static void assert_close(double value, double expected)
{
    assert_true(fabs(value - expected) <= 1e-3 * fabs(expected));
}

/* The parameters are the original ones with the correction. */
static void assert_corrected(const struct world *w, const struct expected *expected)
{
    double difference = 0, whole = 0;
    for (int i = 0; i < w->size; i++) {
        double correction = (double)w->parameters[i] - (double)w->original[i];
        difference += pow(correction - expected->correction[i], 2);
        whole += pow(expected->correction[i], 2);
    }
    assert_true(whole > 0);
    assert_true(sqrt(difference) < 1e-3 * sqrt(whole));
}

static void lmcleaner__takes_back_each_step_over_k_more(void **state)
{
    struct world *w = *state;
    enum { K = 12 };
    for (int whole = 0; whole <= 1; whole++) {
        struct expected expected = expect(w, whole, K);
        json_t *record = clean(w, whole, K);
        assert_corrected(w, &expected);
        assert_true(number(record, "lmcleaner_num_forget_steps") == expected.contributions);
        assert_true(number(record, "lmcleaner_num_affected_batches") == expected.contributions);
        assert_true(number(record, "lmcleaner_total_hvp_calls") == expected.products);
        assert_true(number(record, "lmcleaner_K_configured") == K);
        assert_true(number(record, "lmcleaner_K_used_max") == expected.furthest);
        assert_close(number(record, "lmcleaner_K_used_mean"),
                     (double)expected.followed / expected.contributions);
        assert_close(number(record, "lmcleaner_correction_norm_mean"),
                     expected.norm_sum / expected.contributions);
        assert_close(number(record, "lmcleaner_correction_norm_max"), expected.norm_max);
        double log_mib = (double)w->journal.bytes / (1 << 20);
        assert_close(number(record, "intermediate_storage_mb"), log_mib);
        assert_close(number(record, "lmcleaner_train_logs_size_gb"), log_mib / 1024);
        json_decref(record);
        test_free(expected.correction);
    }
}

static void lmcleaner_batch__to_the_end_of_training(void **state)
{
    struct world *w = *state;
    int steps = eb_schedule_steps(&w->schedule), first = 0, replayed = 0, products = 0;
    struct expected expected = expect(w, true, steps);
    json_t *record = clean(w, true, 0);
    assert_corrected(w, &expected);
    /* The contributions travel as one vector. */
    while (!held_a_forget_sample(w, first))
        first++;
    for (int step = first; step < steps; step++) {
        replayed++;
        products += !held_a_forget_sample(w, step);
    }
    assert_true(number(record, "total_steps") == replayed);
    assert_true(number(record, "lmcleaner_total_hvp_calls") == products);
    assert_true(number(record, "lmcleaner_K_configured") == 0);
    assert_true(number(record, "lmcleaner_K_used_max") == steps - 1 - first);
    assert_true(number(record, "lmcleaner_K_used_mean") == steps - 1 - first);
    json_decref(record);
    test_free(expected.correction);
}

static void lmcleaner_batch__forgets_as_retrain_does(void **state)
{
    struct world *w = *state;
    struct eb_task task = task_of(w);
    double original = forget_loss(w, w->original), retrained = forget_loss(w, w->retrained);
    assert_int_equal(eb_unlearn_lmcleaner_batch(&task, NULL), 0);
    double cleaned = forget_loss(w, w->parameters);
    assert_true(fabs(cleaned - retrained) < fabs(original - retrained));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(train__is_reproducible_and_learns),
        cmocka_unit_test(schedule__has_every_question_once_an_epoch),
        cmocka_unit_test(journal__holds_the_start_and_the_end),
        cmocka_unit_test(retrain__is_training_without_the_forget_set),
        cmocka_unit_test(gradient_methods__raise_the_forget_loss),
        cmocka_unit_test(lmcleaner__comes_closer_to_retrain_the_further_it_propagates),
        cmocka_unit_test(lmcleaner__all_steps_as_single_vectors_or_as_one_are_the_same),
        cmocka_unit_test(lmcleaner__takes_back_each_step_over_k_more),
        cmocka_unit_test(lmcleaner_batch__to_the_end_of_training),
        cmocka_unit_test(lmcleaner_batch__forgets_as_retrain_does),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
