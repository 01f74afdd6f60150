/* Finds records: visits directories with several threads, each directory once.
 *
 * Symbolic links to directories are followed, dot directories are skipped unless they are named as
 * a PATH. What is not a regular file is never opened.
 */
#ifndef EC_LOAD_WALK_H
#define EC_LOAD_WALK_H

#include "load/load.h"
#include "load/record.h"

/* Called for each record, from thread number `worker`, 0 <= worker < options->threads. */
typedef void (*ec_walk_record)(void *context, int worker, const struct ec_record_file *file);

/* Walks all paths of the options; returns when all records were handed out. What cannot be looked
 * at becomes an issue. */
void ec_walk(struct ec_runset *runset, const struct ec_load_options *options, ec_walk_record record,
             void *context);

#endif
