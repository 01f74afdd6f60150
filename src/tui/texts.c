#include "tui/texts.h"

#include "base/memory.h"
#include "base/out.h"

#include <stdlib.h>

void ec_texts_insert(struct ec_texts *texts, size_t at, struct ec_str text)
{
    texts->items = ec_grow(texts->items, texts->count, &texts->capacity, sizeof *texts->items);
    memmove(texts->items + at + 1, texts->items + at, (texts->count - at) * sizeof *texts->items);
    texts->items[at] = ec_strndup(text.ptr, text.len);
    texts->count++;
}

void ec_texts_add(struct ec_texts *texts, struct ec_str text)
{
    ec_texts_insert(texts, texts->count, text);
}

void ec_texts_replace(struct ec_texts *texts, size_t at, struct ec_str text)
{
    char *copy = ec_strndup(text.ptr, text.len);
    free(texts->items[at]);
    texts->items[at] = copy;
}

void ec_texts_remove(struct ec_texts *texts, size_t at)
{
    free(texts->items[at]);
    texts->count--;
    memmove(texts->items + at, texts->items + at + 1, (texts->count - at) * sizeof *texts->items);
}

size_t ec_texts_find(const struct ec_texts *texts, struct ec_str text)
{
    size_t i = 0;
    while (i < texts->count && !ec_str_equal(ec_str(texts->items[i]), text))
        i++;
    return i;
}

char *ec_texts_list(const struct ec_texts *texts)
{
    struct ec_out list;
    ec_out_to_memory(&list);
    for (size_t i = 0; i < texts->count; i++)
        ec_out_printf(&list, "%s%s", i > 0 ? "," : "", texts->items[i]);
    ec_out_char(&list, '\0');
    return list.buffer;
}

void ec_texts_copy(struct ec_texts *ret_texts, const struct ec_texts *texts)
{
    *ret_texts = (struct ec_texts){0};
    for (size_t i = 0; i < texts->count; i++)
        ec_texts_add(ret_texts, ec_str(texts->items[i]));
}

void ec_texts_free(struct ec_texts *texts)
{
    for (size_t i = 0; i < texts->count; i++)
        free(texts->items[i]);
    free(texts->items);
    *texts = (struct ec_texts){0};
}
