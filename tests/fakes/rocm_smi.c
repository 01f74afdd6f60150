/* A librocm_smi64.so.1 with one GPU, for tests: 2 J a reading; the process that asks holds 300 MiB,
 * another one is there, too. With FAKE_ROCM_DENIED=1 the list of processes may not be read. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { SUCCESS = 0, INVALID = 1, PERMISSION = 4, OTHER_PID = 1 };

#define EXPORT __attribute__((visibility("default")))

static const uint64_t MIB = 1048576;

struct process {
    uint32_t pid, pasid;
    uint64_t vram_usage, sdma_usage;
    uint32_t cu_occupancy;
};

EXPORT int rsmi_init(uint64_t flags);
EXPORT int rsmi_shut_down(void);
EXPORT int rsmi_version_str_get(int component, char *text, uint32_t size);
EXPORT int rsmi_num_monitor_devices(uint32_t *count);
EXPORT int rsmi_dev_unique_id_get(uint32_t gpu, uint64_t *id);
EXPORT int rsmi_dev_name_get(uint32_t gpu, char *name, size_t size);
EXPORT int rsmi_dev_memory_total_get(uint32_t gpu, int kind, uint64_t *total);
EXPORT int rsmi_dev_memory_usage_get(uint32_t gpu, int kind, uint64_t *used);
EXPORT int rsmi_dev_busy_percent_get(uint32_t gpu, uint32_t *percent);
EXPORT int rsmi_dev_energy_count_get(uint32_t gpu, uint64_t *count, float *resolution,
                                     uint64_t *stamp);
EXPORT int rsmi_compute_process_info_get(struct process *processes, uint32_t *count);
EXPORT int rsmi_compute_process_gpus_get(uint32_t pid, uint32_t *gpus, uint32_t *count);

int rsmi_init(uint64_t flags)
{
    return flags == 0 ? SUCCESS : INVALID;
}

int rsmi_shut_down(void)
{
    return SUCCESS;
}

int rsmi_version_str_get(int component, char *text, uint32_t size)
{
    (void)component;
    snprintf(text, size, "5.18.13");
    return SUCCESS;
}

int rsmi_num_monitor_devices(uint32_t *count)
{
    *count = 1;
    return SUCCESS;
}

int rsmi_dev_unique_id_get(uint32_t gpu, uint64_t *id)
{
    *id = 0x1234;
    return gpu == 0 ? SUCCESS : INVALID;
}

int rsmi_dev_name_get(uint32_t gpu, char *name, size_t size)
{
    snprintf(name, size, "Fake Radeon");
    return gpu == 0 ? SUCCESS : INVALID;
}

int rsmi_dev_memory_total_get(uint32_t gpu, int kind, uint64_t *total)
{
    *total = 64000 * MIB;
    return gpu == 0 && kind == 0 ? SUCCESS : INVALID;
}

int rsmi_dev_memory_usage_get(uint32_t gpu, int kind, uint64_t *used)
{
    *used = 700 * MIB;
    return gpu == 0 && kind == 0 ? SUCCESS : INVALID;
}

int rsmi_dev_busy_percent_get(uint32_t gpu, uint32_t *percent)
{
    *percent = 55;
    return gpu == 0 ? SUCCESS : INVALID;
}

int rsmi_dev_energy_count_get(uint32_t gpu, uint64_t *count, float *resolution, uint64_t *stamp)
{
    static uint64_t ticks = 1000;
    ticks += 131072;
    *count = ticks;
    *resolution = 15.2587890625f; /* microjoules: 2 J in all */
    *stamp = 0;
    return gpu == 0 ? SUCCESS : INVALID;
}

int rsmi_compute_process_info_get(struct process *processes, uint32_t *count)
{
    if (getenv("FAKE_ROCM_DENIED"))
        return PERMISSION;
    *count = 2;
    processes[0] = (struct process){.pid = (uint32_t)getpid(), .vram_usage = 300 * MIB};
    processes[1] = (struct process){.pid = OTHER_PID, .vram_usage = 200 * MIB};
    return SUCCESS;
}

int rsmi_compute_process_gpus_get(uint32_t pid, uint32_t *gpus, uint32_t *count)
{
    (void)pid;
    if (gpus && *count > 0)
        gpus[0] = 0;
    *count = 1;
    return SUCCESS;
}
