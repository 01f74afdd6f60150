/* Runs that are given twice: by their record and in a file that effcompare wrote of it, or in two
 * such files. */
#ifndef EC_QUERY_TWICE_H
#define EC_QUERY_TWICE_H

#include "query/notes.h"
#include "table/table.h"

/* Keeps one row of each such run, the one with more values, and notes how many were dropped; while
 * rows are runs. The same record is one that was last modified in the same nanosecond, in a
 * directory of the same name, with no value that differs: paths are written as they were given, so
 * they need not agree. */
void ec_twice_drop(struct ec_table *table, struct ec_notes *notes);

#endif
