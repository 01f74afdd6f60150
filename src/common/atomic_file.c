/* The order that makes it safe: write, fsync (the data is on disk before the name points to it),
 * close (network file systems report a full disk only there), rename, fsync of the directory (the
 * rename itself is on disk). */
#include "common/atomic_file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    MAX_LINKS = 40,      /* what Linux follows before it says ELOOP */
    MAX_NAME_TRIES = 100 /* temporaries of killed processes that had our pid */
};

static int write_all(int fd, const char *data, size_t size)
{
    while (size > 0) {
        ssize_t written = write(fd, data, size);
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return -errno;
        data += written;
        size -= (size_t)written;
    }
    return 0;
}

/* Length of the directory part of `path`, its last slash included; 0 when there is none. */
static size_t directory_length(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? (size_t)(slash - path) + 1 : 0;
}

static int join(const char *directory, size_t length, const char *name, char **ret_path)
{
    if (asprintf(ret_path, "%.*s%s", (int)length, directory, name) < 0)
        return -ENOMEM;
    return 0;
}

/* Follows symbolic links in the last component, also where the end does not exist yet, which is why
 * this is not realpath(). The caller frees *ret_path. */
static int resolve_links(const char *path, char **ret_path)
{
    char *current = strdup(path);
    for (int i = 0; current && i < MAX_LINKS; i++) {
        char target[PATH_MAX];
        ssize_t length = readlink(current, target, sizeof target);
        if (length < 0) { /* not a link, or not there: this is the one to write */
            *ret_path = current;
            return 0;
        }
        if ((size_t)length == sizeof target)
            break;
        target[length] = '\0';
        char *next = NULL;
        size_t kept = target[0] == '/' ? 0 : directory_length(current);
        int rc = join(current, kept, target, &next);
        free(current);
        if (rc < 0)
            return rc;
        current = next;
    }
    if (!current)
        return -ENOMEM;
    free(current);
    return -ELOOP;
}

/* Creates an empty temporary beside `path`. The caller closes *ret_fd and frees *ret_name. The name
 * does not hold the target's, which may be as long as a name can be. */
static int create_temporary(const char *path, char **ret_name, int *ret_fd)
{
    for (int i = 0; i < MAX_NAME_TRIES; i++) {
        char name[64];
        snprintf(name, sizeof name, ".ec-%ld-%d.tmp", (long)getpid(), i);
        char *full = NULL;
        int rc = join(path, directory_length(path), name, &full);
        if (rc < 0)
            return rc;
        int fd = open(full, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0666);
        if (fd >= 0) {
            *ret_name = full;
            *ret_fd = fd;
            return 0;
        }
        rc = -errno;
        free(full);
        if (rc != -EEXIST)
            return rc;
    }
    return -EEXIST;
}

/* Gives the temporary the permissions of the file that it replaces. The owner comes first, since
 * changing it clears bits; that it may fail is expected of anyone but root. */
static int copy_ownership(int fd, const struct stat *old)
{
    struct stat now;
    if (fstat(fd, &now) < 0)
        return -errno;
    bool same_owner = now.st_uid == old->st_uid && now.st_gid == old->st_gid;
    if (!same_owner && fchown(fd, old->st_uid, old->st_gid) < 0 &&
        fchown(fd, (uid_t)-1, old->st_gid) < 0) {
        /* The file becomes the caller's. */
    }
    return fchmod(fd, old->st_mode & 0777) < 0 ? -errno : 0;
}

/* Fills, syncs and closes the temporary; `old` is NULL for a new file. */
static int fill_and_close(int fd, const char *data, size_t size, const struct stat *old)
{
    int rc = old ? copy_ownership(fd, old) : 0;
    if (rc == 0)
        rc = write_all(fd, data, size);
    if (rc == 0 && fsync(fd) < 0)
        rc = -errno;
    if (close(fd) < 0 && rc == 0)
        rc = -errno;
    return rc;
}

/* Some file systems cannot sync a directory and say EINVAL: then there is nothing more to be done.
 */
static int sync_directory_of(const char *path)
{
    size_t length = directory_length(path);
    char *directory = NULL;
    int rc = length > 0 ? join(path, length, "", &directory) : join("./", 2, "", &directory);
    if (rc < 0)
        return rc;
    int fd = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    free(directory);
    if (fd < 0) /* a directory that may be written but not read */
        return errno == EACCES ? 0 : -errno;
    rc = fsync(fd) < 0 && errno != EINVAL ? -errno : 0;
    close(fd);
    return rc;
}

static int replace(const char *path, const char *data, size_t size, const struct stat *old)
{
    char *temporary = NULL;
    int fd = -1;
    int rc = create_temporary(path, &temporary, &fd);
    if (rc < 0)
        return rc;
    rc = fill_and_close(fd, data, size, old);
    if (rc == 0 && rename(temporary, path) < 0)
        rc = -errno;
    if (rc < 0)
        unlink(temporary);
    free(temporary);
    return rc < 0 ? rc : sync_directory_of(path);
}

static int write_in_place(const char *path, const char *data, size_t size)
{
    int fd = open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY);
    if (fd < 0)
        return -errno;
    int rc = write_all(fd, data, size);
    if (close(fd) < 0 && rc == 0)
        rc = -errno;
    return rc;
}

static int write_resolved(const char *path, const char *data, size_t size)
{
    struct stat old;
    if (stat(path, &old) < 0)
        return errno == ENOENT ? replace(path, data, size, NULL) : -errno;
    if (!S_ISREG(old.st_mode))
        return write_in_place(path, data, size);
    if (faccessat(AT_FDCWD, path, W_OK, AT_EACCESS) < 0)
        return -errno;
    return replace(path, data, size, &old);
}

int ec_atomic_write(const char *path, const void *data, size_t size, struct ec_error *error)
{
    char *target = NULL;
    int rc = resolve_links(path, &target);
    if (rc == 0)
        rc = write_resolved(target, data, size);
    free(target);
    if (rc < 0)
        ec_error_set(error, "%s: %s", path, strerror(-rc));
    return rc;
}
