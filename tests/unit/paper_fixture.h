/* Tables with everything that a paper's table can hold. */
#ifndef PAPER_FIXTURE_H
#define PAPER_FIXTURE_H

#include "table_fixture.h"

/* Seeds grouped by method: spread, ties, headings over columns, reference rows, missing values. */
struct ec_table *paper_grouped(void);
/* Names and texts that mean something to LaTeX, Typst and XML, and from many scripts. */
struct ec_table *paper_hostile(void);
/* Many columns with long labels: numbers with exponents and signs, text, truth values. */
struct ec_table *paper_wide(void);

/* By what follows the underscore, or "document"; NULL: there is none. */
struct ec_table *paper_table(const char *kind);

#endif
