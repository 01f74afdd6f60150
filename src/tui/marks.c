#include "tui/marks.h"

#include "base/memory.h"

#include <stdlib.h>

bool ec_marks_has(const struct ec_marks *marks, struct ec_str id)
{
    const char *known = marks->count > 0 ? ec_intern_find(&marks->ids, id) : NULL;
    return known && marks->marked[ec_interned_index(known)];
}

void ec_marks_set(struct ec_marks *marks, struct ec_str id, bool marked)
{
    if (!marked && !ec_marks_has(marks, id))
        return;
    uint32_t index = ec_interned_index(ec_intern_add(&marks->ids, id));
    if (index >= marks->capacity) {
        size_t old = marks->capacity;
        marks->capacity = 2 * (size_t)index + 16;
        marks->marked = ec_realloc(marks->marked, marks->capacity, sizeof *marks->marked);
        memset(marks->marked + old, 0, (marks->capacity - old) * sizeof *marks->marked);
    }
    if (marks->marked[index] == marked)
        return;
    marks->marked[index] = marked;
    marks->count += marked ? 1 : (size_t)-1;
}

void ec_marks_clear(struct ec_marks *marks)
{
    if (marks->capacity > 0)
        memset(marks->marked, 0, marks->capacity * sizeof *marks->marked);
    marks->count = 0;
}

void ec_marks_free(struct ec_marks *marks)
{
    ec_intern_free(&marks->ids);
    free(marks->marked);
    *marks = (struct ec_marks){0};
}
