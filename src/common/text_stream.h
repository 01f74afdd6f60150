/* A stream that writes to memory, as open_memstream()'s, which drops what does not fit when memory
 * runs out without telling; this one tells. */
#ifndef EC_COMMON_TEXT_STREAM_H
#define EC_COMMON_TEXT_STREAM_H

#include <stddef.h>
#include <stdio.h>

/* Must stay where it is while it is open. */
struct ec_text_stream {
    FILE *out;
    char *text;  /* zero-terminated once it is closed; free() it then */
    size_t size; /* what was flushed, or all once it is closed */
    size_t room;
};

/* 0 or -ENOMEM. */
int ec_text_stream_open(struct ec_text_stream *stream);
/* 0 or -ENOMEM, and then there is no text, when memory was short at any time. */
int ec_text_stream_close(struct ec_text_stream *stream);

#endif
