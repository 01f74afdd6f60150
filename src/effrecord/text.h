/* Memory and text for what the command prepares before it starts anything: running out of memory
 * ends the program with a message there. */
#ifndef EFFRECORD_TEXT_H
#define EFFRECORD_TEXT_H

#include "common/text_stream.h"

/* Zeroed memory, never NULL; free() it. */
void *effrecord_alloc(size_t count, size_t size);

/* The same for jansson from now on, which goes on with parts of a text when memory runs out; the
 * program ends with `status` then. */
void effrecord_alloc_json(int status);

/* As asprintf(), never NULL; free() it. */
char *effrecord_text(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* A text that is written piece by piece: effrecord_text_end() closes the stream and returns what
 * was written; free() it. */
void effrecord_text_begin(struct ec_text_stream *stream);
char *effrecord_text_end(struct ec_text_stream *stream);

/* The column of `at` in UTF-8 text, from 1. */
int effrecord_column(const char *text, const char *at);

/* Writes the words of a command as a shell reads them, quoted where needed. */
void effrecord_write_command(FILE *out, char *const *words);

#endif
