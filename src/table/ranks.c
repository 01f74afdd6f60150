#include "table/ranks.h"

#include "base/memory.h"

#include <math.h>
#include <stdlib.h>

struct ranked {
    double badness;
    size_t row;
};

static int compare(const void *a, const void *b)
{
    const struct ranked *x = a, *y = b;
    return (x->badness > y->badness) - (x->badness < y->badness);
}

void ec_table_ranks(const struct ec_table *table, size_t column, uint32_t *ret_ranks)
{
    memset(ret_ranks, 0, table->row_count * sizeof *ret_ranks);
    if (!table->columns[column].marks)
        return;
    struct ranked *ranked = ec_calloc(table->row_count, sizeof *ranked);
    size_t count = 0;
    for (size_t row = 0; row < table->row_count; row++) {
        double badness =
            ec_column_badness(&table->columns[column], ec_table_value(table, row, column));
        if (!isnan(badness) && ec_table_row_is_ranked(table, row))
            ranked[count++] = (struct ranked){badness, row};
    }
    qsort(ranked, count, sizeof *ranked, compare);
    for (size_t i = 0; i < count; i++)
        ret_ranks[ranked[i].row] = i > 0 && ranked[i].badness == ranked[i - 1].badness
                                       ? ret_ranks[ranked[i - 1].row]
                                       : (uint32_t)i + 1;
    free(ranked);
}
