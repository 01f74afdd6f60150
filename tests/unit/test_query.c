/* query: from what the user asked for to the table, on runs made by hand. */
#include "cmocka_test.h"
#include "query/list.h"
#include "query/query.h"
#include "table/format.h"

#include <math.h>
#include <stdio.h>

struct sample {
    const char *name, *method;
    double time;   /* < 0: missing */
    double memory; /* MiB; < 0: missing */
    int64_t steps;
    enum ec_status status;
};

static struct ec_runset *make_runs(const struct sample *samples, size_t count)
{
    struct ec_runset *runset = ec_runset_new();
    uint32_t time = ec_runset_column(runset, ec_str("unlearning_time_seconds"));
    uint32_t memory = ec_runset_column(runset, ec_str("peak_gpu_memory_mb"));
    uint32_t steps = ec_runset_column(runset, ec_str("total_steps"));
    uint32_t method = ec_runset_column(runset, ec_str("method"));
    for (size_t i = 0; i < count; i++) {
        struct ec_field fields[4];
        size_t n = 0;
        if (samples[i].time >= 0)
            fields[n++] =
                (struct ec_field){.column = time, .value = ec_value_real(samples[i].time)};
        if (samples[i].memory >= 0)
            fields[n++] =
                (struct ec_field){.column = memory, .value = ec_value_real(samples[i].memory)};
        if (samples[i].method)
            fields[n++] = (struct ec_field){.column = method,
                                            .value = ec_value_str(ec_str(samples[i].method))};
        fields[n++] = (struct ec_field){.column = steps, .value = ec_value_int(samples[i].steps)};
        struct ec_run run = {.path = ec_str(samples[i].name),
                             .name = ec_str(samples[i].name),
                             .status = samples[i].status};
        ec_runset_add(runset, &run, fields, n);
    }
    ec_runset_finish(runset);
    return runset;
}

static const struct sample four[] = {
    {"npo", "slow", 300, 9000, 100, EC_STATUS_COMPLETED},
    {"ga", "fast", 200, 8000, 100, EC_STATUS_COMPLETED},
    {"lmc", "fast", 250, -1, 50, EC_STATUS_COMPLETED},
    {"dead", "fast", 10, 100, 3, EC_STATUS_INTERRUPTED},
};

/* The table for one value of one option. */
struct fixture {
    struct ec_runset *runset;
    struct ec_plan *plan;
    struct ec_table *table;
    struct ec_error error;
};

static struct fixture run(const struct ec_query *query)
{
    struct fixture fixture = {.runset = make_runs(four, 4)};
    fixture.plan = ec_plan_new(query, &fixture.error);
    if (fixture.plan)
        fixture.table = ec_plan_table(fixture.plan, fixture.runset, &fixture.error);
    return fixture;
}

static void done(struct fixture *fixture)
{
    ec_table_free(fixture->table);
    ec_plan_free(fixture->plan);
    ec_runset_free(fixture->runset);
}

#define WORDS(...)                                                                                 \
    {                                                                                              \
        .items = (const char *const[]){__VA_ARGS__},                                               \
        .count = sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *)                       \
    }

/* The names of the rows, or the keys of the columns, with blanks between. */
static const char *row_names(const struct fixture *fixture)
{
    static char text[256];
    text[0] = '\0';
    for (size_t row = 0; fixture->table && row < fixture->table->row_count; row++) {
        struct ec_str name = ec_table_row_name(fixture->table, row);
        size_t used = strlen(text);
        snprintf(text + used, sizeof text - used, "%s%.*s", row ? " " : "", (int)name.len,
                 name.ptr);
    }
    return text;
}

static const char *column_keys(const struct fixture *fixture)
{
    static char text[256];
    text[0] = '\0';
    for (size_t i = 0; fixture->table && i < fixture->table->column_count; i++) {
        size_t used = strlen(text);
        snprintf(text + used, sizeof text - used, "%s%s", i ? " " : "",
                 fixture->table->columns[i].key);
    }
    return text;
}

static void check(const struct ec_query *query, const char *(*describe)(const struct fixture *),
                  const char *expected, const char *message)
{
    struct fixture result = run(query);
    assert_string_equal(result.error.text, message);
    assert_string_equal(describe(&result), expected);
    done(&result);
}

