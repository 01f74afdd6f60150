/* Which rows are marked, by what tells a row from others (a record's path, a group's name), so that
 * marks outlast sorting and loading anew. Start it as {0}; ec_marks_free. */
#ifndef EC_TUI_MARKS_H
#define EC_TUI_MARKS_H

#include "runset/intern.h"

struct ec_marks {
    struct ec_intern ids; /* of all rows that were ever marked */
    bool *marked;         /* by index of the id */
    size_t capacity;      /* of marked */
    size_t count;         /* ids that are marked now */
};

bool ec_marks_has(const struct ec_marks *marks, struct ec_str id);
void ec_marks_set(struct ec_marks *marks, struct ec_str id, bool marked);
void ec_marks_clear(struct ec_marks *marks);
void ec_marks_free(struct ec_marks *marks);

#endif
