#include "load/bytes.h"

#include "base/memory.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { LARGE_BUFFER = 1 << 20 }; /* not kept for the next file */

void ec_bytes_reserve(struct ec_bytes *bytes, size_t length)
{
    if (length + EC_SCAN_PADDING <= bytes->capacity)
        return;
    bytes->capacity = length + EC_SCAN_PADDING + length / 2;
    bytes->ptr = ec_realloc(bytes->ptr, bytes->capacity, 1);
}

ssize_t ec_bytes_read(struct ec_bytes *bytes, int fd, size_t expected, size_t limit,
                      const char **ret_reason)
{
    size_t length = 0;
    while (length <= limit && expected <= limit) {
        size_t wanted = (length < expected ? expected - length : 4096) + 1;
        ec_bytes_reserve(bytes, length + wanted);
        ssize_t n = read(fd, bytes->ptr + length, wanted);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0) {
            *ret_reason = strerror(errno);
            return -1;
        }
        length += (size_t)n;
        if (length <= limit && (n == 0 || (length == expected && (size_t)n < wanted))) {
            memset(bytes->ptr + length, 0, EC_SCAN_PADDING);
            return (ssize_t)length;
        }
    }
    *ret_reason = NULL;
    return -1;
}

ssize_t ec_bytes_read_regular(struct ec_bytes *bytes, int fd, size_t limit, const char **ret_reason)
{
    struct stat status;
    if (fstat(fd, &status) != 0)
        *ret_reason = strerror(errno);
    else if (!S_ISREG(status.st_mode))
        *ret_reason = "not a regular file";
    else
        return ec_bytes_read(bytes, fd, (size_t)status.st_size, limit, ret_reason);
    return -1;
}

void ec_bytes_shrink(struct ec_bytes *bytes)
{
    if (bytes->capacity <= LARGE_BUFFER)
        return;
    free(bytes->ptr);
    *bytes = (struct ec_bytes){0};
}
