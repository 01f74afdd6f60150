#include "effbench/memory.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* In front of every block stands its size; the header is as large as the strictest alignment, and
 * a full cache line keeps vectors from straddling lines more often than they must. */
enum { HEADER = 64 };

static size_t round_up(size_t size)
{
    return (size + HEADER - 1) / HEADER * HEADER;
}

void *eb_memory_alloc(struct eb_memory *memory, size_t count, size_t size)
{
    if (size != 0 && count > (SIZE_MAX / 2) / size)
        return NULL;
    size_t bytes = count * size;
    char *start = aligned_alloc(HEADER, HEADER + round_up(bytes));
    if (!start)
        return NULL;
    *(size_t *)(void *)start = bytes;
    char *block = start + HEADER;
    memset(block, 0, bytes);
    memory->used += bytes;
    if (memory->used > memory->peak)
        memory->peak = memory->used;
    return block;
}

void eb_memory_free(struct eb_memory *memory, void *block)
{
    if (!block)
        return;
    char *start = (char *)block - HEADER;
    memory->used -= *(size_t *)(void *)start;
    free(start);
}

void eb_memory_reset_peak(struct eb_memory *memory)
{
    memory->peak = memory->used;
}
