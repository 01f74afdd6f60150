/* liveness and process: what a status means, seen from here and now. */
#include "cmocka_test.h"
#include "common/liveness.h"

#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static const struct ec_machine MACHINE = {.host = "node1", .boot_id = "b1", .pid_namespace = 7};

/* Process 42 runs since tick 1000; there is no other. */
static uint64_t start_time(int64_t pid)
{
    return pid == 42 ? 1000 : 0;
}

static const struct ec_liveness_here HERE = {&MACHINE, 10000, start_time};

static struct ec_liveness_record running(void)
{
    return (struct ec_liveness_record){.status = "running",
                                       .host = "node1",
                                       .boot_id = "b1",
                                       .pid_namespace = 7,
                                       .pid = 42,
                                       .pid_start_time = 1000,
                                       .heartbeat_at = 9990,
                                       .heartbeat_seconds = 30};
}

static void assert_liveness(const struct ec_liveness_record *record, enum ec_status expected)
{
    assert_string_equal(ec_status_name(ec_liveness(record, &HERE)), ec_status_name(expected));
}

static void liveness__final_states(void **state)
{
    (void)state;
    struct ec_liveness_record record = {0};
    assert_liveness(&record, EC_STATUS_COMPLETED);
    record.status = "completed";
    assert_liveness(&record, EC_STATUS_COMPLETED);
    record.status = "failed";
    assert_liveness(&record, EC_STATUS_FAILED);
    record.status = "partial";
    assert_liveness(&record, EC_STATUS_PARTIAL);
    record.status = "pending";
    assert_liveness(&record, EC_STATUS_PENDING);
    record.status = "paused";
    assert_liveness(&record, EC_STATUS_INTERRUPTED);
}

static void liveness__on_this_machine_the_process_decides(void **state)
{
    (void)state;
    struct ec_liveness_record record = running();
    record.heartbeat_at = 0; /* a stopped process is still there */
    assert_liveness(&record, EC_STATUS_RUNNING);
    record.pid_start_time = 999; /* its number was used again */
    assert_liveness(&record, EC_STATUS_INTERRUPTED);
    record = running();
    record.pid = 43;
    assert_liveness(&record, EC_STATUS_INTERRUPTED);
}

static uint64_t hidden(int64_t pid)
{
    (void)pid;
    return EC_PROCESS_HIDDEN;
}

static void liveness__of_a_hidden_process_the_heartbeat_decides(void **state)
{
    (void)state;
    const struct ec_liveness_here here = {&MACHINE, 10000, hidden};
    struct ec_liveness_record record = running();
    assert_int_equal(ec_liveness(&record, &here), EC_STATUS_RUNNING);
    record.heartbeat_at = 0;
    assert_int_equal(ec_liveness(&record, &here), EC_STATUS_INTERRUPTED);
}

static void liveness__elsewhere_the_heartbeat_decides(void **state)
{
    (void)state;
    struct ec_liveness_record record = running();
    record.host = "node2";
    record.boot_id = "b2";
    record.pid = 43;
    assert_liveness(&record, EC_STATUS_RUNNING);
    record.heartbeat_at = 10000 - 3 * 30 - 60;
    assert_liveness(&record, EC_STATUS_RUNNING);
    record.heartbeat_at -= 1;
    assert_liveness(&record, EC_STATUS_INTERRUPTED);
    record.heartbeat_seconds = 0;
    assert_liveness(&record, EC_STATUS_RUNNING);
}

static void liveness__a_container_of_this_machine_is_elsewhere(void **state)
{
    (void)state;
    struct ec_liveness_record record = running();
    record.pid_namespace = 8;
    record.pid = 43;
    assert_liveness(&record, EC_STATUS_RUNNING);
    record.heartbeat_at = 1;
    assert_liveness(&record, EC_STATUS_INTERRUPTED);
}

static void liveness__a_namespace_that_nobody_knows_is_elsewhere(void **state)
{
    (void)state;
    struct ec_machine machine = MACHINE;
    machine.pid_namespace = 0;
    const struct ec_liveness_here here = {&machine, 10000, start_time};
    struct ec_liveness_record record = running();
    record.pid_namespace = 0;
    record.pid = 43;
    assert_int_equal(ec_liveness(&record, &here), EC_STATUS_RUNNING);
    record = running();
    record.pid = 0;
    assert_liveness(&record, EC_STATUS_RUNNING);
}

static void liveness__a_reboot_ends_it(void **state)
{
    (void)state;
    struct ec_liveness_record record = running();
    record.boot_id = "b0";
    assert_liveness(&record, EC_STATUS_INTERRUPTED);
}

static void process__tells_the_living_from_the_dead(void **state)
{
    (void)state;
    uint64_t own = ec_process_start_time(getpid());
    assert_true(own > 0);
    assert_true(own == ec_process_start_time(getpid()));
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0)
        _exit(0);
    siginfo_t info;
    assert_int_equal(waitid(P_PID, (id_t)child, &info, WEXITED | WNOWAIT), 0);
    assert_int_equal(ec_process_start_time(child), 0); /* a zombie */
    assert_int_equal(waitpid(child, NULL, 0), child);
    assert_int_equal(ec_process_start_time(child), 0);
    assert_int_equal(ec_process_start_time(0), 0);
    assert_int_equal(ec_process_start_time(-1), 0);
    assert_int_equal(ec_process_start_time(INT64_MAX), 0);
}

static void process__machine_is_known(void **state)
{
    (void)state;
    struct ec_machine machine;
    ec_machine_read(&machine);
    assert_int_equal(strlen(machine.boot_id), 36);
    assert_true(machine.host[0] != '\0');
    assert_true(machine.pid_namespace != 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(liveness__final_states),
        cmocka_unit_test(liveness__on_this_machine_the_process_decides),
        cmocka_unit_test(liveness__of_a_hidden_process_the_heartbeat_decides),
        cmocka_unit_test(liveness__elsewhere_the_heartbeat_decides),
        cmocka_unit_test(liveness__a_container_of_this_machine_is_elsewhere),
        cmocka_unit_test(liveness__a_namespace_that_nobody_knows_is_elsewhere),
        cmocka_unit_test(liveness__a_reboot_ends_it),
        cmocka_unit_test(process__tells_the_living_from_the_dead),
        cmocka_unit_test(process__machine_is_known),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
