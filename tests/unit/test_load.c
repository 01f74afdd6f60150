/* load: a tree of records becomes runs and issues. */
#include "cmocka_test.h"
#include "tree_fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static void load__runs_in_natural_order(void **state)
{
    struct tree *tree = *state;
    tree_record(tree, "saves/k10", "{\"total_steps\": 10}");
    tree_record(tree, "saves/k2", "{\"total_steps\": 2}");
    tree_record(tree, "saves/deep/er/run", "{\"total_steps\": 3}");
    tree_load(tree, "saves");
    tree_assert_runs(tree, "deep/er/run k2 k10");
    assert_int_equal(tree_value(tree, "k10", "total_steps").i, 10);
    tree_assert_issues(tree, "");
}

static void load__malformed_record_is_an_issue(void **state)
{
    struct tree *tree = *state;
    tree_record(tree, "saves/good", "{\"total_steps\": 1}");
    tree_record(tree, "saves/bad", "{\"total_steps\": 1,\n oops}");
    tree_load(tree, "saves");
    tree_assert_runs(tree, "good");
    tree_assert_issues(tree, "saves/bad/efficiency_metrics.json:2:5: "
                             "string or '}' expected near 'oops'\n");
}

/* Loads one record and expects one issue: "LINE:COLUMN: reason". */
static void assert_refused(struct tree *tree, const char *bytes, size_t length, const char *issue)
{
    char expected[512];
    tree_file("s/r/efficiency_metrics.json", bytes, length);
    tree_record(tree, "s/good", "{\"total_steps\": 1}");
    tree_load(tree, "s");
    tree_assert_runs(tree, "good");
    snprintf(expected, sizeof expected, "s/r/efficiency_metrics.json:%s\n", issue);
    tree_assert_issues(tree, expected);
    assert_int_equal(ec_runset_issue(tree->runset, 0)->kind, EC_ISSUE_BAD_RECORD);
}

