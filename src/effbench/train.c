#include "effbench/train.h"

#include <string.h>

static const eb_real first_rate = (eb_real)0.5;

/* `ret_order` becomes a random order of the questions in which those about one person come in runs
 * of EB_RUN; which ones make a run changes, too. */
static void shuffle_runs(struct eb_random *random, int *ret_order)
{
    int questions[EB_TRAINED], runs[EB_TRAINED / EB_RUN];
    for (int i = 0; i < EB_TRAINED; i++)
        questions[i] = i;
    for (int person = 0; person < EB_PEOPLE; person++)
        eb_random_shuffle(random, questions + person * EB_EACH, EB_EACH);
    for (int i = 0; i < EB_TRAINED / EB_RUN; i++)
        runs[i] = i;
    eb_random_shuffle(random, runs, EB_TRAINED / EB_RUN);
    for (int i = 0; i < EB_TRAINED; i++)
        ret_order[i] = questions[runs[i / EB_RUN] * EB_RUN + i % EB_RUN];
}

int eb_schedule_init(struct eb_schedule *ret_schedule, struct eb_memory *memory, int epochs,
                     uint64_t seed)
{
    int *order = eb_memory_alloc(memory, (size_t)epochs * EB_TRAINED, sizeof *order);
    if (!order)
        return -1;
    for (int epoch = 0; epoch < epochs; epoch++) {
        struct eb_random random;
        eb_random_seed(&random, seed, EB_STREAM_ORDER + (uint64_t)epoch);
        shuffle_runs(&random, order + epoch * EB_TRAINED);
    }
    *ret_schedule = (struct eb_schedule){epochs, order};
    return 0;
}

void eb_schedule_free(struct eb_schedule *schedule, struct eb_memory *memory)
{
    eb_memory_free(memory, schedule->order);
    schedule->order = NULL;
}

eb_real eb_schedule_rate(const struct eb_schedule *schedule, int step)
{
    return first_rate * (1 - (eb_real)step / (eb_real)eb_schedule_steps(schedule));
}

int eb_schedule_batch(const struct eb_schedule *schedule, const struct eb_corpus *corpus, int step,
                      int forget_people, bool forgotten, const struct eb_sample **ret_samples)
{
    const int *batch = schedule->order + step * EB_BATCH;
    int count = 0;
    for (int i = 0; i < EB_BATCH; i++)
        if (eb_corpus_is_forgotten(batch[i], forget_people) == forgotten)
            ret_samples[count++] = &corpus->questions[batch[i]].truth;
    return count;
}

int64_t eb_count_tokens(const struct eb_sample *const *samples, int count)
{
    int64_t tokens = 0;
    for (int i = 0; i < count; i++)
        tokens += samples[i]->length;
    return tokens;
}

static void take_step(const struct eb_training *training, int step, eb_real *parameters,
                      eb_real *gradient)
{
    const struct eb_sample *samples[EB_BATCH];
    eb_real losses[EB_BATCH], weights[EB_BATCH];
    eb_real rate = eb_schedule_rate(training->schedule, step);
    effrec_step_begin(training->recorder);
    int count = eb_schedule_batch(training->schedule, training->corpus, step,
                                  training->forget_people, false, samples);
    for (int i = 0; i < count; i++)
        weights[i] = (eb_real)1 / EB_BATCH;
    memset(gradient, 0, (size_t)training->size * sizeof *gradient);
    eb_model_forward(training->workspace, parameters, samples, count, losses);
    eb_model_backward(training->workspace, weights, gradient);
    for (int i = 0; i < training->size; i++)
        parameters[i] -= rate * gradient[i];
    effrec_step_end_split(training->recorder, 0, eb_count_tokens(samples, count));
}

int eb_train(const struct eb_training *training, eb_real *parameters, eb_real *gradient)
{
    int steps = eb_schedule_steps(training->schedule);
    for (int step = 0; step <= steps; step++) {
        int result = training->watch ? training->watch(training->data, parameters) : 0;
        if (result != 0)
            return result;
        if (step < steps)
            take_step(training, step, parameters, gradient);
    }
    return 0;
}
