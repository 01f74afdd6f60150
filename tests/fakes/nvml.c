/* A libnvidia-ml.so.1 with two GPUs, for tests, and a slice (MIG) of the first, which like a real
 * one is found by its UUID only. The environment scripts it:
 *
 *   FAKE_NVML_INIT=N      nvmlInit_v2 returns N
 *   FAKE_NVML_ERROR=TEXT  what any error is called
 *   FAKE_NVML_MEMORY=LIST MiB in use, a comma-separated value per reading; the last one stays
 *   FAKE_NVML_ENERGY=N    the counter grows by N mJ a reading; negative: it goes backwards
 *   FAKE_NVML_ROWS=16|24|32  length of a row of the list of processes
 *   FAKE_NVML_PIDS=LIST   processes on the first GPU and its slice, as the host numbers them; 0:
 *                         the process that asks. They hold 100 MiB each
 *   FAKE_NVML_UNSUPPORTED=1  utilisation, energy and processes are NOT_SUPPORTED
 *   FAKE_NVML_GARBAGE=1   rows that cannot be
 *   FAKE_NVML_STALL=N     the Nth reading of memory takes half a minute
 *
 * With OLD_DRIVER it has the first versions of functions only. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { SUCCESS = 0, INVALID_ARGUMENT = 2, NOT_SUPPORTED = 3, NOT_FOUND = 6, TOO_SMALL = 7 };
enum { GPUS = 2, SLICE = GPUS, DEVICES };

#define EXPORT __attribute__((visibility("default")))

static const unsigned long long MIB = 1048576;

struct gpu {
    const char *uuid, *pci;
    int readings;
    long long energy;
};

static struct gpu gpus[DEVICES] = {
    {"GPU-8932f937-d72c-4106-c12f-20bd9faed9f6", "00000000:3B:00.0", 0, 5000000},
    {"GPU-a1b2c3d4-0000-0000-0000-000000000001", "00000000:5E:00.0", 0, 7000000},
    {"MIG-6f0c1d2e-0000-0000-0000-000000000002", "", 0, 5000000},
};

static long setting(const char *name, long otherwise)
{
    const char *value = getenv(name);
    return value ? strtol(value, NULL, 10) : otherwise;
}

/* Entry `index` of a list, or its last one. */
static long entry(const char *list, int index)
{
    for (const char *comma; index > 0 && (comma = strchr(list, ',')); index--)
        list = comma + 1;
    return strtol(list, NULL, 10);
}

/* Functions that no header declares. */
EXPORT int nvmlInit_v2(void);
EXPORT int nvmlShutdown(void);
EXPORT const char *nvmlErrorString(int error);
EXPORT int nvmlSystemGetDriverVersion(char *version, unsigned size);
EXPORT int nvmlDeviceGetCount_v2(unsigned *count);
EXPORT int nvmlDeviceGetHandleByIndex_v2(unsigned index, struct gpu **gpu);
EXPORT int nvmlDeviceGetHandleByUUID(const char *uuid, struct gpu **gpu);
EXPORT int nvmlDeviceGetHandleByPciBusId_v2(const char *pci, struct gpu **gpu);
EXPORT int nvmlDeviceGetUUID(struct gpu *gpu, char *uuid, unsigned size);
EXPORT int nvmlDeviceGetName(struct gpu *gpu, char *name, unsigned size);
EXPORT int nvmlDeviceGetMemoryInfo(struct gpu *gpu, unsigned long long *memory);
EXPORT int nvmlDeviceGetUtilizationRates(struct gpu *gpu, unsigned *rates);
EXPORT int nvmlDeviceGetTotalEnergyConsumption(struct gpu *gpu, unsigned long long *energy);

int nvmlInit_v2(void)
{
    return (int)setting("FAKE_NVML_INIT", SUCCESS);
}

int nvmlShutdown(void)
{
    return SUCCESS;
}

const char *nvmlErrorString(int error)
{
    const char *text = getenv("FAKE_NVML_ERROR");
    if (text)
        return text;
    return error == 9 ? "Driver Not Loaded" : "Unknown Error";
}

int nvmlSystemGetDriverVersion(char *version, unsigned size)
{
    snprintf(version, size, "535.183.01");
    return SUCCESS;
}

int nvmlDeviceGetCount_v2(unsigned *count)
{
    *count = GPUS;
    return SUCCESS;
}

int nvmlDeviceGetHandleByIndex_v2(unsigned index, struct gpu **gpu)
{
    if (index >= GPUS)
        return INVALID_ARGUMENT;
    *gpu = &gpus[index];
    return SUCCESS;
}

int nvmlDeviceGetHandleByUUID(const char *uuid, struct gpu **gpu)
{
    for (int i = 0; i < DEVICES; i++)
        if (strcmp(gpus[i].uuid, uuid) == 0) {
            *gpu = &gpus[i];
            return SUCCESS;
        }
    return NOT_FOUND;
}

