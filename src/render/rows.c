#include "render/rows.h"

void ec_render_rows_between(const struct ec_table *table, size_t first, size_t end,
                            const struct ec_row_hooks *hooks, void *writer)
{
    size_t section = 0;
    while (section < table->section_count && table->sections[section].first_row < first)
        section++;
    for (size_t row = first; row < end; row++) {
        for (; section < table->section_count && table->sections[section].first_row == row;
             section++)
            hooks->section(writer, &table->sections[section]);
        hooks->row(writer, row);
    }
}

void ec_render_rows(const struct ec_table *table, const struct ec_row_hooks *hooks, void *writer)
{
    ec_render_rows_between(table, 0, table->row_count, hooks, writer);
}
