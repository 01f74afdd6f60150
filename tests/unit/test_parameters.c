/* parameters: what name patterns take from the names of runs. */
#include "cmocka_test.h"
#include "query/query.h"

#include <stdio.h>

#define WORDS(...)                                                                                 \
    {                                                                                              \
        .items = (const char *const[]){__VA_ARGS__},                                               \
        .count = sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *)                       \
    }

static struct ec_runset *make_runs(void)
{
    static const char *const names[] = {"npo_k10_s0", "npo_k2_s1", "ga_s0", "retrain"};
    struct ec_runset *runset = ec_runset_new();
    uint32_t time = ec_runset_column(runset, ec_str("unlearning_time_seconds"));
    for (size_t i = 0; i < 4; i++) {
        struct ec_field field = {.column = time, .value = ec_value_real(100.5 + (double)i)};
        struct ec_run run = {.path = ec_str(names[i]), .name = ec_str(names[i])};
        ec_runset_add(runset, &run, &field, 1);
    }
    ec_runset_finish(runset);
    return runset;
}

/* Every row as "NAME:cell,cell\n" in the file order of the table; "-" for missing. */
static void check(const struct ec_query *query, const char *expected, const char *message)
{
    char text[512] = "";
    struct ec_error error = {0};
    struct ec_runset *runset = make_runs();
    struct ec_plan *plan = ec_plan_new(query, &error);
    struct ec_table *table = plan ? ec_plan_table(plan, runset, &error) : NULL;
    for (size_t row = 0; table && row < table->row_count; row++) {
        struct ec_str name = ec_table_row_name(table, row);
        size_t used = strlen(text);
        snprintf(text + used, sizeof text - used, "%.*s", (int)name.len, name.ptr);
        for (size_t i = 0; i < table->column_count; i++) {
            struct ec_value value = ec_table_cell(table, row, i).value;
            used = strlen(text);
            if (value.kind == EC_STR)
                snprintf(text + used, sizeof text - used, " %.*s", (int)value.text_length,
                         value.text);
            else if (value.kind == EC_MISSING)
                snprintf(text + used, sizeof text - used, " -");
            else
                snprintf(text + used, sizeof text - used, " %g", ec_value_number(value));
        }
        strcat(text, "\n");
    }
    assert_string_equal(error.text, message);
    assert_string_equal(text, expected);
    ec_table_free(table);
    ec_plan_free(plan);
    ec_runset_free(runset);
}

static void parameters__first_pattern_that_matches(void **state)
{
    (void)state;
    check(&(struct ec_query){.name_patterns = WORDS("{method}_k{K}_s{seed}", "{method}_s{seed}"),
                             .columns = WORDS("method,K,seed"),
                             .sort = WORDS("-K")},
          "npo_k10_s0 npo 10 0\nnpo_k2_s1 npo 2 1\nga_s0 ga - 0\nretrain - - -\n", "");
}

static void parameters__are_columns_by_default(void **state)
{
    (void)state;
    check(&(struct ec_query){.name_patterns = WORDS("{method}_s{seed:text}"),
                             .where = WORDS("seed = \"1\"")},
          "npo_k2_s1 npo_k2 1 101.5 - - -\n", "");
}

/* Such a name is no list of columns and no glob. */
static void parameters__odd_names(void **state)
{
    (void)state;
    check(&(struct ec_query){.name_patterns = WORDS("{m[*,x}_k{a=1}_s{all}"),
                             .where = WORDS("time < 101")},
          "npo_k10_s0 npo 10 0 100.5 - - -\n", "");
}

static void parameters__group_keys(void **state)
{
    (void)state;
    check(&(struct ec_query){.name_patterns = WORDS("{method}_k*_s{seed}", "{method}_s{seed}"),
                             .columns = WORDS("time,seed"),
                             .where = WORDS("known(method)"),
                             .group_by = WORDS("method")},
          "ga 102.5 0\nnpo 101 0.5\n", "");
}

static void parameters__pattern_that_matches_nothing(void **state)
{
    (void)state;
    check(&(struct ec_query){.name_patterns = WORDS("x{method}")}, "",
          "--name-pattern matches no run's whole name; the first is 'ga_s0'");
}

static void parameters__name_that_is_taken(void **state)
{
    (void)state;
    check(&(struct ec_query){.name_patterns = WORDS("{status}_{seed}")}, "",
          "--name-pattern: {status} would hide the status that every run has");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parameters__first_pattern_that_matches),
        cmocka_unit_test(parameters__are_columns_by_default),
        cmocka_unit_test(parameters__odd_names),
        cmocka_unit_test(parameters__group_keys),
        cmocka_unit_test(parameters__pattern_that_matches_nothing),
        cmocka_unit_test(parameters__name_that_is_taken),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