int nvmlDeviceGetHandleByPciBusId_v2(const char *pci, struct gpu **gpu)
{
    for (int i = 0; i < GPUS; i++)
        if (strcasecmp(gpus[i].pci, pci) == 0) {
            *gpu = &gpus[i];
            return SUCCESS;
        }
    return NOT_FOUND;
}

int nvmlDeviceGetUUID(struct gpu *gpu, char *uuid, unsigned size)
{
    snprintf(uuid, size, "%s", gpu->uuid);
    return SUCCESS;
}

int nvmlDeviceGetName(struct gpu *gpu, char *name, unsigned size)
{
    if (gpu == &gpus[SLICE])
        snprintf(name, size, "Fake GPU 0 MIG 1g.10gb");
    else
        snprintf(name, size, "Fake GPU %d", (int)(gpu - gpus));
    return SUCCESS;
}

/* The driver itself holds 500 MiB, which the first version counts as used. */
static unsigned long long used(struct gpu *gpu)
{
    gpu->readings++;
    if (gpu->readings == setting("FAKE_NVML_STALL", -1))
        sleep(30);
    const char *list = getenv("FAKE_NVML_MEMORY");
    return (unsigned long long)entry(list ? list : "1000", gpu->readings - 1) * MIB;
}

int nvmlDeviceGetMemoryInfo(struct gpu *gpu, unsigned long long *memory)
{
    memory[0] = 80000 * MIB;
    memory[2] = used(gpu) + 500 * MIB;
    memory[1] = memory[0] - memory[2];
    return SUCCESS;
}

#ifndef OLD_DRIVER
struct memory_v2 {
    unsigned version;
    unsigned long long total, reserved, free, used;
};

EXPORT int nvmlDeviceGetMemoryInfo_v2(struct gpu *gpu, struct memory_v2 *memory);

int nvmlDeviceGetMemoryInfo_v2(struct gpu *gpu, struct memory_v2 *memory)
{
    if (memory->version != 0x02000028)
        return INVALID_ARGUMENT;
    memory->total = 80000 * MIB;
    memory->reserved = 500 * MIB;
    memory->used = used(gpu);
    memory->free = memory->total - memory->reserved - memory->used;
    return SUCCESS;
}
#endif

int nvmlDeviceGetUtilizationRates(struct gpu *gpu, unsigned *rates)
{
    if (setting("FAKE_NVML_UNSUPPORTED", 0) || gpu == &gpus[SLICE])
        return NOT_SUPPORTED;
    rates[0] = gpu->readings % 2 ? 80 : 40;
    rates[1] = 10;
    return SUCCESS;
}

int nvmlDeviceGetTotalEnergyConsumption(struct gpu *gpu, unsigned long long *energy)
{
    if (setting("FAKE_NVML_UNSUPPORTED", 0))
        return NOT_SUPPORTED;
    gpu->energy += setting("FAKE_NVML_ENERGY", 2000);
    *energy = (unsigned long long)gpu->energy;
    return SUCCESS;
}

/* This process as /proc numbers it, which is as the host does unless a container has its own. */
static unsigned own_pid(void)
{
    unsigned pid = 0;
    FILE *file = fopen("/proc/self/stat", "r");
    if (file && fscanf(file, "%u", &pid) != 1)
        pid = 0;
    if (file)
        fclose(file);
    return pid;
}

static int list_processes(struct gpu *gpu, unsigned *count, unsigned char *rows, size_t length)
{
    const char *list = gpu != &gpus[1] ? getenv("FAKE_NVML_PIDS") : NULL;
    unsigned number = 0;
    if (setting("FAKE_NVML_UNSUPPORTED", 0))
        return NOT_SUPPORTED;
    for (const char *at = list; at; at = strchr(at, ',') ? strchr(at, ',') + 1 : NULL, number++) {
        if (number >= *count)
            return TOO_SMALL;
        unsigned pid = (unsigned)strtol(at, NULL, 10);
        unsigned long long bytes = setting("FAKE_NVML_GARBAGE", 0) ? 90000 * MIB : 100 * MIB;
        if (pid == 0)
            pid = own_pid();
        memset(rows + number * length, 0xFF, length);
        memcpy(rows + number * length, &pid, sizeof pid);
        memcpy(rows + number * length + 8, &bytes, sizeof bytes);
    }
    *count = number;
    return SUCCESS;
}

#ifdef OLD_DRIVER
EXPORT int nvmlDeviceGetComputeRunningProcesses(struct gpu *gpu, unsigned *count, void *rows);

int nvmlDeviceGetComputeRunningProcesses(struct gpu *gpu, unsigned *count, void *rows)
{
    return list_processes(gpu, count, rows, 16);
}
#else
EXPORT int nvmlDeviceGetComputeRunningProcesses_v3(struct gpu *gpu, unsigned *count, void *rows);

int nvmlDeviceGetComputeRunningProcesses_v3(struct gpu *gpu, unsigned *count, void *rows)
{
    return list_processes(gpu, count, rows, (size_t)setting("FAKE_NVML_ROWS", 24));
}
#endif
