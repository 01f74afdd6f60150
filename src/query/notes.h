/* The notes below a table, one line each, in its arena. */
#ifndef EC_QUERY_NOTES_H
#define EC_QUERY_NOTES_H

#include "base/arena.h"

struct ec_notes {
    struct ec_arena *arena;
    const char **items;
    size_t count, capacity;
};

/* Adds a line; NULL adds nothing. */
void ec_notes_add(struct ec_notes *notes, const char *note);

#endif
