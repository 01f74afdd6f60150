/* AMD GPUs by librocm_smi64, as of ROCm 5.2 (declarations after its rocm_smi.h). The library has
 * one list of processes for all GPUs; which of them a process uses is asked for each. */
#include "record/gpu.h"
#include "record/gpu_symbols.h"

#include <dlfcn.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SUCCESS = 0, MEMORY_VRAM = 0, COMPONENT_DRIVER = 0, MAX_GPUS = 1024, GPUS_OF_PROCESS = 64 };

struct process {
    uint32_t pid, pasid;
    uint64_t vram_usage, sdma_usage;
    uint32_t cu_occupancy;
};

struct library {
    int (*init)(uint64_t);
    int (*shut_down)(void);
    int (*version)(int, char *, uint32_t);
    int (*count)(uint32_t *);
    int (*unique_id)(uint32_t, uint64_t *);
    int (*name)(uint32_t, char *, size_t);
    int (*memory_total)(uint32_t, int, uint64_t *);
    int (*memory_usage)(uint32_t, int, uint64_t *);
    int (*busy_percent)(uint32_t, uint32_t *);
    int (*energy)(uint32_t, uint64_t *, float *, uint64_t *);
    int (*processes)(struct process *, uint32_t *);
    int (*gpus_of_process)(uint32_t, uint32_t *, uint32_t *);
};

static const struct effrec_symbol functions[] = {
    {"rsmi_init", offsetof(struct library, init), true},
    {"rsmi_shut_down", offsetof(struct library, shut_down), true},
    {"rsmi_version_str_get", offsetof(struct library, version), false},
    {"rsmi_num_monitor_devices", offsetof(struct library, count), true},
    {"rsmi_dev_unique_id_get", offsetof(struct library, unique_id), false},
    {"rsmi_dev_name_get", offsetof(struct library, name), false},
    {"rsmi_dev_memory_total_get", offsetof(struct library, memory_total), true},
    {"rsmi_dev_memory_usage_get", offsetof(struct library, memory_usage), true},
    {"rsmi_dev_busy_percent_get", offsetof(struct library, busy_percent), false},
    {"rsmi_dev_energy_count_get", offsetof(struct library, energy), false},
    {"rsmi_compute_process_info_get", offsetof(struct library, processes), false},
    {"rsmi_compute_process_gpus_get", offsetof(struct library, gpus_of_process), false},
};

enum { FUNCTIONS = sizeof functions / sizeof functions[0] };

static void *load(void)
{
    static const char *const names[] = {"librocm_smi64.so.7", "librocm_smi64.so.6",
                                        "librocm_smi64.so.5", "librocm_smi64.so.1",
                                        "librocm_smi64.so"};
    void *handle = NULL;
    for (size_t i = 0; !handle && i < sizeof names / sizeof names[0]; i++)
        handle = dlopen(names[i], RTLD_NOW | RTLD_LOCAL);
    return handle;
}

static int open_library(void **ret_library, char *ret_reason, unsigned size)
{
    void *handle = load();
    if (!handle) {
        snprintf(ret_reason, size, "there is no librocm_smi64.so");
        return -1;
    }
    struct library *library = calloc(1, sizeof *library);
    const char *missing =
        library ? effrec_look_up(handle, functions, FUNCTIONS, library) : "memory";
    int rc = missing ? -1 : library->init(0);
    if (missing)
        snprintf(ret_reason, size, "librocm_smi64.so has no %s", missing);
    else if (rc != SUCCESS)
        snprintf(ret_reason, size, "rsmi_init: status %d", rc);
    if (missing || rc != SUCCESS) {
        free(library);
        return -1;
    }
    *ret_library = library;
    return 0;
}

static void close_library(void *data)
{
    struct library *library = data;
    library->shut_down();
    free(library);
}

static void driver(void *data, char *ret_version, unsigned size)
{
    struct library *library = data;
    if (!library->version || library->version(COMPONENT_DRIVER, ret_version, size) != SUCCESS)
        ret_version[0] = '\0';
}

static int count(void *data)
{
    struct library *library = data;
    uint32_t number = 0;
    return library->count(&number) == SUCCESS && number <= MAX_GPUS ? (int)number : 0;
}

