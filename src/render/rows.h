/* The walk over rows and sections that the formats share; each brings its hooks. */
#ifndef EC_RENDER_ROWS_H
#define EC_RENDER_ROWS_H

#include "table/table.h"

/* What a format writes; `writer` is its own state. */
struct ec_row_hooks {
    /* Before the first row of a section. */
    void (*section)(void *writer, const struct ec_section *section);
    void (*row)(void *writer, size_t row);
};

void ec_render_rows(const struct ec_table *table, const struct ec_row_hooks *hooks, void *writer);
/* The same for the rows from `first` to before `end` only. */
void ec_render_rows_between(const struct ec_table *table, size_t first, size_t end,
                            const struct ec_row_hooks *hooks, void *writer);

#endif
