/* runset: runs come back in one order, whatever the order of arrival. */
#include "base/natural.h"
#include "cmocka_test.h"
#include "runset/runset.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

static void add(struct ec_runset *runset, const char *path, size_t name_length)
{
    struct ec_run run = {.path = ec_str(path), .name = {path, name_length}, .mtime_ns = 7};
    ec_runset_add(runset, &run, NULL, 0);
}

static void assert_text(struct ec_str text, const char *expected)
{
    assert_int_equal(text.len, strlen(expected));
    assert_memory_equal(text.ptr, expected, text.len);
}

static void finish__natural_order_of_names_then_paths(void **state)
{
    (void)state;
    struct ec_runset *runset = ec_runset_new();
    add(runset, "k10/r.json", 3);
    add(runset, "k2/r.json", 2);
    add(runset, "k2/b.json", 2);
    add(runset, "a/k/r.json", 3);
    ec_runset_finish(runset);
    assert_int_equal(ec_runset_count(runset), 4);
    assert_text(ec_runset_run(runset, 0).path, "a/k/r.json");
    assert_text(ec_runset_run(runset, 1).path, "k2/b.json");
    assert_text(ec_runset_run(runset, 2).path, "k2/r.json");
    assert_text(ec_runset_run(runset, 3).path, "k10/r.json");
    assert_text(ec_runset_run(runset, 3).name, "k10");
    ec_runset_free(runset);
}

static void finish__many_rows_with_long_common_beginnings(void **state)
{
    (void)state;
    enum { MANY = 2000 };
    struct ec_runset *runset = ec_runset_new();
    for (unsigned i = 0; i < MANY; i++) {
        char path[80];
        unsigned number = i * 1237 % MANY; /* each once, shuffled */
        snprintf(path, sizeof path, "a-common-beginning/of-many-bytes/run%u/r.json", number);
        add(runset, path, strlen(path) - strlen("/r.json"));
    }
    ec_runset_finish(runset);
    for (int i = 0; i < MANY; i++) {
        char name[80];
        snprintf(name, sizeof name, "a-common-beginning/of-many-bytes/run%d", i);
        assert_text(ec_runset_run(runset, (size_t)i).name, name);
    }
    ec_runset_free(runset);
}

/* Names of few pieces, so that many have beginnings that are equal but for leading zeros. */
static void finish__random_names(void **state)
{
    (void)state;
    enum { ROUNDS = 200, MANY = 100, PIECES = 5 };
    static const char *const pieces[] = {"a1-", "a01-", "a001-", "a12-", "a0", "b/", "1", "2"};
    srand(1);
    for (int round = 0; round < ROUNDS; round++) {
        struct ec_runset *runset = ec_runset_new();
        for (int i = 0; i < MANY; i++) {
            char path[80] = "";
            for (int k = 1 + rand() % PIECES; k > 0; k--)
                strcat(path, pieces[rand() % 8]);
            add(runset, path, strlen(path));
        }
        ec_runset_finish(runset);
        for (size_t i = 1; i < MANY; i++)
            assert_true(ec_natural_compare(ec_runset_run(runset, i - 1).name,
                                           ec_runset_run(runset, i).name) <= 0);
        ec_runset_free(runset);
    }
}

static void add__texts_with_nuls(void **state)
{
    (void)state;
    struct ec_runset *runset = ec_runset_new();
    struct ec_run run = {.path = {"a\0b/r.json", 10}, .name = {"n\0m", 3}};
    ec_runset_add(runset, &run, NULL, 0);
    ec_runset_finish(runset);
    struct ec_run found = ec_runset_run(runset, 0);
    assert_int_equal(found.path.len, 10);
    assert_memory_equal(found.path.ptr, "a\0b/r.json", 11);
    assert_int_equal(found.name.len, 3);
    assert_memory_equal(found.name.ptr, "n\0m", 3);
    ec_runset_free(runset);
}

