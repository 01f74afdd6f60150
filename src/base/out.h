/* A buffered byte sink: where renderers write.
 *
 * Backed by a file descriptor or growing in memory. Errors stick: after the first failed write the
 * rest is dropped, and ec_out_finish tells. So renderers write freely and check nothing.
 */
#ifndef EC_BASE_OUT_H
#define EC_BASE_OUT_H

#include "base/value.h"

struct ec_out {
    char *buffer; /* owned; freed by ec_out_free */
    size_t length, capacity;
    int fd;    /* -1: everything stays in the buffer */
    int error; /* errno of the first failed write, 0: none */
};

/* Everything written stays in memory, in buffer[0..length). */
void ec_out_to_memory(struct ec_out *out);
/* Written to fd, which stays the caller's, in large pieces. */
void ec_out_to_fd(struct ec_out *out, int fd);

void ec_out_bytes(struct ec_out *out, const char *bytes, size_t count);
void ec_out_char(struct ec_out *out, char c);
void ec_out_text(struct ec_out *out, const char *text);
void ec_out_str(struct ec_out *out, struct ec_str text);
/* count times the character c. */
void ec_out_fill(struct ec_out *out, char c, size_t count);
void ec_out_printf(struct ec_out *out, const char *format, ...)
    __attribute__((format(printf, 2, 3), nonnull(2)));

/* The word as a shell reads it, in quotes where needed. */
void ec_out_shell_word(struct ec_out *out, struct ec_str word);

/* Writes what is still buffered; returns 0, or the errno of the first write that failed. */
int ec_out_finish(struct ec_out *out);
void ec_out_free(struct ec_out *out);

#endif