/* What a query, given by its fields, must show or complain of. */
#define expect_rows(names, ...)    check(&(struct ec_query){__VA_ARGS__}, row_names, names, "")
#define expect_columns(keys, ...)  check(&(struct ec_query){__VA_ARGS__}, column_keys, keys, "")
#define expect_error(message, ...) check(&(struct ec_query){__VA_ARGS__}, row_names, "", message)

static void list__commas_in_brackets_and_quotes_do_not_cut(void **state)
{
    (void)state;
    struct ec_str rest = ec_str("a, b=min(x,y) ,`odd,key`,"), item;
    const char *expected[] = {"a", "b=min(x,y)", "`odd,key`", ""};
    for (size_t i = 0; i < 4; i++) {
        assert_true(ec_list_next(&rest, &item));
        assert_true(ec_str_equal(item, ec_str(expected[i])));
    }
    assert_false(ec_list_next(&rest, &item));
}

static void list__split_at_the_first_equals_sign(void **state)
{
    (void)state;
    struct ec_str name, value;
    assert_true(ec_list_split(ec_str("J/token = a == b"), &name, &value));
    assert_true(ec_str_equal(name, ec_str("J/token")));
    assert_true(ec_str_equal(value, ec_str("a == b")));
    assert_false(ec_list_split(ec_str("time"), &name, &value));
}

static void list__split_at_each_equals_sign_from_the_last(void **state)
{
    (void)state;
    struct ec_str item = ec_str("lr=1e-5 = LR"), name, value;
    size_t end = item.len;
    assert_true(ec_list_split_before(item, &end, &name, &value));
    assert_true(ec_str_equal(name, ec_str("lr=1e-5")));
    assert_true(ec_str_equal(value, ec_str("LR")));
    assert_true(ec_list_split_before(item, &end, &name, &value));
    assert_true(ec_str_equal(name, ec_str("lr")));
    assert_true(ec_str_equal(value, ec_str("1e-5 = LR")));
    assert_false(ec_list_split_before(item, &end, &name, &value));
}

static void columns__default_replace_add_and_globs(void **state)
{
    (void)state;
    const char *standard =
        "unlearning_time_seconds total_steps peak_gpu_memory_mb tokens_per_second";
    expect_columns(standard, .top = 0);
    expect_columns("peak_gpu_memory_mb unlearning_time_seconds", .columns = WORDS("mem,time"));
    expect_columns("unlearning_time_seconds total_steps x",
                   .columns = WORDS("time", "+steps,x=mem/2"));
    expect_columns("unlearning_time_seconds total_steps peak_gpu_memory_mb method",
                   .columns = WORDS("all"));
    expect_columns("peak_gpu_memory_mb", .columns = WORDS("*_mb"));
    expect_error("--columns: a column's name is empty", .columns = WORDS("time,,mem"));
}

static void columns__units_change_the_header_and_the_numbers(void **state)
{
    (void)state;
    struct ec_query query = {.columns = WORDS("time,mem"), .units = WORDS("time=min,mem=GiB")};
    struct fixture fixture = run(&query);
    const struct ec_column *time = &fixture.table->columns[0];
    assert_string_equal(time->unit->symbol, "min");
    assert_null(time->header);
    struct ec_out out;
    ec_out_to_memory(&out);
    ec_format_cell(&out, time, ec_value_real(300));
    ec_out_char(&out, ' ');
    ec_format_cell(&out, &fixture.table->columns[1], ec_value_real(9216));
    ec_out_char(&out, '\0');
    assert_string_equal(out.buffer, "5.00 9.000");
    ec_out_free(&out);
    done(&fixture);

    expect_error("--unit: unlearning_time_seconds is recorded in s, which 'GiB' is no unit of",
                 .units = WORDS("time=GiB"));
    expect_error("--unit: there is no unit 'lightyears'; there are ns, us, ms, s, min, h, d",
                 .units = WORDS("time=lightyears"));
}

