/* The words of a text, as a shell tells them apart. */
#ifndef EFFRECORD_WORDS_H
#define EFFRECORD_WORDS_H

#include "common/error.h"

#include <stddef.h>

/* Zero-initialise; effrecord_words_free() in the end. */
struct effrecord_words {
    char **items; /* NULL behind the last; NULL itself while there is none */
    size_t count;
};

/* Adds the words of `text`: blanks separate, quotes and backslashes mean what they mean to a shell,
 * nothing is expanded. -1 with *error set for a quote that is not closed. */
int effrecord_words_split(struct effrecord_words *words, const char *text, struct ec_error *error);

/* Adds a copy of one word. */
void effrecord_words_add(struct effrecord_words *words, const char *word);

void effrecord_words_free(struct effrecord_words *words);

#endif
