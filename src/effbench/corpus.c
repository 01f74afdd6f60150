/* Templates are turned into token ids once; a person's sentences are then filled in by numbers. The
 * blanks are ids of their own, above every word. */
#include "effbench/corpus.h"

#include "effbench/random.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    MAX_WORDS = 768,
    MAX_WORD = 16,
    MAX_VALUES = 16,
    NAMES = 12, /* words in each list of names */
    BLANK_NAME = MAX_WORDS,
    BLANK_THEY,
    BLANK_THEIR,
    BLANK_VALUE,
};

_Static_assert(NAMES *NAMES >= EB_PEOPLE + EB_HOLDOUT, "family names are unique");

/* A sentence with blanks. */
struct template
{
    int items[EB_SAMPLE_TOKENS];
    int count;
};

struct fact {
    struct template questions[EB_WAYS], answers[EB_WAYS];
    int values[MAX_VALUES];
    int value_count;
};

/* Whom a sentence is about, and with which fact. */
struct filling {
    int first_name, family_name, they, their, value;
};

struct builder {
    struct eb_corpus *corpus;
    struct fact facts[EB_FACTS];
    int first_names[2][MAX_VALUES]; /* female, male */
    int family_names[NAMES * NAMES];
    int they[2], their[2];
};

static int intern(struct eb_corpus *corpus, const char *text, size_t length)
{
    for (int id = 0; id < corpus->word_count; id++)
        if (strncmp(corpus->words[id], text, length) == 0 && corpus->words[id][length] == '\0')
            return id;
    if (corpus->word_count == MAX_WORDS)
        return -1;
    char *word = strndup(text, length);
    if (!word)
        return -1;
    corpus->words[corpus->word_count] = word;
    return corpus->word_count++;
}

static int blank_or_word(struct eb_corpus *corpus, const char *text, size_t length)
{
    static const struct {
        const char *text;
        int id;
    } blanks[] = {{"{name}", BLANK_NAME},
                  {"{they}", BLANK_THEY},
                  {"{their}", BLANK_THEIR},
                  {"{value}", BLANK_VALUE}};
    for (size_t i = 0; i < sizeof blanks / sizeof *blanks; i++)
        if (strlen(blanks[i].text) == length && memcmp(blanks[i].text, text, length) == 0)
            return blanks[i].id;
    return intern(corpus, text, length);
}

/* Reads a text of words into ids; returns how many, or -1 when it has too many or memory ran out.
 */
static int read_words(struct eb_corpus *corpus, const char *text, int *ret_ids, int capacity)
{
    int count = 0;
    while (*text != '\0') {
        size_t length = strcspn(text, " ");
        if (count == capacity)
            return -1;
        ret_ids[count] = blank_or_word(corpus, text, length);
        if (ret_ids[count++] < 0)
            return -1;
        text += length;
        text += *text == ' ';
    }
    return count;
}

static bool read_template(struct eb_corpus *corpus, const char *text, struct template *ret_template)
{
    ret_template->count = read_words(corpus, text, ret_template->items, EB_SAMPLE_TOKENS);
    return ret_template->count >= 0;
}

static bool read_answers(struct builder *builder)
{
    for (int i = 0; i < EB_FACTS; i++) {
        struct fact *fact = &builder->facts[i];
        for (int way = 0; way < EB_WAYS; way++)
            if (!read_template(builder->corpus, eb_facts[i].answers[way], &fact->answers[way]))
                return false;
        fact->value_count = read_words(builder->corpus, eb_facts[i].pool, fact->values, MAX_VALUES);
        if (fact->value_count <= EB_WRONG)
            return false;
    }
    return true;
}

static bool read_questions(struct builder *builder)
{
    for (int i = 0; i < EB_FACTS; i++)
        for (int way = 0; way < EB_WAYS; way++)
            if (!read_template(builder->corpus, eb_facts[i].questions[way],
                               &builder->facts[i].questions[way]))
                return false;
    return true;
}

static bool read_pronouns(struct builder *builder)
{
    builder->they[0] = intern(builder->corpus, "she", 3);
    builder->they[1] = intern(builder->corpus, "he", 2);
    builder->their[0] = intern(builder->corpus, "her", 3);
    builder->their[1] = intern(builder->corpus, "his", 3);
    return builder->their[1] >= 0;
}

/* The `index`th word of a list that is known to have it; its length goes to *ret_length. */
static const char *list_item(const char *list, int index, size_t *ret_length)
{
    while (index-- > 0)
        list += strcspn(list, " ") + 1;
    *ret_length = strcspn(list, " ");
    return list;
}

static bool make_family_names(struct builder *builder, struct eb_random *random)
{
    int order[NAMES * NAMES];
    for (int i = 0; i < NAMES * NAMES; i++)
        order[i] = i;
    eb_random_shuffle(random, order, NAMES * NAMES);
    for (int i = 0; i < EB_PEOPLE + EB_HOLDOUT; i++) {
        char name[MAX_WORD] = "";
        size_t onset_length, ending_length;
        const char *onset = list_item(eb_name_onsets, order[i] / NAMES, &onset_length);
        const char *ending = list_item(eb_name_endings, order[i] % NAMES, &ending_length);
        memcpy(name, onset, onset_length);
        memcpy(name + onset_length, ending, ending_length);
        builder->family_names[i] = intern(builder->corpus, name, onset_length + ending_length);
        if (builder->family_names[i] < 0)
            return false;
    }
    return true;
}

static bool read_first_names(struct builder *builder)
{
    return read_words(builder->corpus, eb_female_names, builder->first_names[0], MAX_VALUES) ==
               NAMES &&
           read_words(builder->corpus, eb_male_names, builder->first_names[1], MAX_VALUES) == NAMES;
}

