#include "query/caret.h"

#include <stdarg.h>
#include <stdio.h>

enum { BEFORE = 50, AFTER = 22, WINDOW = BEFORE + AFTER }; /* bytes around the caret */

static bool starts_character(char byte)
{
    return ((unsigned char)byte & 0xc0) != 0x80;
}

/* Control characters must not reach a terminal. */
static char harmless(char byte)
{
    return (unsigned char)byte < ' ' || byte == 0x7f ? '?' : byte;
}

static size_t characters(struct ec_str text, size_t from, size_t to)
{
    size_t count = 0;
    for (size_t i = from; i < to; i++)
        count += starts_character(text.ptr[i]);
    return count;
}

int ec_caret_error(struct ec_error *error, struct ec_str text, size_t offset, const char *format,
                   ...)
{
    char reason[512], window[WINDOW + 1];
    va_list args;
    va_start(args, format);
    vsnprintf(reason, sizeof reason, format, args);
    va_end(args);
    for (char *c = reason; *c; c++)
        *c = harmless(*c);

    size_t from = offset > BEFORE ? offset - BEFORE : 0;
    size_t to = text.len - offset > AFTER ? offset + AFTER : text.len;
    while (from < offset && !starts_character(text.ptr[from]))
        from++;
    while (to > offset && to < text.len && !starts_character(text.ptr[to]))
        to--;
    for (size_t i = from; i < to; i++)
        window[i - from] = harmless(text.ptr[i]);
    window[to - from] = '\0';
    return ec_error_set(error, "column %zu: %s\n    %s\n    %*s^", characters(text, 0, offset) + 1,
                        reason, window, (int)characters(text, from, offset), "");
}
