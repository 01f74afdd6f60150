#include "base/out.h"

#include "base/memory.h"
#include "common/shell.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { PIECE = 1 << 16 };

void ec_out_to_memory(struct ec_out *out)
{
    *out = (struct ec_out){.fd = -1};
}

void ec_out_to_fd(struct ec_out *out, int fd)
{
    *out = (struct ec_out){.fd = fd};
}

static void out_write(struct ec_out *out, const char *bytes, size_t count)
{
    size_t done = 0;
    while (done < count && !out->error) {
        ssize_t n = write(out->fd, bytes + done, count - done);
        if (n >= 0)
            done += (size_t)n;
        else if (errno != EINTR)
            out->error = errno;
    }
}

static void out_flush(struct ec_out *out)
{
    out_write(out, out->buffer, out->length);
    out->length = 0;
}

/* Room for count more bytes at the end of the buffer. */
static char *out_reserve(struct ec_out *out, size_t count)
{
    if (out->fd >= 0 && out->length + count > PIECE)
        out_flush(out);
    if (out->length + count > out->capacity) {
        size_t capacity = out->fd >= 0 ? PIECE : 2 * out->capacity;
        if (capacity < out->length + count)
            capacity = out->length + count;
        out->buffer = ec_realloc(out->buffer, capacity, 1);
        out->capacity = capacity;
    }
    return out->buffer + out->length;
}

void ec_out_bytes(struct ec_out *out, const char *bytes, size_t count)
{
    if (count == 0)
        return;
    if (out->fd >= 0 && count >= PIECE) { /* no need to copy it */
        out_flush(out);
        out_write(out, bytes, count);
        return;
    }
    memcpy(out_reserve(out, count), bytes, count);
    out->length += count;
}

void ec_out_char(struct ec_out *out, char c)
{
    *out_reserve(out, 1) = c;
    out->length++;
}

static void put_bytes(void *out, const char *bytes, size_t count)
{
    ec_out_bytes(out, bytes, count);
}

void ec_out_shell_word(struct ec_out *out, struct ec_str word)
{
    ec_shell_word(word.ptr, word.len, put_bytes, out);
}

void ec_out_text(struct ec_out *out, const char *text)
{
    ec_out_bytes(out, text, strlen(text));
}

void ec_out_str(struct ec_out *out, struct ec_str text)
{
    ec_out_bytes(out, text.ptr, text.len);
}

void ec_out_fill(struct ec_out *out, char c, size_t count)
{
    memset(out_reserve(out, count), c, count);
    out->length += count;
}

void ec_out_printf(struct ec_out *out, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int length = vsnprintf(NULL, 0, format, args);
    va_end(args);
    va_start(args, format);
    vsnprintf(out_reserve(out, (size_t)length + 1), (size_t)length + 1, format, args);
    va_end(args);
    out->length += (size_t)length;
}

int ec_out_finish(struct ec_out *out)
{
    if (out->fd >= 0)
        out_flush(out);
    return out->error;
}

void ec_out_free(struct ec_out *out)
{
    free(out->buffer);
    out->buffer = NULL;
    out->length = out->capacity = 0;
}
