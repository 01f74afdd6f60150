/* Watches GPUs from a thread of its own: memory, energy, utilisation, who else is there.
 *
 * The driver's library may take seconds to answer, or never do. So nobody waits for it but the
 * thread, and for the thread only effrec_gpus_stop() does, for a limited time; a thread that is
 * stuck is left to itself, with what it needs.
 */
#ifndef EFFREC_GPU_SAMPLER_H
#define EFFREC_GPU_SAMPLER_H

#include <stdbool.h>
#include <stdint.h>

#include <jansson.h>

struct effrec_gpus;

/* What the program is doing; what a GPU does meanwhile is counted apart. */
enum effrec_gpus_doing {
    EFFREC_DOING_NOTHING_SAID, /* outside every phase */
    EFFREC_DOING_TRAINING,
    EFFREC_DOING_OTHER,
    EFFREC_DOING_COUNT
};

struct effrec_gpus_options {
    const char *gpus;  /* list as CUDA_VISIBLE_DEVICES; NULL: what the environment says, or all */
    double interval_s; /* > 0 */
    int64_t root;      /* the processes that count are this one and its descendants; -1: unknown */
};

/* NULL when there is no thread to be had. */
struct effrec_gpus *effrec_gpus_start(const struct effrec_gpus_options *options);

/* From any thread, without a lock. NULL is fine, here and below. */
void effrec_gpus_note(struct effrec_gpus *gpus, enum effrec_gpus_doing doing);

/* Takes a last reading and ends the thread, or gives up after a second. */
void effrec_gpus_stop(struct effrec_gpus *gpus);

/* After effrec_gpus_stop(). */
void effrec_gpus_free(struct effrec_gpus *gpus);

/* What is known so far: an object with "gpus" and "gpu_sampling" (docs/schema.md).
 * `training_marked`: training is what was noted as such; else it is what nothing was said about. */
json_t *effrec_gpus_keys(struct effrec_gpus *gpus, bool training_marked);

#endif
