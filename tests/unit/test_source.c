/* load/source: what effcompare wrote is read back as if it were the records. */
#include "cmocka_test.h"
#include "load/json_split.h"
#include "load/source.h"
#include "render/render.h"
#include "tree_fixture.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define HEADER                                                                                     \
    "{\"schema\": \"effcompare.rows\", \"version\": 1, \"grouped\": false, \"row_count\": "
#define ROW(name, values)                                                                          \
    "{\"name\": \"" name "\", \"file\": \"/n/" name ".json\", \"modified\": "                      \
    "\"2025-03-01T00:00:00.123456789Z\", \"status\": \"completed\", \"values\": " values "}\n"

static void text_file(const char *path, const char *text)
{
    tree_file(path, text, strlen(text));
}

/* Writes the runs that were loaded last, with all columns, as `format`. */
static void write_output(const struct tree *tree, const char *format, const char *path)
{
    const struct ec_runset *runset = tree->runset;
    struct ec_table *table = ec_table_new(runset);
    table->name_header = "Experiment";
    table->row_count = ec_runset_count(runset);
    table->column_count = ec_runset_column_count(runset);
    table->columns = ec_arena_calloc(&table->arena, table->column_count, sizeof *table->columns);
    for (uint32_t i = 0; i < table->column_count; i++) {
        const char *key = ec_runset_column_key(runset, i).ptr;
        table->columns[i] = (struct ec_column){.key = key, .label = key, .runset_column = i};
    }
    struct ec_out out;
    ec_out_to_memory(&out);
    struct ec_error error = {0};
    assert_int_equal(ec_renderer_find(format)->render(table, NULL, &out, &error), 0);
    tree_file(path, out.buffer, out.length);
    ec_out_free(&out);
    ec_table_free(table);
}

static void assert_same_value(struct ec_value a, struct ec_value b)
{
    assert_int_equal(a.kind, b.kind);
    if (a.kind == EC_INT)
        assert_true(a.i == b.i);
    else if (a.kind == EC_REAL)
        assert_true(a.d == b.d && signbit(a.d) == signbit(b.d));
    else if (a.kind == EC_BOOL)
        assert_true(a.b == b.b);
    else if (a.kind == EC_STR)
        assert_true(ec_str_equal(ec_value_text(a), ec_value_text(b)));
}

static void assert_same_runs(const struct ec_runset *a, const struct ec_runset *b, bool provenance)
{
    assert_int_equal(ec_runset_count(a), ec_runset_count(b));
    for (size_t row = 0; row < ec_runset_count(a); row++) {
        struct ec_run run_a = ec_runset_run(a, row), run_b = ec_runset_run(b, row);
        assert_true(ec_str_equal(run_a.name, run_b.name));
        if (provenance) {
            assert_true(ec_str_equal(run_a.path, run_b.path));
            assert_true(run_a.mtime_ns == run_b.mtime_ns);
            assert_int_equal(run_a.status, run_b.status);
        }
        for (uint32_t i = 0; i < ec_runset_column_count(a); i++) {
            uint32_t column;
            if (!ec_runset_find_column(b, ec_runset_column_key(a, i), &column))
                continue;
            assert_same_value(ec_runset_value(a, row, i), ec_runset_value(b, row, column));
            assert_int_equal(ec_runset_column_zeros(a, i), ec_runset_column_zeros(b, column));
        }
    }
}

/* A tree with every kind of value, strange names, an unfinished run and zeros. */
static void make_tree(struct tree *tree)
{
    tree_record(tree, "saves/a",
                "{\"total_steps\": 9007199254740993, \"unlearning_time_seconds\": 100.0, "
                "\"requires_retain_set\": false, \"peak_gpu_memory_mb\": null, "
                "\"note\": \"x, \\\"y\\\" = 1\", \"nested\": {\"deep\": -5e-324}}");
    tree_record(tree, "saves/b",
                "{\"total_steps\": -1, \"unlearning_time_seconds\": 0.1, \"tokens_per_second\": 0, "
                "\"note\": \"=1+1\", \"k\": -0.0}");
    tree_record(
        tree, "saves/=c,\"d\"",
        "{\"total_steps\": 7, \"unlearning_time_seconds\": 1e300, \"tokens_per_second\": 0}");
}

static void assert_round_trip(struct tree *tree, const char *format, bool provenance)
{
    make_tree(tree);
    tree_load(tree, "saves");
    assert_int_equal(ec_runset_count(tree->runset), 3);
    write_output(tree, format, "shard");
    struct ec_runset *before = tree->runset;
    tree->runset = NULL;
    tree_load(tree, "shard");
    tree_assert_issues(tree, "");
    assert_same_runs(before, tree->runset, provenance);
    ec_runset_free(before);
}

