#include "runset/store.h"

#include "base/memory.h"
#include "runset/intern.h"

#include <stdlib.h>

enum { PIECE_ROWS = 512 };

struct ec_store_piece {
    union {
        int64_t i;
        double d;
        const char *s;
    } values[PIECE_ROWS];
    uint8_t kinds[PIECE_ROWS]; /* enum ec_kind; a bool's value is in values[].i */
};

static void grow(struct ec_store *store, size_t needed)
{
    size_t count = store->piece_count ? store->piece_count : 1;
    while (count < needed)
        count *= 2;
    store->pieces = ec_realloc(store->pieces, count, sizeof *store->pieces);
    for (size_t i = store->piece_count; i < count; i++)
        store->pieces[i] = NULL;
    store->piece_count = count;
}

void ec_store_set(struct ec_store *store, size_t row, struct ec_value value)
{
    size_t number = row / PIECE_ROWS, place = row % PIECE_ROWS;
    if (number >= store->piece_count)
        grow(store, number + 1);
    if (!store->pieces[number])
        store->pieces[number] = ec_calloc(1, sizeof *store->pieces[number]);
    struct ec_store_piece *piece = store->pieces[number];
    piece->kinds[place] = (uint8_t)value.kind;
    switch (value.kind) {
    case EC_MISSING:
        break;
    case EC_INT:
        piece->values[place].i = value.i;
        break;
    case EC_REAL:
        piece->values[place].d = value.d;
        break;
    case EC_BOOL:
        piece->values[place].i = value.b;
        break;
    case EC_STR:
        piece->values[place].s = value.s.ptr;
        break;
    }
}

struct ec_value ec_store_get(const struct ec_store *store, size_t row)
{
    size_t number = row / PIECE_ROWS, place = row % PIECE_ROWS;
    const struct ec_store_piece *piece = number < store->piece_count ? store->pieces[number] : NULL;
    switch (piece ? (enum ec_kind)piece->kinds[place] : EC_MISSING) {
    case EC_MISSING:
        break;
    case EC_INT:
        return ec_value_int(piece->values[place].i);
    case EC_REAL:
        return ec_value_real(piece->values[place].d);
    case EC_BOOL:
        return ec_value_bool(piece->values[place].i != 0);
    case EC_STR:
        return ec_value_str(ec_interned_text(piece->values[place].s));
    }
    return ec_value_missing();
}

void ec_store_free(struct ec_store *store)
{
    for (size_t i = 0; i < store->piece_count; i++)
        free(store->pieces[i]);
    free(store->pieces);
    *store = (struct ec_store){0};
}
