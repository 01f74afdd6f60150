/* summary, overrides, neighbours: what lies beside a record becomes values of its run. */
#include "cmocka_test.h"
#include "tree_fixture.h"

#include <stdio.h>
#include <stdlib.h>

static void write_text(const char *path, const char *text)
{
    tree_file(path, text, strlen(text));
}

/* Loads "saves" and takes these keys, separated by blanks, also from beside the records. */
static void load_beside(struct tree *tree, const char *keys)
{
    enum { MAX_KEYS = 16 };
    const char *list[MAX_KEYS];
    size_t count = 0;
    char *copy = strdup(keys), *rest = copy;
    for (char *key; (key = strtok_r(rest, " ", &rest));)
        list[count++] = key;
    tree->options.beside = list;
    tree->options.beside_count = count;
    tree_load(tree, "saves");
    tree->options.beside = NULL;
    tree->options.beside_count = 0;
    free(copy);
}

static void assert_real(const struct tree *tree, const char *run, const char *key, double expected)
{
    struct ec_value value = tree_value(tree, run, key);
    assert_int_equal(value.kind, EC_REAL);
    assert_true(value.d == expected);
}

static void assert_text(const struct tree *tree, const char *run, const char *key,
                        const char *expected)
{
    struct ec_value value = tree_value(tree, run, key);
    assert_int_equal(value.kind, EC_STR);
    assert_true(ec_str_equal(ec_value_text(value), ec_str(expected)));
}

static void assert_missing(const struct tree *tree, const char *run, const char *key)
{
    assert_int_equal(tree_value(tree, run, key).kind, EC_MISSING);
}

static void neighbours__in_directory_and_evals(void **state)
{
    struct tree *tree = *state;
    tree_record(tree, "saves/here", "{\"total_steps\": 1}");
    write_text("saves/here/TOFU_SUMMARY.json", "{\"model_utility\": 0.5, \"other\": 1.5}");
    tree_record(tree, "saves/below", "{\"total_steps\": 1}");
    write_text("saves/below/evals/TOFU_SUMMARY.json", "{\"model_utility\": 0.25}");
    write_text("saves/below/evals_mia/TOFU_SUMMARY.json", "{\"model_utility\": 0.75}");
    tree_record(tree, "saves/none", "{\"total_steps\": 1}");
    load_beside(tree, "model_utility mia_model_utility");
    assert_real(tree, "here", "model_utility", 0.5);
    assert_real(tree, "below", "model_utility", 0.25);
    assert_real(tree, "below", "mia_model_utility", 0.75);
    assert_missing(tree, "here", "mia_model_utility");
    assert_missing(tree, "none", "model_utility");
    assert_missing(tree, "here", "other");
    tree_assert_issues(tree, "");
}

static void neighbours__first_value_counts(void **state)
{
    struct tree *tree = *state;
    tree_record(tree, "saves/run", "{\"forget_quality\": 0.125, \"model_utility\": null}");
    write_text("saves/run/evals/B_SUMMARY.json",
               "{\"forget_quality\": 0.5, \"model_utility\": null, \"privleak\": 2.5}");
    write_text("saves/run/evals/A_EVAL.json",
               "{\"model_utility\": {\"agg_value\": 0.625}, \"privleak\": {\"agg_value\": 9.5}}");
    load_beside(tree, "forget_quality model_utility privleak");
    assert_real(tree, "run", "forget_quality", 0.125);
    assert_real(tree, "run", "model_utility", 0.625);
    assert_real(tree, "run", "privleak", 2.5);
}

static void neighbours__record_directory_before_evals(void **state)
{
    struct tree *tree = *state;
    tree_record(tree, "saves/run", "{\"total_steps\": 1}");
    write_text("saves/run/evals/A_SUMMARY.json", "{\"privleak\": 1.5}");
    write_text("saves/run/Z_SUMMARY.json", "{\"privleak\": 2.5}");
    load_beside(tree, "privleak");
    assert_real(tree, "run", "privleak", 2.5);
}

static void neighbours__evaluation_without_what_is_per_sample(void **state)
{
    struct tree *tree = *state;
    tree_record(tree, "saves/run", "{\"total_steps\": 1}");
    write_text("saves/run/TOFU_EVAL.json",
               "{\"a\": {\"value_by_index\": {\"0\": {\"agg_value\": 7.5}}, \"agg_value\": 0.5},"
               " \"b\": {\"agg_value\": {\"agg_value\": 0.5}}, \"c\": [1.5],"
               " \"d\": {\"agg_value\": 1.5}, \"d\": {\"agg_value\": 2.5},"
               " \"e\": {\"agg_value\": 1.5}, \"e\": {}}");
    load_beside(tree, "a b c d e");
    assert_real(tree, "run", "a", 0.5);
    assert_missing(tree, "run", "b");
    assert_missing(tree, "run", "c");
    assert_real(tree, "run", "d", 2.5); /* the last of equal keys, as in any JSON reader */
    assert_missing(tree, "run", "e");
}