static void rows__where_keeps_what_is_true(void **state)
{
    (void)state;
    expect_rows("dead ga", .where = WORDS("mem < 8.5GiB"));
    /* Nobody measured lmc's memory: it meets neither the condition nor its opposite. */
    expect_rows("npo", .where = WORDS("not (mem < 8.5GiB)"));
    expect_rows("lmc", .where = WORDS("missing(mem)"));
    expect_rows("npo", .where = WORDS("name ~ '^[gn]'", "time > 4min"));
    expect_rows("dead", .where = WORDS("status = 'interrupted'"));
    expect_error("no run meets --where", .where = WORDS("time > 1h"));
    expect_error("no run has a value 'tmie'; did you mean 'time'?", .where = WORDS("tmie > 1"));
}

static void rows__sort_puts_missing_last_both_ways(void **state)
{
    (void)state;
    expect_rows("dead ga lmc npo", .top = 0);
    expect_rows("dead ga npo lmc", .sort = WORDS("mem"));
    expect_rows("npo ga dead lmc", .sort = WORDS("-mem"));
    expect_rows("npo ga lmc dead", .sort = WORDS("-steps,-time"));
    expect_rows("npo lmc", .sort = WORDS("-name"), .top = 2);
    /* By a key that is no column. */
    expect_rows("dead ga lmc npo", .columns = WORDS("mem"), .sort = WORDS("time"));
}

static void rows__labels_and_order(void **state)
{
    (void)state;
    expect_rows("NPO (ours) lmc dead GradAscent",
                .labels = WORDS("npo=NPO (ours)", "ga=GradAscent"),
                .order = WORDS("NPO (ours),lmc"));
    expect_error("--label: 'npo' is not NAME=LABEL", .labels = WORDS("npo"));
}

static void rank__marks_follow_sorting_and_skip_what_did_not_complete(void **state)
{
    (void)state;
    struct ec_query query = {.sort = WORDS("-time")};
    struct fixture fixture = run(&query);
    assert_string_equal(row_names(&fixture), "npo lmc ga dead");
    assert_int_equal(ec_table_cell(fixture.table, 2, 0).marks, EC_MARK_BEST);
    assert_int_equal(ec_table_cell(fixture.table, 1, 0).marks, EC_MARK_SECOND);
    assert_int_equal(ec_table_cell(fixture.table, 3, 0).marks, 0);
    assert_string_equal(fixture.table->bests[0].title, "Fastest");
    assert_int_equal(fixture.table->bests[0].rows[0], 2);
    assert_int_equal(fixture.table->bests[2].count, 0); /* nobody measured tokens per second */
    done(&fixture);
}

static void rank__direction_can_be_changed(void **state)
{
    (void)state;
    struct ec_query query = {.columns = WORDS("time"), .directions = WORDS("time=240")};
    struct fixture fixture = run(&query);
    assert_string_equal(row_names(&fixture), "dead ga lmc npo");
    assert_int_equal(ec_table_cell(fixture.table, 2, 0).marks, EC_MARK_BEST);
    assert_string_equal(fixture.table->bests[0].title, "Best Time");
    done(&fixture);
    query.directions = (struct ec_words)WORDS("time=lower");
    fixture = run(&query);
    assert_string_equal(fixture.table->bests[0].title, "Fastest");
    done(&fixture);
    expect_error("--direction: 'sideways' is not lower, higher, none, a number or @RUN",
                 .directions = WORDS("time=sideways"));
}

static void group__mean_spread_and_count_of_what_completed(void **state)
{
    (void)state;
    struct ec_query query = {.columns = WORDS("time,mem"), .group_by = WORDS("method")};
    struct fixture fixture = run(&query);
    assert_string_equal(row_names(&fixture), "fast slow");
    struct ec_cell fast = ec_table_cell(fixture.table, 0, 0),
                   slow = ec_table_cell(fixture.table, 1, 0);
    /* 200 and 250: mean 225, sample standard deviation 50 / sqrt(2); the interrupted run is out. */
    assert_int_equal(fast.n, 2);
    assert_float_equal(fast.value.d, 225, 1e-12);
    assert_float_equal(fast.spread, 35.35533905932738, 1e-12);
    assert_int_equal(slow.n, 1);
    assert_true(isnan(slow.spread));
    /* Only one of the two fast runs measured its memory. */
    assert_int_equal(ec_table_cell(fixture.table, 0, 1).n, 1);
    assert_string_equal(fixture.table->notes[0], "1 run did not complete and is in no group");
    assert_string_equal(fixture.table->notes[1], "the runs of fast differ in total_steps");
    done(&fixture);
    expect_error("no run has a value 'methd'; did you mean 'method'?", .group_by = WORDS("methd"));
    expect_error("no run has a value 'k'; --name-pattern can take it from the names of runs",
                 .group_by = WORDS("`k`"));
    expect_error("no run has a value 'NPO'; text stands in quotes", .where = WORDS("method = NPO"));
}