static void bad__what_is_not_a_json_object(void **state)
{
    struct tree *tree = *state;
    static const struct {
        const char *text, *issue;
    } cases[] = {
        {"", " empty file"},
        {" \n", "2:0: '[' or '{' expected near end of file"},
        {"{\"total_steps\": 1", "1:17: '}' expected near end of file"},
        {"[1, 2]", " not a JSON object"},
        {"time: 245.32\n", "1:4: '[' or '{' expected near 'time'"},
        {"{\"a\": \"\xff\"}", "1:7: unable to decode byte 0xff near '\"'"},
        {"\xff\xfe{", "1:0: unable to decode byte 0xff"},
        {"{\"a\": 1}\n{\"a\": 2}\n", "2:1: end of file expected near '{'"},
        {"{\"a\": 1e999}", "1:11: real number overflow near '1e999'"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_refused(tree, cases[i].text, strlen(cases[i].text), cases[i].issue);
}

static void bad__nested_ten_thousand_deep(void **state)
{
    enum { DEPTH = 10000 };
    char *text = malloc(5 + 2 * DEPTH + 1);
    assert_non_null(text);
    memcpy(text, "{\"a\":", 5);
    memset(text + 5, '[', DEPTH);
    memset(text + 5 + DEPTH, ']', DEPTH);
    text[5 + 2 * DEPTH] = '}';
    assert_refused(*state, text, 5 + 2 * DEPTH + 1,
                   "1:2053: maximum parsing depth reached near '['");
    free(text);
}

static void bad__larger_than_the_limit(void **state)
{
    struct tree *tree = *state;
    tree_record(tree, "s/r", "{}");
    assert_int_equal(truncate("s/r/efficiency_metrics.json", EC_LOAD_MAX_RECORD + 1), 0);
    tree_load(tree, "s");
    tree_assert_issues(tree, "s/r/efficiency_metrics.json: larger than 16 MiB\n");
    assert_int_equal(truncate("s/r/efficiency_metrics.json", EC_LOAD_MAX_RECORD), 0);
    tree_load(tree, "s");
    tree_assert_issues(tree,
                       "s/r/efficiency_metrics.json:1:3: end of file expected near end of file\n");
}

static void bad__unreadable_file(void **state)
{
    struct tree *tree = *state;
    tree_record(tree, "s/r", "{}");
    assert_int_equal(chmod("s/r/efficiency_metrics.json", 0), 0);
    assert_int_equal(chmod(".", 0755), 0);
    if (geteuid() == 0 && seteuid(65534) != 0)
        skip();
    tree_load(tree, "s");
    if (getuid() == 0)
        assert_int_equal(seteuid(0), 0);
    tree_assert_issues(tree, "s/r/efficiency_metrics.json: Permission denied\n");
}

static void read__times_where_they_are_asked_for(void **state)
{
    struct tree *tree = *state;
    tree_record(tree, "s/a", "{\"total_steps\": 1}");
    tree_load(tree, "s");
    assert_true(ec_runset_run(tree->runset, 0).mtime_ns > 0);
    tree->options.without_times = true;
    tree_load(tree, "s");
    assert_int_equal(ec_runset_run(tree->runset, 0).mtime_ns, 0);
    /* A file may hold copies of runs, which are told by it. */
    tree_file("table.ndjson", "{\"total_steps\": 1}", 18);
    tree_load(tree, "s table.ndjson");
    assert_true(ec_runset_run(tree->runset, 0).mtime_ns > 0);
}

/* More than one call reads, and padding of a length that the first call just does not fill. */
static void read__records_of_any_length(void **state)
{
    struct tree *tree = *state;
    static const size_t lengths[] = {100, 16383, 16384, 16385, 50000};
    for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
        char *text = malloc(lengths[i] + 1);
        assert_non_null(text);
        int written = snprintf(text, lengths[i] + 1, "{\"total_steps\": %zu%*s", lengths[i],
                               (int)lengths[i], "");
        assert_true(written > (int)lengths[i]);
        text[lengths[i] - 1] = '}';
        tree_file("s/a/efficiency_metrics.json", text, lengths[i]);
        free(text);
        tree_load(tree, "s");
        tree_assert_issues(tree, "");
        assert_int_equal(tree_value(tree, "a", "total_steps").i, (int64_t)lengths[i]);
    }
}

/* Files of /proc say that they are empty, and are not. */
static void read__more_than_the_size_says(void **state)
{
    struct tree *tree = *state;
    tree_load(tree, "/proc/self/status");
    assert_int_equal(ec_runset_issue_count(tree->runset), 1);
    assert_string_equal(ec_runset_issue(tree->runset, 0)->reason,
                        "'[' or '{' expected near 'Name'");
}

static void load__what_python_writes(void **state)
{
    struct tree *tree = *state;
    tree_record(tree, "s/a",
                "\xef\xbb\xbf{\r\n\"unlearning_time_seconds\": NaN,\r\n\"total_steps\": 100.0,"
                "\"peak_gpu_memory_mb\": Infinity, \"flops_estimate\": 18446744073709551616,"
                "\"model_size_mb\": null, \"tokens_per_second\": 5, \"tokens_per_second\": 6,"
                "\"trainer\": {\"args\": {\"lr\": 1e-05}}, \"mine\": -3}\r\n");
    tree_load(tree, "s");
    tree_assert_issues(tree, "");
    assert_int_equal(tree_value(tree, "a", "unlearning_time_seconds").kind, EC_MISSING);
    assert_int_equal(tree_value(tree, "a", "peak_gpu_memory_mb").kind, EC_MISSING);
    assert_int_equal(tree_value(tree, "a", "model_size_mb").kind, EC_MISSING);
    assert_true(tree_value(tree, "a", "total_steps").d == 100);
    assert_true(tree_value(tree, "a", "flops_estimate").d == 18446744073709551616.0);
    assert_int_equal(tree_value(tree, "a", "tokens_per_second").i, 6);
    assert_true(tree_value(tree, "a", "trainer.args.lr").d == 1e-5);
    assert_int_equal(tree_value(tree, "a", "mine").i, -3);
}

static void load__only_the_wanted_keys(void **state)
{
    struct tree *tree = *state;
    static const char *const keys[] = {"total_steps", "tokens_per_second"};
    tree_record(tree, "s/a", "{\"total_steps\": 1, \"mine\": 2, \"status\": \"x\"}");
    tree->options.keys = keys;
    tree->options.key_count = 2;
    tree_load(tree, "s");
    assert_int_equal(ec_runset_column_count(tree->runset), 2);
    assert_int_equal(tree_value(tree, "a", "total_steps").i, 1);
    assert_int_equal(tree_value(tree, "a", "tokens_per_second").kind, EC_MISSING);
}

static void load__a_record_of_the_standard_name_is_a_run(void **state)
{
    struct tree *tree = *state;
    tree_record(tree, "s/a", "{}");
    tree_record(tree, "s/b", "{\"mine\": 1}");
    tree_load(tree, "s");
    tree_assert_runs(tree, "a b");
}

static void zeros__mean_unmeasured_in_legacy_records(void **state)
{
    struct tree *tree = *state;
    tree_record(tree, "s/old", "{\"tokens_per_second\": 0.0, \"total_steps\": 5}");
    tree_record(tree, "s/new", "{\"tokens_per_second\": 0.0, \"schema_version\": 1}");
    tree_load(tree, "s");
    uint32_t column;
    assert_true(ec_runset_find_column(tree->runset, ec_str("tokens_per_second"), &column));
    assert_int_equal(ec_runset_column_zeros(tree->runset, column), 1);
    assert_int_equal(tree_value(tree, "old", "tokens_per_second").kind, EC_MISSING);
    assert_int_equal(tree_value(tree, "new", "tokens_per_second").kind, EC_REAL);
    tree->options.keep_zeros = true;
    tree_load(tree, "s");
    assert_int_equal(tree_value(tree, "old", "tokens_per_second").kind, EC_REAL);
    assert_true(ec_runset_find_column(tree->runset, ec_str("tokens_per_second"), &column));
    assert_int_equal(ec_runset_column_zeros(tree->runset, column), 0);
}

static enum ec_status status_of(const char *text)
{
    struct tree *tree;
    assert_int_equal(tree_setup((void **)&tree), 0);
    tree_record(tree, "s/a", text);
    tree_load(tree, "s");
    assert_int_equal(ec_runset_count(tree->runset), 1);
    enum ec_status status = ec_runset_run(tree->runset, 0).status;
    assert_int_equal(tree_teardown((void **)&tree), 0);
    return status;
}

static void status__as_the_record_says(void **state)
{
    (void)state;
    assert_int_equal(status_of("{}"), EC_STATUS_COMPLETED);
    assert_int_equal(status_of("{\"status\": \"ok\"}"), EC_STATUS_COMPLETED);
    assert_int_equal(status_of("{\"schema_version\": 1, \"status\": \"completed\"}"),
                     EC_STATUS_COMPLETED);
    assert_int_equal(status_of("{\"schema_version\": 1, \"status\": \"failed\"}"),
                     EC_STATUS_FAILED);
    assert_int_equal(status_of("{\"schema_version\": 1, \"status\": \"running\"}"),
                     EC_STATUS_RUNNING);
    assert_int_equal(
        status_of("{\"schema_version\": 1, \"status\": \"running\","
                  "\"heartbeat_unix_seconds\": 1.5, \"heartbeat_interval_seconds\": 30}"),
        EC_STATUS_INTERRUPTED);
}

/* {"key0": 0, "key1": 1, ...}; free() it. */
static char *record_with_keys(int keys)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    assert_non_null(out);
    for (int i = 0; i < keys; i++)
        fprintf(out, "%c\"key%d\": %d", i ? ',' : '{', i, i);
    fprintf(out, "}");
    fclose(out);
    return text;
}

