/* The product is cut into tiles of c that fit into registers: each number of b that is loaded is
 * used TILE_ROWS times, each of a EB_TILE_COLUMNS times. The tile is made of explicit vectors (an
 * extension that gcc and clang share), because gcc does not keep an array of sums in registers by
 * itself: four times slower. */
#include "effbench/matrix.h"

typedef eb_real vector __attribute__((vector_size(16)));
/* The same where it lies in memory, at the address of any number. */
typedef eb_real loose_vector __attribute__((vector_size(16), aligned(sizeof(eb_real)), may_alias));

enum { LANES = sizeof(vector) / sizeof(eb_real), TILE_ROWS = 4 };
_Static_assert(EB_TILE_COLUMNS == 2 * LANES, "a tile is two vectors wide");

static void add_tile(int inner, int columns, struct eb_view a, const eb_real *b, eb_real *c)
{
    vector left[TILE_ROWS] = {{0}}, right[TILE_ROWS] = {{0}};
    for (int k = 0; k < inner; k++) {
        vector b_left = *(const loose_vector *)(b + k * columns);
        vector b_right = *(const loose_vector *)(b + k * columns + LANES);
        const eb_real *factors = a.data + k * a.column_step;
        for (int i = 0; i < TILE_ROWS; i++) {
            left[i] += factors[i * a.row_step] * b_left;
            right[i] += factors[i * a.row_step] * b_right;
        }
    }
    for (int i = 0; i < TILE_ROWS; i++) {
        *(loose_vector *)(c + i * columns) += left[i];
        *(loose_vector *)(c + i * columns + LANES) += right[i];
    }
}

/* The same for what is left at the right and at the bottom. */
static void add_edge(int rows, int width, int inner, int columns, struct eb_view a,
                     const eb_real *restrict b, eb_real *restrict c)
{
    for (int i = 0; i < rows; i++)
        for (int k = 0; k < inner; k++) {
            eb_real factor = a.data[i * a.row_step + k * a.column_step];
            for (int j = 0; j < width; j++)
                c[i * columns + j] += factor * b[k * columns + j];
        }
}

void eb_matrix_multiply_add(int rows, int columns, int inner, struct eb_view a, const eb_real *b,
                            eb_real *c)
{
    for (int i = 0; i < rows; i += TILE_ROWS) {
        int height = rows - i < TILE_ROWS ? rows - i : TILE_ROWS;
        struct eb_view part = {a.data + i * a.row_step, a.row_step, a.column_step};
        for (int j = 0; j < columns; j += EB_TILE_COLUMNS) {
            int width = columns - j < EB_TILE_COLUMNS ? columns - j : EB_TILE_COLUMNS;
            if (height == TILE_ROWS && width == EB_TILE_COLUMNS)
                add_tile(inner, columns, part, b + j, c + i * columns + j);
            else
                add_edge(height, width, inner, columns, part, b + j, c + i * columns + j);
        }
    }
}

void eb_matrix_transpose(int rows, int columns, const eb_real *from, eb_real *to)
{
    for (int i = 0; i < rows; i++)
        for (int j = 0; j < columns; j++)
            to[j * rows + i] = from[i * columns + j];
}
