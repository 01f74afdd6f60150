/* A column of values: one per row, nine bytes each, in pieces that never move.
 *
 * Rows that were never set are EC_MISSING. Text is kept as a pointer to an interned string
 * (runset/intern.h) that must outlive the store. Reading is safe while another thread sets *other*
 * rows only under the lock of the runset that owns the store.
 */
#ifndef EC_RUNSET_STORE_H
#define EC_RUNSET_STORE_H

#include "base/value.h"

struct ec_store_piece;

/* Start it as `struct ec_store store = {0};`. */
struct ec_store {
    struct ec_store_piece **pieces;
    size_t piece_count, piece_capacity;
};

/* Text in `value` must be interned: value.s.ptr from ec_intern (or an arena string made the same way). */
void ec_store_set(struct ec_store *store, size_t row, struct ec_value value);
struct ec_value ec_store_get(const struct ec_store *store, size_t row);
void ec_store_free(struct ec_store *store);

#endif
