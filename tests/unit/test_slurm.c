/* slurm: programs that stand for Slurm's own, found through PATH, answer as those of 22.05 do. */
#include "cmocka_test.h"
#include "common/slurm.h"
#include "load/jobs.h"
#include "tree_fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void program(const char *name, const char *script)
{
    char path[64], text[1024];
    snprintf(path, sizeof path, "bin/%s", name);
    snprintf(text, sizeof text, "#!/bin/sh\n%s\n", script);
    tree_file(path, text, strlen(text));
    assert_int_equal(chmod(path, 0755), 0);
}

/* A Slurm that knows the cluster "here"; squeue runs `script`. */
static void have_slurm(const char *script)
{
    program("scontrol", "echo 'Configuration data'; echo 'ClusterName             = here'; "
                        "echo 'MaxArraySize            = 1001'");
    program("squeue", script);
}

static int setup(void **state)
{
    int rc = tree_setup(state);
    char directory[1024], path[2048];
    tree_directory("bin");
    assert_non_null(getcwd(directory, sizeof directory));
    snprintf(path, sizeof path, "%s/bin:/usr/bin:/bin", directory);
    setenv("PATH", path, 1);
    return rc;
}

/* `id` as Slurm shows it: "12", or "12_3". */
static struct ec_slurm_job job(const char *cluster, const char *id)
{
    struct ec_slurm_job result;
    char array[32] = "", task[32] = "";
    if (sscanf(id, "%31[0-9]_%31s", array, task) == 2)
        ec_slurm_job_set(&result, cluster, "99", array, task, geteuid());
    else
        ec_slurm_job_set(&result, cluster, id, NULL, NULL, geteuid());
    return result;
}

static void job_set__arrays(void **state)
{
    (void)state;
    struct ec_slurm_job result;
    ec_slurm_job_set(&result, "here", "14", "12", "3", 0);
    assert_string_equal(result.id, "12_3");
    ec_slurm_job_set(&result, "here", "14", NULL, "3", 0);
    assert_string_equal(result.id, "14");
    ec_slurm_job_set(&result, NULL, NULL, NULL, NULL, 0);
    assert_string_equal(result.id, "");
    ec_slurm_job_set(&result, "here", "14", "12", "3-5", 0);
    assert_string_equal(result.id, "14");
    ec_slurm_job_set(&result, "here", "14 -u x", NULL, NULL, 0);
    assert_string_equal(result.id, "");
    char longest[200];
    memset(longest, '1', sizeof longest - 1);
    longest[sizeof longest - 1] = '\0';
    ec_slurm_job_set(&result, longest, longest, longest, longest, 0);
    assert_string_equal(result.id, "");
    assert_string_equal(result.cluster, "");
}

static void ask__one_question_for_all(void **state)
{
    (void)state;
    have_slurm(
        "echo \"$@\" >>asked\n"
        "echo 12_0 PENDING Priority, of others\necho 12_1 RUNNING None\necho 12_2 COMPLETED None\n"
        "echo 12_3 CANCELLED None\necho 7 COMPLETING None\necho 12_4 SUSPENDED None");
    struct ec_slurm_job jobs[] = {job("here", "12_3"), job("here", "7"),     job("here", "12_1"),
                                  job("here", "12_9"), job("here", "12_2"),  job("here", "12_0"),
                                  job("here", "12_0"), job("there", "12_0"), job("here", ""),
                                  job("here", "12_4")};
    static const enum ec_slurm_standing expected[] = {
        EC_SLURM_GONE,  EC_SLURM_RUNS,  EC_SLURM_RUNS,    EC_SLURM_GONE,    EC_SLURM_COMPLETED,
        EC_SLURM_WAITS, EC_SLURM_WAITS, EC_SLURM_UNKNOWN, EC_SLURM_UNKNOWN, EC_SLURM_SUSPENDED};
    assert_int_equal(ec_slurm_ask(jobs, 10, EC_SLURM_LOOK_S, NULL, NULL), EC_SLURM_ANSWERED);
    for (size_t i = 0; i < 10; i++)
        assert_int_equal(jobs[i].standing, expected[i]);
    assert_string_equal(jobs[0].state, "CANCELLED");
    assert_string_equal(jobs[3].state, "");
    assert_string_equal(jobs[5].reason, "Priority");
    char line[256] = "";
    FILE *asked = fopen("asked", "r");
    assert_non_null(fgets(line, sizeof line, asked));
    assert_string_equal(line, "-hr --states=all --format=%i %T %r --jobs=12,12,7\n");
    assert_null(fgets(line, sizeof line, asked));
    fclose(asked);
}

