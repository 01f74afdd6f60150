#include "base/arena.h"

#include "base/memory.h"

#include <stdalign.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST_BLOCK = 4096, LARGEST_BLOCK = 1 << 18 };

struct ec_arena_block {
    struct ec_arena_block *next;
    alignas(max_align_t) char bytes[];
};

static void *arena_take(struct ec_arena *arena, size_t size, size_t alignment)
{
    size_t start = (arena->used + alignment - 1) & ~(alignment - 1);
    if (arena->blocks && start <= arena->size && size <= arena->size - start) {
        arena->used = start + size;
        return arena->blocks->bytes + start;
    }
    size_t block_size = arena->size ? arena->size * 2 : FIRST_BLOCK;
    if (block_size > LARGEST_BLOCK)
        block_size = LARGEST_BLOCK;
    if (block_size < size)
        block_size = size;
    struct ec_arena_block *block = ec_malloc(sizeof *block + block_size);
    block->next = arena->blocks;
    arena->blocks = block;
    arena->size = block_size;
    arena->used = size;
    return block->bytes;
}

void *ec_arena_alloc(struct ec_arena *arena, size_t size)
{
    return arena_take(arena, size, alignof(max_align_t));
}

void *ec_arena_calloc(struct ec_arena *arena, size_t count, size_t size)
{
    if (size && count > SIZE_MAX / 2 / size)
        count = SIZE_MAX / 2, size = 1; /* too large: let the allocation say so */
    void *pointer = ec_arena_alloc(arena, count * size);
    return memset(pointer, 0, count * size);
}

char *ec_arena_strndup(struct ec_arena *arena, const char *text, size_t length)
{
    char *copy = arena_take(arena, length + 1, 1);
    if (length > 0) /* an empty text may be nowhere */
        memcpy(copy, text, length);
    copy[length] = '\0';
    return copy;
}

char *ec_arena_printf(struct ec_arena *arena, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int length = vsnprintf(NULL, 0, format, args);
    va_end(args);
    char *text = arena_take(arena, (size_t)length + 1, 1);
    va_start(args, format);
    vsnprintf(text, (size_t)length + 1, format, args);
    va_end(args);
    return text;
}

void ec_arena_free(struct ec_arena *arena)
{
    while (arena->blocks) {
        struct ec_arena_block *next = arena->blocks->next;
        free(arena->blocks);
        arena->blocks = next;
    }
    *arena = (struct ec_arena){0};
}
