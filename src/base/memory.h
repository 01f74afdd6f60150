/* Allocation for the tool: either memory comes back or the program ends.
 *
 * A comparison that runs out of memory has nothing useful to return, and output files are written
 * whole or not at all, so the one sensible answer is a message and exit status 2; checking each call
 * would buy nothing. This is the only place below cli/ that ends the program. The recorder library
 * does not use it.
 */
#ifndef EC_BASE_MEMORY_H
#define EC_BASE_MEMORY_H

#include <stddef.h>

/* Like malloc, calloc(count, size), realloc(count * size) and strndup; never return NULL. Sizes that
 * overflow count as out of memory. Free with free(). */
void *ec_malloc(size_t size);
void *ec_calloc(size_t count, size_t size);
void *ec_realloc(void *pointer, size_t count, size_t size);
char *ec_strndup(const char *text, size_t length);

/* Grows an array for at least one more element: doubles *capacity when count has reached it. */
void *ec_grow(void *array, size_t count, size_t *capacity, size_t element_size);

/* What is freed is kept for the next allocation instead of being given back to the system, which would
 * hand the same pages out again and clear each of them first. Called once, at the start. */
void ec_memory_keep_freed(void);

/* Called before the message is written, to give a terminal back; NULL for nothing. The full-screen
 * view sets it while it owns the screen. */
void ec_memory_set_cleanup(void (*cleanup)(void));

#endif
