/* GPUs as their driver's library sees them: one table of functions per library, which is looked for
 * at run time. Calls may block for seconds; only the sampler's thread (gpu_sampler.h) makes them.
 */
#ifndef EFFREC_GPU_H
#define EFFREC_GPU_H

#include <stdint.h>

enum { EFFREC_GPU_TEXT = 96, EFFREC_GPU_PROCESSES = 256 };

struct effrec_gpu {
    uint64_t handle;          /* the library's */
    char id[EFFREC_GPU_TEXT]; /* its UUID, or what else names it for good */
    char name[EFFREC_GPU_TEXT];
    int64_t memory_total_bytes; /* -1: not known */
};

struct effrec_gpu_process {
    int64_t pid;   /* as the driver counts: of the host */
    int64_t bytes; /* -1: not known */
};

/* One moment; -1 where it cannot be read. */
struct effrec_gpu_reading {
    int64_t memory_bytes;      /* in use by everyone */
    const char *memory_source; /* the function that said so */
    double utilization;   /* percent of the time since the last reading in which a kernel ran */
    double energy_joules; /* a counter from some start */
    int process_count;    /* of processes that compute; -1: cannot be told */
    struct effrec_gpu_process processes[EFFREC_GPU_PROCESSES];
};

struct effrec_gpu_backend {
    const char *name;
    const char *energy_source; /* function behind energy_joules */
    const char *variables[3];  /* that choose GPUs, the first that is set counts; NULL ends */
    /* 0, or -1 with the reason. *ret_library is passed to the others. */
    int (*open)(void **ret_library, char *ret_reason, unsigned reason_size);
    void (*close)(void *library);
    void (*driver)(void *library, char *ret_version, unsigned size);
    int (*count)(void *library);
    /* By number in the library's order, or by id, which may be shortened, when `id` is not NULL.
     * 0 or -1. */
    int (*find)(void *library, int index, const char *id, struct effrec_gpu *ret_gpu);
    void (*read)(void *library, const struct effrec_gpu *gpu,
                 struct effrec_gpu_reading *ret_reading);
};

extern const struct effrec_gpu_backend effrec_gpu_nvml, effrec_gpu_rocm;

#endif