static void ask__jobs_that_are_kept_from_us(void **state)
{
    (void)state;
    have_slurm("echo 1 PENDING None");
    program("scontrol", "echo 'ClusterName = here'; echo 'MaxArraySize = 1001'; "
                        "echo 'PrivateData             = accounts,jobs'");
    struct ec_slurm_job jobs[] = {job("here", "1"), job("here", "2"), job("here", "3")};
    jobs[0].may_be_hidden = jobs[1].may_be_hidden = true;
    assert_int_equal(ec_slurm_ask(jobs, 3, EC_SLURM_LOOK_S, NULL, NULL), EC_SLURM_ANSWERED);
    assert_int_equal(jobs[0].standing, EC_SLURM_WAITS);
    assert_int_equal(jobs[1].standing, EC_SLURM_UNKNOWN);
    assert_int_equal(jobs[2].standing, EC_SLURM_GONE);
    have_slurm("echo 1 PENDING None");
    program("scontrol", "echo 'ClusterName = here'; echo 'MaxArraySize = 1001'; "
                        "echo 'PrivateData = none'; echo 'jobs = 1'");
    assert_int_equal(ec_slurm_ask(jobs, 3, EC_SLURM_LOOK_S, NULL, NULL), EC_SLURM_ANSWERED);
    assert_int_equal(jobs[1].standing, EC_SLURM_GONE);
}

static void job_set__whose_may_be_hidden(void **state)
{
    (void)state;
    struct ec_slurm_job result;
    ec_slurm_job_set(&result, "here", "14", NULL, NULL, geteuid());
    assert_false(result.may_be_hidden);
    ec_slurm_job_set(&result, "here", "14", NULL, NULL, geteuid() + 1);
    assert_true(result.may_be_hidden == (geteuid() != 0));
}

static void ask__nobody_is_asked_about_another_cluster(void **state)
{
    (void)state;
    have_slurm("echo asked >asked");
    struct ec_slurm_job jobs[] = {job("there", "1"), job(NULL, "2")};
    assert_int_equal(ec_slurm_ask(jobs, 2, EC_SLURM_LOOK_S, NULL, NULL), EC_SLURM_ANSWERED);
    assert_int_equal(jobs[0].standing, EC_SLURM_UNKNOWN);
    assert_int_equal(access("asked", F_OK), -1);
}

static void ask__without_slurm(void **state)
{
    (void)state;
    setenv("PATH", "/nowhere", 1);
    struct ec_slurm_job jobs[] = {job("here", "1")};
    struct ec_error error = {0};
    assert_int_equal(ec_slurm_ask(jobs, 1, EC_SLURM_LOOK_S, NULL, &error), EC_SLURM_ABSENT);
    assert_string_equal(error.text, "");
}

static void assert_no_answer(const char *script, const char *message)
{
    have_slurm(script);
    struct ec_slurm_job jobs[] = {job("here", "1")};
    struct ec_error error = {0};
    assert_int_equal(ec_slurm_ask(jobs, 1, EC_SLURM_LOOK_S, NULL, &error), -1);
    assert_string_equal(error.text, message);
    assert_int_equal(jobs[0].standing, EC_SLURM_UNKNOWN);
}

static void ask__no_answer(void **state)
{
    (void)state;
    assert_no_answer("echo 1 PENDING None; exit 1", "squeue failed");
    assert_no_answer("echo 'slurm_load_jobs error: Invalid user' >&2; echo more >&2; exit 1",
                     "squeue failed: slurm_load_jobs error: Invalid user");
    assert_no_answer("exec sleep 100", "squeue gave no answer within 2 s");
    assert_no_answer("echo trying again >&2; exec sleep 100",
                     "squeue gave no answer within 2 s: trying again");
    program("scontrol", "echo 'ClusterName ='");
    struct ec_slurm_job jobs[] = {job("here", "1")};
    struct ec_error error = {0};
    assert_int_equal(ec_slurm_ask(jobs, 1, EC_SLURM_LOOK_S, NULL, &error), -1);
    assert_string_equal(error.text, "scontrol does not say which cluster this is");
}

