#include "common/text_stream.h"

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>

enum { FIRST_ROOM = 256 };

/* Makes room for `size` more bytes and a NUL. */
static int grow(struct ec_text_stream *stream, size_t size)
{
    if (size < stream->room - stream->size)
        return 0;
    if (size >= SIZE_MAX / 4 - stream->size)
        return -1;
    size_t room = 2 * (stream->size + size) + FIRST_ROOM;
    char *text = realloc(stream->text, room);
    if (!text)
        return -1;
    stream->text = text;
    stream->room = room;
    return 0;
}

/* 0 is a failure, which the stream remembers. */
static ssize_t write_text(void *cookie, const char *bytes, size_t size)
{
    struct ec_text_stream *stream = cookie;
    if (grow(stream, size) < 0)
        return 0;
    memcpy(stream->text + stream->size, bytes, size);
    stream->size += size;
    return (ssize_t)size;
}

int ec_text_stream_open(struct ec_text_stream *stream)
{
    *stream = (struct ec_text_stream){0};
    stream->out = fopencookie(stream, "w", (cookie_io_functions_t){.write = write_text});
    return stream->out ? 0 : -ENOMEM;
}

int ec_text_stream_close(struct ec_text_stream *stream)
{
    bool whole = !ferror(stream->out);
    whole = fclose(stream->out) == 0 && whole;
    stream->out = NULL;
    if (whole && grow(stream, 0) == 0) {
        stream->text[stream->size] = '\0';
        return 0;
    }
    free(stream->text);
    *stream = (struct ec_text_stream){0};
    return -ENOMEM;
}
