/* LMCleaner: take back what the forget samples did to the recorded training.
 *
 * Training made the steps theta[t+1] = theta[t] - (rate[t] / B) * (sum of the gradients of batch
 * t). Without the forget samples it would have come to theta[T] + v[T], where to first order
 *
 *     v[t+1] = (I - rate[t] H[t]) v[t] + u[t],
 *
 * u[t] is the contribution to step t that is taken back, and H[t] the Hessian, at theta[t], of what
 * stays of batch t. A contribution is followed over K later steps only; what it has become by then
 * is added to the parameters. Contributions that travel over the same steps are one vector, because
 * the recursion is linear; with K = 0 (to the end of training) there is only one.
 *
 * Sample level: u[t] = (rate[t] / B) * (the sum of the step's forget samples' gradients); the rest
 * of the batch stays. Batch level: u[t] = theta[t] - theta[t+1], the whole recorded step, of every
 * batch that held a forget sample; nothing of it stays. That needs no gradient of its own, but
 * also takes back what the batch's retain samples taught.
 */
#include "effbench/method.h"

#include <math.h>
#include <string.h>

struct cleaner {
    struct eb_task *task;
    bool whole_batches;
    int size;
    int capacity;    /* vectors that there is room for */
    int first, live; /* the live ones are a ring: the oldest and how many */
    int *ages;       /* how many steps each has been propagated over */
    eb_real *vectors;
    eb_real *theta, *product, *correction;
    int64_t hessian_products, affected, forget_samples;
    int64_t retired, steps_used, longest_use;
    double norm_sum, norm_max;
};

static eb_real *vector_at(const struct cleaner *cleaner, int slot)
{
    return cleaner->vectors + (size_t)slot * (size_t)cleaner->size;
}

static int slot_of(const struct cleaner *cleaner, int index)
{
    return (cleaner->first + index) % cleaner->capacity;
}

/* Puts the oldest vector into the correction. */
static void retire(struct cleaner *cleaner)
{
    eb_real *vector = vector_at(cleaner, cleaner->first);
    int age = cleaner->ages[cleaner->first];
    double squares = 0;
    for (int i = 0; i < cleaner->size; i++) {
        squares += (double)vector[i] * (double)vector[i];
        cleaner->correction[i] += vector[i];
    }
    cleaner->norm_sum += sqrt(squares);
    cleaner->norm_max = fmax(cleaner->norm_max, sqrt(squares));
    cleaner->retired++;
    cleaner->steps_used += age;
    if (age > cleaner->longest_use)
        cleaner->longest_use = age;
    cleaner->first = slot_of(cleaner, 1);
    cleaner->live--;
}

/* v <- v - rate H v for every live vector; H is that of `samples`, at the current theta. */
static void propagate(struct cleaner *cleaner, const struct eb_sample *const *samples, int count,
                      eb_real rate)
{
    eb_real losses[EB_BATCH], weights[EB_BATCH];
    size_t bytes = (size_t)cleaner->size * sizeof(eb_real);
    struct eb_workspace *workspace = cleaner->task->workspace;
    for (int i = 0; i < count; i++)
        weights[i] = (eb_real)1 / EB_BATCH;
    if (count > 0) {
        eb_model_forward(workspace, cleaner->theta, samples, count, losses);
        /* The gradient itself is not needed, but the errors of the backward pass are. */
        eb_model_backward(workspace, weights, cleaner->product);
    }
    for (int index = 0; index < cleaner->live; index++) {
        int slot = slot_of(cleaner, index);
        eb_real *vector = vector_at(cleaner, slot);
        cleaner->ages[slot]++;
        if (count == 0)
            continue;
        memset(cleaner->product, 0, bytes);
        eb_model_hessian_product(workspace, vector, cleaner->product);
        cleaner->hessian_products++;
        for (int i = 0; i < cleaner->size; i++)
            vector[i] -= rate * cleaner->product[i];
    }
}

/* Where the next contribution is to be added: a new vector, or with K = 0 the only one. */
static eb_real *next_vector(struct cleaner *cleaner)
{
    if (cleaner->task->propagation == 0 && cleaner->live == 1)
        return vector_at(cleaner, cleaner->first);
    int slot = slot_of(cleaner, cleaner->live++);
    eb_real *vector = vector_at(cleaner, slot);
    cleaner->ages[slot] = 0;
    memset(vector, 0, (size_t)cleaner->size * sizeof *vector);
    return vector;
}

static void add_gradients(struct cleaner *cleaner, const struct eb_sample *const *samples,
                          int count, eb_real rate)
{
    eb_real losses[EB_BATCH], weights[EB_BATCH];
    for (int i = 0; i < count; i++)
        weights[i] = rate / EB_BATCH;
    eb_model_forward(cleaner->task->workspace, cleaner->theta, samples, count, losses);
    eb_model_backward(cleaner->task->workspace, weights, next_vector(cleaner));
}

static int add_recorded_step(struct cleaner *cleaner, int step, struct ec_error *error)
{
    eb_real *next = cleaner->product; /* free between two propagations */
    if (eb_journal_read(cleaner->task->journal, step + 1, next, error) < 0)
        return -1;
    eb_real *vector = next_vector(cleaner);
    for (int i = 0; i < cleaner->size; i++)
        vector[i] += cleaner->theta[i] - next[i];
    return 0;
}