static void add__values_and_texts_are_copied(void **state)
{
    (void)state;
    struct ec_runset *runset = ec_runset_new();
    char path[] = "x/r.json", name[] = "elsewhere", text[] = "NPO";
    struct ec_field fields[] = {
        {.column = ec_runset_column(runset, ec_str("method")), .value = ec_value_str(ec_str(text))},
        {.column = ec_runset_column(runset, ec_str("total_steps")), .value = ec_value_int(100)},
        {.column = ec_runset_column(runset, ec_str("tokens_per_second")), .zero_dropped = true},
    };
    struct ec_run run = {.path = ec_str(path),
                         .name = ec_str(name),
                         .mtime_ns = 1234567890123456789,
                         .status = EC_STATUS_FAILED};
    ec_runset_add(runset, &run, fields, 3);
    memset(path, '?', sizeof path), memset(name, '?', sizeof name), memset(text, '?', sizeof text);
    ec_runset_finish(runset);
    struct ec_run got = ec_runset_run(runset, 0);
    assert_text(got.path, "x/r.json");
    assert_text(got.name, "elsewhere");
    assert_true(got.mtime_ns == 1234567890123456789 && got.status == EC_STATUS_FAILED);
    uint32_t column;
    assert_true(ec_runset_find_column(runset, ec_str("method"), &column));
    assert_text(ec_value_text(ec_runset_value(runset, 0, column)), "NPO");
    assert_true(ec_runset_find_column(runset, ec_str("tokens_per_second"), &column));
    assert_int_equal(ec_runset_value(runset, 0, column).kind, EC_MISSING);
    assert_int_equal(ec_runset_column_zeros(runset, column), 1);
    ec_runset_free(runset);
}

static void columns__ordered_by_registry_then_key(void **state)
{
    (void)state;
    struct ec_runset *runset = ec_runset_new();
    const char *keys[] = {"k10", "total_steps", "k2", "unlearning_time_seconds", "k2"};
    for (size_t i = 0; i < 5; i++)
        ec_runset_column(runset, ec_str(keys[i]));
    ec_runset_finish(runset);
    assert_int_equal(ec_runset_column_count(runset), 4);
    assert_text(ec_runset_column_key(runset, 0), "unlearning_time_seconds");
    assert_text(ec_runset_column_key(runset, 1), "total_steps");
    assert_text(ec_runset_column_key(runset, 2), "k2");
    assert_text(ec_runset_column_key(runset, 3), "k10");
    assert_ptr_equal(ec_runset_column_metric(runset, 1), ec_metric_get(EC_METRIC_steps));
    assert_null(ec_runset_column_metric(runset, 2));
    uint32_t column;
    assert_true(ec_runset_find_column(runset, ec_str("k10"), &column));
    assert_int_equal(column, 3);
    assert_false(ec_runset_find_column(runset, ec_str("k1"), &column));
    ec_runset_free(runset);
}

static void issues__ordered_by_path(void **state)
{
    (void)state;
    struct ec_runset *runset = ec_runset_new();
    ec_runset_add_issue(runset, EC_ISSUE_BAD_RECORD, ec_str("k10"), 1, 2, "b");
    ec_runset_add_issue(runset, EC_ISSUE_WALK, ec_str("k2"), 0, 0, "a");
    ec_runset_finish(runset);
    assert_int_equal(ec_runset_issue_count(runset), 2);
    assert_text(ec_runset_issue(runset, 0)->path, "k2");
    assert_int_equal(ec_runset_issue(runset, 0)->kind, EC_ISSUE_WALK);
    assert_int_equal(ec_runset_issue(runset, 1)->column, 2);
    assert_string_equal(ec_runset_issue(runset, 1)->reason, "b");
    ec_runset_free(runset);
}

static void empty__has_nothing(void **state)
{
    (void)state;
    struct ec_runset *runset = ec_runset_new();
    ec_runset_finish(runset);
    assert_int_equal(ec_runset_count(runset), 0);
    assert_int_equal(ec_runset_column_count(runset), 0);
    assert_int_equal(ec_runset_issue_count(runset), 0);
    ec_runset_free(runset);
    ec_runset_free(NULL);
}

enum { THREADS = 4, PER_THREAD = 3000 };

struct adder {
    struct ec_runset *runset;
    int number;
    pthread_t thread;
};

static void *add_many(void *context)
{
    struct adder *adder = context;
    for (int i = 0; i < PER_THREAD; i++) {
        char path[32];
        int number = i * THREADS + adder->number;
        snprintf(path, sizeof path, "r%d", number);
        struct ec_field field = {.column = ec_runset_column(adder->runset, ec_str("total_steps")),
                                 .value = ec_value_int(number)};
        struct ec_run run = {.path = ec_str(path), .name = ec_str(path)};
        ec_runset_add(adder->runset, &run, &field, 1);
    }
    return NULL;
}

