/* Comparing names through pointers is what a sort of 100,000 rows would spend its time on. So rows
 * are sorted by the first eight bytes of their names' keys, as numbers; those with equal ones by
 * the next eight, and so on; few comparisons remain that look at the texts. Many keys are sorted
 * byte by byte, the last byte first, leaving out bytes in which all are the same. */
#include "runset/order.h"

#include "base/memory.h"
#include "base/parallel.h"

#include <stdlib.h>

enum { KEY_BYTES = 8, BYTE_VALUES = 256, MANY = 64, FEW = 8 };

struct item {
    uint64_t key;
    struct ec_natural_cursor cursor;
    uint32_t row;
};

struct order {
    const struct ec_order_source *source;
    struct item *items, *spare; /* `count` of each; the spare ones are for sorting by keys */
    size_t count;
};

/* Items with equal keys. */
struct group {
    struct order *order;
    struct item *items;
    size_t count;
};

/* Compares names whose keys up to the cursors are equal: where they have the same bytes there, only
 * what follows is looked at. */
static int compare_names(struct ec_str a, const struct ec_natural_cursor *cursor_a, struct ec_str b,
                         const struct ec_natural_cursor *cursor_b)
{
    size_t known = cursor_a->offset;
    if (known != cursor_b->offset || memcmp(a.ptr, b.ptr, known) != 0)
        return ec_natural_compare(a, b);
    return ec_natural_compare((struct ec_str){a.ptr + known, a.len - known},
                              (struct ec_str){b.ptr + known, b.len - known});
}

static int item_compare_text(const void *a, const void *b, void *context)
{
    const struct ec_order_source *source = context;
    const struct item *item_a = a, *item_b = b;
    const void *rows = source->rows;
    int result = compare_names(source->name(rows, item_a->row), &item_a->cursor,
                               source->name(rows, item_b->row), &item_b->cursor);
    if (result == 0)
        result =
            ec_natural_compare(source->path(rows, item_a->row), source->path(rows, item_b->row));
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
    uint32_t counts[KEY_BYTES][BYTE_VALUES] = {0};
    for (size_t i = 0; i < count; i++)
        for (int byte = 0; byte < KEY_BYTES; byte++)
            counts[byte][key_byte(&items[i], byte)]++;
    struct item *from = items, *to = order->spare + (items - order->items);
    for (int byte = 0; byte < KEY_BYTES; byte++) {
        if (counts[byte][key_byte(&items[0], byte)] == count)
            continue;
        sort_by_byte(from, to, count, byte, counts[byte]);
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

/* The end of the items that have the key of the first one. */
static size_t group_end(const struct item *items, size_t count, size_t start)
{
    size_t end = start + 1;
    while (end < count && items[end].key == items[start].key)
        end++;
    return end;
}

static void sort_group(void *groups, size_t i)
{
    const struct group *group = (const struct group *)groups + i;
    sort_by_next_keys(group->order, group->items, group->count);
}

/* The same as the loop of sort_items, for all items. */
static void sort_groups_at_once(struct order *order)
{
    struct group *groups = NULL;
    size_t count = 0, capacity = 0;
    for (size_t start = 0, end; start < order->count; start = end) {
        end = group_end(order->items, order->count, start);
        if (end - start == 1)
            continue;
        groups = ec_grow(groups, count, &capacity, sizeof *groups);
        groups[count++] = (struct group){order, order->items + start, end - start};
    }
    ec_parallel(count, order->count, sort_group, groups);
    free(groups);
}

/* Sorts items whose keys are set, and were equal so far. */
static void sort_items(struct order *order, struct item *items, size_t count)
{
    sort_by_key(order, items, count);
    if (count == order->count) {
        sort_groups_at_once(order);
        return;
    }
    for (size_t start = 0, end; start < count; start = end) {
        end = group_end(items, count, start);
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

void ec_order_rows(const struct ec_order_source *source, uint32_t *numbers, size_t count)
{
    struct item *items = ec_malloc(count * sizeof *items);
    struct order order = {.source = source,
                          .items = items,
                          .spare = ec_malloc(count * sizeof *items),
                          .count = count};
    for (size_t i = 0; i < count; i++) {
        items[i].row = numbers[i];
        items[i].key = source->first_key(source->rows, numbers[i], &items[i].cursor);
    }
    sort_items(&order, items, count);
    free(order.spare);
    for (size_t i = 0; i < count; i++)
        numbers[i] = items[i].row;
    free(items);
}
