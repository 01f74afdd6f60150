/* libeffrecord: records what an unlearning (or any training) run costs, from inside the program.
 *
 *     effrec_options options = EFFREC_OPTIONS_INIT;
 *     options.output_dir = "saves/unlearn/npo_s0";
 *     options.method = "NPO";
 *     effrec_t *recorder = NULL;
 *     effrec_open(&options, &recorder);
 *     for (...) {
 *         effrec_step_begin(recorder);
 *         ...                                   one optimizer step
 *         effrec_step_end(recorder, tokens);
 *     }
 *     effrec_close(recorder, EFFREC_COMPLETED);
 *
 * The record is `efficiency_metrics.json` in the output directory; docs/schema.md describes its
 * keys. It is there from the start with the status "running", is refreshed in the background, and
 * gets its last content from effrec_close(); so a killed run leaves what was known at the last
 * refresh.
 *
 * Where several processes make up one run ("ranks"), each of them records: in the file
 * `efficiency_metrics.rankNNNNN.json` of the same directory. When rank 0 closes its recorder it
 * waits up to two seconds for the others and merges all files into `efficiency_metrics.json`.
 *
 * Rules that hold for every function:
 *   - It returns 0 or a negative errno value, unless stated; effrec_strerror() gives the text.
 *   - A NULL recorder is fine and does nothing (0). It is what effrec_open() gives when recording
 *     is switched off, so a program needs no `if` around its calls.
 *   - Strings are UTF-8, are copied, and stay the caller's. The handle is the library's until
 *     effrec_close().
 *   - Any thread may call it; the exceptions are said. After fork() the child's copy of a recorder
 *     is inert: calls on it return -ECHILD (those for steps count in the copy), write nothing and
 *     never block. effrec_close() frees it there, too.
 *   - It never prints, exits, aborts, touches standard streams or installs a signal handler.
 *     Trouble with the file never stops the run: it is told once to the log callback and by the
 *     result of effrec_checkpoint() and effrec_close().
 *
 * Environment:
 *   EFFREC_DISABLE   set to anything but "" or "0": effrec_open() succeeds with a NULL recorder
 *   EFFREC_HANDOVER  set by the effrecord command for the program it runs: the first recorder that
 *                    the program opens takes over the command's record, in the command's directory
 *   EFFREC_RANK      "RANK/SIZE" for launchers that the library does not know; "0/1" for a process
 *                    that is alone although its environment looks otherwise
 */
#ifndef EFFRECORD_H
#define EFFRECORD_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#define EFFREC_API __attribute__((visibility("default")))
#else
#define EFFREC_API
#endif

/* Grows when functions or option fields are added; what is there keeps its meaning within
 * libeffrecord.so.1. */
#define EFFREC_ABI_VERSION 2

/* For counts and sizes that the caller does not know. */
#define EFFREC_UNKNOWN (-1)

typedef struct effrec effrec_t;

/* How the run ended. */
enum effrec_status {
    EFFREC_COMPLETED = 0,
    EFFREC_FAILED = 1,
};

/* What the time is spent on. Only EFFREC_PHASE_TRAIN counts as unlearning time. */
enum effrec_phase {
    EFFREC_PHASE_SETUP = 0, /* loading data and model, compiling */
    EFFREC_PHASE_TRAIN = 1, /* the operation itself, with everything the method computes for it */
    EFFREC_PHASE_EVAL = 2,  /* evaluation */
    EFFREC_PHASE_SAVE = 3,  /* writing checkpoints and the final model */
};

/* Which figure of a framework's GPU memory is reported. */
enum effrec_gpu_memory {
    EFFREC_GPU_ALLOCATED = 0, /* held by tensors, as torch.cuda.max_memory_allocated() */
    EFFREC_GPU_RESERVED = 1,  /* held by the framework's allocator, as max_memory_reserved() */
};

enum effrec_log_level {
    EFFREC_LOG_INFO = 0,
    EFFREC_LOG_WARNING = 1,
};

/* Receives a message of one line without a newline. It may be called from the library's own thread,
 * and must not call the library with the same recorder. */
typedef void (*effrec_log_fn)(void *data, int level, const char *message);

/* Start from EFFREC_OPTIONS_INIT, which sets struct_size: a library that is newer than the program
 * then knows which fields the program has, and takes the default for the others. NULL or 0 always
 * means the default. */
