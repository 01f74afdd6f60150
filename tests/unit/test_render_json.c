/* render/json: the exact text of a small table, and that parsers read back what went in. */
#include "cmocka_test.h"
#include "table_fixture.h"

#include <jansson.h>
#include <math.h>
#include <stdlib.h>

/* The output parsed; names may hold NULs. */
static json_t *parse(const struct ec_table *table)
{
    char *text = fixture_render(table, "json", 0, false);
    json_error_t error;
    json_t *document = json_loads(text, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, &error);
    if (!document)
        print_error("%d:%d: %s in\n%s\n", error.line, error.column, error.text, text);
    assert_non_null(document);
    free(text);
    return document;
}

static json_t *at(json_t *document, const char *member, size_t index)
{
    json_t *item = json_array_get(json_object_get(document, member), index);
    assert_non_null(item);
    return item;
}

static json_t *row_part(json_t *document, size_t row, const char *part, const char *key)
{
    return json_object_get(json_object_get(at(document, "rows", row), part), key);
}

static void assert_string(const json_t *value, const char *expected, size_t length)
{
    assert_non_null(value);
    assert_int_equal(json_string_length(value), length);
    assert_memory_equal(json_string_value(value), expected, length);
}

/* Two runs that one value tells apart. */
static struct ec_table *two_rows(struct ec_value a, struct ec_value b)
{
    static const char *const names[] = {"a", "b"};
    struct ec_table *table = fixture_table(names, 2);
    fixture_column(table, ec_metric_get(EC_METRIC_time), (struct ec_value[]){a, b},
                   (uint8_t[]){EC_MARK_BEST, EC_MARK_SECOND | EC_MARK_TIED});
    return table;
}

static void json__layout(void **state)
{
    (void)state;
    static const char *const notes[] = {"said below"};
    static const size_t rows[] = {0};
    struct ec_best best = {.title = "Fastest", .column = 0, .count = 1, .rows = rows};
    struct ec_section section = {.title = "Tofu", .first_row = 0};
    struct ec_table *table = two_rows(ec_value_real(245.32), ec_value_missing());
    table->notes = notes;
    table->note_count = 1;
    table->bests = &best;
    table->best_count = 1;
    table->sections = &section;
    table->section_count = 1;
    fixture_assert_renders(
        table, "json", 0, false,
        "{\n"
        "  \"schema\": \"effcompare.table\",\n"
        "  \"version\": 1,\n"
        "  \"title\": \"Unlearning Efficiency Metrics Comparison\",\n"
        "  \"grouped\": false,\n"
        "  \"spread\": null,\n"
        "  \"row_count\": 2,\n"
        "  \"columns\": [\n"
        "    {\"key\": \"unlearning_time_seconds\", \"label\": \"Time\", \"unit\": \"s\", "
        "\"direction\": \"lower\"}\n"
        "  ],\n"
        "  \"sections\": [{\"title\": \"Tofu\", \"first_row\": 0, \"reference\": false}],\n"
        "  \"best\": [\n"
        "    {\"title\": \"Fastest\", \"column\": \"unlearning_time_seconds\", \"count\": 1, "
        "\"rows\": [0]}\n"
        "  ],\n"
        "  \"notes\": [\n"
        "    \"said below\"\n"
        "  ],\n"
        "  \"issues\": [],\n"
        "  \"rows\": [\n"
        "    {\"name\": \"a\", \"status\": \"completed\", \"values\": "
        "{\"unlearning_time_seconds\": 245.32}, \"ranks\": {\"unlearning_time_seconds\": 1}, "
        "\"marks\": {\"unlearning_time_seconds\": "
        "[\"best\"]}},\n"
        "    {\"name\": \"b\", \"status\": \"completed\", \"values\": "
        "{\"unlearning_time_seconds\": null}, \"ranks\": {}, \"marks\": "
        "{\"unlearning_time_seconds\": "
        "[\"second\", \"tied\"]}}\n"
        "  ]\n"
        "}\n");
    ec_table_free(table);
}