static void neighbours__evaluation_larger_than_a_record(void **state)
{
    struct tree *tree = *state;
    static const char head[] = "{\"a\": {\"value_by_index\": {\"0\": \"",
                      tail[] = "\"}, \"agg_value\": 0.5}}";
    size_t filling = EC_LOAD_MAX_RECORD, length = filling + strlen(head) + strlen(tail);
    char *text = malloc(length);
    assert_non_null(text);
    memset(text, 'x', length);
    memcpy(text, head, strlen(head));
    memcpy(text + length - strlen(tail), tail, strlen(tail));
    tree_record(tree, "saves/run", "{\"total_steps\": 1}");
    tree_file("saves/run/TOFU_EVAL.json", text, length);
    free(text);
    load_beside(tree, "a");
    assert_real(tree, "run", "a", 0.5);
    tree_assert_issues(tree, "");
}

/* As many wanted metrics as are allowed, and others besides. */
static void neighbours__limit(void **state)
{
    struct tree *tree = *state;
    enum { LINE = 16 };
    char *text = calloc(EC_LOAD_MAX_KEYS + 2, LINE), *end = text;
    for (int i = 0; i < EC_LOAD_MAX_KEYS; i++)
        end += snprintf(end, LINE, "%c\"m%d\":%d\n", i ? ',' : '{', i, i);
    strcpy(end, ",\"other\":1,\"m0\":7}");
    tree_record(tree, "saves/run", "{\"total_steps\": 1}");
    write_text("saves/run/TOFU_SUMMARY.json", text);
    load_beside(tree, "m*");
    tree_assert_issues(tree, "");
    assert_int_equal(tree_value(tree, "run", "m0").i, 7);
    assert_int_equal(tree_value(tree, "run", "m9999").i, 9999);
    strcpy(end, ",\"more\":1}");
    write_text("saves/run/TOFU_SUMMARY.json", text);
    load_beside(tree, "m*");
    tree_assert_issues(tree, "saves/run/TOFU_SUMMARY.json: more than 10000 wanted metrics\n");
    assert_missing(tree, "run", "m1");
    free(text);
}

static void neighbours__globs_take_a_summary_instead_of_its_evaluation(void **state)
{
    struct tree *tree = *state;
    tree_record(tree, "saves/run", "{\"total_steps\": 1}");
    write_text("saves/run/A_SUMMARY.json", "{\"one\": 1.5}");
    write_text("saves/run/A_EVAL.json", "{\"two\": {\"agg_value\": 2.5}}");
    write_text("saves/run/B_EVAL.json", "{\"three\": {\"agg_value\": 3.5}}");
    load_beside(tree, "*");
    assert_real(tree, "run", "one", 1.5);
    assert_missing(tree, "run", "two");
    assert_real(tree, "run", "three", 3.5);
    load_beside(tree, "* two");
    assert_real(tree, "run", "two", 2.5);
}

static void neighbours__broken_file_is_an_issue(void **state)
{
    struct tree *tree = *state;
    tree_record(tree, "saves/run", "{\"total_steps\": 1}");
    write_text("saves/run/A_SUMMARY.json", "{\"one\": 1.5,\n oops}");
    write_text("saves/run/B_SUMMARY.json", "[]");
    write_text("saves/run/C_SUMMARY.json", "");
    write_text("saves/run/evals/A_EVAL.json", "{\"one\": {\"agg_value\": 2.5}}");
    load_beside(tree, "one");
    tree_assert_runs(tree, "run");
    assert_real(tree, "run", "one", 2.5);
    tree_assert_issues(tree, "saves/run/A_SUMMARY.json:2:5: string or '}' expected near 'oops'\n"
                             "saves/run/B_SUMMARY.json: not a JSON object\n"
                             "saves/run/C_SUMMARY.json: empty file\n");
}

static void neighbours__untouched_when_not_wanted(void **state)
{
    struct tree *tree = *state;
    tree_record(tree, "saves/run", "{\"one\": 1.5}");
    write_text("saves/run/A_SUMMARY.json", "oops");
    tree_load(tree, "saves");
    tree_assert_issues(tree, "");
    load_beside(tree, "one"); /* the record has it */
    tree_assert_issues(tree, "");
}

