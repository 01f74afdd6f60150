/* An allocator that counts: the benchmark's stand-in for a framework's "peak memory allocated".
 *
 * Blocks are zeroed. What one pool gave out is returned to the same pool. Running out of memory is
 * reported by NULL.
 */
#ifndef EB_MEMORY_H
#define EB_MEMORY_H

#include <stddef.h>

/* Start it as `struct eb_memory memory = {0};`. Sizes are in bytes, without malloc's own overhead.
 */
struct eb_memory {
    size_t used;
    size_t peak;
};

void *eb_memory_alloc(struct eb_memory *memory, size_t count, size_t size);

/* `block` may be NULL. */
void eb_memory_free(struct eb_memory *memory, void *block);

/* Forgets the past: the peak becomes what is used now, as torch's reset_peak_memory_stats does. */
void eb_memory_reset_peak(struct eb_memory *memory);

#endif
