#include "base/memory.h"

#include <malloc.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The one piece of global state: it must be reachable from any allocation on any thread. */
static _Atomic(void (*)(void)) cleanup_hook;

void ec_memory_set_cleanup(void (*cleanup)(void))
{
    cleanup_hook = cleanup;
}

_Noreturn static void out_of_memory(void)
{
    static const char message[] = "effcompare: out of memory; nothing more is written\n";
    void (*cleanup)(void) = cleanup_hook;
    if (cleanup)
        cleanup();
    ssize_t ignored = write(STDERR_FILENO, message, sizeof message - 1);
    (void)ignored;
    _exit(2);
}

void ec_memory_keep_freed(void)
{
    enum { KEPT = 64 << 20 }; /* bytes, more than a comparison of 100,000 runs takes */
    mallopt(M_TRIM_THRESHOLD, KEPT);
    mallopt(M_MMAP_THRESHOLD, KEPT / 2); /* the most that glibc allows */
}

void *ec_malloc(size_t size)
{
    void *pointer = malloc(size ? size : 1);
    if (!pointer)
        out_of_memory();
    return pointer;
}

void *ec_calloc(size_t count, size_t size)
{
    void *pointer = calloc(count ? count : 1, size ? size : 1);
    if (!pointer)
        out_of_memory();
    return pointer;
}

void *ec_realloc(void *pointer, size_t count, size_t size)
{
    if (size && count > SIZE_MAX / size)
        out_of_memory();
    size_t bytes = count * size;
    void *moved = realloc(pointer, bytes > 0 ? bytes : 1);
    if (!moved)
        out_of_memory();
    return moved;
}

char *ec_strndup(const char *text, size_t length)
{
    char *copy = ec_malloc(length + 1);
    memcpy(copy, text, length);
    copy[length] = '\0';
    return copy;
}

void *ec_grow(void *array, size_t count, size_t *capacity, size_t element_size)
{
    if (count < *capacity)
        return array;
    *capacity = *capacity ? *capacity * 2 : 16;
    return ec_realloc(array, *capacity, element_size);
}