/* Words that answers use get the lowest ids, so that the model need not predict the others. */
static bool read_all_words(struct builder *builder, struct eb_random *random)
{
    struct eb_corpus *corpus = builder->corpus;
    if (intern(corpus, "<end>", 5) != EB_END || intern(corpus, ".", 1) != EB_STOP ||
        !read_pronouns(builder) || !read_answers(builder))
        return false;
    corpus->answer_words = corpus->word_count;
    return read_questions(builder) && read_first_names(builder) &&
           make_family_names(builder, random);
}

static void add_token(struct eb_sample *sample, int token)
{
    if (sample->length < EB_SAMPLE_TOKENS)
        sample->tokens[sample->length++] = (uint16_t)token;
}

static void fill_in(struct eb_sample *sample, const struct template *template,
                    const struct filling *filling)
{
    for (int i = 0; i < template->count; i++)
        switch (template->items[i]) {
        case BLANK_NAME:
            add_token(sample, filling->first_name);
            add_token(sample, filling->family_name);
            break;
        case BLANK_THEY:
            add_token(sample, filling->they);
            break;
        case BLANK_THEIR:
            add_token(sample, filling->their);
            break;
        case BLANK_VALUE:
            add_token(sample, filling->value);
            break;
        default:
            add_token(sample, template->items[i]);
        }
}

static struct eb_sample make_sample(const struct template *question, const struct template *answer,
                                    const struct filling *filling)
{
    struct eb_sample sample = {.length = 0};
    fill_in(&sample, question, filling);
    sample.question = sample.length;
    fill_in(&sample, answer, filling);
    add_token(&sample, EB_END);
    return sample;
}

/* All questions for one fact about one person. */
static void make_questions(const struct fact *fact, struct filling filling,
                           struct eb_random *random, struct eb_question *ret_questions)
{
    int values[MAX_VALUES];
    memcpy(values, fact->values, sizeof values);
    eb_random_shuffle(random, values, fact->value_count);
    for (int way = 0; way < EB_WAYS; way++) {
        struct eb_question *to = &ret_questions[way];
        const struct template *asked = &fact->questions[way];
        int told = eb_random_below(random, EB_WAYS);
        const struct template *retold = &fact->answers[(told + 1) % EB_WAYS];
        filling.value = values[0];
        to->truth = make_sample(asked, &fact->answers[told], &filling);
        to->paraphrase = make_sample(asked, retold, &filling);
        for (int i = 0; i < EB_WRONG; i++) {
            filling.value = values[1 + i];
            to->wrong[i] = make_sample(asked, retold, &filling);
        }
    }
}

static void make_people(struct builder *builder, struct eb_random *random)
{
    for (int person = 0; person < EB_PEOPLE + EB_HOLDOUT; person++) {
        int gender = eb_random_below(random, 2);
        struct filling filling = {
            .first_name = builder->first_names[gender][eb_random_below(random, NAMES)],
            .family_name = builder->family_names[person],
            .they = builder->they[gender],
            .their = builder->their[gender],
        };
        struct eb_question *questions = &builder->corpus->questions[person * EB_EACH];
        for (int i = 0; i < EB_FACTS; i++)
            make_questions(&builder->facts[i], filling, random, &questions[i * EB_WAYS]);
    }
}

/* ln(texts / texts with the word) over all texts that are trained on (Sparck Jones 1972); 0 for a
 * word that none of them has. */
static void weigh_words(struct eb_corpus *corpus)
{
    int last_seen[MAX_WORDS] = {0};
    for (int q = 0; q < EB_TRAINED; q++) {
        const struct eb_sample *sample = &corpus->questions[q].truth;
        for (int i = 0; i < sample->length; i++)
            if (last_seen[sample->tokens[i]] != q + 1) {
                last_seen[sample->tokens[i]] = q + 1;
                corpus->word_weights[sample->tokens[i]] += 1;
            }
    }
    for (int id = 0; id < corpus->word_count; id++)
        if (corpus->word_weights[id] > 0)
            corpus->word_weights[id] = logf(EB_TRAINED / corpus->word_weights[id]);
}

struct eb_corpus *eb_corpus_create(uint64_t seed)
{
    struct eb_corpus *corpus = calloc(1, sizeof *corpus);
    struct builder *builder = calloc(1, sizeof *builder);
    struct eb_random random;
    eb_random_seed(&random, seed, EB_STREAM_CORPUS);
    bool done = corpus && builder && (corpus->words = calloc(MAX_WORDS, sizeof *corpus->words)) &&
                (corpus->word_weights = calloc(MAX_WORDS, sizeof *corpus->word_weights));
    if (done) {
        builder->corpus = corpus;
        done = read_all_words(builder, &random);
    }
    if (done) {
        make_people(builder, &random);
        weigh_words(corpus);
    }
    free(builder);
    if (done)
        return corpus;
    eb_corpus_free(corpus);
    return NULL;
}

void eb_corpus_free(struct eb_corpus *corpus)
{
    if (!corpus)
        return;
    for (int id = 0; id < corpus->word_count; id++)
        free(corpus->words[id]);
    free(corpus->words);
    free(corpus->word_weights);
    free(corpus);
}

int eb_corpus_forget_people(const char *split)
{
    static const struct {
        const char *name;
        int people;
    } splits[] = {
        {"forget01", EB_PEOPLE / 100}, {"forget05", EB_PEOPLE / 20}, {"forget10", EB_PEOPLE / 10}};
    for (size_t i = 0; i < sizeof splits / sizeof *splits; i++)
        if (strcmp(splits[i].name, split) == 0)
            return splits[i].people;
    return 0;
}

bool eb_corpus_is_forgotten(int index, int forget_people)
{
    return index < EB_TRAINED && index >= EB_TRAINED - forget_people * EB_EACH;
}
