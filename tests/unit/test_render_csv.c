/* render/csv: exact numbers, keys, quotes, and text that must not become a formula or a command. */
#include "cmocka_test.h"
#include "table_fixture.h"

#include <csv.h>
#include <math.h>
#include <stdlib.h>

static void csv__the_document(void **state)
{
    (void)state;
    struct ec_table *table = fixture_document();
    fixture_assert_renders(
        table, "csv", 80, true,
        "experiment,unlearning_time_seconds,total_steps,peak_gpu_memory_mb,tokens_per_second\n"
        "efficiency_GradAscent_forget01,245.32,100,8234.56,1234.56\n"
        "efficiency_NPO_forget01,312.45,100,9123.45,987.65\n"
        "efficiency_LMCleanerSample_forget01,289.12,100,8567.89,1098.76\n");
    fixture_assert_renders(
        table, "tsv", 0, false,
        "experiment\tunlearning_time_seconds\ttotal_steps\tpeak_gpu_memory_mb\ttokens_per_second\n"
        "efficiency_GradAscent_forget01\t245.32\t100\t8234.56\t1234.56\n"
        "efficiency_NPO_forget01\t312.45\t100\t9123.45\t987.65\n"
        "efficiency_LMCleanerSample_forget01\t289.12\t100\t8567.89\t1098.76\n");
    ec_table_free(table);
}

static const char *const nasty[] = {
    "=HYPERLINK(\"http://x\")",
    "+1",
    "-a",
    "@SUM(A1)",
    "\tx",
    "\rx",
    "a,b",
    "say \"hi\"",
    "two\nlines",
    "esc\x1b[31m",
    "bad\xff",
    "rtl\xe2\x80\xae",
    "back\\slash",
    " blank ",
    "",
    "caf\xc3\xa9",
};
enum { NASTY_COUNT = sizeof nasty / sizeof *nasty };

static struct ec_table *nasty_table(void)
{
    struct ec_table *table = fixture_table(nasty, NASTY_COUNT);
    struct ec_value values[NASTY_COUNT];
    for (size_t i = 0; i < NASTY_COUNT; i++)
        values[i] = i == 0 ? ec_value_missing() : ec_value_real(-1.5);
    fixture_column(table, ec_metric_get(EC_METRIC_time), values, NULL);
    for (size_t i = 0; i < NASTY_COUNT; i++)
        values[i] = i == 1 ? ec_value_bool(true) : ec_value_str(ec_str("=1"));
    fixture_column(table, ec_metric_get(EC_METRIC_retain), values, NULL);
    return table;
}

static void csv__text_is_quoted_and_defused(void **state)
{
    (void)state;
    struct ec_table *table = nasty_table();
    fixture_assert_renders(table, "csv", 0, false,
                           "experiment,unlearning_time_seconds,requires_retain_set\n"
                           "\"'=HYPERLINK(\"\"http://x\"\")\",,'=1\n"
                           "'+1,-1.5,true\n"
                           "'-a,-1.5,'=1\n"
                           "'@SUM(A1),-1.5,'=1\n"
                           "\"'\tx\",-1.5,'=1\n"
                           "'\\rx,-1.5,'=1\n"
                           "\"a,b\",-1.5,'=1\n"
                           "\"say \"\"hi\"\"\",-1.5,'=1\n"
                           "\"two\nlines\",-1.5,'=1\n"
                           "esc\\x1b[31m,-1.5,'=1\n"
                           "bad\\xff,-1.5,'=1\n"
                           "rtl\\u202e,-1.5,'=1\n"
                           "back\\slash,-1.5,'=1\n"
                           "\" blank \",-1.5,'=1\n"
                           "\"\",-1.5,'=1\n"
                           "caf\xc3\xa9,-1.5,'=1\n");
    ec_table_free(table);
}