static void start_adders(struct adder adders[THREADS], struct ec_runset *runset)
{
    for (int i = 0; i < THREADS; i++) {
        adders[i] = (struct adder){.runset = runset, .number = i};
        assert_int_equal(pthread_create(&adders[i].thread, NULL, add_many, &adders[i]), 0);
    }
}

static void join_adders(struct adder adders[THREADS])
{
    for (int i = 0; i < THREADS; i++)
        pthread_join(adders[i].thread, NULL);
}

static void add__from_many_threads(void **state)
{
    (void)state;
    struct ec_runset *runset = ec_runset_new();
    struct adder adders[THREADS];
    start_adders(adders, runset);
    join_adders(adders);
    assert_int_equal(ec_runset_progress(runset), THREADS * PER_THREAD);
    ec_runset_finish(runset);
    for (size_t i = 0; i < THREADS * PER_THREAD; i++)
        assert_int_equal(ec_runset_value(runset, i, 0).i, i);
    ec_runset_free(runset);
}

/* Each run in it is whole, however many threads add more meanwhile. */
static void snapshot__while_runs_are_added(void **state)
{
    (void)state;
    struct ec_runset *runset = ec_runset_new();
    struct adder adders[THREADS];
    start_adders(adders, runset);
    size_t count = 0;
    while (count < THREADS * PER_THREAD) {
        struct ec_runset *some = ec_runset_snapshot(runset, THREADS * PER_THREAD);
        count = ec_runset_count(some);
        for (size_t i = 0; i < count; i++) {
            char name[32];
            snprintf(name, sizeof name, "r%d", (int)ec_runset_value(some, i, 0).i);
            assert_text(ec_runset_run(some, i).name, name);
        }
        ec_runset_free(some);
    }
    join_adders(adders);
    ec_runset_free(runset);
}

/* A snapshot is finished and stands alone, whatever becomes of the runset. */
static void snapshot__has_the_first_runs_of_its_own(void **state)
{
    (void)state;
    struct ec_runset *runset = ec_runset_new();
    const char *const names[] = {"k10", "k2", "k1"};
    for (int i = 0; i < 3; i++) {
        struct ec_run run = {.path = ec_str(names[i]),
                             .name = ec_str(names[i]),
                             .mtime_ns = i,
                             .status = EC_STATUS_RUNNING};
        struct ec_field fields[] = {
            {ec_runset_column(runset, ec_str("x")), false, ec_value_int(i)},
            {ec_runset_column(runset, ec_str("total_steps")), true, ec_value_missing()},
            {ec_runset_column(runset, ec_str("text")), false, ec_value_str(ec_str(names[i]))},
        };
        ec_runset_add(runset, &run, fields, 3);
    }
    ec_runset_add_issue(runset, EC_ISSUE_WALK, ec_str("p"), 1, 2, "why");
    struct ec_runset *some = ec_runset_snapshot(runset, 2);
    ec_runset_free(runset);

    uint32_t x, text;
    assert_int_equal(ec_runset_count(some), 2);
    assert_true(ec_runset_find_column(some, ec_str("x"), &x));
    assert_true(ec_runset_find_column(some, ec_str("text"), &text));
    assert_true(ec_str_equal(ec_runset_run(some, 0).name, ec_str("k2")));
    assert_int_equal(ec_runset_run(some, 0).mtime_ns, 1);
    assert_int_equal(ec_runset_status(some, 1), EC_STATUS_RUNNING);
    assert_int_equal(ec_runset_value(some, 0, x).i, 1);
    assert_true(ec_str_equal(ec_value_text(ec_runset_value(some, 1, text)), ec_str("k10")));
    assert_int_equal(ec_runset_column_zeros(some, 0), 3); /* total_steps, in all that was added */
    assert_int_equal(ec_runset_issue_count(some), 1);
    assert_string_equal(ec_runset_issue(some, 0)->reason, "why");
    ec_runset_free(some);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finish__natural_order_of_names_then_paths),
        cmocka_unit_test(finish__many_rows_with_long_common_beginnings),
        cmocka_unit_test(finish__random_names),
        cmocka_unit_test(add__texts_with_nuls),
        cmocka_unit_test(add__values_and_texts_are_copied),
        cmocka_unit_test(columns__ordered_by_registry_then_key),
        cmocka_unit_test(issues__ordered_by_path),
        cmocka_unit_test(empty__has_nothing),
        cmocka_unit_test(add__from_many_threads),
        cmocka_unit_test(snapshot__while_runs_are_added),
        cmocka_unit_test(snapshot__has_the_first_runs_of_its_own),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