static void describe(struct library *library, uint32_t index, struct effrec_gpu *ret_gpu)
{
    uint64_t id, total;
    *ret_gpu = (struct effrec_gpu){.handle = index, .memory_total_bytes = -1};
    if (library->unique_id && library->unique_id(index, &id) == SUCCESS)
        snprintf(ret_gpu->id, sizeof ret_gpu->id, "GPU-%016" PRIx64, id);
    else
        snprintf(ret_gpu->id, sizeof ret_gpu->id, "index %" PRIu32, index);
    if (!library->name || library->name(index, ret_gpu->name, sizeof ret_gpu->name) != SUCCESS)
        ret_gpu->name[0] = '\0';
    if (library->memory_total(index, MEMORY_VRAM, &total) == SUCCESS)
        ret_gpu->memory_total_bytes = (int64_t)total;
}

static int find(void *data, int index, const char *id, struct effrec_gpu *ret_gpu)
{
    struct library *library = data;
    int number = count(library);
    if (!id) {
        if (index >= number)
            return -1;
        describe(library, (uint32_t)index, ret_gpu);
        return 0;
    }
    for (int i = 0; i < number; i++) {
        describe(library, (uint32_t)i, ret_gpu);
        if (strncmp(ret_gpu->id, id, strlen(id)) == 0)
            return 0;
    }
    return -1;
}

static bool uses(struct library *library, uint32_t pid, uint32_t gpu)
{
    uint32_t gpus[GPUS_OF_PROCESS], number = GPUS_OF_PROCESS;
    if (library->gpus_of_process(pid, gpus, &number) != SUCCESS)
        return false;
    for (uint32_t i = 0; i < number && i < GPUS_OF_PROCESS; i++)
        if (gpus[i] == gpu)
            return true;
    return false;
}

/* A process that uses several GPUs has one figure for all of them, which is none for each. */
static int64_t bytes_on_gpu(struct library *library, const struct process *process)
{
    uint32_t number = 0;
    if (library->gpus_of_process(process->pid, NULL, &number) != SUCCESS || number != 1)
        return -1;
    return (int64_t)process->vram_usage;
}

static void read_processes(struct library *library, uint32_t gpu,
                           struct effrec_gpu_reading *ret_reading)
{
    struct process processes[EFFREC_GPU_PROCESSES];
    uint32_t number = EFFREC_GPU_PROCESSES;
    if (!library->processes || !library->gpus_of_process ||
        library->processes(processes, &number) != SUCCESS || number > EFFREC_GPU_PROCESSES)
        return;
    ret_reading->process_count = 0;
    for (uint32_t i = 0; i < number; i++)
        if (uses(library, processes[i].pid, gpu))
            ret_reading->processes[ret_reading->process_count++] =
                (struct effrec_gpu_process){processes[i].pid, bytes_on_gpu(library, &processes[i])};
}

static void read_gpu(void *data, const struct effrec_gpu *gpu,
                     struct effrec_gpu_reading *ret_reading)
{
    struct library *library = data;
    uint32_t index = (uint32_t)gpu->handle, busy;
    uint64_t used, ticks, stamp;
    float microjoules;
    if (library->memory_usage(index, MEMORY_VRAM, &used) == SUCCESS) {
        ret_reading->memory_bytes = (int64_t)used;
        ret_reading->memory_source = "rsmi_dev_memory_usage_get";
    }
    if (library->busy_percent && library->busy_percent(index, &busy) == SUCCESS && busy <= 100)
        ret_reading->utilization = busy;
    if (library->energy && library->energy(index, &ticks, &microjoules, &stamp) == SUCCESS &&
        microjoules > 0)
        ret_reading->energy_joules = (double)ticks * (double)microjoules * 1e-6;
    read_processes(library, index, ret_reading);
}

const struct effrec_gpu_backend effrec_gpu_rocm = {
    .name = "ROCm SMI",
    .energy_source = "rsmi_dev_energy_count_get",
    .variables = {"ROCR_VISIBLE_DEVICES", "HIP_VISIBLE_DEVICES", NULL},
    .open = open_library,
    .close = close_library,
    .driver = driver,
    .count = count,
    .find = find,
    .read = read_gpu,
};
