#include "effbench/evaluate.h"

#include "common/atomic_file.h"
#include "effbench/statistics.h"
#include "effbench/train.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* Min-K% Prob (Shi et al. 2023, arXiv:2310.16789), with the K of open-unlearning. */
static const double min_k_share = 0.4;

/* A set of questions and what answers them. */
struct examination {
    struct eb_workspace *workspace;
    const eb_real *parameters;
    const struct eb_question *questions;
    int count;
};

static double min_k(const struct eb_workspace *workspace, int sample, int length)
{
    double values[EB_ANSWER_TOKENS];
    for (int i = 0; i < length; i++)
        values[i] = (double)eb_model_log_probability(workspace, sample, i);
    return eb_mean_of_lowest(values, length, min_k_share);
}

/* Carlini et al. 2021, as in open-unlearning: the share of the answer that the model completes
 * without an error once it is given the rest before it. */
static double extraction_strength(const bool *right, int length)
{
    int completed = 0;
    while (completed < length && right[length - 1 - completed])
        completed++;
    return (double)completed / length;
}

/* All that follows from one pass over the answers as they were learnt. */
static void examine_truths(const struct examination *e, struct eb_set_scores *scores)
{
    for (int start = 0; start < e->count; start += EB_BATCH) {
        const struct eb_sample *samples[EB_BATCH];
        eb_real losses[EB_BATCH];
        int count = 0;
        for (; count < EB_BATCH && start + count < e->count; count++)
            samples[count] = &e->questions[start + count].truth;
        eb_model_forward(e->workspace, e->parameters, samples, count, losses);
        for (int i = 0; i < count; i++) {
            bool right[EB_ANSWER_TOKENS];
            int length = eb_sample_answer_length(samples[i]), rights = 0;
            for (int at = 0; at < length; at++) {
                int best = eb_model_best_word(e->workspace, i, at);
                right[at] = best == samples[i]->tokens[samples[i]->question + at];
                rights += right[at];
            }
            scores->probability += exp(-(double)losses[i]) / e->count;
            scores->exact_memorization += (double)rights / length / e->count;
            scores->extraction_strength += extraction_strength(right, length) / e->count;
            scores->min_k[start + i] = min_k(e->workspace, i, length);
        }
    }
}

static void examine_truth_ratios(const struct examination *e, struct eb_set_scores *scores)
{
    for (int q = 0; q < e->count; q++) {
        const struct eb_question *question = &e->questions[q];
        const struct eb_sample *samples[1 + EB_WRONG] = {&question->paraphrase};
        eb_real losses[1 + EB_WRONG];
        double wrong_loss = 0;
        for (int i = 0; i < EB_WRONG; i++)
            samples[1 + i] = &question->wrong[i];
        eb_model_forward(e->workspace, e->parameters, samples, 1 + EB_WRONG, losses);
        for (int i = 0; i < EB_WRONG; i++)
            wrong_loss += (double)losses[1 + i] / EB_WRONG;
        scores->truth_ratios[q] = exp(-wrong_loss) / (exp(-(double)losses[0]) + 1e-10);
    }
}

/* Gives the texts' answers to the model's own choice, word by word. */
static void answer(const struct examination *e, struct eb_sample *texts, int count)
{
    const struct eb_sample *samples[EB_BATCH];
    eb_real losses[EB_BATCH];
    for (int i = 0; i < count; i++) {
        texts[i].length = texts[i].question;
        samples[i] = &texts[i];
    }
    for (int at = 0; at < EB_ANSWER_TOKENS; at++) {
        for (int i = 0; i < count; i++) {
            texts[i].question = texts[i].length; /* predict one word more, whatever stands there */
            texts[i].tokens[texts[i].length++] = EB_END;
        }
        eb_model_forward(e->workspace, e->parameters, samples, count, losses);
        for (int i = 0; i < count; i++)
            texts[i].tokens[texts[i].question] = (uint16_t)eb_model_best_word(e->workspace, i, 0);
    }
}

/* The words of an answer up to its end, without punctuation, as ROUGE's tokenizer does it. */
static int content_words(const uint16_t *answer, int length, int *ret_words)
{
    int count = 0;
    for (int i = 0; i < length && answer[i] != EB_END; i++)
        if (answer[i] != EB_STOP)
            ret_words[count++] = answer[i];
    return count;
}

static double rouge_l_recall(const struct eb_sample *truth, const uint16_t *answer)
{
    int expected[EB_ANSWER_TOKENS], given[EB_ANSWER_TOKENS];
    int expected_count =
        content_words(truth->tokens + truth->question, eb_sample_answer_length(truth), expected);
    int given_count = content_words(answer, EB_ANSWER_TOKENS, given);
    return (double)eb_common_subsequence(expected, expected_count, given, given_count) /
           expected_count;
}

static void examine_answers(const struct examination *e, struct eb_set_scores *scores)
{
    for (int start = 0; start < e->count; start += EB_BATCH) {
        struct eb_sample texts[EB_BATCH];
        int count = 0;
        for (; count < EB_BATCH && start + count < e->count; count++)
            texts[count] = e->questions[start + count].truth;
        answer(e, texts, count);
        for (int i = 0; i < count; i++) {
            const struct eb_sample *truth = &e->questions[start + i].truth;
            scores->rouge += rouge_l_recall(truth, texts[i].tokens + truth->question) / e->count;
        }
    }
}

