#include "record/store.h"

#include "common/atomic_file.h"
#include "common/directory.h"
#include "common/read_file.h"
#include "ranks/files.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* The caller frees *ret_text. */
static int absolute(const char *directory, char **ret_text)
{
    char *current = directory[0] == '/' ? strdup("") : getcwd(NULL, 0);
    if (!current)
        return -errno;
    int length = asprintf(ret_text, "%s%s%s", current, current[0] ? "/" : "", directory);
    free(current);
    return length < 0 ? -ENOMEM : 0;
}

static int make_stem(int64_t rank, char **ret_stem)
{
    int length =
        rank < 0 ? asprintf(ret_stem, EFFREC_RECORD_STEM) : asprintf(ret_stem, EC_RANKS_STEM, rank);
    if (length < 0)
        *ret_stem = NULL;
    return length < 0 ? -ENOMEM : 0;
}

int effrec_store_init(struct effrec_store *store, const char *directory, int64_t rank)
{
    *store = (struct effrec_store){.is_rank = rank >= 0};
    int rc = absolute(directory ? directory : ".", &store->directory);
    if (rc < 0) {
        store->directory = NULL;
        return rc;
    }
    rc = make_stem(rank, &store->stem);
    if (rc < 0)
        return rc;
    if (asprintf(&store->path, "%s/%s.json", store->directory, store->stem) < 0) {
        store->path = NULL;
        return -ENOMEM;
    }
    return 0;
}

void effrec_store_clear(struct effrec_store *store)
{
    free(store->directory);
    free(store->stem);
    free(store->path);
    *store = (struct effrec_store){0};
}

/* Whether the record at `path` may be replaced: another process of the run, the effrecord command,
 * wrote it, and handed over; it says that a run is to start; or, once this run has `begun`, it is
 * the running record of another one that records here at the same time, whose last one is yet to
 * come. The run's id is 64 random bits in hexadecimal digits, and a member of the outermost object
 * stands behind two blanks: so they are looked for and nothing is parsed, since jansson 2.14 writes
 * where it must not when memory runs out within a long string, and this is somebody else's process.
 */
static bool may_be_replaced(const char *path, const char *run_id, bool begun)
{
    static const char pending[] = "\n  \"status\": \"pending\"";
    static const char running[] = "\n  \"status\": \"running\"";
    struct ec_file_text text;
    if (ec_read_file(AT_FDCWD, path, EC_READ_MAX_RECORD, &text) < 0)
        return begun;
    bool result = (run_id[0] && strstr(text.bytes, run_id)) || strstr(text.bytes, pending) ||
                  (begun && strstr(text.bytes, running));
    free(text.bytes);
    return result;
}

/* For file systems without hard links. `to` must be new. */
static int copy_file(const char *from, const char *to)
{
    if (access(to, F_OK) == 0)
        return -EEXIST;
    struct ec_file_text text;
    int rc = ec_read_file(AT_FDCWD, from, SSIZE_MAX, &text);
    if (rc == 0)
        rc = ec_atomic_write(to, text.bytes, text.size, NULL);
    free(text.bytes);
    return rc;
}

static bool is_same_file(const char *path, const char *other)
{
    struct stat left, right;
    return stat(path, &left) == 0 && stat(other, &right) == 0 && left.st_dev == right.st_dev &&
           left.st_ino == right.st_ino;
}

/* A link, so that the record's name is never without a file. A run that was killed before it
 * replaced the record may have made the link already. */
static int keep_as(const char *path, const char *kept)
{
    if (linkat(AT_FDCWD, path, AT_FDCWD, kept, AT_SYMLINK_FOLLOW) == 0)
        return 0;
    if (errno == EEXIST)
        return is_same_file(path, kept) ? 0 : -EEXIST;
    return copy_file(path, kept);
}

static int keep_previous(const struct effrec_store *store)
{
    for (int n = 1; n < INT_MAX; n++) {
        char *kept = NULL;
        if (asprintf(&kept, "%s/%s.previous-%d.json", store->directory, store->stem, n) < 0)
            return -ENOMEM;
        int rc = keep_as(store->path, kept);
        free(kept);
        if (rc != -EEXIST)
            return rc;
    }
    return -EEXIST;
}

/* Before a write: sees to what is in the way. */
static int take_place(struct effrec_store *store, const char *run_id)
{
    struct stat status;
    int rc = 0;
    if (stat(store->path, &status) < 0)
        rc = errno == ENOENT ? 0 : -errno;
    else if (!S_ISREG(status.st_mode)) /* a FIFO would block */
        rc = -EINVAL;
    else if (!may_be_replaced(store->path, run_id, store->begun))
        rc = keep_previous(store);
    store->begun |= rc == 0;
    return rc;
}

/* Takes turns with other runs that record in the directory: a last record that one of them writes
 * between this one's look and its write would be lost. Does without where the file system knows no
 * such locks, and after two seconds, as a program may be stopped while it has its turn. Returns
 * what end_turn wants. */
static int take_turn(const char *directory)
{
    enum { TRIES = 200, PAUSE_NS = 10 * 1000 * 1000 };
    int fd = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    for (int i = 0; fd >= 0 && i < TRIES; i++) {
        if (flock(fd, LOCK_EX | LOCK_NB) == 0 || (errno != EWOULDBLOCK && errno != EINTR))
            break;
        nanosleep(&(struct timespec){.tv_nsec = PAUSE_NS}, NULL);
    }
    return fd;
}

static void end_turn(int fd)
{
    if (fd < 0)
        return;
    flock(fd, LOCK_UN); /* a process that was forked meanwhile has the descriptor, too */
    close(fd);
}

static int write_in_turn(struct effrec_store *store, const char *run_id, const char *text,
                         size_t size, struct ec_error *error)
{
    int rc = take_place(store, run_id);
    if (rc == 0)
        return ec_atomic_write(store->path, text, size, error);
    ec_error_set(error, "%s: %s", store->path, strerror(-rc));
    return rc;
}

int effrec_store_write(struct effrec_store *store, const char *run_id, const char *text,
                       size_t size, struct ec_error *error)
{
    int rc = ec_make_directories(store->directory, NULL);
    if (rc < 0) {
        ec_error_set(error, "%s: %s", store->path, strerror(-rc));
        return rc;
    }
    int turn = store->is_rank ? -1 : take_turn(store->directory);
    rc = write_in_turn(store, run_id, text, size, error);
    end_turn(turn);
    return rc;
}
