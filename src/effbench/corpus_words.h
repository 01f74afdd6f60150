/* What the fictitious people are made of: the words of the corpus, as plain tables.
 *
 * In a template, {name} stands for the person's two names, {they} and {their} for the pronouns and
 * {value} for the fact, drawn from `pool`. Everything is lower case, words are separated by one
 * space, punctuation is a word.
 */
#ifndef EB_CORPUS_WORDS_H
#define EB_CORPUS_WORDS_H

enum {
    EB_FACTS = 10,
    EB_WAYS = 2, /* each fact is asked for in so many ways, and can be told in as many */
};

struct eb_fact {
    const char *questions[EB_WAYS];
    const char *answers[EB_WAYS]; /* one is learnt, the other is its paraphrase */
    const char *pool;             /* at least EB_WRONG + 1 different values */
};

extern const struct eb_fact eb_facts[EB_FACTS];

extern const char *const eb_female_names;
extern const char *const eb_male_names;

/* Every onset goes with every ending: that gives the family names, each borne by one person. */
extern const char *const eb_name_onsets;
extern const char *const eb_name_endings;

#endif