static void neighbours__not_beside_several_records(void **state)
{
    struct tree *tree = *state;
    static const char *const names[] = {"*_metrics.json"};
    tree->options.names = names;
    tree->options.name_count = 1;
    write_text("saves/a_metrics.json", "{\"total_steps\": 1}");
    write_text("saves/b_metrics.json", "{\"total_steps\": 2}");
    write_text("saves/TOFU_SUMMARY.json", "{\"privleak\": 1.5}");
    write_text("saves/alone/a_metrics.json", "{\"total_steps\": 3}");
    write_text("saves/alone/TOFU_SUMMARY.json", "{\"privleak\": 2.5}");
    load_beside(tree, "privleak");
    assert_missing(tree, "a_metrics", "privleak");
    assert_missing(tree, "b_metrics", "privleak");
    assert_real(tree, "alone/a_metrics", "privleak", 2.5);
}

static void neighbours__joined_files(void **state)
{
    struct tree *tree = *state;
    static const char *const joins[] = {"evals/{name}/TOFU_SUMMARY.json",
                                        "more/evals_mia/{name}.json"};
    tree->options.joins = joins;
    tree->options.join_count = 2;
    tree_record(tree, "saves/deep/run", "{\"total_steps\": 1}");
    tree_record(tree, "saves/other", "{\"total_steps\": 1}");
    write_text("saves/deep/run/TOFU_SUMMARY.json", "{\"privleak\": 1.5, \"two\": 2.5}");
    write_text("evals/deep/run/TOFU_SUMMARY.json", "{\"privleak\": 3.5}");
    write_text("more/evals_mia/other.json", "{\"x\": \"text\"}");
    load_beside(tree, "privleak two mia_x");
    assert_real(tree, "deep/run", "privleak", 3.5); /* what the user names goes first */
    assert_real(tree, "deep/run", "two", 2.5);
    assert_text(tree, "other", "mia_x", "text");
    assert_missing(tree, "other", "privleak");
    tree_assert_issues(tree, "");
}

static void neighbours__join_that_fits_no_run(void **state)
{
    struct tree *tree = *state;
    static const char *const joins[] = {"evals/{name}.json"};
    tree->options.joins = joins;
    tree->options.join_count = 1;
    tree_record(tree, "saves/run", "{\"total_steps\": 1}");
    load_beside(tree, "privleak");
    tree_assert_issues(
        tree, "evals/{name}.json: no run has such a file, where {name} is its name in the table\n");
}

static void overrides__values(void **state)
{
    struct tree *tree = *state;
    tree_record(tree, "saves/run", "{\"total_steps\": 1, \"hydra\": {\"own\": 1.5}}");
    write_text(
        "saves/run/.hydra/overrides.yaml",
        "- trainer=NPO\n- +trainer.args.seed=3\n- ++lr=1e-05\n- flag=true\n- 'name=\"a b\"'\n"
        "- lr=2e-05\n- nothing=null\n- gone=1\n- ~gone\n- own=7.5\n- list=[1,2]\n");
    load_beside(tree, "hydra.*");
    assert_text(tree, "run", "hydra.trainer", "NPO");
    assert_int_equal(tree_value(tree, "run", "hydra.trainer.args.seed").i, 3);
    assert_real(tree, "run", "hydra.lr", 2e-05);
    assert_true(tree_value(tree, "run", "hydra.flag").b);
    assert_text(tree, "run", "hydra.name", "a b");
    assert_missing(tree, "run", "hydra.nothing");
    assert_missing(tree, "run", "hydra.gone");
    assert_real(tree, "run", "hydra.own", 1.5); /* the record's */
    assert_text(tree, "run", "hydra.list", "[1,2]");
}

/* Hydra has numbers that JSON has not. */
static void overrides__numbers(void **state)
{
    struct tree *tree = *state;
    tree_record(tree, "saves/run", "{\"total_steps\": 1}");
    write_text("saves/run/.hydra/overrides.yaml",
               "- a=.5\n- b=1.\n- c=-.5\n- d=+1\n- e=1_000\n- f=1_0.2_5\n- g=1.e3\n- h=+.5e-1_0\n"
               "- i=-0\n- j=123456789012345678901\n- k=1e-5\n");
    load_beside(tree, "hydra.*");
    assert_real(tree, "run", "hydra.a", 0.5);
    assert_real(tree, "run", "hydra.b", 1);
    assert_real(tree, "run", "hydra.c", -0.5);
    assert_int_equal(tree_value(tree, "run", "hydra.d").i, 1);
    assert_int_equal(tree_value(tree, "run", "hydra.e").i, 1000);
    assert_real(tree, "run", "hydra.f", 10.25);
    assert_real(tree, "run", "hydra.g", 1000);
    assert_real(tree, "run", "hydra.h", 0.5e-10);
    assert_int_equal(tree_value(tree, "run", "hydra.i").kind, EC_INT);
    assert_real(tree, "run", "hydra.j", 123456789012345678901.0);
    assert_real(tree, "run", "hydra.k", 1e-5);
}