static void source__json_round_trip(void **state)
{
    assert_round_trip(*state, "json", true);
}

static void source__ndjson_round_trip(void **state)
{
    assert_round_trip(*state, "ndjson", true);
}

static void source__csv_round_trip(void **state)
{
    struct tree *tree = *state;
    tree->options.keep_zeros = true; /* CSV does not tell which values were zeros */
    assert_round_trip(tree, "csv", false);
}

/* TSV has no way to tell empty text from a missing value; the tree has none. */
static void source__tsv_round_trip(void **state)
{
    struct tree *tree = *state;
    tree->options.keep_zeros = true;
    tree_record(tree, "other/t\tab\\t", "{\"total_steps\": 4, \"note\": \"a\\tb\\nc\\\\n\\\\\"}");
    tree_load(tree, "other");
    write_output(tree, "tsv", "s.tsv");
    tree_load(tree, "s.tsv");
    tree_assert_issues(tree, "");
    tree_assert_runs(tree, "t\tab\\t");
    assert_same_value(tree_value(tree, "t\tab\\t", "note"), ec_value_str(ec_str("a\tb\nc\\n\\")));
    assert_round_trip(tree, "tsv", false);
}

static void source__tsv_cells(void **state)
{
    struct tree *tree = *state;
    text_file("s.tsv", "\xef\xbb\xbf"
                       "experiment\ti\tt\tm\r\n"
                       "a\\nb\t12\t'=1,\"\t\r\n"
                       "\n"
                       "short\t1\n"
                       "c\t-1e5\t\\x1b\\\t");
    tree_load(tree, "s.tsv");
    tree_assert_runs(tree, "a\nb c");
    assert_same_value(tree_value(tree, "a\nb", "i"), ec_value_int(12));
    assert_same_value(tree_value(tree, "a\nb", "t"), ec_value_str(ec_str("=1,\"")));
    assert_same_value(tree_value(tree, "a\nb", "m"), ec_value_missing());
    assert_same_value(tree_value(tree, "c", "i"), ec_value_real(-1e5));
    assert_same_value(tree_value(tree, "c", "t"), ec_value_str(ec_str("\\x1b\\")));
    tree_assert_issues(tree, "s.tsv:4:1: 2 cells under a header of 4\n");
}

static void source__status_bytes_and_issues_survive(void **state)
{
    struct tree *tree = *state;
    tree_record(tree, "saves/x\xff",
                "{\"schema_version\": 1, \"status\": \"failed\", \"total_steps\": 1}");
    tree_record(tree, "saves/bad", "{\"total_steps\": 1,\n oops}");
    tree_load(tree, "saves");
    write_output(tree, "ndjson", "shard.ndjson");
    tree_load(tree, "shard.ndjson");
    tree_assert_runs(tree, "x\xff");
    struct ec_run run = ec_runset_run(tree->runset, 0);
    assert_int_equal(run.status, EC_STATUS_FAILED);
    assert_true(ec_str_equal(run.path, ec_str("saves/x\xff/efficiency_metrics.json")));
    tree_assert_issues(tree, "saves/bad/efficiency_metrics.json:2:5: "
                             "string or '}' expected near 'oops'\n");
}

static void source__shards_are_named_like_directories(void **state)
{
    struct tree *tree = *state;
    tree_record(tree, "A/x", "{\"total_steps\": 1}");
    tree_record(tree, "B/x", "{\"total_steps\": 2}");
    tree_load(tree, "A");
    write_output(tree, "ndjson", "A.ndjson");
    tree_load(tree, "B");
    write_output(tree, "csv", "B.csv");
    tree_load(tree, "A B");
    tree_assert_runs(tree, "A/x B/x");
    tree_load(tree, "A.ndjson B.csv");
    tree_assert_runs(tree, "A/x B/x");
    assert_int_equal(tree_value(tree, "B/x", "total_steps").i, 2);
}

static void source__shards_are_found_in_directories(void **state)
{
    static const char *const names[] = {"*.ndjson"};
    struct tree *tree = *state;
    text_file("shards/1.ndjson", HEADER "1}\n" ROW("a", "{\"total_steps\": 1}"));
    text_file("shards/2.ndjson", HEADER "1}\n" ROW("a", "{\"total_steps\": 2}"));
    tree->options.names = names;
    tree->options.name_count = 1;
    tree_load(tree, "shards");
    tree_assert_runs(tree, "1/a 2/a");
}

