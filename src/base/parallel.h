/* Independent pieces of work, done at once by as many threads as there are processors for this
 * process.
 */
#ifndef EC_BASE_PARALLEL_H
#define EC_BASE_PARALLEL_H

#include <stddef.h>

/* Calls work(context, i) once for each i below `count`, in any order, some at the same time;
 * returns when all are done. `items` says how many things all of it has to do with: where they are
 * too few to be worth starting threads, and where the system gives none, the calling thread does it
 * alone. */
void ec_parallel(size_t count, size_t items, void (*work)(void *context, size_t i), void *context);

#endif
