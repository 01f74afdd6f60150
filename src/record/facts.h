/* What the caller told the recorder: everything that a record holds beyond clocks and counters. Not
 * thread-safe; owns copies of all texts. */
#ifndef EFFREC_FACTS_H
#define EFFREC_FACTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <jansson.h>

enum { EFFREC_GPU_MEMORY_KINDS = 2, EFFREC_KEY_MAX = 128 };

struct effrec_gpu_report {
    char *gpu;
    int64_t peak_bytes[EFFREC_GPU_MEMORY_KINDS]; /* -1: not reported */
    char *source[EFFREC_GPU_MEMORY_KINDS];
};

/* Counts and sizes are -1 where nobody said. */
struct effrec_facts {
    char *method, *token_definition;
    int64_t model_parameters, model_bytes;
    int64_t forget_samples, retain_samples;
    int64_t forward_passes, backward_passes;
    int64_t storage_bytes, tokens;
    int requires_retain_set, synchronized_steps, tokens_gathered; /* 1, 0 or -1 */
    struct effrec_gpu_report *gpus;
    size_t gpu_count;
    json_t *extras; /* object: what the caller set by key */
    json_t *own;    /* object: what the effrecord command measured, by key */
};

/* 0 or -ENOMEM. effrec_facts_clear() is right after either. */
int effrec_facts_init(struct effrec_facts *facts);
void effrec_facts_clear(struct effrec_facts *facts);

/* Replaces a text by a copy; NULL takes it away. 0, -EINVAL (not UTF-8) or -ENOMEM. */
int effrec_facts_set_text(char **text, const char *value);

/* As the public function. */
int effrec_facts_report_gpu(struct effrec_facts *facts, const char *gpu, int kind, int64_t bytes,
                            const char *source);

/* 0 when callers may set the key, as the public header says, else -EINVAL. */
int effrec_check_key(const char *key);

/* Sets an extra value after effrec_check_key(). Takes the reference to `value` over; NULL is
 * -ENOMEM. */
int effrec_facts_set_extra(struct effrec_facts *facts, const char *key, json_t *value);

/* Whether `text` is UTF-8 as JSON can hold it. */
bool effrec_is_utf8(const char *text);

#endif
