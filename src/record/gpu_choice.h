/* Which GPUs a program may use, as CUDA_VISIBLE_DEVICES and its like say it. */
#ifndef EFFREC_GPU_CHOICE_H
#define EFFREC_GPU_CHOICE_H

#include "record/gpu.h"

enum { EFFREC_GPU_CHOICES = 64 };

struct effrec_gpu_choice {
    int index;                /* used when `id` is empty */
    char id[EFFREC_GPU_TEXT]; /* a UUID, which may be shortened, or a PCI address */
};

/* Reads a list as CUDA and PyTorch do: numbers ("1gpu2" is 1), up to the first that is none; or
 * UUIDs with the first one's prefix; nothing when one comes twice. Entries with a colon are PCI
 * addresses. Returns how many, at most EFFREC_GPU_CHOICES. */
int effrec_gpu_choices(const char *list, struct effrec_gpu_choice *ret_choices);

#endif
