/* NVIDIA GPUs by libnvidia-ml.so.1 (NVML).
 *
 * Declarations after nvml.h as NVIDIA/go-nvml has it; NVML's own names are versioned, so each
 * function is looked up with the version that matches the struct given here. What drivers do
 * differently:
 *
 *   - nvmlDeviceGetMemoryInfo counts memory that the driver reserves as used; _v2 tells it apart,
 *     but is missing in old drivers. Its version field is sizeof | 2 << 24, not the 2 of the
 *     header's comment.
 *   - The rows of nvmlDeviceGetComputeRunningProcesses_v3 are 24 bytes long, but 32 in early
 *     drivers of series 535. The length is measured by what the driver wrote, and rows that cannot
 *     be make the list count as unreadable. */
#include "record/gpu.h"
#include "record/gpu_symbols.h"

#include <dlfcn.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    SUCCESS = 0,
    INSUFFICIENT_SIZE = 7,
    MAX_GPUS = 1024,
    PID_LIMIT = 1 << 22,
    LARGEST_ROW = 32,
    UNTOUCHED = 0xA5,
};

typedef struct device *nvml_device;

struct memory_v1 {
    unsigned long long total, free, used;
};

struct memory_v2 {
    unsigned version;
    unsigned long long total, reserved, free, used;
};

struct utilization {
    unsigned gpu, memory;
};

struct library {
    int (*init)(void);
    int (*shutdown)(void);
    const char *(*error_string)(int);
    int (*driver_version)(char *, unsigned);
    int (*count)(unsigned *);
    int (*by_index)(unsigned, nvml_device *);
    int (*by_uuid)(const char *, nvml_device *);
    int (*by_pci)(const char *, nvml_device *);
    int (*uuid)(nvml_device, char *, unsigned);
    int (*name)(nvml_device, char *, unsigned);
    int (*memory_v1)(nvml_device, struct memory_v1 *);
    int (*memory_v2)(nvml_device, struct memory_v2 *);
    int (*utilization)(nvml_device, struct utilization *);
    int (*energy)(nvml_device, unsigned long long *);
    int (*processes)(nvml_device, unsigned *, void *);
    bool short_rows; /* of 16 bytes: the first version */
};

static const struct effrec_symbol functions[] = {
    {"nvmlInit_v2", offsetof(struct library, init), true},
    {"nvmlShutdown", offsetof(struct library, shutdown), true},
    {"nvmlErrorString", offsetof(struct library, error_string), true},
    {"nvmlSystemGetDriverVersion", offsetof(struct library, driver_version), false},
    {"nvmlDeviceGetCount_v2", offsetof(struct library, count), true},
    {"nvmlDeviceGetHandleByIndex_v2", offsetof(struct library, by_index), true},
    {"nvmlDeviceGetHandleByUUID", offsetof(struct library, by_uuid), true},
    {"nvmlDeviceGetHandleByPciBusId_v2", offsetof(struct library, by_pci), false},
    {"nvmlDeviceGetUUID", offsetof(struct library, uuid), true},
    {"nvmlDeviceGetName", offsetof(struct library, name), true},
    {"nvmlDeviceGetMemoryInfo", offsetof(struct library, memory_v1), true},
    {"nvmlDeviceGetMemoryInfo_v2", offsetof(struct library, memory_v2), false},
    {"nvmlDeviceGetUtilizationRates", offsetof(struct library, utilization), false},
    {"nvmlDeviceGetTotalEnergyConsumption", offsetof(struct library, energy), false},
    {"nvmlDeviceGetComputeRunningProcesses_v3", offsetof(struct library, processes), false},
};

enum { FUNCTIONS = sizeof functions / sizeof functions[0] };

/* The name of the first required function that is missing; NULL: none. */
static const char *look_up(void *handle, struct library *library)
{
    const char *missing = effrec_look_up(handle, functions, FUNCTIONS, library);
    const char *const older[] = {"nvmlDeviceGetComputeRunningProcesses_v2",
                                 "nvmlDeviceGetComputeRunningProcesses"};
    for (int i = 0; i < 2 && !library->processes; i++) {
        void *symbol = dlsym(handle, older[i]);
        memcpy(&library->processes, &symbol, sizeof symbol);
        library->short_rows = i == 1;
    }
    return missing;
}

