/* The bytes of a file that effcompare wrote, or that begins like one: such files have no limit of
 * size, so that what they hold is looked at while it is read. A NUL, a line (NDJSON) or a document
 * (JSON) that is too long end the reading, before all of a file that a stranger made is in memory.
 */
#ifndef EC_LOAD_SOURCE_STREAM_H
#define EC_LOAD_SOURCE_STREAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* A line of NDJSON, CSV or TSV, or a row of JSON, in bytes: jansson makes ten times as many of it. */
enum { EC_SOURCE_MAX_PART = 64 << 20 };

struct ec_source_stream {
    int fd;
    bool begun;
    size_t limit;       /* of what is held in memory at once, in bytes */
    bool in_lines;      /* that is a line */
    size_t length;      /* of what is held until now */
    int error;          /* of reading, an errno */
    const char *reason; /* why the bytes were refused; NULL: they were not */
};

/* Reads the file from its beginning, behind a byte order mark. NULL with errno set. `stream` must
 * stay until the FILE is closed; the descriptor stays the caller's. */
FILE *ec_source_stream_open(struct ec_source_stream *stream, int fd, bool in_lines);

/* Why ferror() is true. */
const char *ec_source_stream_reason(const struct ec_source_stream *stream);

#endif
