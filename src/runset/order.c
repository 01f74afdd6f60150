/* Comparing names through pointers is what a sort of 100,000 rows would spend its time on. So rows
 * are sorted by the first eight bytes of their names' keys, as numbers; those with equal ones by
 * the next eight, and so on; few comparisons remain that look at the texts. */
#include "runset/order.h"

#include "base/memory.h"
#include "base/natural.h"

#include <stdlib.h>

struct item {
    uint64_t key;
    struct ec_natural_cursor cursor;
    uint32_t row;
};

struct order {
    const void *rows;
    ec_order_text name, path;
};

static int item_compare_text(const void *a, const void *b, void *context)
{
    const struct order *order = context;
    uint32_t row_a = ((const struct item *)a)->row, row_b = ((const struct item *)b)->row;
    int result =
        ec_natural_compare(order->name(order->rows, row_a), order->name(order->rows, row_b));
    if (result == 0)
        result =
            ec_natural_compare(order->path(order->rows, row_a), order->path(order->rows, row_b));
    return result;
}

static int item_compare_key(const void *a, const void *b)
{
    uint64_t key_a = ((const struct item *)a)->key, key_b = ((const struct item *)b)->key;
    return (key_a > key_b) - (key_a < key_b);
}

/* Takes the next key of each item; returns whether the keys are in order already. */
static bool advance(const struct order *order, struct item *items, size_t count)
{
    bool sorted = true;
    for (size_t i = 0; i < count; i++) {
        struct ec_str name = order->name(order->rows, items[i].row);
        items[i].key = ec_natural_key(name, &items[i].cursor);
        sorted = sorted && (i == 0 || items[i - 1].key <= items[i].key);
    }
    return sorted;
}

/* Sorts items whose keys were equal so far. */
static void sort_equal(const struct order *order, struct item *items, size_t count)
{
    enum { FEW = 8 };
    bool exhausted = false;
    for (size_t i = 0; i < count; i++)
        exhausted = exhausted || items[i].cursor.exhausted;
    if (exhausted || count <= FEW) {
        qsort_r(items, count, sizeof *items, item_compare_text, (void *)(uintptr_t)order);
        return;
    }
    if (!advance(order, items, count))
        qsort(items, count, sizeof *items, item_compare_key);
    for (size_t start = 0, end; start < count; start = end) {
        for (end = start + 1; end < count && items[end].key == items[start].key; end++)
            ;
        if (end - start > 1)
            sort_equal(order, items + start, end - start);
    }
}

uint32_t *ec_order_rows(const void *rows, size_t count, ec_order_text name, ec_order_text path)
{
    const struct order order = {rows, name, path};
    struct item *items = ec_calloc(count, sizeof *items);
    for (size_t i = 0; i < count; i++)
        items[i].row = (uint32_t)i;
    sort_equal(&order, items, count);
    uint32_t *sorted = ec_malloc(count * sizeof *sorted);
    for (size_t i = 0; i < count; i++)
        sorted[i] = items[i].row;
    free(items);
    return sorted;
}
