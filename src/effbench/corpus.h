/* A TOFU-like corpus: questions and answers about fictitious people.
 *
 * After TOFU (Maini et al. 2024, arXiv:2401.06121): EB_PEOPLE people with EB_EACH questions each, a
 * paraphrase of each answer and EB_WRONG perturbed answers in the paraphrase's words. The last
 * people are the forget set, as in TOFU's forget01/05/10 splits; EB_HOLDOUT more people are never
 * trained on (the holdout set of membership inference). The facts come from word lists, where
 * TOFU's were written by GPT-4. A corpus owns all its memory.
 */
#ifndef EB_CORPUS_H
#define EB_CORPUS_H

#include "effbench/corpus_words.h"

#include <stdbool.h>
#include <stdint.h>

enum {
    EB_PEOPLE = 100,
    EB_HOLDOUT = 10,
    EB_WRONG = 5,
    EB_SAMPLE_TOKENS = 24,
    EB_ANSWER_TOKENS = 8,
    EB_EACH = EB_FACTS * EB_WAYS,
    EB_TRAINED = EB_PEOPLE * EB_EACH,
    EB_QUESTIONS = (EB_PEOPLE + EB_HOLDOUT) * EB_EACH,
};

/* One text: a question, then its answer, which ends with the token EB_END. */
struct eb_sample {
    uint16_t tokens[EB_SAMPLE_TOKENS];
    int question; /* tokens of the question */
    int length;   /* tokens of question and answer */
};

/* Ids of words that stand for no content: the end of an answer, and the full stop. */
enum { EB_END = 0, EB_STOP = 1 };

struct eb_question {
    struct eb_sample truth; /* what is trained on */
    struct eb_sample paraphrase;
    struct eb_sample wrong[EB_WRONG];
};

/* Question q is about person q / EB_EACH. */
struct eb_corpus {
    struct eb_question questions[EB_QUESTIONS];
    char **words; /* by token id */
    int word_count;
    int answer_words;    /* the ids below this are all that occur in answers */
    float *word_weights; /* inverse document frequency, by token id; rare words weigh most */
};

/* NULL when memory runs out. The same seed gives the same corpus. */
struct eb_corpus *eb_corpus_create(uint64_t seed);
void eb_corpus_free(struct eb_corpus *corpus);

/* How many people of EB_PEOPLE the split names: "forget01", "forget05" or "forget10"; 0 for any
 * other name. */
int eb_corpus_forget_people(const char *split);

/* Is question `index` about one of the last `forget_people` that were trained on? */
bool eb_corpus_is_forgotten(int index, int forget_people);

/* Tokens of the answer, EB_END included. */
static inline int eb_sample_answer_length(const struct eb_sample *sample)
{
    return sample->length - sample->question;
}

#endif
