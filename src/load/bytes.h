/* Whole files in memory, as the scanner (load/scan.h) wants them. */
#ifndef EC_LOAD_BYTES_H
#define EC_LOAD_BYTES_H

#include "load/scan.h"

#include <sys/types.h>

/* A buffer that is used for one file after the other. Start it as {0}; free(ptr). */
struct ec_bytes {
    char *ptr;
    size_t capacity;
};

/* Makes room for so many bytes and EC_SCAN_PADDING more. */
void ec_bytes_reserve(struct ec_bytes *bytes, size_t length);

/* Reads all that is left of an open file and puts EC_SCAN_PADDING NULs behind it. `expected` is its
 * size as far as known. Returns its length, or -1 with *ret_reason set: what the system says, NULL
 * when there are more than `limit` bytes. */
ssize_t ec_bytes_read(struct ec_bytes *bytes, int fd, size_t expected, size_t limit,
                      const char **ret_reason);

/* The same for an open file that is refused unless it is a regular one. */
ssize_t ec_bytes_read_regular(struct ec_bytes *bytes, int fd, size_t limit,
                              const char **ret_reason);

/* Gives the memory back if it is more than a usual file takes. */
void ec_bytes_shrink(struct ec_bytes *bytes);

#endif
