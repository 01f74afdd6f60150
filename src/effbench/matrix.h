/* The one matrix product that the model needs, on row-major matrices.
 *
 * The order of summation is fixed, so results are the same bit for bit on every run.
 */
#ifndef EB_MATRIX_H
#define EB_MATRIX_H

#include "effbench/real.h"

/* Columns of b and c in multiples of this are fastest. */
enum { EB_TILE_COLUMNS = 32 / sizeof(eb_real) };

/* A matrix to read, possibly transposed: element (i, j) is at data[i * row_step + j * column_step].
 */
struct eb_view {
    const eb_real *data;
    int row_step, column_step;
};

/* c += a b. a is rows x inner, b is inner x columns and c is rows x columns; b and c are dense and
 * must not overlap. */
void eb_matrix_multiply_add(int rows, int columns, int inner, struct eb_view a, const eb_real *b,
                            eb_real *c);

/* to = transposed from; `from` is rows x columns. */
void eb_matrix_transpose(int rows, int columns, const eb_real *from, eb_real *to);

#endif
