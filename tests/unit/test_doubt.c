/* doubt: notes on what makes a comparison doubtful, and no notes where nothing does. */
#include "cmocka_test.h"
#include "query/query.h"

#include <stdio.h>

struct sample {
    const char *name, *method, *gpu;
    double time;
    int64_t steps;
    bool retain;
};

static struct ec_runset *make_runs(const struct sample *samples, size_t count)
{
    struct ec_runset *runset = ec_runset_new();
    uint32_t time = ec_runset_column(runset, ec_str("unlearning_time_seconds"));
    uint32_t steps = ec_runset_column(runset, ec_str("total_steps"));
    uint32_t retain = ec_runset_column(runset, ec_str("requires_retain_set"));
    uint32_t method = ec_runset_column(runset, ec_str("method"));
    uint32_t gpu = ec_runset_column(runset, ec_str("gpu_name"));
    for (size_t i = 0; i < count; i++) {
        const struct sample *sample = &samples[i];
        struct ec_value gpu_name = ec_value_missing();
        if (sample->gpu)
            gpu_name = ec_value_str(ec_str(sample->gpu));
        const struct ec_field fields[] = {
            {.column = time, .value = ec_value_real(sample->time)},
            {.column = steps, .value = ec_value_int(sample->steps)},
            {.column = retain, .value = ec_value_bool(sample->retain)},
            {.column = method, .value = ec_value_str(ec_str(sample->method))},
            {.column = gpu, .value = gpu_name},
        };
        struct ec_run run = {.path = ec_str(sample->name), .name = ec_str(sample->name)};
        ec_runset_add(runset, &run, fields, sizeof fields / sizeof fields[0]);
    }
    ec_runset_finish(runset);
    return runset;
}

/* The notes of the table that a query asks for, each with a newline. */
static void check_query(const struct sample *samples, size_t count, struct ec_query query,
                        const char *expected)
{
    char text[1024] = "";
    struct ec_error error = {0};
    struct ec_runset *runset = make_runs(samples, count);
    struct ec_plan *plan = ec_plan_new(&query, &error);
    struct ec_table *table = plan ? ec_plan_table(plan, runset, &error) : NULL;
    assert_string_equal(error.text, "");
    for (size_t i = 0; i < table->note_count; i++)
        snprintf(text + strlen(text), sizeof text - strlen(text), "%s\n", table->notes[i]);
    assert_string_equal(text, expected);
    ec_table_free(table);
    ec_plan_free(plan);
    ec_runset_free(runset);
}

static void check(const struct sample *samples, size_t count, const char *columns,
                  const char *reference, const char *expected)
{
    check_query(
        samples, count,
        (struct ec_query){.columns = {&columns, 1}, .references = {&reference, reference ? 1 : 0}},
        expected);
}

/* Likewise with a row for each method. */
static void check_methods(const struct sample *samples, size_t count, const char *columns,
                          const char *expected)
{
    const char *method = "method";
    check_query(samples, count,
                (struct ec_query){.columns = {&columns, 1}, .group_by = {&method, 1}}, expected);
}

static void doubt__none(void **state)
{
    (void)state;
    static const struct sample samples[] = {{"a", "NPO", "A100", 100.5, 60, true},
                                            {"b", "GradAscent", NULL, 90.5, 60, false},
                                            {"c", "unheard of", "A100", 95.5, 60, false}};
    check(samples, 3, "time,steps,retain", NULL, "");
}

static void doubt__same_numbers(void **state)
{
    (void)state;
    static const struct sample samples[] = {{"a", "NPO", NULL, 100.5, 60, true},
                                            {"b", "NPO", NULL, 100.5, 60, true},
                                            {"c", "NPO", NULL, 100.5, 60, true},
                                            {"d", "DPO", NULL, 100.5, 60, true}};
    check(samples, 4, "time", NULL,
          "b has exactly the numbers of a, as if copied; so it is with 1 more\n");
    /* Others that share the time, and are not like the first, may be like each other. */
    static const struct sample later[] = {{"a", "NPO", NULL, 100.5, 60, true},
                                          {"b", "DPO", NULL, 100.5, 60, true},
                                          {"c", "GradDiff", NULL, 100.5, 60, true},
                                          {"d", "GradDiff", NULL, 100.5, 60, true},
                                          {"e", "DPO", NULL, 100.5, 60, true},
                                          {"f", "GradDiff", NULL, 90.5, 60, true}};
    check(later, 6, "time,method", NULL,
          "d has exactly the numbers of c, as if copied; so it is with 1 more\n");
    check(samples, 2, "steps", NULL, "");
}

