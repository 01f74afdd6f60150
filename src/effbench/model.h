/* A small neural language model over words, with exact gradients and Hessian-vector products.
 *
 * The next word is predicted from the last EB_LOCAL words, each by its embedding, and from the sum
 * of the embeddings of everything before it, rare words counting more; one hidden layer and a
 * softmax follow (Bengio et al. 2003, "A Neural Probabilistic Language Model"). The hidden units
 * are products of two linear ones (the bilinear unit of Dauphin et al. 2017, arXiv:1612.08083, and
 * Shazeer 2020, arXiv:2002.05202): with them "this person and that question" is learnt many times
 * faster than with tanh. Only answers are predicted, never questions, as in TOFU's fine-tuning.
 *
 * The parameters are one flat array, so that an optimizer, a log or a correction need not know the
 * layers. The loss of a sample is its mean negative log-likelihood per answer token, in nats.
 */
#ifndef EB_MODEL_H
#define EB_MODEL_H

#include "effbench/corpus.h"
#include "effbench/memory.h"
#include "effbench/random.h"
#include "effbench/real.h"

#include <stddef.h>

enum { EB_LOCAL = 2 };

/* Sizes of a model, and what it takes from the corpus as given. */
struct eb_shape {
    int words;   /* that it can read */
    int answers; /* the first so many of them are what it can write */
    int embedding, hidden;
    const float *word_weights; /* of each word, in the sum of embeddings */
};

/* How many parameters a model of that shape has. */
int eb_model_size(const struct eb_shape *shape);

/* Random weights for the start of training. */
void eb_model_init(const struct eb_shape *shape, struct eb_random *random, eb_real *ret_parameters);

/* Room to compute in for up to `max_samples` samples at a time. */
struct eb_workspace;

/* NULL when memory runs out. The workspace takes its memory from `memory`, which must outlive it.
 */
struct eb_workspace *eb_workspace_create(struct eb_memory *memory, const struct eb_shape *shape,
                                         int max_samples);
void eb_workspace_free(struct eb_workspace *workspace);

/* Computes the samples' predictions and each sample's loss. The workspace keeps what the functions
 * below need; it refers to `parameters` and the samples until the next forward pass. */
void eb_model_forward(struct eb_workspace *workspace, const eb_real *parameters,
                      const struct eb_sample *const *samples, int count, eb_real *ret_losses);

/* After a forward pass: gradient += the gradient of the sum of weights[i] * loss of sample i. */
void eb_model_backward(struct eb_workspace *workspace, const eb_real *weights, eb_real *gradient);

/* After a backward pass: product += H direction, where H is the Hessian of that same sum. Exact, by
 * the R-operator (Pearlmutter 1994, "Fast Exact Multiplication by the Hessian"). */
void eb_model_hessian_product(struct eb_workspace *workspace, const eb_real *direction,
                              eb_real *product);

/* After a forward pass: the log-probability of answer token `position` (0: the first) of sample
 * `sample`, and the most probable word in its place. */
eb_real eb_model_log_probability(const struct eb_workspace *workspace, int sample, int position);
int eb_model_best_word(const struct eb_workspace *workspace, int sample, int position);

#endif