static void examine(const struct examination *e, struct eb_set_scores *ret_scores)
{
    memset(ret_scores, 0, sizeof *ret_scores);
    ret_scores->count = e->count;
    examine_truths(e, ret_scores);
    examine_truth_ratios(e, ret_scores);
    examine_answers(e, ret_scores);
}

void eb_evaluate(const struct eb_corpus *corpus, struct eb_workspace *workspace,
                 const eb_real *parameters, int forget_people, struct eb_scores *ret_scores)
{
    int forgotten = forget_people * EB_EACH;
    const struct eb_question *forget = corpus->questions + EB_TRAINED - forgotten;
    const struct eb_question *holdout = corpus->questions + EB_TRAINED;
    struct examination e = {workspace, parameters, forget, forgotten};
    examine(&e, &ret_scores->forget);
    e.questions = holdout;
    examine(&e, &ret_scores->holdout);
    e.questions = corpus->questions; /* the retain set's beginning */
    e.count = EB_EVALUATED;
    examine(&e, &ret_scores->retain);
}

/* For the forget set: highest where false and true answers are equally likely. */
static double closeness_to_one(const struct eb_set_scores *scores)
{
    double sum = 0;
    for (int i = 0; i < scores->count; i++)
        sum += fmin(scores->truth_ratios[i], 1 / (scores->truth_ratios[i] + 1e-10));
    return sum / scores->count;
}

/* For the retain set: highest where the true answer is the likelier. */
static double truthfulness(const struct eb_set_scores *scores)
{
    double sum = 0;
    for (int i = 0; i < scores->count; i++)
        sum += fmax(0, 1 - scores->truth_ratios[i]);
    return sum / scores->count;
}

/* How well a low Min-K% Prob tells what the model was trained on from what it was not: 0 when every
 * holdout answer is less likely than every forget answer, 0.5 when nothing can be told. */
static double membership_auc(const struct eb_scores *scores)
{
    return eb_roc_auc(scores->holdout.min_k, scores->holdout.count, scores->forget.min_k,
                      scores->forget.count);
}

static double forget_quality(const struct eb_set_scores *forget,
                             const struct eb_set_scores *retrained)
{
    double a[EB_EVALUATED], b[EB_EVALUATED];
    memcpy(a, forget->truth_ratios, sizeof a);
    memcpy(b, retrained->truth_ratios, sizeof b);
    double statistic = eb_ks_statistic(a, forget->count, b, retrained->count);
    return eb_ks_p_value(statistic, forget->count, retrained->count);
}

int eb_summarize(const struct eb_scores *scores, const struct eb_scores *retrained,
                 struct eb_summary *ret_summary)
{
    double reference_auc = membership_auc(retrained);
    double retain[] = {scores->retain.probability, scores->retain.rouge,
                       truthfulness(&scores->retain)};
    ret_summary->forget_quality = forget_quality(&scores->forget, &retrained->forget);
    ret_summary->forget_probability = scores->forget.probability;
    ret_summary->forget_rouge = scores->forget.rouge;
    ret_summary->forget_truth_ratio = closeness_to_one(&scores->forget);
    ret_summary->model_utility = eb_harmonic_mean(retain, 3);
    ret_summary->retain_probability = retain[0];
    ret_summary->retain_rouge = retain[1];
    ret_summary->retain_truth_ratio = retain[2];
    ret_summary->extraction_strength = scores->forget.extraction_strength;
    ret_summary->exact_memorization = scores->forget.exact_memorization;
    ret_summary->privleak =
        100 * (membership_auc(scores) - reference_auc) / (reference_auc + 1e-10);
    return ret_summary->forget_quality < 0 ? -1 : 0;
}

double eb_retrain_distance(const eb_real *parameters, const eb_real *original,
                           const eb_real *retrained, int size)
{
    double distance = 0, whole = 0;
    for (int i = 0; i < size; i++) {
        double here = (double)parameters[i] - (double)retrained[i];
        double there = (double)original[i] - (double)retrained[i];
        distance += here * here;
        whole += there * there;
    }
    return sqrt(distance / whole);
}

int eb_summary_write(const struct eb_summary *summary, const char *path, struct ec_error *error)
{
    const struct {
        const char *key;
        double value;
    } rows[] = {
        {"forget_quality", summary->forget_quality},
        {"forget_Q_A_Prob", summary->forget_probability},
        {"forget_Q_A_ROUGE", summary->forget_rouge},
        {"forget_truth_ratio", summary->forget_truth_ratio},
        {"model_utility", summary->model_utility},
        {"retain_Q_A_Prob", summary->retain_probability},
        {"retain_Q_A_ROUGE", summary->retain_rouge},
        {"retain_Truth_Ratio", summary->retain_truth_ratio},
        {"extraction_strength", summary->extraction_strength},
        {"exact_memorization", summary->exact_memorization},
        {"privleak", summary->privleak},
        {"retrain_distance", summary->retrain_distance},
    };
    char text[2048] = "";
    size_t length = 0, count = sizeof rows / sizeof *rows;
    for (size_t i = 0; i < count; i++) {
        char value[32] = "null"; /* what diverged has no number, and JSON no word for that */
        if (isfinite(rows[i].value))
            snprintf(value, sizeof value, "%.9g", rows[i].value);
        length += (size_t)snprintf(text + length, sizeof text - length, "%s  \"%s\": %s%s",
                                   i == 0 ? "{\n" : "", rows[i].key, value,
                                   i + 1 < count ? ",\n" : "\n}\n");
    }
    return ec_atomic_write(path, text, length, error) < 0 ? -1 : 0;
}