static void doubt__whole_seconds_may_agree(void **state)
{
    (void)state;
    static const struct sample samples[] = {{"a", "NPO", NULL, 100, 60, true},
                                            {"b", "NPO", NULL, 100, 60, true}};
    check(samples, 2, "time", NULL, "");
}

static void doubt__retain_set(void **state)
{
    (void)state;
    static const struct sample samples[] = {{"a", "NPO", NULL, 100.5, 60, false},
                                            {"b", "UNDIAL", NULL, 90.5, 60, false},
                                            {"c", "GradDiff", NULL, 80.5, 60, false},
                                            {"d", "NPO", NULL, 70.5, 60, true}};
    check(samples, 4, "time,retain", NULL,
          "2 runs claim to need no retain set, but as open-unlearning ships it the method uses "
          "one: NPO, GradDiff\n");
    check(samples, 4, "time", NULL, "");
}

static void doubt__hardware(void **state)
{
    (void)state;
    static const struct sample samples[] = {
        {"a", "NPO", "A100", 1.5, 60, true}, {"b", "NPO", "H100", 2.5, 60, true},
        {"c", "NPO", "A100", 3.5, 60, true}, {"d", "NPO", NULL, 4.5, 60, true},
        {"e", "NPO", "L40", 5.5, 60, true},  {"f", "NPO", "T4", 6.5, 60, true}};
    check(samples, 2, "time", NULL, "the runs used different GPUs: A100, H100\n");
    check(samples, 6, "time", NULL, "the runs used different GPUs: A100, H100, L40 and others\n");
    check(samples, 6, "steps", NULL, "");
}

static void doubt__steps(void **state)
{
    (void)state;
    static const struct sample samples[] = {{"a", "NPO", NULL, 1.5, 60, true},
                                            {"b", "NPO", NULL, 2.5, 57, true},
                                            {"Retrain", "Retrain", NULL, 3.5, 200, true}};
    check(samples, 3, "time", "Retrain",
          "the runs took from 57 to 60 steps; their times are of different amounts of work\n");
    check(samples, 3, "retain", NULL, "");
}

static void doubt__steps_of_groups(void **state)
{
    (void)state;
    static const struct sample samples[] = {{"a0", "A", NULL, 1.5, 60, true},
                                            {"a1", "A", NULL, 2.5, 60, true},
                                            {"b0", "B", NULL, 3.5, 30, true}};
    check_methods(samples, 2, "time", "");
    check_methods(
        samples, 3, "time",
        "the runs took from 30 to 60 steps; their times are of different amounts of work\n");
}

/* A run that does not know its GPU says nothing about it. */
static void doubt__groups_differ_in_what_is_known(void **state)
{
    (void)state;
    static const struct sample samples[] = {{"a0", "A", NULL, 1.5, 60, true},
                                            {"a1", "A", "H100", 2.5, 60, true},
                                            {"a2", "A", NULL, 3.5, 60, true},
                                            {"a3", "A", "A100", 4.5, 60, true}};
    check_methods(samples, 3, "time", "");
    check_methods(samples, 4, "time",
                  "the runs used different GPUs: H100, A100\nthe runs of A differ in gpu_name\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(doubt__none),
        cmocka_unit_test(doubt__same_numbers),
        cmocka_unit_test(doubt__whole_seconds_may_agree),
        cmocka_unit_test(doubt__retain_set),
        cmocka_unit_test(doubt__hardware),
        cmocka_unit_test(doubt__steps),
        cmocka_unit_test(doubt__steps_of_groups),
        cmocka_unit_test(doubt__groups_differ_in_what_is_known),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
