#include "effrecord/text.h"

#include "common/shell.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <jansson.h>

/* On any thread. */
static void *check_or_exit(void *memory, int status)
{
    if (memory)
        return memory;
    fputs("effrecord: out of memory\n", stderr);
    _exit(status);
}

static void *check(void *memory)
{
    return check_or_exit(memory, 2);
}

void *effrecord_alloc(size_t count, size_t size)
{
    return check(calloc(count ? count : 1, size));
}

/* jansson's functions get nothing but a size. */
static int status_without_memory;

static void *alloc_json(size_t size)
{
    return check_or_exit(malloc(size ? size : 1), status_without_memory);
}

void effrecord_alloc_json(int status)
{
    status_without_memory = status;
    json_set_alloc_funcs(alloc_json, free);
}

char *effrecord_text(const char *format, ...)
{
    char *text = NULL;
    va_list args;
    va_start(args, format);
    int length = vasprintf(&text, format, args);
    va_end(args);
    return check(length < 0 ? NULL : text);
}

void effrecord_text_begin(struct ec_text_stream *stream)
{
    check(ec_text_stream_open(stream) == 0 ? stream : NULL);
}

char *effrecord_text_end(struct ec_text_stream *stream)
{
    return check(ec_text_stream_close(stream) == 0 ? stream->text : NULL);
}

int effrecord_column(const char *text, const char *at)
{
    int column = 1;
    for (; text < at; text++)
        column += ((unsigned char)*text & 0xc0) != 0x80;
    return column;
}

static void put(void *out, const char *bytes, size_t count)
{
    fwrite(bytes, 1, count, out);
}

void effrecord_write_command(FILE *out, char *const *words)
{
    for (size_t i = 0; words[i]; i++) {
        if (i > 0)
            putc(' ', out);
        ec_shell_word(words[i], strlen(words[i]), put, out);
    }
}