static void bad__more_keys_than_columns_are_good_for(void **state)
{
    struct tree *tree = *state;
    char *text = record_with_keys(EC_LOAD_MAX_KEYS + 1);
    assert_refused(tree, text, strlen(text), " more than 10000 keys");
    static const char *const keys[] = {"key10000"};
    tree->options.keys = keys;
    tree->options.key_count = 1;
    tree_load(tree, "s");
    assert_int_equal(tree_value(tree, "r", "key10000").i, 10000);
    free(text);
}

/* More keys than a worker keeps in mind, more than the scanner remembers, and a common record after
 * it. */
static void load__very_many_keys(void **state)
{
    enum { KEYS = 6000 };
    struct tree *tree = *state;
    char *text = record_with_keys(KEYS);
    tree_record(tree, "s/a", text);
    tree_record(tree, "s/b", text);
    tree_record(tree, "s/c", "{\"key7\": -1}");
    free(text);
    tree->options.threads = 1;
    tree_load(tree, "s");
    assert_int_equal(ec_runset_column_count(tree->runset), KEYS);
    assert_int_equal(tree_value(tree, "a", "key5999").i, 5999);
    assert_int_equal(tree_value(tree, "b", "key5999").i, 5999);
    assert_int_equal(tree_value(tree, "c", "key7").i, -1);
    assert_int_equal(tree_value(tree, "c", "key8").kind, EC_MISSING);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        tree_test(load__runs_in_natural_order),
        tree_test(load__malformed_record_is_an_issue),
        tree_test(bad__what_is_not_a_json_object),
        tree_test(bad__nested_ten_thousand_deep),
        tree_test(bad__larger_than_the_limit),
        tree_test(bad__unreadable_file),
        tree_test(read__times_where_they_are_asked_for),
        tree_test(read__records_of_any_length),
        tree_test(read__more_than_the_size_says),
        tree_test(load__what_python_writes),
        tree_test(load__only_the_wanted_keys),
        tree_test(load__a_record_of_the_standard_name_is_a_run),
        tree_test(zeros__mean_unmeasured_in_legacy_records),
        tree_test(bad__more_keys_than_columns_are_good_for),
        tree_test(load__very_many_keys),
        cmocka_unit_test(status__as_the_record_says),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
