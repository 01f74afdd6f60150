#include "common/read_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { FIRST_ROOM = 4096, PAUSE_NS = 20 * 1000 * 1000 };

static int open_once(int directory, const char *path)
{
    int fd;
    do
        fd = openat(directory, path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    while (fd < 0 && errno == EINTR);
    return fd < 0 ? -errno : fd;
}

/* A file that vanished may be about to be replaced, as on NFS, where rename is not atomic for other
 * machines. */
static int open_twice(int directory, const char *path)
{
    int fd = open_once(directory, path);
    if (fd != -ENOENT && fd != -ESTALE)
        return fd;
    nanosleep(&(struct timespec){.tv_nsec = PAUSE_NS}, NULL);
    return open_once(directory, path);
}

/* Makes room for one byte more than there are, besides the NUL. */
static int grow(struct ec_file_text *text, size_t *room)
{
    if (text->size + 1 < *room)
        return 0;
    char *bytes = realloc(text->bytes, 2 * *room);
    if (!bytes)
        return -ENOMEM;
    text->bytes = bytes;
    *room *= 2;
    return 0;
}

/* `room` is what is allocated, the NUL included. What the file is said to have is not relied on. */
static int read_all(int fd, size_t room, size_t limit, struct ec_file_text *text)
{
    text->bytes = malloc(room);
    if (!text->bytes)
        return -ENOMEM;
    for (;;) {
        int rc = grow(text, &room);
        if (rc < 0)
            return rc;
        ssize_t got = read(fd, text->bytes + text->size, room - 1 - text->size);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return -errno;
        if (got == 0)
            break;
        text->size += (size_t)got;
        if (text->size > limit)
            return -EFBIG;
    }
    text->bytes[text->size] = '\0';
    return 0;
}

static int read_open(int fd, size_t limit, struct ec_file_text *text)
{
    struct stat status;
    if (fstat(fd, &status) < 0)
        return -errno;
    if (!S_ISREG(status.st_mode))
        return -ENOTSUP;
    if (status.st_size > (off_t)limit)
        return -EFBIG;
    text->mtime_ns = ec_file_nanoseconds(status.st_mtim);
    size_t room = (size_t)status.st_size + 2; /* a NUL, and a byte to see the end by */
    return read_all(fd, room < FIRST_ROOM ? FIRST_ROOM : room, limit, text);
}

int ec_read_file(int directory, const char *path, size_t limit, struct ec_file_text *ret_text)
{
    *ret_text = (struct ec_file_text){0};
    int fd = open_twice(directory, path);
    if (fd < 0)
        return fd;
    int rc = read_open(fd, limit, ret_text);
    close(fd);
    if (rc < 0) {
        free(ret_text->bytes);
        *ret_text = (struct ec_file_text){0};
    }
    return rc;
}

int64_t ec_file_nanoseconds(struct timespec time)
{
    const int64_t second = 1000000000, limit = INT64_MAX / second;
    if (time.tv_sec >= limit || time.tv_sec < -limit)
        return (time.tv_sec < 0 ? -limit : limit) * second;
    return time.tv_sec * second + time.tv_nsec;
}

const char *ec_read_file_reason(int error)
{
    switch (error) {
    case -EFBIG:
        return "larger than 16 MiB";
    case -ENOTSUP:
        return "not a regular file";
    default:
        return strerror(-error);
    }
}
