#include "load/source_stream.h"

#include "load/text.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

enum {
    DOCUMENT_LIMIT = 1 << 30, /* a million runs of 32 keys */
    MARK = 3,                 /* bytes of a byte order mark */
    BUFFER = 1 << 16,
};

static ssize_t refuse(struct ec_source_stream *stream, const char *reason)
{
    stream->reason = reason;
    errno = EINVAL;
    return -1;
}

/* Counts bytes[0..size) and refuses what is too much. */
static ssize_t check(struct ec_source_stream *stream, const char *bytes, size_t size)
{
    const char *newline = stream->in_lines ? memrchr(bytes, '\n', size) : NULL;
    if (memchr(bytes, '\0', size))
        return refuse(stream, "a NUL: this is no text");
    stream->length = newline ? (size_t)(bytes + size - newline) - 1 : stream->length + size;
    if (stream->length > stream->limit)
        return refuse(stream, stream->in_lines ? "a line larger than 64 MiB"
                                               : "larger than 1 GiB; NDJSON has no limit");
    return (ssize_t)size;
}

static ssize_t read_bytes(void *cookie, char *bytes, size_t size)
{
    struct ec_source_stream *stream = cookie;
    ssize_t got;
    do
        got = read(stream->fd, bytes, size);
    while (got < 0 && errno == EINTR);
    if (got < 0)
        stream->error = errno;
    if (got <= 0)
        return got;
    if (!stream->begun && ec_text_skip_bom(bytes, (size_t)got) != bytes) {
        got -= MARK;
        memmove(bytes, bytes + MARK, (size_t)got);
    }
    stream->begun = true;
    return check(stream, bytes, (size_t)got);
}

FILE *ec_source_stream_open(struct ec_source_stream *stream, int fd, bool in_lines)
{
    *stream = (struct ec_source_stream){
        .fd = fd, .limit = in_lines ? EC_SOURCE_MAX_PART : DOCUMENT_LIMIT, .in_lines = in_lines};
    if (lseek(fd, 0, SEEK_SET) < 0)
        return NULL;
    FILE *file = fopencookie(stream, "rb", (cookie_io_functions_t){.read = read_bytes});
    if (file)
        setvbuf(file, NULL, _IOFBF, BUFFER);
    return file;
}

const char *ec_source_stream_reason(const struct ec_source_stream *stream)
{
    return stream->reason ? stream->reason : strerror(stream->error);
}
