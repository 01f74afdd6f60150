/* Tables for tests: filled from arrays, without files. */
#ifndef TABLE_FIXTURE_H
#define TABLE_FIXTURE_H

#include "render/render.h"
#include "table/table.h"

/* A table of these names without columns; everything lives in its arena. */
struct ec_table *fixture_table(const char *const *names, size_t count);

/* Adds a column whose values are copied, one per row; marks may be NULL. Returns it to be changed;
 * the next call moves it. */
struct ec_column *fixture_column(struct ec_table *table, const struct ec_metric *metric,
                                 const struct ec_value *values, const uint8_t *marks);

/* Gives a column's cells a spread and the number of runs in them; both are copied. */
void fixture_spread(struct ec_table *table, struct ec_column *column, const double *spreads,
                    const uint32_t *ns);

/* The document's example: three runs, four columns, three best performers. */
struct ec_table *fixture_document(void);

/* Renders in the format of this name and compares the whole output. */
void fixture_assert_renders(const struct ec_table *table, const char *format, int width, bool color,
                            const char *expected);
/* The whole output, NUL-terminated; the caller frees. */
char *fixture_render(const struct ec_table *table, const char *format, int width, bool color);

#endif