static void ask__is_stopped(void **state)
{
    (void)state;
    have_slurm("exec sleep 100");
    struct ec_slurm_job jobs[] = {job("here", "1")};
    struct ec_error error = {0};
    atomic_bool stop = true;
    assert_int_equal(ec_slurm_ask(jobs, 1, EC_SLURM_LOOK_S, &stop, &error), -1);
    assert_string_equal(error.text, "scontrol: Operation canceled");
}

static void liveness__what_slurm_says_of_a_record(void **state)
{
    (void)state;
    static const struct {
        enum ec_status recorded;
        enum ec_slurm_standing standing;
        enum ec_status expected;
    } cases[] = {
        {EC_STATUS_PENDING, EC_SLURM_UNKNOWN, EC_STATUS_PENDING},
        {EC_STATUS_PENDING, EC_SLURM_WAITS, EC_STATUS_PENDING},
        {EC_STATUS_PENDING, EC_SLURM_RUNS, EC_STATUS_RUNNING},
        {EC_STATUS_PENDING, EC_SLURM_COMPLETED, EC_STATUS_PENDING},
        {EC_STATUS_PENDING, EC_SLURM_GONE, EC_STATUS_INTERRUPTED},
        {EC_STATUS_RUNNING, EC_SLURM_WAITS, EC_STATUS_PENDING},
        {EC_STATUS_RUNNING, EC_SLURM_COMPLETED, EC_STATUS_RUNNING},
        {EC_STATUS_RUNNING, EC_SLURM_GONE, EC_STATUS_INTERRUPTED},
        {EC_STATUS_INTERRUPTED, EC_SLURM_WAITS, EC_STATUS_PENDING},
        {EC_STATUS_INTERRUPTED, EC_SLURM_RUNS, EC_STATUS_INTERRUPTED},
        {EC_STATUS_INTERRUPTED, EC_SLURM_SUSPENDED, EC_STATUS_RUNNING},
        {EC_STATUS_RUNNING, EC_SLURM_SUSPENDED, EC_STATUS_RUNNING},
        {EC_STATUS_FAILED, EC_SLURM_SUSPENDED, EC_STATUS_FAILED},
        {EC_STATUS_COMPLETED, EC_SLURM_GONE, EC_STATUS_COMPLETED},
        {EC_STATUS_FAILED, EC_SLURM_WAITS, EC_STATUS_PENDING},
        {EC_STATUS_FAILED, EC_SLURM_RUNS, EC_STATUS_FAILED},
        {EC_STATUS_FAILED, EC_SLURM_GONE, EC_STATUS_FAILED},
        {EC_STATUS_PARTIAL, EC_SLURM_GONE, EC_STATUS_PARTIAL},
        {EC_STATUS_PARTIAL, EC_SLURM_WAITS, EC_STATUS_PENDING},
        {EC_STATUS_COMPLETED, EC_SLURM_WAITS, EC_STATUS_COMPLETED},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_int_equal(ec_slurm_liveness(cases[i].recorded, cases[i].standing),
                         cases[i].expected);
}

/* ---- A tree ---- */

#define JOB(task)                                                                                  \
    "\"job\": {\"slurm_cluster\": \"here\", \"slurm_array_job_id\": \"12\", "                      \
    "\"slurm_array_task_id\": \"" task "\"}}"

static void make_tree(struct tree *tree)
{
    static const char *const names[] = {"s/0", "s/1", "s/2", "s/3", "s/4"};
    static const char *const records[] = {
        "{\"schema_version\": 1, \"status\": \"pending\", " JOB("0"),
        "{\"schema_version\": 1, \"status\": \"pending\", " JOB("1"),
        "{\"schema_version\": 1, \"status\": \"running\", " JOB("2"),
        "{\"schema_version\": 1, \"status\": \"completed\", " JOB("3"),
        "{\"schema_version\": 1, \"status\": \"pending\", " JOB("4"),
    };
    for (size_t i = 0; i < 5; i++)
        tree_record(tree, names[i], records[i]);
}

static void assert_statuses(struct tree *tree, const char *expected, const char *remark)
{
    char got[256] = "";
    tree_load(tree, "s");
    ec_jobs_ask(tree->runset, &tree->options);
    for (size_t i = 0; i < ec_runset_count(tree->runset); i++)
        snprintf(got + strlen(got), sizeof got - strlen(got), "%s%s", i > 0 ? " " : "",
                 ec_status_name(ec_runset_status(tree->runset, i)));
    assert_string_equal(got, expected);
    if (remark)
        assert_string_equal(ec_runset_remark(tree->runset), remark);
    else
        assert_null(ec_runset_remark(tree->runset));
}

static void load__statuses_are_slurms(void **state)
{
    struct tree *tree = *state;
    make_tree(tree);
    have_slurm("echo 12_0 PENDING Priority\necho 12_1 RUNNING None\necho 12_2 TIMEOUT None");
    assert_statuses(tree, "pending running interrupted completed interrupted",
                    "Slurm: 1 waits for Priority; 12_2 is gone (TIMEOUT), 12_4 is gone");
    have_slurm("echo 12_0 PENDING None\necho 12_1 PENDING None\necho 12_2 RUNNING None\n"
               "echo 12_4 PENDING None");
    assert_statuses(tree, "pending pending running completed pending", NULL);
}

static void load__a_failed_run_whose_job_waits_again(void **state)
{
    struct tree *tree = *state;
    tree_record(tree, "s/0", "{\"schema_version\": 1, \"status\": \"failed\", " JOB("0"));
    tree_record(tree, "s/1", "{\"schema_version\": 1, \"status\": \"failed\", " JOB("1"));
    tree_record(tree, "s/2", "{\"schema_version\": 1, \"status\": \"partial\", " JOB("2"));
    have_slurm("echo 12_0 PENDING BeginTime; echo 12_1 FAILED None");
    assert_statuses(tree, "pending failed partial", "Slurm: 1 waits for BeginTime");
}

static void load__without_an_answer_records_count(void **state)
{
    struct tree *tree = *state;
    make_tree(tree);
    have_slurm("exit 1");
    assert_statuses(tree, "pending pending running completed pending",
                    "Slurm could not be asked which runs still wait or run (squeue failed); that "
                    "is what their records say");
    setenv("PATH", "/nowhere", 1);
    assert_statuses(tree, "pending pending running completed pending", NULL);
}

static void load__an_answer_is_remembered(void **state)
{
    struct tree *tree = *state;
    struct ec_jobs_memory memory = {0};
    tree->options.jobs = &memory;
    make_tree(tree);
    have_slurm("echo 12_0 PENDING Priority\necho 12_1 PENDING Priority");
    const char *expected = "pending pending interrupted completed interrupted";
    const char *remark = "Slurm: 2 wait for Priority; 12_2 is gone, 12_4 is gone";
    assert_statuses(tree, expected, remark);
    have_slurm("exit 1");
    assert_statuses(tree, expected, remark);
    /* A record that has changed is a new question. */
    tree_record(tree, "s/1", "{\"schema_version\": 1, \"status\": \"running\", " JOB("1"));
    have_slurm("echo 12_0 PENDING Priority\necho 12_1 RUNNING None");
    assert_statuses(tree, "pending running interrupted completed interrupted",
                    "Slurm: 1 waits for Priority; 12_2 is gone, 12_4 is gone");
    ec_jobs_memory_clear(&memory);
}

#define slurm_test(test) cmocka_unit_test_setup_teardown(test, setup, tree_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(job_set__arrays),
        cmocka_unit_test(job_set__whose_may_be_hidden),
        slurm_test(ask__jobs_that_are_kept_from_us),
        slurm_test(ask__one_question_for_all),
        slurm_test(ask__nobody_is_asked_about_another_cluster),
        slurm_test(ask__without_slurm),
        slurm_test(ask__no_answer),
        slurm_test(ask__is_stopped),
        cmocka_unit_test(liveness__what_slurm_says_of_a_record),
        slurm_test(load__statuses_are_slurms),
        slurm_test(load__a_failed_run_whose_job_waits_again),
        slurm_test(load__without_an_answer_records_count),
        slurm_test(load__an_answer_is_remembered),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