static void ndjson__a_header_and_a_line_per_row(void **state)
{
    (void)state;
    struct ec_table *table = two_rows(ec_value_int(7), ec_value_bool(true));
    fixture_assert_renders(
        table, "ndjson", 0, false,
        "{\"schema\": \"effcompare.rows\", \"version\": 1, \"title\": \"Unlearning Efficiency "
        "Metrics Comparison\", \"grouped\": false, \"spread\": null, \"row_count\": 2, "
        "\"columns\": [{\"key\": \"unlearning_time_seconds\", \"label\": \"Time\", \"unit\": "
        "\"s\", \"direction\": \"lower\"}], \"sections\": [], \"best\": [], \"notes\": [], "
        "\"issues\": []}\n"
        "{\"name\": \"a\", \"status\": \"completed\", \"values\": {\"unlearning_time_seconds\": "
        "7}, \"ranks\": {\"unlearning_time_seconds\": 1}, \"marks\": {\"unlearning_time_seconds\": "
        "[\"best\"]}}\n"
        "{\"name\": \"b\", \"status\": \"completed\", \"values\": {\"unlearning_time_seconds\": "
        "true}, \"ranks\": {}, \"marks\": {\"unlearning_time_seconds\": [\"second\", "
        "\"tied\"]}}\n");
    ec_table_free(table);
}

/* 1, 2, 2, 4; closest to the target first; none for what is not ranked. */
static void json__ranks(void **state)
{
    (void)state;
    static const char *const names[] = {"a", "b", "c", "d", "e"};
    static const char key[] = "unlearning_time_seconds";
    struct ec_table *table = fixture_table(names, 5);
    fixture_column(table, ec_metric_get(EC_METRIC_time),
                   (struct ec_value[]){ec_value_real(3), ec_value_int(1), ec_value_missing(),
                                       ec_value_real(3), ec_value_int(9)},
                   (uint8_t[5]){0});
    static const int expected[][5] = {{2, 1, 0, 2, 4}, {1, 3, 0, 1, 4}};
    for (int i = 0; i < 2; i++) {
        json_t *document = parse(table);
        for (size_t row = 0; row < 5; row++)
            assert_int_equal(json_integer_value(row_part(document, row, "ranks", key)),
                             expected[i][row]);
        json_decref(document);
        table->columns[0].direction = EC_TARGET;
        table->columns[0].target = 4;
    }
    struct ec_section section = {.reference = true};
    table->sections = &section;
    table->section_count = 1;
    json_t *document = parse(table);
    assert_null(row_part(document, 0, "ranks", key));
    json_decref(document);
    ec_table_free(table);
}

static void json__no_rows_no_columns(void **state)
{
    (void)state;
    struct ec_table *table = fixture_table(NULL, 0);
    json_t *document = parse(table);
    assert_int_equal(json_array_size(json_object_get(document, "rows")), 0);
    assert_int_equal(json_array_size(json_object_get(document, "columns")), 0);
    json_decref(document);
    ec_table_free(table);
}

static void json__numbers_are_exact(void **state)
{
    (void)state;
    static const char key[] = "unlearning_time_seconds";
    struct ec_table *table = two_rows(ec_value_int(INT64_MIN), ec_value_real(0.1 + 0.2));
    json_t *document = parse(table);
    assert_true(json_integer_value(row_part(document, 0, "values", key)) == INT64_MIN);
    assert_true(json_real_value(row_part(document, 1, "values", key)) == 0.1 + 0.2);
    json_decref(document);
    ec_table_free(table);

    /* A real without a fraction stays a real. */
    table = two_rows(ec_value_real(100), ec_value_real(-5e-324));
    document = parse(table);
    assert_true(json_is_real(row_part(document, 0, "values", key)));
    assert_true(json_real_value(row_part(document, 1, "values", key)) == -5e-324);
    json_decref(document);
    ec_table_free(table);
}

