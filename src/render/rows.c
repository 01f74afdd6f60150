#include "render/rows.h"

void ec_render_rows(const struct ec_table *table, const struct ec_row_hooks *hooks, void *writer)
{
    size_t section = 0;
    for (size_t row = 0; row < table->row_count; row++) {
        for (; section < table->section_count && table->sections[section].first_row == row;
             section++)
            hooks->section(writer, &table->sections[section]);
        hooks->row(writer, row);
    }
}
