/* A set of texts in which equal ones are stored once.
 *
 * Owns its texts until ec_intern_free. Not thread-safe.
 */
#ifndef EC_RUNSET_INTERN_H
#define EC_RUNSET_INTERN_H

#include "base/arena.h"
#include "base/value.h"

/* Start it as `struct ec_intern set = {0};`. */
struct ec_intern {
    struct ec_arena arena;
    const char **slots; /* open addressing; NULL: free */
    size_t capacity;    /* of slots, a power of two */
    size_t count;
};

/* The stored copy of text, NUL-terminated, the same pointer for equal texts. */
const char *ec_intern_add(struct ec_intern *set, struct ec_str text);
/* The same without adding it: NULL when it is not there. */
const char *ec_intern_find(const struct ec_intern *set, struct ec_str text);
/* The longest stored path of a directory above this one, "/" included; NULL: there is none. Takes
 * as long as it takes to read the path once. */
const char *ec_intern_find_above(const struct ec_intern *set, struct ec_str path);

/* Of a pointer that came from ec_intern_add: its text, and its number by order of arrival. */
struct ec_str ec_interned_text(const char *interned);
uint32_t ec_interned_index(const char *interned);

void ec_intern_free(struct ec_intern *set);

#endif