typedef struct effrec_options {
    size_t struct_size; /* sizeof(effrec_options) */

    /* Where the record goes; made if it is not there, with its parents. NULL: the current
     * directory. */
    const char *output_dir;

    /* The trainer's name, such as "NPO". NULL: unknown, or set later. */
    const char *method;

    /* Time between refreshes of the record. 0: 30; at least 0.01; negative: no refreshes. */
    double heartbeat_seconds;

    /* Where messages go, and the first argument of each call. NULL: messages are dropped. */
    effrec_log_fn log;
    void *log_data;

    /* The command line to record, NULL-terminated. NULL: the process's own. */
    const char *const *argv;

    /* Which of the processes of one run this is; since ABI version 2. world_size 0: found out from
     * the environment (torchrun, Open MPI, PMIx, PMI, MVAPICH, a Slurm step). world_size 1: alone,
     * whatever the environment says. rank counts from 0; local_rank is the number on this machine,
     * -1 where it is not known. */
    int64_t rank;
    int64_t world_size;
    int64_t local_rank;

    /* The GPUs that the program may use: UUIDs, PCI addresses, or numbers in the driver's order,
     * with commas; "" for none. NULL: what CUDA_VISIBLE_DEVICES (AMD: ROCR_ or HIP_VISIBLE_DEVICES)
     * says, else all. CUDA numbers GPUs in another order than the driver unless CUDA_DEVICE_ORDER
     * is PCI_BUS_ID, so UUIDs are the safe way. */
    const char *gpus;

    /* Time between looks at the GPUs, by a thread of the library's own. 0: 0.1; at least 0.01;
     * negative: the GPUs are not looked at. */
    double gpu_sample_seconds;
} effrec_options;

#define EFFREC_OPTIONS_INIT                                                                        \
    {                                                                                              \
        sizeof(effrec_options), NULL, NULL, 0.0, NULL, NULL, NULL, 0, 0, 0, NULL, 0.0              \
    }

/* EFFREC_ABI_VERSION of the library in use, for callers without this header (Python's ctypes). */
EFFREC_API int effrec_abi_version(void);

/* Version of the library in use, such as "0.1.0". Constant. */
EFFREC_API const char *effrec_version(void);

/* Text for a result of this library, or for an errno value of either sign. Constant, never NULL,
 * thread-safe, not translated. */
EFFREC_API const char *effrec_strerror(int error);

/* Starts a recording: the clock runs from here. A record that an earlier run left in the directory
 * is kept as efficiency_metrics.previous-N.json. `options` may be NULL for all defaults.
 * *ret_recorder is set to NULL first. A directory or file that cannot be written is not an error
 * here (see the rules above; the library tries again at each refresh).
 * Errors: -EINVAL (ret_recorder NULL, a struct_size that cannot be, a method that is not UTF-8, a
 * time that is not a number, a rank outside of world_size), -E2BIG (a field is set that this
 * library does not know), -ENOMEM, or why a relative output_dir could not be made absolute. */
EFFREC_API int effrec_open(const effrec_options *options, effrec_t **ret_recorder);

/* Ends the recording with an enum effrec_status, writes the last record and frees the handle,
 * whatever the result. No other thread may be using the recorder. Open phases end here; an open
 * step is dropped. Errors: -EINVAL (unknown status, recorded as failed), or why the record was not
 * written. */
EFFREC_API int effrec_close(effrec_t *recorder, int status);

/* Writes the record now, with the status "running". Errors: why it was not written (-ENOSPC,
 * -EROFS, -EACCES, ...); the file is then what it was before. Takes about as long as an fsync. */
EFFREC_API int effrec_checkpoint(effrec_t *recorder);

/* Path of the record. Valid until effrec_close(); NULL for a NULL recorder. */
EFFREC_API const char *effrec_path(const effrec_t *recorder);

/* One optimizer step. The pair takes well under 150 ns and makes no allocation, lock, system call
 * or I/O. A step that is begun twice counts from the second time; GPU work must be waited for by
 * the caller if it is to be in the step. Steps of one recorder follow each other: they may come
 * from different threads, but not at the same time (the loser gets -EBUSY and is not counted).
 * effrec_step_end() errors: -EINVAL (no step is open).
 *
 * `tokens` is what the step processed, EFFREC_UNKNOWN if nobody counted. */