static int open_library(void **ret_library, char *ret_reason, unsigned size)
{
    /* Never closed: the driver's library leaves threads and handlers behind. */
    void *handle = dlopen("libnvidia-ml.so.1", RTLD_NOW | RTLD_LOCAL);
    if (!handle) {
        snprintf(ret_reason, size, "there is no libnvidia-ml.so.1");
        return -1;
    }
    struct library *library = calloc(1, sizeof *library);
    const char *missing = library ? look_up(handle, library) : "memory";
    if (missing) {
        snprintf(ret_reason, size, "libnvidia-ml.so.1 has no %s", missing);
        free(library);
        return -1;
    }
    int rc = library->init();
    if (rc != SUCCESS) {
        snprintf(ret_reason, size, "nvmlInit_v2: %s", library->error_string(rc));
        free(library);
        return -1;
    }
    *ret_library = library;
    return 0;
}

static void close_library(void *data)
{
    struct library *library = data;
    library->shutdown();
    free(library);
}

static void driver(void *data, char *ret_version, unsigned size)
{
    struct library *library = data;
    if (!library->driver_version || library->driver_version(ret_version, size) != SUCCESS)
        ret_version[0] = '\0';
}

static int count(void *data)
{
    struct library *library = data;
    unsigned number = 0;
    return library->count(&number) == SUCCESS && number <= MAX_GPUS ? (int)number : 0;
}

/* ---- finding ---- */

static bool is_shortened(const char *id, const char *uuid)
{
    return strncmp(uuid, id, strlen(id)) == 0;
}

/* A UUID may be shortened as long as it is the only one. */
static int find_by_prefix(struct library *library, const char *id, nvml_device *ret_device)
{
    int found = 0;
    for (int i = 0; i < count(library); i++) {
        char uuid[EFFREC_GPU_TEXT];
        nvml_device device;
        if (library->by_index((unsigned)i, &device) == SUCCESS &&
            library->uuid(device, uuid, sizeof uuid) == SUCCESS && is_shortened(id, uuid)) {
            *ret_device = device;
            found++;
        }
    }
    return found == 1 ? 0 : -1;
}

static int find_by_id(struct library *library, const char *id, nvml_device *ret_device)
{
    if (library->by_uuid(id, ret_device) == SUCCESS)
        return 0;
    if (strchr(id, ':'))
        return library->by_pci && library->by_pci(id, ret_device) == SUCCESS ? 0 : -1;
    return find_by_prefix(library, id, ret_device);
}

static void read_memory(struct library *library, nvml_device device, int64_t *ret_used,
                        int64_t *ret_total, const char **ret_source)
{
    struct memory_v2 v2 = {.version = sizeof v2 | 2u << 24};
    struct memory_v1 v1 = {0};
    if (library->memory_v2 && library->memory_v2(device, &v2) == SUCCESS) {
        *ret_used = (int64_t)v2.used;
        *ret_total = (int64_t)v2.total;
        *ret_source = "nvmlDeviceGetMemoryInfo_v2";
    } else if (library->memory_v1(device, &v1) == SUCCESS) {
        *ret_used = (int64_t)v1.used;
        *ret_total = (int64_t)v1.total;
        *ret_source = "nvmlDeviceGetMemoryInfo, with what the driver reserves";
    }
}

static int find(void *data, int index, const char *id, struct effrec_gpu *ret_gpu)
{
    struct library *library = data;
    nvml_device device = NULL;
    int rc = id ? find_by_id(library, id, &device)
             : library->by_index((unsigned)index, &device) == SUCCESS ? 0
                                                                      : -1;
    if (rc < 0)
        return -1;
    *ret_gpu = (struct effrec_gpu){.handle = (uint64_t)(uintptr_t)device, .memory_total_bytes = -1};
    if (library->uuid(device, ret_gpu->id, sizeof ret_gpu->id) != SUCCESS)
        snprintf(ret_gpu->id, sizeof ret_gpu->id, "index %d", index);
    if (library->name(device, ret_gpu->name, sizeof ret_gpu->name) != SUCCESS)
        ret_gpu->name[0] = '\0';
    int64_t used;
    const char *source;
    read_memory(library, device, &used, &ret_gpu->memory_total_bytes, &source);
    return 0;
}

