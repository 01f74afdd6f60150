/* The unlearning methods: one row of a table each.
 *
 * A method turns the parameters of a model that was trained on everything into parameters of one
 * that should not know the forget set any more.
 */
#ifndef EB_METHOD_H
#define EB_METHOD_H

#include "common/error.h"
#include "effbench/journal.h"
#include "effbench/train.h"

/* What a method works on. It belongs to the caller. */
struct eb_task {
    const struct eb_corpus *corpus;
    const struct eb_schedule *schedule; /* of the original training */
    struct eb_shape shape;
    struct eb_memory *memory;
    struct eb_workspace *workspace;   /* of at least EB_BATCH samples */
    const struct eb_journal *journal; /* of the original training, for the methods that need it */
    effrec_t *recorder;               /* gets steps and counts; may be NULL */
    uint64_t seed;
    int forget_people;
    int epochs;          /* of a gradient method over the forget set */
    eb_real rate;        /* learning rate of a gradient method */
    int propagation;     /* LMCleaner's K; 0: to the end of training */
    eb_real *parameters; /* in: the original model's; out: the unlearned model's */
};

struct eb_method {
    const char *name; /* of the trainer in open-unlearning, where it has one */
    const char *help; /* one line, with the reference */
    /* Returns 0, or -1 with *error set. */
    int (*unlearn)(struct eb_task *task, struct ec_error *error);
    bool needs_retain_set;
    bool needs_journal;
    int epochs;   /* default of a gradient method; 0: not one */
    eb_real rate; /* likewise */
};

/* Ends with a row without a name. */
extern const struct eb_method eb_methods[];

/* NULL when there is none; upper and lower case matter, as in open-unlearning. */
const struct eb_method *eb_method_find(const char *name);

int eb_unlearn_retrain(struct eb_task *task, struct ec_error *error);
int eb_unlearn_grad_ascent(struct eb_task *task, struct ec_error *error);
int eb_unlearn_grad_diff(struct eb_task *task, struct ec_error *error);
int eb_unlearn_npo(struct eb_task *task, struct ec_error *error);
int eb_unlearn_lmcleaner_sample(struct eb_task *task, struct ec_error *error);
int eb_unlearn_lmcleaner_batch(struct eb_task *task, struct ec_error *error);

#endif
