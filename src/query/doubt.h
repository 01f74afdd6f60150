/* Notes on what makes a comparison doubtful, one line each: numbers that stand under two names,
 * methods that need more than their record says, different hardware, different amounts of work,
 * units that nobody can know.
 *
 * Each costs one pass over the rows, and only looks at values that are loaded anyway or that few
 * records have.
 */
#ifndef EC_QUERY_DOUBT_H
#define EC_QUERY_DOUBT_H

#include "query/names.h"
#include "query/notes.h"
#include "table/table.h"

struct ec_doubt {
    uint32_t time, steps, gpu_name;
    uint32_t retain, method; /* looked at only where the table is about the retain set */
    bool checks_time;        /* the query loads the time */
    bool checks_retain;
};

/* Adds the names that the checks need; after all others. `all`: the query loads every key. */
void ec_doubt_read(struct ec_doubt *ret_doubt, struct ec_names *names, bool all);

/* Notes on runs: while the rows of the table still are runs. */
void ec_doubt_note_runs(const struct ec_doubt *doubt, const struct ec_names *names,
                        struct ec_table *table, struct ec_notes *notes);

/* Notes on the finished table: its columns, and the rows that are compared with each other. */
void ec_doubt_note_table(const struct ec_doubt *doubt, const struct ec_names *names,
                         struct ec_table *table, struct ec_notes *notes);

#endif