/* What Hydra takes for text stays text, and so do numbers that no format could write. */
static void overrides__no_numbers(void **state)
{
    struct tree *tree = *state;
    static const char *const texts[] = {".e5",  "1__0", "1_",  "_1",   "1._5", "1_.5", "+-5",
                                        "--5",  "007",  "0_1", "01.5", "0x10", ".",    "+",
                                        "-",    ".inf", "inf", "nan",  "1e",   "1.2.", "..5",
                                        "1:30", "yes",  "+.",  "1e400"};
    char text[1024] = "", key[16];
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        snprintf(text + strlen(text), sizeof text - strlen(text), "- k%zu=%s\n", i, texts[i]);
    strcat(text, "- single='5'\n- 'double=\".5\"'\n- t=TRUE\n- n=Null\n");
    tree_record(tree, "saves/run", "{\"total_steps\": 1}");
    write_text("saves/run/.hydra/overrides.yaml", text);
    load_beside(tree, "hydra.*");
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        snprintf(key, sizeof key, "hydra.k%zu", i);
        assert_text(tree, "run", key, texts[i]);
    }
    assert_text(tree, "run", "hydra.single", "5");
    assert_text(tree, "run", "hydra.double", ".5");
    assert_int_equal(tree_value(tree, "run", "hydra.t").kind, EC_BOOL);
    assert_true(tree_value(tree, "run", "hydra.t").b);
    assert_missing(tree, "run", "hydra.n");
}

static void overrides__limit(void **state)
{
    struct tree *tree = *state;
    enum { LINE = 16 };
    char *text = calloc(EC_LOAD_MAX_KEYS + 2, LINE), *end = text;
    for (int i = 0; i < EC_LOAD_MAX_KEYS; i++)
        end += snprintf(end, LINE, "- k%d=%d\n", i, i);
    strcpy(end, "- k0=7\n"); /* again */
    tree_record(tree, "saves/run", "{\"total_steps\": 1}");
    write_text("saves/run/.hydra/overrides.yaml", text);
    load_beside(tree, "hydra.*");
    tree_assert_issues(tree, "");
    assert_int_equal(tree_value(tree, "run", "hydra.k0").i, 7);
    assert_int_equal(tree_value(tree, "run", "hydra.k9999").i, 9999);
    strcpy(end, "- other=7\n");
    write_text("saves/run/.hydra/overrides.yaml", text);
    load_beside(tree, "hydra.*");
    tree_assert_issues(tree,
                       "saves/run/.hydra/overrides.yaml:10001:3: more than 10000 parameters\n");
    assert_missing(tree, "run", "hydra.k1");
    free(text);
}

static void overrides__broken(void **state)
{
    struct tree *tree = *state;
    tree_record(tree, "saves/map", "{\"total_steps\": 1}");
    write_text("saves/map/.hydra/overrides.yaml", "a: b\n");
    tree_record(tree, "saves/open", "{\"total_steps\": 1}");
    write_text("saves/open/.hydra/overrides.yaml", "- trainer=NPO\n- [\n");
    tree_record(tree, "saves/control", "{\"total_steps\": 1}");
    write_text("saves/control/.hydra/overrides.yaml", "- a=1\n- \xc3\xa4=1\n- \xc3\xa4=\a\n");
    load_beside(tree, "hydra.trainer");
    assert_missing(tree, "open", "hydra.trainer");
    tree_assert_runs(tree, "control map open");
    tree_assert_issues(tree, "saves/control/.hydra/overrides.yaml:3:5: control characters are not "
                             "allowed\n"
                             "saves/map/.hydra/overrides.yaml:1:1: not a list of NAME=VALUE\n"
                             "saves/open/.hydra/overrides.yaml:2:3: not a list of NAME=VALUE\n");
}

static void overrides__only_when_asked_for(void **state)
{
    struct tree *tree = *state;
    tree_record(tree, "saves/run", "{\"total_steps\": 1}");
    write_text("saves/run/.hydra/overrides.yaml", "- trainer=NPO\n");
    load_beside(tree, "*");
    assert_missing(tree, "run", "hydra.trainer");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        tree_test(neighbours__in_directory_and_evals),
        tree_test(neighbours__first_value_counts),
        tree_test(neighbours__record_directory_before_evals),
        tree_test(neighbours__evaluation_without_what_is_per_sample),
        tree_test(neighbours__evaluation_larger_than_a_record),
        tree_test(neighbours__limit),
        tree_test(neighbours__globs_take_a_summary_instead_of_its_evaluation),
        tree_test(neighbours__broken_file_is_an_issue),
        tree_test(neighbours__untouched_when_not_wanted),
        tree_test(neighbours__not_beside_several_records),
        tree_test(neighbours__joined_files),
        tree_test(neighbours__join_that_fits_no_run),
        tree_test(overrides__values),
        tree_test(overrides__numbers),
        tree_test(overrides__no_numbers),
        tree_test(overrides__limit),
        tree_test(overrides__broken),
        tree_test(overrides__only_when_asked_for),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