/* Replays one step of the recorded training. */
static int replay(struct cleaner *cleaner, int step, struct ec_error *error)
{
    struct eb_task *task = cleaner->task;
    const struct eb_sample *stay[EB_BATCH], *gone[EB_BATCH];
    int people = task->forget_people;
    int staying = eb_schedule_batch(task->schedule, task->corpus, step, people, false, stay);
    int going = eb_schedule_batch(task->schedule, task->corpus, step, people, true, gone);
    eb_real rate = eb_schedule_rate(task->schedule, step);
    if (cleaner->live == 0 && going == 0)
        return 0;
    effrec_step_begin(task->recorder);
    if (eb_journal_read(task->journal, step, cleaner->theta, error) < 0)
        return -1;
    propagate(cleaner, stay, cleaner->whole_batches && going > 0 ? 0 : staying, rate);
    if (cleaner->live > 0 && cleaner->ages[cleaner->first] == task->propagation)
        retire(cleaner); /* never when K is 0: an age is at least 1 here */
    if (going > 0) {
        cleaner->affected++;
        cleaner->forget_samples += going;
        if (!cleaner->whole_batches)
            add_gradients(cleaner, gone, going, rate);
        else if (add_recorded_step(cleaner, step, error) < 0)
            return -1;
    }
    effrec_step_end_split(task->recorder, eb_count_tokens(gone, going),
                          eb_count_tokens(stay, staying));
    return 0;
}

/* Under the reference tracker's keys. */
static void report(const struct cleaner *cleaner)
{
    effrec_t *recorder = cleaner->task->recorder;
    double retired = cleaner->retired > 0 ? (double)cleaner->retired : 1;
    double log_gib = (double)cleaner->task->journal->bytes / (1024.0 * 1024.0 * 1024.0);
    effrec_set_storage(recorder, cleaner->task->journal->bytes);
    effrec_set_int(recorder, "lmcleaner_total_hvp_calls", cleaner->hessian_products);
    effrec_set_int(recorder, "lmcleaner_num_forget_steps", cleaner->affected);
    effrec_set_int(recorder, "lmcleaner_num_affected_batches", cleaner->affected);
    effrec_set_int(recorder, "lmcleaner_K_configured", cleaner->task->propagation);
    effrec_set_real(recorder, "lmcleaner_K_used_mean", (double)cleaner->steps_used / retired);
    effrec_set_int(recorder, "lmcleaner_K_used_max", cleaner->longest_use);
    effrec_set_real(recorder, "lmcleaner_correction_norm_mean", cleaner->norm_sum / retired);
    effrec_set_real(recorder, "lmcleaner_correction_norm_max", cleaner->norm_max);
    effrec_set_real(recorder, "lmcleaner_train_logs_size_gb", log_gib);
}

static int clean(struct cleaner *cleaner, struct ec_error *error)
{
    int steps = eb_schedule_steps(cleaner->task->schedule);
    for (int step = 0; step < steps; step++)
        if (replay(cleaner, step, error) < 0)
            return -1;
    while (cleaner->live > 0)
        retire(cleaner);
    for (int i = 0; i < cleaner->size; i++)
        cleaner->task->parameters[i] += cleaner->correction[i];
    report(cleaner);
    return 0;
}

static int run(struct eb_task *task, bool whole_batches, struct ec_error *error)
{
    struct eb_memory *memory = task->memory;
    struct cleaner cleaner = {.task = task, .whole_batches = whole_batches};
    int steps = eb_schedule_steps(task->schedule);
    cleaner.size = eb_model_size(&task->shape);
    cleaner.capacity = task->propagation == 0 ? 1 : task->propagation;
    if (cleaner.capacity > steps)
        cleaner.capacity = steps;
    size_t size = (size_t)cleaner.size, capacity = (size_t)cleaner.capacity;
    cleaner.ages = eb_memory_alloc(memory, capacity, sizeof *cleaner.ages);
    cleaner.vectors = eb_memory_alloc(memory, capacity * size, sizeof(eb_real));
    cleaner.theta = eb_memory_alloc(memory, size, sizeof(eb_real));
    cleaner.product = eb_memory_alloc(memory, size, sizeof(eb_real));
    cleaner.correction = eb_memory_alloc(memory, size, sizeof(eb_real));
    int result =
        cleaner.ages && cleaner.vectors && cleaner.theta && cleaner.product && cleaner.correction
            ? clean(&cleaner, error)
            : ec_error_set(error, "out of memory");
    eb_memory_free(memory, cleaner.ages);
    eb_memory_free(memory, cleaner.vectors);
    eb_memory_free(memory, cleaner.theta);
    eb_memory_free(memory, cleaner.product);
    eb_memory_free(memory, cleaner.correction);
    return result;
}

int eb_unlearn_lmcleaner_sample(struct eb_task *task, struct ec_error *error)
{
    return run(task, false, error);
}

int eb_unlearn_lmcleaner_batch(struct eb_task *task, struct ec_error *error)
{
    return run(task, true, error);
}
