#include "runset/block.h"

#include "base/memory.h"
#include "runset/intern.h"

#include <stdlib.h>

union number_or_text {
    int64_t i;
    double d;
    const char *s;
};

struct ec_block_column {
    union number_or_text values[EC_BLOCK_ROWS];
    uint8_t kinds[EC_BLOCK_ROWS]; /* enum ec_kind; a bool's value is in values[].i */
    uint32_t zeros;
};

struct ec_block *ec_block_new(size_t column_count)
{
    struct ec_block *block = ec_malloc(sizeof *block);
    *block = (struct ec_block){
        .rows = ec_malloc(EC_BLOCK_ROWS * sizeof *block->rows),
        .columns = ec_calloc(column_count, sizeof *block->columns),
        .column_count = column_count,
    };
    return block;
}

void ec_block_free(struct ec_block *block)
{
    if (!block)
        return;
    for (size_t i = 0; i < block->column_count; i++)
        free(block->columns[i]);
    free(block->columns);
    free(block->rows);
    free(block);
}

/* The column, made when there is none. */
static struct ec_block_column *column_for(struct ec_block *block, uint32_t column)
{
    if (column >= block->column_count) {
        size_t count = column + 1 > 2 * block->column_count ? column + 1 : 2 * block->column_count;
        block->columns = ec_realloc(block->columns, count, sizeof *block->columns);
        for (size_t i = block->column_count; i < count; i++)
            block->columns[i] = NULL;
        block->column_count = count;
    }
    if (!block->columns[column])
        block->columns[column] = ec_calloc(1, sizeof *block->columns[column]);
    return block->columns[column];
}

/* NULL: no run has a value. */
static const struct ec_block_column *column_of_block(const struct ec_block *block, uint32_t column)
{
    return column < block->column_count ? block->columns[column] : NULL;
}

void ec_block_set(struct ec_block *block, size_t row, uint32_t column, struct ec_value value)
{
    struct ec_block_column *values = column_for(block, column);
    values->kinds[row] = (uint8_t)value.kind;
    switch (value.kind) {
    case EC_MISSING:
        break;
    case EC_INT:
        values->values[row].i = value.i;
        break;
    case EC_REAL:
        values->values[row].d = value.d;
        break;
    case EC_BOOL:
        values->values[row].i = value.b;
        break;
    case EC_STR:
        values->values[row].s = value.s.ptr;
        break;
    }
}

struct ec_value ec_block_value(const struct ec_block *block, size_t row, uint32_t column)
{
    const struct ec_block_column *values = column_of_block(block, column);
    switch (values ? (enum ec_kind)values->kinds[row] : EC_MISSING) {
    case EC_MISSING:
        break;
    case EC_INT:
        return ec_value_int(values->values[row].i);
    case EC_REAL:
        return ec_value_real(values->values[row].d);
    case EC_BOOL:
        return ec_value_bool(values->values[row].i != 0);
    case EC_STR:
        return ec_value_str(ec_interned_text(values->values[row].s));
    }
    return ec_value_missing();
}

void ec_block_drop_zero(struct ec_block *block, uint32_t column)
{
    column_for(block, column)->zeros++;
}

size_t ec_block_zeros(const struct ec_block *block, uint32_t column)
{
    const struct ec_block_column *values = column_of_block(block, column);
    return values ? values->zeros : 0;
}

void ec_block_copy(struct ec_block *block, size_t row, uint32_t column, const struct ec_block *from,
                   size_t from_row, uint32_t from_column)
{
    const struct ec_block_column *values = column_of_block(from, from_column);
    if (!values || values->kinds[from_row] == EC_MISSING)
        return;
    struct ec_block_column *to = column_for(block, column);
    to->values[row] = values->values[from_row];
    to->kinds[row] = values->kinds[from_row];
}

void ec_block_forget(struct ec_block *block, uint32_t column)
{
    if (column >= block->column_count)
        return;
    free(block->columns[column]);
    block->columns[column] = NULL;
}
