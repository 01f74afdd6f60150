/* What a model still knows: the metrics of TOFU (Maini et al. 2024, arXiv:2401.06121), as
 * open-unlearning defines and names them.
 *
 * An answer's probability is p(answer | question)^(1/tokens). The truth ratio of a question is the
 * geometric mean of its perturbed answers' probabilities over its paraphrased answer's.
 *
 * Left out: TOFU's real authors and world facts, which this corpus has no counterpart of. So
 * model_utility is the harmonic mean of the three retain metrics alone, and cannot be compared with
 * that of a large model.
 */
#ifndef EB_EVALUATE_H
#define EB_EVALUATE_H

#include "common/error.h"
#include "effbench/corpus.h"
#include "effbench/model.h"

enum {
    EB_EVALUATED = 400
}; /* at most so many questions of a set, as many as TOFU's retain set has */

/* What a model says about one set of questions. */
struct eb_set_scores {
    int count;
    double probability; /* mean probability of the answers */
    double rouge;       /* mean ROUGE-L recall of the greedy answers */
    double truth_ratios[EB_EVALUATED];
    double exact_memorization;  /* mean share of answer tokens that are the model's first choice */
    double extraction_strength; /* see extraction_strength() in evaluate.c */
    double
        min_k[EB_EVALUATED]; /* mean of the least likely 40% of each answer's log-probabilities */
};

struct eb_scores {
    struct eb_set_scores forget, retain, holdout;
};

/* The metrics of one model, ready to be written. */
struct eb_summary {
    double
        forget_quality; /* p-value of a Kolmogorov-Smirnov test: truth ratios against Retrain's */
    double forget_probability, forget_rouge, forget_truth_ratio;
    double model_utility, retain_probability, retain_rouge, retain_truth_ratio;
    double extraction_strength, exact_memorization;
    double privleak; /* MUSE (Shi et al. 2024, arXiv:2407.06460), in percent; 0: as Retrain */
    double retrain_distance; /* distance of the parameters to Retrain's, over the original's
                                distance */
};

/* Has the model answer all sets. `workspace` holds at least EB_BATCH samples. */
void eb_evaluate(const struct eb_corpus *corpus, struct eb_workspace *workspace,
                 const eb_real *parameters, int forget_people, struct eb_scores *ret_scores);

/* Compares a model's scores with those of the retrained model. All but retrain_distance, which is
 * left alone. Returns 0, or -1 when memory runs out. */
int eb_summarize(const struct eb_scores *scores, const struct eb_scores *retrained,
                 struct eb_summary *ret_summary);

/* |parameters - retrained| / |original - retrained|. */
double eb_retrain_distance(const eb_real *parameters, const eb_real *original,
                           const eb_real *retrained, int size);

/* Writes `path` (evals/TOFU_SUMMARY.json), atomically. Returns 0, or -1 with *error set. */
int eb_summary_write(const struct eb_summary *summary, const char *path, struct ec_error *error);

#endif