/* ---- processes ---- */

/* Bytes at the start of the buffer that are not as they were. */
static size_t written(const unsigned char *buffer, size_t size)
{
    while (size > 0 && buffer[size - 1] == UNTOUCHED)
        size--;
    return size;
}

/* Whether `rows` of this length can be what the driver wrote. */
static bool is_plausible(const unsigned char *buffer, unsigned rows, size_t length, int64_t total)
{
    for (unsigned i = 0; i < rows; i++) {
        unsigned pid;
        unsigned long long used;
        memcpy(&pid, buffer + i * length, sizeof pid);
        memcpy(&used, buffer + i * length + 8, sizeof used);
        if (pid == 0 || pid > PID_LIMIT ||
            (used != ~0ull && total > 0 && used > (unsigned long long)total))
            return false;
    }
    return true;
}

/* Length of a row, 0 when none fits. */
static size_t row_length(const struct library *library, const unsigned char *buffer, size_t size,
                         unsigned rows, int64_t total)
{
    static const size_t lengths[] = {16, 24, LARGEST_ROW};
    size_t end = written(buffer, size);
    for (size_t i = library->short_rows ? 0 : 1; i < 3; i++)
        if (end <= rows * lengths[i] && is_plausible(buffer, rows, lengths[i], total))
            return lengths[i];
    return 0;
}

static void read_processes(struct library *library, const struct effrec_gpu *gpu,
                           struct effrec_gpu_reading *ret_reading)
{
    unsigned char buffer[EFFREC_GPU_PROCESSES * LARGEST_ROW];
    /* Longer rows than expected must fit, too. */
    unsigned rows = EFFREC_GPU_PROCESSES / 2;
    memset(buffer, UNTOUCHED, sizeof buffer);
    nvml_device device = (nvml_device)(uintptr_t)gpu->handle;
    if (!library->processes || library->processes(device, &rows, buffer) != SUCCESS ||
        rows > EFFREC_GPU_PROCESSES / 2)
        return;
    size_t length = row_length(library, buffer, sizeof buffer, rows, gpu->memory_total_bytes);
    if (length == 0)
        return;
    ret_reading->process_count = (int)rows;
    for (unsigned i = 0; i < rows; i++) {
        unsigned pid;
        unsigned long long used;
        memcpy(&pid, buffer + i * length, sizeof pid);
        memcpy(&used, buffer + i * length + 8, sizeof used);
        ret_reading->processes[i] =
            (struct effrec_gpu_process){.pid = pid, .bytes = used == ~0ull ? -1 : (int64_t)used};
    }
}

static void read_gpu(void *data, const struct effrec_gpu *gpu,
                     struct effrec_gpu_reading *ret_reading)
{
    struct library *library = data;
    nvml_device device = (nvml_device)(uintptr_t)gpu->handle;
    struct utilization utilization;
    unsigned long long millijoules;
    int64_t total;
    /* The counter of a GPU's slice (MIG) is that of the whole GPU. */
    bool is_slice = strncmp(gpu->id, "MIG-", 4) == 0;
    read_memory(library, device, &ret_reading->memory_bytes, &total, &ret_reading->memory_source);
    if (library->utilization && library->utilization(device, &utilization) == SUCCESS &&
        utilization.gpu <= 100)
        ret_reading->utilization = utilization.gpu;
    if (!is_slice && library->energy && library->energy(device, &millijoules) == SUCCESS)
        ret_reading->energy_joules = (double)millijoules / 1e3;
    read_processes(library, gpu, ret_reading);
}

const struct effrec_gpu_backend effrec_gpu_nvml = {
    .name = "NVML",
    .energy_source = "nvmlDeviceGetTotalEnergyConsumption",
    .variables = {"CUDA_VISIBLE_DEVICES"},
    .open = open_library,
    .close = close_library,
    .driver = driver,
    .count = count,
    .find = find,
    .read = read_gpu,
};
