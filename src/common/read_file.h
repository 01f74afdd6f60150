/* Whole files in memory, read so that what others put there can do no harm: a FIFO is not waited
 * for, a file that never ends is given up, one that is being replaced gets a second chance.
 */
#ifndef EC_COMMON_READ_FILE_H
#define EC_COMMON_READ_FILE_H

#include <stddef.h>
#include <stdint.h>
#include <time.h>

/* What is read of a record; a larger one is refused. */
enum { EC_READ_MAX_RECORD = 16 << 20 };

struct ec_file_text {
    char *bytes; /* free() it; a NUL follows them */
    size_t size;
    int64_t mtime_ns; /* when it was modified, since 1970 */
};

/* Reads the file `path`, relative to an open directory or AT_FDCWD. Returns 0 or a negative errno:
 * -EFBIG when it has more than `limit` bytes, -ENOTSUP when it is no regular file. On a failure
 * *ret_text is all zero. */
int ec_read_file(int directory, const char *path, size_t limit, struct ec_file_text *ret_text);

/* A file's time in nanoseconds since 1970; the nearest that they can tell for years before 1678 and
 * after 2262, which file systems hold. */
int64_t ec_file_nanoseconds(struct timespec time);

/* What to tell people about a negative errno of ec_read_file with EC_READ_MAX_RECORD. */
const char *ec_read_file_reason(int error);

#endif
