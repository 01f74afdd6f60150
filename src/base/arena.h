/* An arena: many small allocations that are freed together.
 *
 * Nothing in it is freed alone. Not thread-safe. Never returns NULL (base/memory.h).
 */
#ifndef EC_BASE_ARENA_H
#define EC_BASE_ARENA_H

#include <stdarg.h>
#include <stddef.h>

struct ec_arena_block;

/* Start it as `struct ec_arena arena = {0};`. */
struct ec_arena {
    struct ec_arena_block *blocks; /* the newest first */
    size_t used, size;             /* of the newest block */
};

/* Aligned for any type; the memory is not cleared. */
void *ec_arena_alloc(struct ec_arena *arena, size_t size);
/* Cleared. */
void *ec_arena_calloc(struct ec_arena *arena, size_t count, size_t size);
/* A NUL-terminated copy of text[0..length), which may hold NULs itself. Packed without alignment. */
char *ec_arena_strndup(struct ec_arena *arena, const char *text, size_t length);
char *ec_arena_printf(struct ec_arena *arena, const char *format, ...)
    __attribute__((format(printf, 2, 3), nonnull(2)));

/* Frees everything; the arena is empty and usable again. */
void ec_arena_free(struct ec_arena *arena);

#endif
