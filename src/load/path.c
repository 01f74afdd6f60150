#include "load/path.h"

#include "base/memory.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

void ec_path_reserve(struct ec_path *path, size_t length)
{
    if (length + 1 <= path->capacity)
        return;
    path->capacity = (length + 1) * 2;
    path->ptr = ec_realloc(path->ptr, path->capacity, 1);
}

void ec_path_append(struct ec_path *path, struct ec_str bytes)
{
    ec_path_reserve(path, path->len + bytes.len);
    if (bytes.len > 0)
        memcpy(path->ptr + path->len, bytes.ptr, bytes.len);
    path->len += bytes.len;
    path->ptr[path->len] = '\0';
}

void ec_path_join(struct ec_path *path, struct ec_str directory, struct ec_str name)
{
    path->len = 0;
    if (!ec_str_equal(directory, ec_str("."))) {
        ec_path_append(path, directory);
        if (directory.len > 0 && directory.ptr[directory.len - 1] != '/')
            ec_path_append(path, ec_str("/"));
    }
    ec_path_append(path, name);
}

char *ec_path_tidy(const char *path)
{
    char *tidy = ec_malloc(strlen(path) + 2), *out = tidy;
    if (*path == '/')
        *out++ = '/';
    for (;;) {
        path += strspn(path, "/");
        size_t length = strcspn(path, "/");
        if (length == 0)
            break;
        if (length != 1 || *path != '.') {
            if (out > tidy && out[-1] != '/')
                *out++ = '/';
            memcpy(out, path, length);
            out += length;
        }
        path += length;
    }
    if (out == tidy)
        *out++ = '.';
    *out = '\0';
    return tidy;
}

struct ec_str ec_path_base(struct ec_str path)
{
    const char *slash = memrchr(path.ptr, '/', path.len);
    size_t start = slash ? (size_t)(slash - path.ptr) + 1 : 0;
    return (struct ec_str){path.ptr + start, path.len - start};
}

struct ec_str ec_path_parent(struct ec_str path)
{
    const char *slash = memrchr(path.ptr, '/', path.len);
    size_t length = slash ? (size_t)(slash - path.ptr) : 0;
    if (slash && length == 0)
        length = 1;
    return (struct ec_str){path.ptr, length};
}

/* openat; waits while there are no descriptors left, ten seconds at most in all. */
static int open_patiently(int directory, const char *path, int flags)
{
    enum { TRIES = 1000, PAUSE_NS = 10 * 1000 * 1000 };
    for (int try = 0;; try++) {
        int fd = openat(directory, path, flags | O_CLOEXEC);
        if (fd >= 0 || (errno != EINTR && errno != EMFILE && errno != ENFILE) || try == TRIES)
            return fd;
        if (errno != EINTR)
            nanosleep(&(struct timespec){.tv_nsec = PAUSE_NS}, NULL);
    }
}

/* Opens the directory that the longest possible beginning of *path names, and cuts it off. */
static int open_beginning(int directory, const char **path)
{
    char beginning[PATH_MAX];
    memcpy(beginning, *path, PATH_MAX - 1);
    beginning[PATH_MAX - 1] = '\0';
    char *slash = strrchr(beginning, '/');
    if (!slash || slash == beginning) {
        errno = ENAMETOOLONG;
        return -1;
    }
    *slash = '\0';
    *path += slash - beginning + 1;
    return open_patiently(directory, beginning, O_PATH | O_DIRECTORY);
}

/* Opens a path that is too long for the kernel piece by piece. */
static int open_in_pieces(int directory, const char *path, int flags)
{
    int from = directory;
    for (;;) {
        bool is_last = strlen(path) < PATH_MAX;
        int next = is_last ? open_patiently(from, path, flags) : open_beginning(from, &path);
        int error = errno;
        if (from != directory)
            close(from);
        errno = error;
        if (is_last || next < 0)
            return next;
        from = next;
    }
}

int ec_path_openat(int directory, const char *path, int flags)
{
    int fd = open_patiently(directory, path, flags);
    if (fd < 0 && errno == ENAMETOOLONG && strlen(path) >= PATH_MAX)
        return open_in_pieces(directory, path, flags);
    return fd;
}

char *ec_path_real(int fd)
{
    char link[64], target[PATH_MAX];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, target, sizeof target);
    if (length > 0 && (size_t)length < sizeof target && target[0] == '/')
        return ec_strndup(target, (size_t)length);
    struct stat status = {0};
    fstat(fd, &status);
    snprintf(target, sizeof target, "?%ju:%ju", (uintmax_t)status.st_dev, (uintmax_t)status.st_ino);
    return ec_strndup(target, strlen(target));
}
