/* Comparing names through pointers is what a sort of 100,000 rows would spend its time on. So rows
 * are sorted by the first eight bytes of their names' keys, as numbers; those with equal ones by
 * the next eight, and so on; few comparisons remain that look at the texts. Many keys are sorted
 * byte by byte, the last byte first, leaving out bytes in which all are the same. */
#include "runset/order.h"

#include "base/memory.h"

#include <stdlib.h>

enum { KEY_BYTES = 8, BYTE_VALUES = 256, MANY = 64, FEW = 8 };

struct item {
    uint64_t key;
    struct ec_natural_cursor cursor;
    uint32_t row;
};

struct order {
    const struct ec_order_source *source;
    struct item *spare; /* as long as all items */
    uint32_t counts[KEY_BYTES][BYTE_VALUES];
};

static int item_compare_text(const void *a, const void *b, void *context)
{
    const struct ec_order_source *source = context;
    uint32_t row_a = ((const struct item *)a)->row, row_b = ((const struct item *)b)->row;
    const void *rows = source->rows;
    int result = ec_natural_compare(source->name(rows, row_a), source->name(rows, row_b));
    if (result == 0)
        result = ec_natural_compare(source->path(rows, row_a), source->path(rows, row_b));
    return result;
}

/* Sorts items by their texts. Nearly always there are only a few. */
static void sort_by_text(const struct ec_order_source *source, struct item *items, size_t count)
{
    void *context = (void *)(uintptr_t)source;
    if (count > FEW) {
        qsort_r(items, count, sizeof *items, item_compare_text, context);
        return;
    }
    for (size_t i = 1; i < count; i++) {
        struct item moved = items[i];
        size_t at = i;
        for (; at > 0 && item_compare_text(&items[at - 1], &moved, context) > 0; at--)
            items[at] = items[at - 1];
        items[at] = moved;
    }
}

static int item_compare_key(const void *a, const void *b)
{
    uint64_t key_a = ((const struct item *)a)->key, key_b = ((const struct item *)b)->key;
    return (key_a > key_b) - (key_a < key_b);
}

static unsigned key_byte(const struct item *item, int byte)
{
    return (unsigned)(item->key >> 8 * byte & 0xff);
}

/* Stable sort of from[] into to[] by one byte of the keys; `starts` says how many have each value.
 */
static void sort_by_byte(const struct item *from, struct item *to, size_t count, int byte,
                         uint32_t *starts)
{
    uint32_t sum = 0;
    for (int value = 0; value < BYTE_VALUES; value++) {
        uint32_t here = starts[value];
        starts[value] = sum;
        sum += here;
    }
    for (size_t i = 0; i < count; i++)
        to[starts[key_byte(&from[i], byte)]++] = from[i];
}

static void sort_many_by_key(struct order *order, struct item *items, size_t count)
{
    memset(order->counts, 0, sizeof order->counts);
    for (size_t i = 0; i < count; i++)
        for (int byte = 0; byte < KEY_BYTES; byte++)
            order->counts[byte][key_byte(&items[i], byte)]++;
    struct item *from = items, *to = order->spare;
    for (int byte = 0; byte < KEY_BYTES; byte++) {
        if (order->counts[byte][key_byte(&items[0], byte)] == count)
            continue;
        sort_by_byte(from, to, count, byte, order->counts[byte]);
        struct item *swap = from;
        from = to;
        to = swap;
    }
    if (from != items)
        memcpy(items, from, count * sizeof *items);
}

static void sort_by_key(struct order *order, struct item *items, size_t count)
{
    bool sorted = true;
    for (size_t i = 1; i < count && sorted; i++)
        sorted = items[i - 1].key <= items[i].key;
    if (sorted)
        return;
    if (count >= MANY)
        sort_many_by_key(order, items, count);
    else
        qsort(items, count, sizeof *items, item_compare_key);
}

static void sort_by_next_keys(struct order *order, struct item *items, size_t count);

/* Sorts items whose keys are set, and were equal so far. */
static void sort_items(struct order *order, struct item *items, size_t count)
{
    sort_by_key(order, items, count);
    for (size_t start = 0, end; start < count; start = end) {
        for (end = start + 1; end < count && items[end].key == items[start].key; end++)
            ;
        if (end - start > 1)
            sort_by_next_keys(order, items + start, end - start);
    }
}

/* Sorts items with equal keys by what follows in their names. */
static void sort_by_next_keys(struct order *order, struct item *items, size_t count)
{
    const struct ec_order_source *source = order->source;
    bool exhausted = false;
    for (size_t i = 0; i < count; i++)
        exhausted = exhausted || items[i].cursor.exhausted;
    if (exhausted || count <= FEW) {
        sort_by_text(source, items, count);
        return;
    }
    for (size_t i = 0; i < count; i++) {
        struct ec_str name = source->name(source->rows, items[i].row);
        items[i].key = ec_natural_key(name, &items[i].cursor);
    }
    sort_items(order, items, count);
}

uint32_t *ec_order_rows(const struct ec_order_source *source, size_t count)
{
    struct order order = {.source = source, .spare = ec_malloc(count * sizeof *order.spare)};
    struct item *items = ec_malloc(count * sizeof *items);
    for (size_t i = 0; i < count; i++) {
        items[i].row = (uint32_t)i;
        items[i].key = source->first_key(source->rows, (uint32_t)i, &items[i].cursor);
    }
    sort_items(&order, items, count);
    free(order.spare);
    uint32_t *sorted = ec_malloc(count * sizeof *sorted);
    for (size_t i = 0; i < count; i++)
        sorted[i] = items[i].row;
    free(items);
    return sorted;
}