static void references__come_first_and_are_not_ranked(void **state)
{
    (void)state;
    struct ec_query query = {.columns = WORDS("time"), .references = WORDS("l*,ga")};
    struct fixture fixture = run(&query);
    assert_string_equal(row_names(&fixture), "lmc ga dead npo");
    assert_true(ec_table_row_is_reference(fixture.table, 1));
    assert_int_equal(ec_table_cell(fixture.table, 1, 0).marks, 0);
    assert_int_equal(fixture.table->bests[0].rows[0], 3);
    done(&fixture);

    query.directions = (struct ec_words)WORDS("time=@lmc");
    query.references = (struct ec_words){0};
    fixture = run(&query);
    assert_string_equal(row_names(&fixture), "dead ga lmc npo");
    assert_int_equal(ec_table_cell(fixture.table, 2, 0).marks, EC_MARK_BEST);
    assert_int_equal(ec_table_cell(fixture.table, 1, 0).marks, EC_MARK_SECOND);
    assert_int_equal(ec_table_cell(fixture.table, 3, 0).marks, EC_MARK_SECOND);
    done(&fixture);
}

static double target_with(const char *references)
{
    static const char *const names[] = {"Original", "npo", "retrain_s0", "Retrain_s1"};
    static const double values[] = {0.9, 0.35, 0.3, 0.2};
    struct ec_query query = {.columns = WORDS("forget_prob"), .references = WORDS(references)};
    struct ec_runset *runset = ec_runset_new();
    uint32_t column = ec_runset_column(runset, ec_str("forget_Q_A_Prob"));
    for (size_t i = 0; i < 4; i++) {
        struct ec_run run = {.path = ec_str(names[i]), .name = ec_str(names[i])};
        ec_runset_add(runset, &run, &(struct ec_field){column, false, ec_value_real(values[i])}, 1);
    }
    ec_runset_finish(runset);
    struct ec_plan *plan = ec_plan_new(&query, NULL);
    struct ec_table *table = ec_plan_table(plan, runset, NULL);
    bool ranked = table->columns[0].direction == EC_REFERENCE;
    double target = ranked ? table->columns[0].target : NAN;
    ec_table_free(table);
    ec_plan_free(plan);
    ec_runset_free(runset);
    return target;
}

static void references__the_retrained_model_is_the_target(void **state)
{
    (void)state;
    assert_float_equal(target_with("Original,retrain*"), 0.3, 0);
    assert_float_equal(target_with("Original,Retrain*,retrain*"), 0.2, 0); /* the first of two */
    assert_float_equal(target_with("Original"), 0.9, 0);                   /* the only one */
    assert_true(isnan(target_with("Original,npo")));
    assert_true(isnan(target_with("nosuch*")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(list__commas_in_brackets_and_quotes_do_not_cut),
        cmocka_unit_test(list__split_at_the_first_equals_sign),
        cmocka_unit_test(list__split_at_each_equals_sign_from_the_last),
        cmocka_unit_test(columns__default_replace_add_and_globs),
        cmocka_unit_test(columns__units_change_the_header_and_the_numbers),
        cmocka_unit_test(rows__where_keeps_what_is_true),
        cmocka_unit_test(rows__sort_puts_missing_last_both_ways),
        cmocka_unit_test(rows__labels_and_order),
        cmocka_unit_test(group__mean_spread_and_count_of_what_completed),
        cmocka_unit_test(references__come_first_and_are_not_ranked),
        cmocka_unit_test(references__the_retrained_model_is_the_target),
        cmocka_unit_test(rank__marks_follow_sorting_and_skip_what_did_not_complete),
        cmocka_unit_test(rank__direction_can_be_changed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
