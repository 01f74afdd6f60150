/* A column of values: one per row, nine bytes each, in pieces that never move.
 *
 * Rows that were never set are EC_MISSING; where a whole piece of rows was never set, it takes no
 * memory. Text is kept as a pointer to an interned text (runset/intern.h) that must outlive the
 * store. Not thread-safe: the runset that owns the store locks.
 */
#ifndef EC_RUNSET_STORE_H
#define EC_RUNSET_STORE_H

#include "base/value.h"

struct ec_store_piece;

/* Start it as `struct ec_store store = {0};`. */
struct ec_store {
    struct ec_store_piece **pieces;
    size_t piece_count; /* length of pieces; NULL where no row was set */
};

/* Text in `value` must be interned: value.s.ptr is what ec_intern_add returned. */
void ec_store_set(struct ec_store *store, size_t row, struct ec_value value);
struct ec_value ec_store_get(const struct ec_store *store, size_t row);
void ec_store_free(struct ec_store *store);

#endif
