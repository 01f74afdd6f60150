#include "runset/block.h"

#include "base/memory.h"
#include "runset/intern.h"

#include <stdlib.h>

union number_or_text {
    int64_t i;
    double d;
    const char *s;
};

/* The values of a column, followed by their kinds (enum ec_kind; a bool's value is in values[].i),
 * and, as long as there is not room for every row, by the rows that they are of: where each record
 * has keys of its own, most columns of a block have one value. */
struct ec_block_column {
    uint32_t zeros;
    uint16_t room, count; /* values; no count where there is room for every row */
    union number_or_text values[];
};

/* Room in values: a few rows, some, all. */
static const uint16_t rooms[] = {2, 24, EC_BLOCK_ROWS};

static bool is_dense(const struct ec_block_column *column)
{
    return column->room == EC_BLOCK_ROWS;
}

static uint8_t *kinds_of(const struct ec_block_column *column)
{
    return (uint8_t *)&column->values[column->room];
}

static uint8_t *rows_of(const struct ec_block_column *column)
{
    return kinds_of(column) + column->room;
}

static struct ec_block_column *new_column(uint16_t room)
{
    size_t each = sizeof(union number_or_text) + 1 + (room < EC_BLOCK_ROWS);
    struct ec_block_column *column = ec_calloc(1, sizeof *column + room * each);
    column->room = room;
    return column;
}

/* Where the value of a row is; column->count where there is none. */
static size_t find_place(const struct ec_block_column *column, size_t row)
{
    if (is_dense(column))
        return row;
    const uint8_t *rows = rows_of(column);
    size_t place = 0;
    while (place < column->count && rows[place] != row)
        place++;
    return place;
}

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
        block->columns[column] = new_column(rooms[0]);
    return block->columns[column];
}

/* Replaces a column that is full by one with more room. */
static struct ec_block_column *enlarge(struct ec_block_column *column)
{
    size_t next = 0;
    while (rooms[next] <= column->room)
        next++;
    struct ec_block_column *larger = new_column(rooms[next]);
    larger->zeros = column->zeros;
    larger->count = column->count;
    for (size_t i = 0; i < column->count; i++) {
        size_t row = rows_of(column)[i], place = is_dense(larger) ? row : i;
        larger->values[place] = column->values[i];
        kinds_of(larger)[place] = kinds_of(column)[i];
        if (!is_dense(larger))
            rows_of(larger)[place] = (uint8_t)row;
    }
    free(column);
    return larger;
}

/* The place of a row's value in a column that may move, made when there is none. */
static size_t place_for(struct ec_block *block, uint32_t number, size_t row)
{
    struct ec_block_column *column = column_for(block, number);
    size_t place = find_place(column, row);
    if (is_dense(column) || place < column->count)
        return place;
    if (column->count == column->room) {
        column = block->columns[number] = enlarge(column);
        if (is_dense(column))
            return row;
    }
    rows_of(column)[column->count] = (uint8_t)row;
    return column->count++;
}

/* NULL: no run has a value. */
static const struct ec_block_column *column_of_block(const struct ec_block *block, uint32_t column)
{
    return column < block->column_count ? block->columns[column] : NULL;
}

void ec_block_set(struct ec_block *block, size_t row, uint32_t column, struct ec_value value)
{
    size_t place = place_for(block, column, row);
    struct ec_block_column *values = block->columns[column];
    kinds_of(values)[place] = (uint8_t)value.kind;
    switch (value.kind) {
    case EC_MISSING:
        break;
    case EC_INT:
        values->values[place].i = value.i;
        break;
    case EC_REAL:
        values->values[place].d = value.d;
        break;
    case EC_BOOL:
        values->values[place].i = value.b;
        break;
    case EC_STR:
        values->values[place].s = value.text;
        break;
    }
}

/* The kind of a row's value, and where it is. */
static enum ec_kind find_value(const struct ec_block_column *column, size_t row, size_t *ret_place)
{
    if (!column)
        return EC_MISSING;
    *ret_place = find_place(column, row);
    bool there = is_dense(column) || *ret_place < column->count;
    return there ? (enum ec_kind)kinds_of(column)[*ret_place] : EC_MISSING;
}

struct ec_value ec_block_value(const struct ec_block *block, size_t row, uint32_t column)
{
    const struct ec_block_column *values = column_of_block(block, column);
    size_t place;
    switch (find_value(values, row, &place)) {
    case EC_MISSING:
        break;
    case EC_INT:
        return ec_value_int(values->values[place].i);
    case EC_REAL:
        return ec_value_real(values->values[place].d);
    case EC_BOOL:
        return ec_value_bool(values->values[place].i != 0);
    case EC_STR:
        return ec_value_str(ec_interned_text(values->values[place].s));
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
    size_t from_place;
    enum ec_kind kind = find_value(values, from_row, &from_place);
    if (kind == EC_MISSING)
        return;
    size_t place = place_for(block, column, row);
    struct ec_block_column *to = block->columns[column];
    to->values[place] = values->values[from_place];
    kinds_of(to)[place] = (uint8_t)kind;
}

void ec_block_forget(struct ec_block *block, uint32_t column)
{
    if (column >= block->column_count)
        return;
    free(block->columns[column]);
    block->columns[column] = NULL;
}
