#include "query/notes.h"

#include <string.h>

void ec_notes_add(struct ec_notes *notes, const char *note)
{
    if (!note)
        return;
    if (notes->count == notes->capacity) {
        size_t capacity = notes->capacity ? 2 * notes->capacity : 8;
        const char **items = ec_arena_alloc(notes->arena, capacity * sizeof *items);
        if (notes->count > 0)
            memcpy(items, notes->items, notes->count * sizeof *items);
        notes->items = items;
        notes->capacity = capacity;
    }
    notes->items[notes->count++] = note;
}