EFFREC_API int effrec_step_begin(effrec_t *recorder);
EFFREC_API int effrec_step_end(effrec_t *recorder, int64_t tokens);

/* As effrec_step_end(), for a step whose forget and retain tokens are known apart. */
EFFREC_API int effrec_step_end_split(effrec_t *recorder, int64_t forget_tokens,
                                     int64_t retain_tokens);

/* Phases nest, 16 deep; time belongs to the innermost open phase. Time outside every phase is
 * training as long as EFFREC_PHASE_TRAIN was never begun, so it is enough to mark what is not
 * training; once it was, time outside is "other". effrec_phase_end() names the innermost phase.
 * Errors: -EINVAL (unknown, or not the innermost), -EOVERFLOW (too deep). */
EFFREC_API int effrec_phase_begin(effrec_t *recorder, int phase);
EFFREC_API int effrec_phase_end(effrec_t *recorder, int phase);

/* What only the caller knows. A later call replaces an earlier one; EFFREC_UNKNOWN (any negative
 * number) takes a value back. NULL takes a text back. Errors: -EINVAL (invalid UTF-8), -ENOMEM. */
EFFREC_API int effrec_set_method(effrec_t *recorder, const char *method);
EFFREC_API int effrec_set_model(effrec_t *recorder, int64_t parameters, int64_t bytes);
EFFREC_API int effrec_set_samples(effrec_t *recorder, int64_t forget, int64_t retain);
EFFREC_API int effrec_set_passes(effrec_t *recorder, int64_t forward, int64_t backward);

/* Bytes of the files that the method keeps beside the model (logs, gradients, checkpoints). */
EFFREC_API int effrec_set_storage(effrec_t *recorder, int64_t bytes);

/* All tokens so far, from a counter of the framework's: replaces what the steps added up to.
 * Negative: back to the steps' count. */
EFFREC_API int effrec_set_tokens(effrec_t *recorder, int64_t tokens);

/* Whether the token counts given are of all ranks, as a framework's counter that is gathered from
 * them: 1; of this rank alone: 0 or negative (the default). */
EFFREC_API int effrec_set_tokens_gathered(effrec_t *recorder, int gathered);

/* What a token count means, such as "all" (padding included) or "non-padding". */
EFFREC_API int effrec_set_token_definition(effrec_t *recorder, const char *definition);

/* Whether the method needs the retain set as configured: 1, 0, or negative to leave it to the table
 * of known trainers. */
EFFREC_API int effrec_set_requires_retain_set(effrec_t *recorder, int required);

/* Whether the caller waits for the GPU before it ends a step: 1, 0, or negative for unknown.
 * Without it, a step's latency may be the time to queue the work. */
EFFREC_API int effrec_set_synchronized(effrec_t *recorder, int synchronized_steps);

/* Peak GPU memory that the framework reports, in bytes; `kind` is an enum effrec_gpu_memory. `gpu`
 * names the device for good: its UUID where it is known, or its PCI address, else something like
 * "cuda:0". `source` is the call it came from, such as "torch.cuda.max_memory_allocated". The
 * highest figure of each (gpu, kind) is kept. Errors: -EINVAL, -ENOMEM. */
EFFREC_API int effrec_report_gpu_memory(effrec_t *recorder, const char *gpu, int kind,
                                        int64_t bytes, const char *source);

/* Any other value, under a key of the caller's at the top level of the record. A key that names one
 * of the measured metrics (docs/schema.md) is used where the library has no value of its own, and
 * then listed under "declared". A key set again is replaced, by any type. Errors: -EINVAL (empty
 * key, more than 128 bytes, control characters, invalid UTF-8, or a key that is the library's own,
 * such as "status"), -EDOM (a real that is NaN or infinite), -ENOMEM. */
EFFREC_API int effrec_set_int(effrec_t *recorder, const char *key, int64_t value);
EFFREC_API int effrec_set_real(effrec_t *recorder, const char *key, double value);
EFFREC_API int effrec_set_bool(effrec_t *recorder, const char *key, int value);
EFFREC_API int effrec_set_string(effrec_t *recorder, const char *key, const char *value);

#ifdef __cplusplus
}
#endif

#endif
