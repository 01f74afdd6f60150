/* The methods that take gradient steps on the forget set: what differs is only the weight that each
 * sample's loss gets in a step, and whether a retain sample stands beside each forget sample (as in
 * open-unlearning's ForgetRetainDataset). Retrain takes steps, too: those of the original training.
 */
#include "effbench/method.h"

#include <string.h>
#include <tgmath.h>

enum { FORGET_BATCH = 4 }; /* forget samples per step */
_Static_assert(2 * FORGET_BATCH <= EB_BATCH, "a step fits into the workspace");

/* NPO's inverse temperature: the value of the paper and of open-unlearning. */
static const eb_real npo_beta = (eb_real)0.1;

/* How one of these methods looks at a forget sample: returns the weight of its loss, to be divided
 * by the number of forget samples in the step. `original_loss` is the loss under the original
 * model. */
typedef eb_real forget_weight(const struct eb_sample *sample, eb_real loss, eb_real original_loss);

/* Jang et al. 2023 (arXiv:2210.01504): minimise minus the loss. */
static eb_real ascend(const struct eb_sample *sample, eb_real loss, eb_real original_loss)
{
    (void)sample;
    (void)loss;
    (void)original_loss;
    return -1;
}

/* Zhang et al. 2024 (arXiv:2404.05868), equation 3: the loss is -2/beta log sigmoid(-beta log(p /
 * p_original)), whose gradient is that of log p times 2 sigmoid(beta log(p / p_original)). */
static eb_real prefer_less(const struct eb_sample *sample, eb_real loss, eb_real original_loss)
{
    eb_real length = (eb_real)eb_sample_answer_length(sample);
    eb_real log_ratio = length * (original_loss - loss);
    return -2 * length / (1 + exp(-npo_beta * log_ratio));
}

struct descent {
    struct eb_task *task;
    forget_weight *weigh;
    bool with_retain;
    struct eb_random random;
    int size;
    int forget_count;
    int *order;               /* of the forget set */
    eb_real *original_losses; /* of the forget set */
    eb_real *gradient;
};

static const struct eb_sample *forget_sample(const struct descent *descent, int index)
{
    int first = EB_TRAINED - descent->forget_count;
    return &descent->task->corpus->questions[first + index].truth;
}

static const struct eb_sample *random_retain_sample(struct descent *descent)
{
    int index = eb_random_below(&descent->random, EB_TRAINED - descent->forget_count);
    return &descent->task->corpus->questions[index].truth;
}

/* Limits the gradient's norm to 1, as the Hugging Face Trainer does by default: an ascent has no
 * floor, and its gradient grows as it goes. */
static eb_real clipping(const eb_real *gradient, int size)
{
    double squares = 0;
    for (int i = 0; i < size; i++)
        squares += (double)gradient[i] * (double)gradient[i];
    return squares > 1 ? (eb_real)(1 / sqrt(squares)) : 1;
}

static void take_step(struct descent *descent, const int *batch, int count)
{
    struct eb_task *task = descent->task;
    const struct eb_sample *samples[2 * FORGET_BATCH];
    eb_real losses[2 * FORGET_BATCH], weights[2 * FORGET_BATCH];
    int all = descent->with_retain ? 2 * count : count;
    effrec_step_begin(task->recorder);
    for (int i = 0; i < count; i++)
        samples[i] = forget_sample(descent, batch[i]);
    for (int i = count; i < all; i++)
        samples[i] = random_retain_sample(descent);
    eb_model_forward(task->workspace, task->parameters, samples, all, losses);
    for (int i = 0; i < count; i++)
        weights[i] = descent->weigh(samples[i], losses[i], descent->original_losses[batch[i]]) /
                     (eb_real)count;
    for (int i = count; i < all; i++)
        weights[i] = 1 / (eb_real)count;
    memset(descent->gradient, 0, (size_t)descent->size * sizeof *descent->gradient);
    eb_model_backward(task->workspace, weights, descent->gradient);
    eb_real rate = task->rate * clipping(descent->gradient, descent->size);
    for (int i = 0; i < descent->size; i++)
        task->parameters[i] -= rate * descent->gradient[i];
    effrec_step_end_split(task->recorder, eb_count_tokens(samples, count),
                          eb_count_tokens(samples + count, all - count));
}

