/* A list of strings that owns them. Start it as {0}; ec_texts_free. */
#ifndef EC_TUI_TEXTS_H
#define EC_TUI_TEXTS_H

#include "base/value.h"

struct ec_texts {
    char **items; /* NUL-terminated */
    size_t count, capacity;
};

void ec_texts_add(struct ec_texts *texts, struct ec_str text);
void ec_texts_insert(struct ec_texts *texts, size_t at, struct ec_str text);
void ec_texts_replace(struct ec_texts *texts, size_t at, struct ec_str text);
void ec_texts_remove(struct ec_texts *texts, size_t at);
/* The place of an equal string; texts->count when there is none. */
size_t ec_texts_find(const struct ec_texts *texts, struct ec_str text);
/* All of them with commas between; the caller frees. */
char *ec_texts_list(const struct ec_texts *texts);
void ec_texts_copy(struct ec_texts *ret_texts, const struct ec_texts *texts);
void ec_texts_free(struct ec_texts *texts);

#endif
