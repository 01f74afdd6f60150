#include "effrecord/text.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <jansson.h>

static void *check(void *memory)
{
    if (memory)
        return memory;
    fputs("effrecord: out of memory\n", stderr);
    _exit(2); /* on any thread */
}

void *effrecord_alloc(size_t count, size_t size)
{
    return check(calloc(count ? count : 1, size));
}

static void *alloc_bytes(size_t size)
{
    return check(malloc(size ? size : 1));
}

void effrecord_alloc_json(void)
{
    json_set_alloc_funcs(alloc_bytes, free);
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

static bool is_plain(const char *word)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                "_-+=./:,@%^";
    return word[0] != '\0' && word[strspn(word, plain)] == '\0';
}

void effrecord_write_command(FILE *out, char *const *words)
{
    for (size_t i = 0; words[i]; i++) {
        if (i > 0)
            putc(' ', out);
        if (is_plain(words[i])) {
            fputs(words[i], out);
            continue;
        }
        putc('\'', out);
        for (const char *c = words[i]; *c; c++)
            *c == '\'' ? (void)fputs("'\\''", out) : (void)putc(*c, out);
        putc('\'', out);
    }
}