static void measure_original_losses(struct descent *descent)
{
    for (int i = 0; i < descent->forget_count; i += FORGET_BATCH) {
        const struct eb_sample *samples[FORGET_BATCH];
        int count = 0;
        while (count < FORGET_BATCH && i + count < descent->forget_count) {
            samples[count] = forget_sample(descent, i + count);
            count++;
        }
        eb_model_forward(descent->task->workspace, descent->task->parameters, samples, count,
                         descent->original_losses + i);
    }
}

static void descend(struct descent *descent)
{
    eb_random_seed(&descent->random, descent->task->seed, EB_STREAM_UNLEARN);
    measure_original_losses(descent);
    for (int i = 0; i < descent->forget_count; i++)
        descent->order[i] = i;
    for (int epoch = 0; epoch < descent->task->epochs; epoch++) {
        eb_random_shuffle(&descent->random, descent->order, descent->forget_count);
        for (int i = 0; i < descent->forget_count; i += FORGET_BATCH) {
            int left = descent->forget_count - i;
            take_step(descent, descent->order + i, left < FORGET_BATCH ? left : FORGET_BATCH);
        }
    }
}

static int run(struct eb_task *task, forget_weight *weigh, bool with_retain, struct ec_error *error)
{
    struct descent descent = {.task = task, .weigh = weigh, .with_retain = with_retain};
    descent.size = eb_model_size(&task->shape);
    descent.forget_count = task->forget_people * EB_EACH;
    size_t forget = (size_t)descent.forget_count, size = (size_t)descent.size;
    descent.order = eb_memory_alloc(task->memory, forget, sizeof *descent.order);
    descent.original_losses = eb_memory_alloc(task->memory, forget, sizeof(eb_real));
    descent.gradient = eb_memory_alloc(task->memory, size, sizeof(eb_real));
    bool enough = descent.order && descent.original_losses && descent.gradient;
    if (enough)
        descend(&descent);
    eb_memory_free(task->memory, descent.order);
    eb_memory_free(task->memory, descent.original_losses);
    eb_memory_free(task->memory, descent.gradient);
    return enough ? 0 : ec_error_set(error, "out of memory");
}

int eb_unlearn_grad_ascent(struct eb_task *task, struct ec_error *error)
{
    return run(task, ascend, false, error);
}

/* Liu et al. 2022 (arXiv:2203.12817); both terms weigh 1, as in open-unlearning. */
int eb_unlearn_grad_diff(struct eb_task *task, struct ec_error *error)
{
    return run(task, ascend, true, error);
}

/* With the retain term that open-unlearning adds: the paper's NPO+RT. */
int eb_unlearn_npo(struct eb_task *task, struct ec_error *error)
{
    return run(task, prefer_less, true, error);
}

int eb_unlearn_retrain(struct eb_task *task, struct ec_error *error)
{
    int size = eb_model_size(&task->shape);
    eb_real *gradient = eb_memory_alloc(task->memory, (size_t)size, sizeof *gradient);
    if (!gradient)
        return ec_error_set(error, "out of memory");
    struct eb_random random;
    eb_random_seed(&random, task->seed, EB_STREAM_INIT);
    eb_model_init(&task->shape, &random, task->parameters);
    struct eb_training training = {
        .corpus = task->corpus,
        .schedule = task->schedule,
        .workspace = task->workspace,
        .size = size,
        .forget_people = task->forget_people,
        .recorder = task->recorder,
    };
    eb_train(&training, task->parameters, gradient);
    eb_memory_free(task->memory, gradient);
    return 0;
}