static void source__a_table_under_a_records_name(void **state)
{
    struct tree *tree = *state;
    tree_record(tree, "saves/x", "{\"total_steps\": 1}");
    tree_load(tree, "saves");
    tree_directory("tables/t");
    write_output(tree, "json", "tables/t/efficiency_metrics.json");
    tree_load(tree, "tables");
    tree_assert_runs(tree, "t/x");
}

static void source__only_wanted_keys_are_kept(void **state)
{
    static const char *const keys[] = {"total_steps"};
    struct tree *tree = *state;
    text_file("s.ndjson",
              HEADER "1}\n" ROW("a", "{\"total_steps\": 1, \"status\": \"x\", \"k\": 2}"));
    tree->options.keys = keys;
    tree->options.key_count = 1;
    tree_load(tree, "s.ndjson");
    assert_int_equal(ec_runset_column_count(tree->runset), 1);
}

static void source__joined_shards(void **state)
{
    struct tree *tree = *state;
    text_file("all.ndjson",
              HEADER "1}\n" ROW("a", "{}") "\n" HEADER "2}\n" ROW("b", "{}") ROW("c", "{}"));
    tree_load(tree, "all.ndjson");
    tree_assert_runs(tree, "a b c");
    tree_assert_issues(tree, "");
}

static void source__a_shard_that_was_cut_off(void **state)
{
    struct tree *tree = *state;
    text_file("s.ndjson", HEADER "3}\n" ROW("a", "{}"));
    tree_load(tree, "s.ndjson");
    tree_assert_runs(tree, "a");
    tree_assert_issues(tree, "s.ndjson:2:1: 2 of 3 rows are missing: the file was cut off\n");

    text_file("s.ndjson", HEADER "2}\n" ROW("a", "{}") "{\"name\": \"b");
    tree_load(tree, "s.ndjson");
    tree_assert_runs(tree, "a");
    tree_assert_issues(tree, "s.ndjson:3:11: premature end of input near '\"b'\n");

    text_file("s.json",
              "{\"schema\": \"effcompare.table\", \"version\": 1,\n\"rows\": [{\"name\": \"a\"");
    tree_load(tree, "s.json");
    tree_assert_runs(tree, "");
    tree_assert_issues(tree, "s.json:2:21: '}' expected near end of file\n");
}

static void source__bad_rows_are_issues(void **state)
{
    struct tree *tree = *state;
    text_file(
        "s.ndjson",
        HEADER "9}\n" ROW(
            "a", "{\"k\": [1]}") "{\"status\": \"completed\", \"values\": {}}\n"
                                 "{\"name\": \"b\", \"status\": \"lost\", \"values\": {}}\n"
                                 "{\"name\": \"c\", \"status\": \"failed\"}\n"
                                 "{\"name\": \"d\", \"modified\": \"2025-03-01\", \"values\": {}}\n"
                                 "[]\n"
                                 "{\"name\": \"e\", \"name_bytes\": \"6\"}\n"
                                 "{\"name\": \"f\", \"file\": 1}\n" ROW("good", "{}"));
    tree_load(tree, "s.ndjson");
    tree_assert_runs(tree, "good");
    tree_assert_issues(
        tree, "s.ndjson:2:1: 'values' holds something that is not a value\n"
              "s.ndjson:3:1: a row without a name\n"
              "s.ndjson:4:1: 'status' is none that this version knows\n"
              "s.ndjson:5:1: 'values' is not an object\n"
              "s.ndjson:6:1: 'modified' is not a time such as 2025-01-31T23:59:59.123456789Z\n"
              "s.ndjson:7:1: a row that is not an object\n"
              "s.ndjson:8:1: a row without a name\n"
              "s.ndjson:9:1: 'file' is not text\n");
}