static void tsv__every_row_is_one_line(void **state)
{
    (void)state;
    struct ec_table *table = nasty_table();
    fixture_assert_renders(table, "tsv", 0, false,
                           "experiment\tunlearning_time_seconds\trequires_retain_set\n"
                           "'=HYPERLINK(\"http://x\")\t\t'=1\n"
                           "'+1\t-1.5\ttrue\n"
                           "'-a\t-1.5\t'=1\n"
                           "'@SUM(A1)\t-1.5\t'=1\n"
                           "'\\tx\t-1.5\t'=1\n"
                           "'\\rx\t-1.5\t'=1\n"
                           "a,b\t-1.5\t'=1\n"
                           "say \"hi\"\t-1.5\t'=1\n"
                           "two\\nlines\t-1.5\t'=1\n"
                           "esc\\\\x1b[31m\t-1.5\t'=1\n"
                           "bad\\\\xff\t-1.5\t'=1\n"
                           "rtl\\\\u202e\t-1.5\t'=1\n"
                           "back\\\\slash\t-1.5\t'=1\n"
                           " blank \t-1.5\t'=1\n"
                           "\t-1.5\t'=1\n"
                           "caf\xc3\xa9\t-1.5\t'=1\n");
    ec_table_free(table);
}

static void csv__spread_and_counts_are_columns(void **state)
{
    (void)state;
    static const char *const names[] = {"NPO", "GradDiff"};
    struct ec_table *table = fixture_table(names, 2);
    table->grouped = true;
    struct ec_column *column =
        fixture_column(table, ec_metric_get(EC_METRIC_time),
                       (struct ec_value[]){ec_value_real(120), ec_value_real(90.1)}, NULL);
    struct ec_series series = *column->series;
    series.spreads = (double[]){NAN, 0.1 + 0.2};
    series.ns = (uint32_t[]){1, 3};
    column->series = &series;
    column->unit = ec_unit_get(EC_UNIT_MIN); /* machines get the stored unit */
    fixture_column(table, ec_metric_get(EC_METRIC_steps),
                   (struct ec_value[]){ec_value_int(7), ec_value_int(INT64_MAX)}, NULL);
    fixture_assert_renders(table, "csv", 0, false,
                           "experiment,unlearning_time_seconds,unlearning_time_seconds_spread,"
                           "unlearning_time_seconds_n,total_steps\n"
                           "NPO,120.0,,1,7\n"
                           "GradDiff,90.1,0.30000000000000004,3,9223372036854775807\n");
    ec_table_free(table);
}

/* What libcsv's own parser reads. */
struct parsed {
    size_t fields, rows;
    size_t names_right;
};

static void count_field(void *text, size_t length, void *data)
{
    struct parsed *parsed = data;
    if (parsed->fields++ % 3 == 0 && parsed->rows == 8)
        parsed->names_right += length == 8 && memcmp(text, "say \"hi\"", 8) == 0;
}

static void count_row(int end, void *data)
{
    (void)end;
    struct parsed *parsed = data;
    parsed->rows++;
}

static void csv__libcsv_reads_it_strictly(void **state)
{
    (void)state;
    struct ec_table *table = nasty_table();
    char *text = fixture_render(table, "csv", 0, false);
    struct csv_parser parser;
    struct parsed parsed = {0};
    assert_int_equal(csv_init(&parser, CSV_STRICT | CSV_STRICT_FINI), 0);
    assert_int_equal(csv_parse(&parser, text, strlen(text), count_field, count_row, &parsed),
                     strlen(text));
    assert_int_equal(csv_fini(&parser, count_field, count_row, &parsed), 0);
    csv_free(&parser);
    assert_int_equal(parsed.rows, NASTY_COUNT + 1);
    assert_int_equal(parsed.fields, 3 * (NASTY_COUNT + 1));
    assert_int_equal(parsed.names_right, 1);
    free(text);
    ec_table_free(table);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(csv__the_document),
        cmocka_unit_test(csv__text_is_quoted_and_defused),
        cmocka_unit_test(tsv__every_row_is_one_line),
        cmocka_unit_test(csv__spread_and_counts_are_columns),
        cmocka_unit_test(csv__libcsv_reads_it_strictly),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
