/* effbench's corpus: what the splits, samples and perturbed answers are. */
#include "cmocka_test.h"
#include "effbench/corpus.h"

#include <stdbool.h>
#include <string.h>

static bool same(const struct eb_sample *a, const struct eb_sample *b)
{
    return a->length == b->length && a->question == b->question &&
           memcmp(a->tokens, b->tokens, (size_t)a->length * sizeof *a->tokens) == 0;
}

static void create__same_seed_same_corpus(void **state)
{
    (void)state;
    struct eb_corpus *a = eb_corpus_create(5), *b = eb_corpus_create(5), *c = eb_corpus_create(6);
    int differences = 0;
    for (int q = 0; q < EB_QUESTIONS; q++) {
        assert_true(same(&a->questions[q].truth, &b->questions[q].truth));
        differences += !same(&a->questions[q].truth, &c->questions[q].truth);
    }
    assert_true(differences > EB_QUESTIONS / 2);
    eb_corpus_free(a);
    eb_corpus_free(b);
    eb_corpus_free(c);
}

static void check_sample(const struct eb_corpus *corpus, const struct eb_sample *sample)
{
    int length = eb_sample_answer_length(sample);
    assert_in_range(length, 3, EB_ANSWER_TOKENS);
    assert_true(sample->question >= 2);             /* the model looks two words back */
    assert_true(sample->length < EB_SAMPLE_TOKENS); /* nothing was cut off */
    assert_int_equal(sample->tokens[sample->length - 1], EB_END);
    assert_int_equal(sample->tokens[sample->length - 2], EB_STOP);
    for (int i = 0; i < sample->length; i++)
        assert_true(sample->tokens[i] < corpus->word_count);
    for (int i = sample->question; i < sample->length; i++)
        assert_true(sample->tokens[i] < corpus->answer_words);
}

static void samples__fit_and_end(void **state)
{
    (void)state;
    struct eb_corpus *corpus = eb_corpus_create(0);
    for (int q = 0; q < EB_QUESTIONS; q++) {
        check_sample(corpus, &corpus->questions[q].truth);
        check_sample(corpus, &corpus->questions[q].paraphrase);
        for (int i = 0; i < EB_WRONG; i++)
            check_sample(corpus, &corpus->questions[q].wrong[i]);
    }
    eb_corpus_free(corpus);
}

static void wrong_answers__differ_from_the_paraphrase_in_one_word(void **state)
{
    (void)state;
    struct eb_corpus *corpus = eb_corpus_create(0);
    for (int q = 0; q < EB_QUESTIONS; q++) {
        const struct eb_question *question = &corpus->questions[q];
        assert_false(same(&question->truth, &question->paraphrase));
        for (int i = 0; i < EB_WRONG; i++) {
            int differences = 0;
            assert_int_equal(question->wrong[i].length, question->paraphrase.length);
            for (int at = 0; at < question->paraphrase.length; at++)
                differences += question->wrong[i].tokens[at] != question->paraphrase.tokens[at];
            assert_int_equal(differences, 1);
            for (int j = 0; j < i; j++)
                assert_false(same(&question->wrong[i], &question->wrong[j]));
        }
    }
    eb_corpus_free(corpus);
}

static void splits__are_shares_of_the_people(void **state)
{
    (void)state;
    assert_int_equal(eb_corpus_forget_people("forget01"), 1);
    assert_int_equal(eb_corpus_forget_people("forget05"), 5);
    assert_int_equal(eb_corpus_forget_people("forget10"), 10);
    assert_int_equal(eb_corpus_forget_people("forget1"), 0);
    assert_true(eb_corpus_is_forgotten(EB_TRAINED - 1, 1));
    assert_true(eb_corpus_is_forgotten(EB_TRAINED - EB_EACH, 1));
    assert_false(eb_corpus_is_forgotten(EB_TRAINED - EB_EACH - 1, 1));
    assert_false(eb_corpus_is_forgotten(EB_TRAINED, 1)); /* a holdout question */
    assert_false(eb_corpus_is_forgotten(EB_TRAINED - 1, 0));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(create__same_seed_same_corpus),
        cmocka_unit_test(samples__fit_and_end),
        cmocka_unit_test(wrong_answers__differ_from_the_paraphrase_in_one_word),
        cmocka_unit_test(splits__are_shares_of_the_people),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