static void source__headers_that_cannot_be_read(void **state)
{
    struct tree *tree = *state;
    text_file("s.ndjson", "{\"schema\": \"effcompare.rows\", \"version\": 2}\n" ROW("a", "{}"));
    text_file("t.json", "{\"schema\": \"effcompare.table\", \"version\": 1, \"grouped\": true,"
                        "\"rows\": []}");
    text_file("u.csv", "experiment,time,time_spread\na,1,2\n");
    text_file("v.tsv", "experiment\ttime\ttime_spread\na\t1\t2\n");
    text_file("w.csv", "experiment,time,time_n,time_min,time_max\na,1,2,1,1\n");
    text_file("x.csv", "experiment,time,time_n,time_min\nx,1,2,1\n"); /* a run's own keys */
    tree_load(tree, "s.ndjson t.json u.csv v.tsv w.csv x.csv");
    tree_assert_runs(tree, "x/x");
    tree_assert_issues(tree, "s.ndjson:1:1: version 2 of the format; this effcompare reads 1\n"
                             "t.json:1:1: a table of groups: means are not runs\n"
                             "u.csv:1:1: a table of groups: means are not runs\n"
                             "v.tsv:1:1: a table of groups: means are not runs\n"
                             "w.csv:1:1: a table of groups: means are not runs\n");
}

static void source__json_in_any_layout(void **state)
{
    struct tree *tree = *state;
    text_file("s.json", "\xef\xbb\xbf {\n\"schema\":\"effcompare.table\",\"rows\" :\n [ " ROW(
                            "a", "{\"k\":1}") " ,\n"
                                              "{\"name\": \"]}\\\"\", \"status\": \"completed\", "
                                              "\"values\": {\"k\": 2}} ], \"version\":1}\n");
    tree_load(tree, "s.json");
    tree_assert_issues(tree, "");
    tree_assert_runs(tree, "]}\" a");
    assert_int_equal(tree_value(tree, "a", "k").i, 1);
}

static void source__csv_cells(void **state)
{
    struct tree *tree = *state;
    text_file("s.csv", "\xef\xbb\xbf"
                       "experiment,i,r,b,t,m,e\r\n"
                       "\"a\nb\",12,1.0,true,'=1,,\"\"\r\n"
                       "c,-1,1e5,false,12x,,\n"
                       "short,1\n"
                       "d,1,2,3,4,5,6");
    tree_load(tree, "s.csv");
    tree_assert_runs(tree, "a\nb c d");
    assert_same_value(tree_value(tree, "a\nb", "i"), ec_value_int(12));
    assert_same_value(tree_value(tree, "a\nb", "r"), ec_value_real(1));
    assert_same_value(tree_value(tree, "a\nb", "b"), ec_value_bool(true));
    assert_same_value(tree_value(tree, "a\nb", "t"), ec_value_str(ec_str("=1")));
    assert_same_value(tree_value(tree, "a\nb", "m"), ec_value_missing());
    assert_same_value(tree_value(tree, "a\nb", "e"), ec_value_str(ec_str("")));
    assert_same_value(tree_value(tree, "c", "i"), ec_value_int(-1));
    assert_same_value(tree_value(tree, "c", "t"), ec_value_str(ec_str("12x")));
    assert_same_value(tree_value(tree, "c", "e"), ec_value_missing());
    assert_same_value(tree_value(tree, "d", "e"), ec_value_int(6));
    tree_assert_issues(tree, "s.csv:5:1: 2 cells under a header of 7\n");
}

static void source__csv_status(void **state)
{
    struct tree *tree = *state;
    tree_record(tree, "saves/a", "{\"total_steps\": 1}");
    tree_record(tree, "saves/b",
                "{\"schema_version\": 1, \"status\": \"failed\", \"total_steps\": 2}");
    tree_load(tree, "saves");
    write_output(tree, "csv", "s.csv");
    tree_load(tree, "s.csv");
    tree_assert_runs(tree, "a b");
    assert_int_equal(ec_runset_run(tree->runset, 0).status, EC_STATUS_COMPLETED);
    assert_int_equal(ec_runset_run(tree->runset, 1).status, EC_STATUS_FAILED);
}

static void source__csv_with_a_stray_quote(void **state)
{
    struct tree *tree = *state;
    text_file("s.csv", "experiment,k\na,1\nb,\"2\"x\nc,3\n");
    tree_load(tree, "s.csv");
    tree_assert_runs(tree, "a");
    tree_assert_issues(tree, "s.csv:3:1: error parsing data while strict checking enabled\n");
}

/* More than a record may have. */
static void source__large_files(void **state)
{
    struct tree *tree = *state;
    enum { ROWS = 20000, ROW_SIZE = 1000 };
    char *text = malloc(ROWS * ROW_SIZE + 1000);
    assert_non_null(text);
    size_t length = (size_t)sprintf(text, HEADER "%d}\n", ROWS);
    for (int i = 0; i < ROWS; i++)
        length += (size_t)sprintf(text + length,
                                  "{\"name\": \"r%d\", \"status\": \"completed\", \"values\": "
                                  "{\"k\": %d}, \"padding\": \"%900d\"}\n",
                                  i, i, i);
    assert_true(length > EC_LOAD_MAX_RECORD);
    tree_file("s.ndjson", text, length);
    free(text);
    tree_load(tree, "s.ndjson");
    assert_int_equal(ec_runset_count(tree->runset), ROWS);
    assert_int_equal(tree_value(tree, "r19999", "k").i, 19999);
    tree_assert_issues(tree, "");
}

