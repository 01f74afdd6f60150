/* Rows and columns under headings (--section).
 *
 *     --section metrics    columns by what they measure (the registry's groups), so that they are
 *                          sections of rows once the table is transposed
 *     --section NAME       rows by their value of NAME; of a group, what its runs agree in
 *
 * Headings come in the order of their values, references stay first, and within a section rows and
 * columns keep their order.
 */
#ifndef EC_QUERY_SECTION_H
#define EC_QUERY_SECTION_H

#include "common/error.h"
#include "query/rows.h"

struct ec_sectioning {
    bool metrics;
    const char *name; /* NULL: no rows under headings */
    uint32_t slot;
};

void ec_section_read(struct ec_sectioning *ret_sectioning, const struct ec_query *query,
                     struct ec_names *names);

/* Moves columns together; before they are ranked. */
void ec_section_columns(const struct ec_sectioning *sectioning, struct ec_table *table);

/* Moves rows together; after they are sorted, before they are ranked. */
void ec_section_rows(const struct ec_sectioning *sectioning, const struct ec_row_values *values,
                     struct ec_table *table);

#endif
