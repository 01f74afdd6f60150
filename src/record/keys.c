#include "record/keys.h"

#include <stddef.h>
#include <string.h>

static const char *const own[] = {
    "schema_version",
    "status",
    "unlearning_time_seconds",
    "run_id",
    "recorder",
    "method",
    "requires_retain_set_source",
    "original_data_required",
    "total_seconds",
    "phases",
    "latency",
    "tokens",
    "flops_source",
    "gpu_memory",
    "gpus",
    "gpu_sampling",
    "total_gpu_allocated_bytes",
    "total_gpu_reserved_bytes",
    "rank",
    "ranks",
    "ranks_expected",
    "ranks_present",
    "ranks_missing",
    "ranks_left_out",
    "ranks_disagree",
    "rank_records",
    "hosts",
    "host_rss_total_bytes",
    "host",
    "boot_id",
    "pid",
    "pid_start_time",
    "pid_namespace",
    "started_at",
    "ended_at",
    "heartbeat_at",
    "heartbeat_unix_seconds",
    "heartbeat_interval_seconds",
    "heartbeat_sequence",
    "command",
    "working_directory",
    "job",
    "exit_code",
    "exit_signal",
    "process_tree",
    "status_reason",
    "trainer_state",
    "command_seconds",
    "peak_gpu_allocated_bytes",
    "peak_gpu_reserved_bytes",
    "model_bytes",
    "storage_bytes",
    "declared",
    "unmeasured",
};

bool effrec_key_is_own(const char *key)
{
    for (size_t i = 0; i < sizeof own / sizeof own[0]; i++)
        if (strcmp(own[i], key) == 0)
            return true;
    return false;
}