/* Everything that could end a string, a line, a script or a terminal's patience. */
static void json__hostile_text(void **state)
{
    (void)state;
    static const char hostile[] =
        "</script><!--\"\\\n\r\t\b\f\x01\x7f\0\xc2\x9b\xe2\x80\xa8 \xe7\xb5\x82 \xf0\x9f\x9a\x80"
        "\xe2\x80\xae \xf3\xa0\x80\x81"; /* right to left; a language tag */
    struct ec_str text = {hostile, sizeof hostile - 1};
    struct ec_table *table = two_rows(ec_value_str(text), ec_value_missing());
    ((struct ec_str *)table->row_names)[0] = text;
    char *output = fixture_render(table, "json", 0, false);
    assert_null(strchr(output, '<'));
    assert_null(strpbrk(output, "\r\t\b\f\x01\x7f"));
    assert_null(strstr(output, "\xc2\x9b"));
    assert_null(strstr(output, "\xe2\x80\xa8"));
    assert_null(strstr(output, "\xe2\x80\xae"));
    assert_non_null(strstr(output, "\\u202e \\udb40\\udc01"));
    free(output);

    json_t *document = parse(table);
    assert_string(json_object_get(at(document, "rows", 0), "name"), text.ptr, text.len);
    assert_string(row_part(document, 0, "values", "unlearning_time_seconds"), text.ptr, text.len);
    assert_null(json_object_get(at(document, "rows", 0), "name_bytes"));
    json_decref(document);
    ec_table_free(table);
}

static void json__names_that_are_not_utf8_keep_their_bytes(void **state)
{
    (void)state;
    struct ec_table *table = two_rows(ec_value_missing(), ec_value_missing());
    ((struct ec_str *)table->row_names)[0] = ec_str("a\xff\xc0z");
    json_t *document = parse(table);
    json_t *row = at(document, "rows", 0);
    assert_string(json_object_get(row, "name"), "a\xef\xbf\xbd\xef\xbf\xbdz", 8);
    assert_string(json_object_get(row, "name_bytes"), "61ffc07a", 8);
    json_decref(document);
    ec_table_free(table);
}

static void json__a_column_asked_for_twice_is_one_member(void **state)
{
    (void)state;
    struct ec_table *table = two_rows(ec_value_int(1), ec_value_int(2));
    fixture_column(table, ec_metric_get(EC_METRIC_time),
                   (struct ec_value[]){ec_value_int(1), ec_value_int(2)}, NULL);
    json_t *document = parse(table); /* rejects duplicates */
    assert_int_equal(json_array_size(json_object_get(document, "columns")), 1);
    json_decref(document);
    ec_table_free(table);
}

static void json__groups_have_spreads_and_counts(void **state)
{
    (void)state;
    static const char key[] = "unlearning_time_seconds";
    struct ec_table *table = two_rows(ec_value_real(10), ec_value_real(20));
    fixture_spread(table, &table->columns[0], (double[]){1.5, NAN}, (uint32_t[]){3, 1});
    table->grouped = true;
    table->spread = "sample standard deviation";
    json_t *document = parse(table);
    assert_true(json_is_true(json_object_get(document, "grouped")));
    assert_string(json_object_get(document, "spread"), table->spread, strlen(table->spread));
    assert_true(json_real_value(row_part(document, 0, "spreads", key)) == 1.5);
    assert_null(row_part(document, 1, "spreads", key));
    assert_int_equal(json_integer_value(row_part(document, 0, "counts", key)), 3);
    assert_int_equal(json_integer_value(row_part(document, 1, "counts", key)), 1);
    assert_null(json_object_get(at(document, "rows", 0), "status"));
    json_decref(document);
    ec_table_free(table);
}

static void json__directions_targets_and_column_groups(void **state)
{
    (void)state;
    struct ec_table *table = two_rows(ec_value_int(1), ec_value_int(2));
    struct ec_column *column = &table->columns[0];
    column->direction = EC_TARGET;
    column->target = 0.5;
    column->group = "forget01";
    json_t *document = parse(table);
    json_t *described = at(document, "columns", 0);
    assert_string(json_object_get(described, "direction"), "target", 6);
    assert_string(json_object_get(described, "group"), "forget01", 8);
    assert_true(json_real_value(json_object_get(described, "target")) == 0.5);
    json_decref(document);

    column->direction = EC_REFERENCE;
    column->target = NAN; /* the reference run did not measure it */
    document = parse(table);
    described = at(document, "columns", 0);
    assert_string(json_object_get(described, "direction"), "reference", 9);
    assert_true(json_is_null(json_object_get(described, "target")));
    json_decref(document);
    ec_table_free(table);
}

/* ---- Provenance: tables over a runset ---- */

