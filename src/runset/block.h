/* Up to EC_BLOCK_ROWS runs with their values, in columns, nine bytes a value.
 *
 * A column of which no run has a value takes no memory, and one of which few have takes little.
 * Text is kept as a pointer to an interned text (runset/intern.h), paths and names as pointers, all
 * of which must outlive the block. Not thread-safe: the runset that owns the block locks.
 */
#ifndef EC_RUNSET_BLOCK_H
#define EC_RUNSET_BLOCK_H

#include "base/natural.h"
#include "base/value.h"

enum { EC_BLOCK_ROWS = 256 };

/* The name is a part of the path, or follows its NUL. */
struct ec_row {
    const char *path;
    int64_t mtime_ns;
    uint64_t key; /* the first of the name, for sorting; made while many threads add runs */
    struct ec_natural_cursor cursor;
    uint32_t path_length, name_offset, name_length;
    uint8_t status; /* enum ec_status */
    bool is_copy, outdated_evaluation;
};

struct ec_block_column;

struct ec_block {
    size_t count;
    struct ec_row *rows;              /* room for EC_BLOCK_ROWS */
    struct ec_block_column **columns; /* NULL where no run has a value */
    size_t column_count;              /* length of columns; it grows */
};

struct ec_block *ec_block_new(size_t column_count);
void ec_block_free(struct ec_block *block); /* NULL is fine */

/* Text in `value` must be interned: value.text is what ec_intern_add returned. */
void ec_block_set(struct ec_block *block, size_t row, uint32_t column, struct ec_value value);
struct ec_value ec_block_value(const struct ec_block *block, size_t row, uint32_t column);

/* Copies the value of another block's row, if there is one. */
void ec_block_copy(struct ec_block *block, size_t row, uint32_t column, const struct ec_block *from,
                   size_t from_row, uint32_t from_column);
/* Frees the values of a column, which count as missing from then on. */
void ec_block_forget(struct ec_block *block, uint32_t column);

/* Notes that a value of the column is missing because it was a zero; and how many are. */
void ec_block_drop_zero(struct ec_block *block, uint32_t column);
size_t ec_block_zeros(const struct ec_block *block, uint32_t column);

#endif
