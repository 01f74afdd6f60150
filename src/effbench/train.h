/* Plain stochastic gradient descent over the corpus, in an order that can be replayed.
 *
 * The order of the samples and the learning rates depend on the schedule alone, never on what is
 * left out. So retraining without the forget set takes the same steps as the original training,
 * each with its forgotten samples missing (and the same divisor): the counterfactual that LMCleaner
 * approximates, and the coupling used by Hara et al. 2019 (arXiv:1906.08473).
 */
#ifndef EB_TRAIN_H
#define EB_TRAIN_H

#include "effbench/corpus.h"
#include "effbench/model.h"
#include "record/effrecord.h"

#include <stdint.h>

enum {
    EB_BATCH = 20, /* samples per training step */
    EB_RUN = 5,    /* samples about one person that stand together, as in packed documents */
    EB_STEPS_PER_EPOCH = EB_TRAINED / EB_BATCH,
};
_Static_assert(EB_TRAINED % EB_BATCH == 0, "every batch is full");
_Static_assert(EB_EACH % EB_RUN == 0 && EB_BATCH % EB_RUN == 0, "no run is cut");

struct eb_schedule {
    int epochs;
    int *order; /* of the questions, EB_TRAINED of each epoch */
};

/* Returns 0, or -1 when memory runs out. */
int eb_schedule_init(struct eb_schedule *ret_schedule, struct eb_memory *memory, int epochs,
                     uint64_t seed);
void eb_schedule_free(struct eb_schedule *schedule, struct eb_memory *memory);

static inline int eb_schedule_steps(const struct eb_schedule *schedule)
{
    return schedule->epochs * EB_STEPS_PER_EPOCH;
}

/* The learning rate of a step: falls from its start to 0 along a line. */
eb_real eb_schedule_rate(const struct eb_schedule *schedule, int step);

/* The step's samples that are in the forget set (`forgotten`), or those that are not; ret_samples
 * has room for EB_BATCH. Returns how many. */
int eb_schedule_batch(const struct eb_schedule *schedule, const struct eb_corpus *corpus, int step,
                      int forget_people, bool forgotten, const struct eb_sample **ret_samples);

/* Tokens of samples, questions included. */
int64_t eb_count_tokens(const struct eb_sample *const *samples, int count);

/* What a training is made of. */
struct eb_training {
    const struct eb_corpus *corpus;
    const struct eb_schedule *schedule;
    struct eb_workspace *workspace; /* of at least EB_BATCH samples */
    int size;                       /* of the parameters */
    int forget_people;              /* how many people's samples to leave out */
    effrec_t *recorder;             /* gets the steps; may be NULL */
    /* Called with the parameters before each step, and once after the last; a result other than 0
     * ends the training. May be NULL. */
    int (*watch)(void *data, const eb_real *parameters);
    void *data;
};

/* Trains `parameters` in place; `gradient` is room for as many numbers. Returns 0, or what `watch`
 * returned. */
int eb_train(const struct eb_training *training, eb_real *parameters, eb_real *gradient);

#endif
