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

char *ec_path_written(struct ec_str path)
{
    struct ec_path written = {0};
    bool absolute = path.len > 0 && path.ptr[0] == '/';
    ec_path_append(&written, ec_str(absolute ? "/absolute" : "/relative"));
    if (path.len > 0 && !ec_str_equal(path, ec_str(".")) && !ec_str_equal(path, ec_str("/"))) {
        if (!absolute)
            ec_path_append(&written, ec_str("/"));
        ec_path_append(&written, path);
    }
    return written.ptr;
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
    snprintf(link, sizeof link, "/proc/thread-self/fd/%d", fd);
    ssize_t length = readlink(link, target, sizeof target);
    if (length > 0 && (size_t)length < sizeof target && target[0] == '/')
        return ec_strndup(target, (size_t)length);
    struct stat status = {0};
    fstat(fd, &status);
    snprintf(target, sizeof target, "?%ju:%ju", (uintmax_t)status.st_dev, (uintmax_t)status.st_ino);
    return ec_strndup(target, strlen(target));
}

bool ec_path_is_real(const char *real)
{
    return real[0] == '/';
}

/* ---- Real paths that are too long for the system ---- */

/* A place on the way along symbolic links. */
struct place {
    int fd;              /* of the directory */
    struct ec_path real; /* its path */
    struct ec_path way;  /* where to go from there: what is behind `at` */
    size_t at;
    int links; /* met so far */
};

static bool enter(struct place *place, int fd)
{
    if (fd < 0)
        return false;
    close(place->fd);
    place->fd = fd;
    return true;
}

static bool go_up(struct place *place)
{
    struct ec_str above = ec_path_parent((struct ec_str){place->real.ptr, place->real.len});
    if (above.len == 0)
        return false;
    place->real.len = above.len;
    place->real.ptr[above.len] = '\0';
    return enter(place, open_patiently(place->fd, "..", O_PATH | O_DIRECTORY));
}

/* Goes on with the text of a link, and then what is left of the way. */
static bool follow(struct place *place, struct ec_str text)
{
    enum { MAX_LINKS = 40 }; /* Linux's own */
    if (++place->links > MAX_LINKS)
        return false;
    struct ec_path way = {0};
    ec_path_append(&way, text);
    ec_path_append(&way, ec_str(place->way.ptr + place->at)); /* begins with a slash */
    free(place->way.ptr);
    place->way = way;
    place->at = 0;
    if (text.ptr[0] != '/')
        return true;
    if (!ec_path_is_real(place->real.ptr))
        return false;
    place->real.len = 0;
    ec_path_append(&place->real, ec_str("/"));
    return enter(place, open_patiently(AT_FDCWD, "/", O_PATH | O_DIRECTORY));
}

/* Goes to the entry `name`, or on with where it leads. */
static bool go_down(struct place *place, const char *name)
{
    char text[PATH_MAX];
    int fd = open_patiently(place->fd, name, O_PATH | O_NOFOLLOW);
    ssize_t length = fd < 0 ? -1 : readlinkat(fd, "", text, sizeof text);
    if (length > 0) {
        close(fd);
        return follow(place, (struct ec_str){text, (size_t)length});
    }
    if (place->real.ptr[place->real.len - 1] != '/')
        ec_path_append(&place->real, ec_str("/"));
    ec_path_append(&place->real, ec_str(name));
    return enter(place, fd);
}

/* Goes on to the next name of the way; false when that cannot be done. */
static bool go_on(struct place *place)
{
    char name[NAME_MAX + 1];
    place->at += strspn(place->way.ptr + place->at, "/");
    const char *start = place->way.ptr + place->at;
    size_t length = strcspn(start, "/");
    if (length > NAME_MAX)
        return false;
    memcpy(name, start, length);
    name[length] = '\0';
    place->at += length;
    if (strcmp(name, "..") == 0)
        return go_up(place);
    return length == 0 || strcmp(name, ".") == 0 || go_down(place, name);
}

static bool is_same_file(int a, int b)
{
    struct stat x, y;
    return fstat(a, &x) == 0 && fstat(b, &y) == 0 && x.st_dev == y.st_dev && x.st_ino == y.st_ino;
}

char *ec_path_real_link(int fd, int directory, const char *file, struct ec_str from)
{
    struct place place = {0};
    struct ec_str parent = ec_path_parent(ec_str(file));
    ec_path_append(&place.way, parent.len > 0 ? parent : ec_str("."));
    place.fd = ec_path_openat(directory, place.way.ptr, O_PATH | O_DIRECTORY);
    ec_path_join(&place.way, ec_str(""), ec_path_base(ec_str(file)));
    ec_path_append(&place.real, from);
    bool fine = place.fd >= 0;
    while (fine && place.at < place.way.len)
        fine = go_on(&place);
    fine = fine && is_same_file(fd, place.fd);
    if (place.fd >= 0)
        close(place.fd);
    free(place.way.ptr);
    if (!fine)
        free(place.real.ptr);
    return fine ? place.real.ptr : NULL;
}