static struct ec_runset *runset_of_one(int64_t mtime_ns)
{
    struct ec_runset *runset = ec_runset_new();
    struct ec_run run = {.path = ec_str("/x/a\xff/m.json"),
                         .name = ec_str("a\xff"),
                         .mtime_ns = mtime_ns,
                         .status = EC_STATUS_FAILED};
    struct ec_field field = {.column = ec_runset_column(runset, ec_str("total_steps")),
                             .zero_dropped = true};
    ec_runset_add(runset, &run, &field, 1);
    ec_runset_add_issue(runset, EC_ISSUE_BAD_RECORD, ec_str("/x/b.json"), 3, 14, "no value");
    ec_runset_add_issue(runset, EC_ISSUE_WALK, ec_str("/x/c"), 0, 0, "Permission denied");
    ec_runset_finish(runset);
    return runset;
}

static struct ec_table *table_over(const struct ec_runset *runset)
{
    struct ec_table *table = ec_table_new(runset);
    table->row_count = ec_runset_count(runset);
    table->column_count = 1;
    table->columns = ec_arena_calloc(&table->arena, 1, sizeof *table->columns);
    table->columns[0] = (struct ec_column){.key = "total_steps", .label = "Steps"};
    assert_true(
        ec_runset_find_column(runset, ec_str("total_steps"), &table->columns[0].runset_column));
    return table;
}

static void assert_modified(int64_t mtime_ns, const char *expected)
{
    struct ec_runset *runset = runset_of_one(mtime_ns);
    struct ec_table *table = table_over(runset);
    json_t *document = parse(table);
    assert_string(json_object_get(at(document, "rows", 0), "modified"), expected, strlen(expected));
    json_decref(document);
    ec_table_free(table);
    ec_runset_free(runset);
}

static void json__modification_times(void **state)
{
    (void)state;
    assert_modified(0, "1970-01-01T00:00:00.000000000Z");
    assert_modified(1740787200123456789, "2025-03-01T00:00:00.123456789Z");
    assert_modified(-1, "1969-12-31T23:59:59.999999999Z");
    assert_modified(INT64_MIN, "1677-09-21T00:12:43.145224192Z");
    assert_modified(INT64_MAX, "2262-04-11T23:47:16.854775807Z");
}

static void json__provenance_and_issues(void **state)
{
    (void)state;
    struct ec_runset *runset = runset_of_one(0);
    struct ec_table *table = table_over(runset);
    json_t *document = parse(table);
    json_t *row = at(document, "rows", 0);
    assert_string(json_object_get(row, "file"), "/x/a\xef\xbf\xbd/m.json", 14);
    assert_string(json_object_get(row, "file_bytes"), "2f782f61ff2f6d2e6a736f6e", 24);
    assert_string(json_object_get(row, "status"), "failed", 6);
    json_t *column = at(document, "columns", 0);
    assert_int_equal(json_integer_value(json_object_get(column, "zeros_not_measured")), 1);

    json_t *issue = at(document, "issues", 0);
    assert_string(json_object_get(issue, "kind"), "bad_record", 10);
    assert_string(json_object_get(issue, "file"), "/x/b.json", 9);
    assert_int_equal(json_integer_value(json_object_get(issue, "line")), 3);
    assert_int_equal(json_integer_value(json_object_get(issue, "column")), 14);
    assert_string(json_object_get(issue, "reason"), "no value", 8);
    issue = at(document, "issues", 1);
    assert_string(json_object_get(issue, "kind"), "unreadable", 10);
    assert_null(json_object_get(issue, "line"));
    json_decref(document);
    ec_table_free(table);
    ec_runset_free(runset);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(json__layout),
        cmocka_unit_test(ndjson__a_header_and_a_line_per_row),
        cmocka_unit_test(json__ranks),
        cmocka_unit_test(json__no_rows_no_columns),
        cmocka_unit_test(json__numbers_are_exact),
        cmocka_unit_test(json__hostile_text),
        cmocka_unit_test(json__names_that_are_not_utf8_keep_their_bytes),
        cmocka_unit_test(json__a_column_asked_for_twice_is_one_member),
        cmocka_unit_test(json__groups_have_spreads_and_counts),
        cmocka_unit_test(json__directions_targets_and_column_groups),
        cmocka_unit_test(json__modification_times),
        cmocka_unit_test(json__provenance_and_issues),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