static void detect__by_content(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        enum ec_source source;
    } cases[] = {
        {"{\"schema\": \"effcompare.table\"", EC_SOURCE_JSON},
        {" \r\n{\t\"schema\"\n:\"effcompare.rows\",", EC_SOURCE_NDJSON},
        {"\xef\xbb\xbf{\"schema\":\"effcompare.rows\"", EC_SOURCE_NDJSON},
        {"experiment,unlearning_time_seconds\n", EC_SOURCE_CSV},
        {"\"experiment\",k\n", EC_SOURCE_CSV},
        {"experiment\n", EC_SOURCE_CSV},
        {"experiment\tk\n", EC_SOURCE_TSV},
        {"\"experiment\"\tk\n", EC_SOURCE_NONE},
        {"experiments,k\n", EC_SOURCE_NONE},
        {"experiment", EC_SOURCE_NONE},
        {"{\"schema\": \"effcompare.other\"}", EC_SOURCE_NONE},
        {"{\"schema_version\": 1}", EC_SOURCE_NONE},
        {"{\"schema\"", EC_SOURCE_NONE},
        {"", EC_SOURCE_NONE},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_int_equal(ec_source_detect(cases[i].text, strlen(cases[i].text)), cases[i].source);
}

static void count_item(void *context, struct ec_str item)
{
    (void)item;
    ++*(int *)context;
}

/* Splits the text; returns how many items there were, -1 when it was refused. */
static int split(const char *text, const char *expected_rest)
{
    struct ec_out rest;
    ec_out_to_memory(&rest);
    int count = 0;
    bool ok = ec_json_split(ec_str(text), "rows", &rest, count_item, &count);
    ec_out_char(&rest, '\0');
    if (ok)
        assert_string_equal(rest.buffer, expected_rest);
    ec_out_free(&rest);
    return ok ? count : -1;
}

static void json_split__parts(void **state)
{
    (void)state;
    assert_int_equal(split("{}", "{}"), 0);
    assert_int_equal(split("{\"rows\": []}", "{}"), 0);
    assert_int_equal(
        split(" { \"a\" : 1 , \"rows\": [ 1 , \"]\\\"\" , [[2], {\"x\": \"}\"}] ] , \"b\": {} } ",
              "{\"a\":1,\"b\":{}}"),
        3);
    assert_int_equal(split("{\"rows\": {}, \"x\": \"rows\"}", "{\"rows\":{},\"x\":\"rows\"}"), 0);
}

static void json_split__what_is_no_object(void **state)
{
    (void)state;
    static const char *const texts[] = {"",
                                        "[]",
                                        "{",
                                        "{\"rows\"",
                                        "{}x",
                                        "{\"a\":}",
                                        "{\"rows\":[",
                                        "{\"rows\":[1",
                                        "{\"a\":1,",
                                        "{\"a\" 1}",
                                        "{a:1}",
                                        "{\"a\":\"\\",
                                        "{\"a\":[}",
                                        "{\"rows\":[,]}"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        assert_int_equal(split(texts[i], ""), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        tree_test(source__json_round_trip),
        tree_test(source__ndjson_round_trip),
        tree_test(source__csv_round_trip),
        tree_test(source__tsv_round_trip),
        tree_test(source__tsv_cells),
        tree_test(source__status_bytes_and_issues_survive),
        tree_test(source__shards_are_named_like_directories),
        tree_test(source__shards_are_found_in_directories),
        tree_test(source__a_table_under_a_records_name),
        tree_test(source__only_wanted_keys_are_kept),
        tree_test(source__joined_shards),
        tree_test(source__a_shard_that_was_cut_off),
        tree_test(source__bad_rows_are_issues),
        tree_test(source__headers_that_cannot_be_read),
        tree_test(source__json_in_any_layout),
        tree_test(source__csv_cells),
        tree_test(source__csv_status),
        tree_test(source__csv_with_a_stray_quote),
        tree_test(source__large_files),
        cmocka_unit_test(detect__by_content),
        cmocka_unit_test(json_split__parts),
        cmocka_unit_test(json_split__what_is_no_object),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
