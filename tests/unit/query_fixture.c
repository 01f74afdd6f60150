#include "query_fixture.h"

#include "cmocka_test.h"

#include <stdio.h>

static void add_run(struct ec_runset *runset, const struct fixture_run *run)
{
    const struct {
        const char *key;
        double number;
    } numbers[] = {{"unlearning_time_seconds", run->time},
                   {"peak_gpu_memory_mb", run->memory},
                   {"model_utility", run->utility},
                   {"phases.setup_seconds", run->setup}};
    struct ec_field fields[5];
    size_t count = 0;
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
        if (!isnan(numbers[i].number))
            fields[count++] =
                (struct ec_field){.column = ec_runset_column(runset, ec_str(numbers[i].key)),
                                  .value = ec_value_real(numbers[i].number)};
    if (run->method)
        fields[count++] = (struct ec_field){.column = ec_runset_column(runset, ec_str("method")),
                                            .value = ec_value_str(ec_str(run->method))};
    struct ec_run described = {
        .path = ec_str(run->name), .name = ec_str(run->name), .status = run->status};
    ec_runset_add(runset, &described, fields, count);
}

struct query_fixture fixture_query(const struct fixture_run *runs, size_t count,
                                   const struct ec_query *query)
{
    struct query_fixture fixture = {.runset = ec_runset_new()};
    for (size_t i = 0; i < count; i++)
        add_run(fixture.runset, &runs[i]);
    ec_runset_finish(fixture.runset);
    fixture.plan = ec_plan_new(query, &fixture.error);
    if (fixture.plan)
        fixture.table = ec_plan_table(fixture.plan, fixture.runset, &fixture.error);
    return fixture;
}

void fixture_done(struct query_fixture *fixture)
{
    ec_table_free(fixture->table);
    ec_plan_free(fixture->plan);
    ec_runset_free(fixture->runset);
}

const struct ec_column *fixture_find(const struct query_fixture *fixture, const char *key)
{
    if (!fixture->table)
        fail_msg("%s", fixture->error.text);
    for (size_t i = 0; i < fixture->table->column_count; i++)
        if (strcmp(fixture->table->columns[i].key, key) == 0)
            return &fixture->table->columns[i];
    fail_msg("there is no column %s", key);
    return NULL;
}

static struct ec_cell find_cell(const struct query_fixture *fixture, const char *name,
                                const char *key)
{
    const struct ec_column *column = fixture_find(fixture, key);
    const struct ec_table *table = fixture->table;
    for (size_t row = 0; row < table->row_count; row++)
        if (ec_str_equal(ec_table_row_key(table, row), ec_str(name)))
            return ec_table_cell(table, row, (size_t)(column - table->columns));
    fail_msg("there is no row %s", name);
    return (struct ec_cell){0};
}

double fixture_number(const struct query_fixture *fixture, const char *row, const char *column)
{
    struct ec_value value = find_cell(fixture, row, column).value;
    return ec_value_is_number(value) ? ec_value_number(value) : NAN;
}

double fixture_spread_of(const struct query_fixture *fixture, const char *row, const char *column)
{
    return find_cell(fixture, row, column).spread;
}

const char *fixture_text(const struct query_fixture *fixture, const char *row, const char *column)
{
    static char text[128];
    struct ec_value value = find_cell(fixture, row, column).value;
    if (value.kind == EC_MISSING)
        return "";
    assert_int_equal(value.kind, EC_STR);
    snprintf(text, sizeof text, "%.*s", (int)value.text_length, value.text);
    return text;
}

void fixture_expect_error(const struct fixture_run *runs, size_t count,
                          const struct ec_query *query, const char *message)
{
    struct query_fixture fixture = fixture_query(runs, count, query);
    assert_null(fixture.table);
    assert_string_equal(fixture.error.text, message);
    fixture_done(&fixture);
}
