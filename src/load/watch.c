#include "load/watch.h"

#include "base/memory.h"
#include "load/path.h"
#include "runset/intern.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <linux/magic.h>
#include <stdlib.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

struct ec_watch {
    int fd;                 /* -1: inotify cannot be had */
    bool incomplete;        /* some directory is not watched */
    struct ec_intern known; /* directories that were ever added */
    int *descriptors;       /* of them, by index; -1: not watched any more */
    size_t descriptor_capacity;
    const char **directories; /* by descriptor; NULL: none */
    size_t directory_capacity;
};

struct ec_watch *ec_watch_new(void)
{
    struct ec_watch *watch = ec_calloc(1, sizeof *watch);
    watch->fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
    watch->incomplete = watch->fd < 0;
    return watch;
}

void ec_watch_free(struct ec_watch *watch)
{
    if (!watch)
        return;
    if (watch->fd >= 0)
        close(watch->fd);
    ec_intern_free(&watch->known);
    free(watch->directories);
    free(watch->descriptors);
    free(watch);
}

/* Whether other machines may change what is there, which inotify does not see. */
static bool is_remote(const char *directory)
{
    static const unsigned long remote[] = {
        NFS_SUPER_MAGIC,  SMB_SUPER_MAGIC,  CIFS_SUPER_MAGIC, SMB2_SUPER_MAGIC, AFS_SUPER_MAGIC,
        CEPH_SUPER_MAGIC, FUSE_SUPER_MAGIC, V9FS_MAGIC,       0x0bd00bd0, /* Lustre */
        0x47504653,                                                       /* GPFS */
        0x19830326,                                                       /* BeeGFS */
    };
    struct statfs status;
    if (statfs(directory, &status) != 0)
        return false;
    for (size_t i = 0; i < sizeof remote / sizeof *remote; i++)
        if ((unsigned long)status.f_type == remote[i])
            return true;
    return false;
}

static bool is_watched(const struct ec_watch *watch, struct ec_str directory)
{
    if (watch->known.count == 0 || directory.len >= PATH_MAX)
        return false;
    const char *known = ec_intern_find(&watch->known, directory);
    return known && watch->descriptors[ec_interned_index(known)] >= 0;
}

static void remember(struct ec_watch *watch, const char *directory, int descriptor)
{
    size_t index = ec_interned_index(directory), number = (size_t)descriptor;
    watch->descriptors[index] = descriptor;
    if (descriptor < 0)
        return;
    if (number >= watch->directory_capacity) {
        size_t old = watch->directory_capacity, capacity = 2 * number + 16;
        watch->directories = ec_realloc(watch->directories, capacity, sizeof *watch->directories);
        memset(watch->directories + old, 0, (capacity - old) * sizeof *watch->directories);
        watch->directory_capacity = capacity;
    }
    watch->directories[number] = directory;
}

/* The stored name of a directory, with room for its descriptor. */
static const char *intern(struct ec_watch *watch, struct ec_str directory)
{
    const char *path = ec_intern_add(&watch->known, directory);
    watch->descriptors = ec_grow(watch->descriptors, ec_interned_index(path),
                                 &watch->descriptor_capacity, sizeof *watch->descriptors);
    return path;
}

void ec_watch_add(struct ec_watch *watch, struct ec_str directory)
{
    enum {
        EVENTS = IN_CLOSE_WRITE | IN_MOVED_TO | IN_MOVED_FROM | IN_CREATE | IN_DELETE |
                 IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR
    };
    if (watch->fd < 0 || is_watched(watch, directory))
        return;
    if (directory.len >= PATH_MAX) { /* the system takes no such path */
        watch->incomplete = true;
        return;
    }
    const char *path = intern(watch, directory);
    if (is_remote(path))
        watch->incomplete = true;
    int descriptor = inotify_add_watch(watch->fd, path, EVENTS);
    if (descriptor < 0 && errno != ENOENT && errno != ENOTDIR) /* gone, or a file: no loss */
        watch->incomplete = true;
    remember(watch, path, descriptor);
}

void ec_watch_add_file(struct ec_watch *watch, struct ec_str root, struct ec_str file)
{
    size_t shortest = ec_str_equal(root, ec_str(".")) ? 1 : root.len;
    struct ec_str directory = ec_path_parent(file);
    if (directory.len == 0)
        directory = ec_str(".");
    do {
        ec_watch_add(watch, directory);
        directory = ec_path_parent(directory);
    } while (directory.len >= shortest && directory.len > 0 && !is_watched(watch, directory));
}

bool ec_watch_is_complete(const struct ec_watch *watch)
{
    return !watch->incomplete;
}

int ec_watch_fd(const struct ec_watch *watch)
{
    return watch->fd;
}

/* Watches a directory that has appeared, and those that were made in it meanwhile. */
static void add_tree(struct ec_watch *watch, struct ec_str directory, int depth)
{
    enum { DEEPEST = 32 };
    ec_watch_add(watch, directory);
    if (directory.len >= PATH_MAX)
        return;
    const char *path = ec_intern_add(&watch->known, directory);
    DIR *listing = depth < DEEPEST ? opendir(path) : NULL;
    if (!listing)
        return;
    for (struct dirent *entry = readdir(listing); entry; entry = readdir(listing)) {
        if (entry->d_type != DT_DIR || entry->d_name[0] == '.')
            continue;
        struct ec_path inner = {0};
        ec_path_join(&inner, directory, ec_str(entry->d_name));
        add_tree(watch, (struct ec_str){inner.ptr, inner.len}, depth + 1);
        free(inner.ptr);
    }
    closedir(listing);
}

static bool may_be_record(const char *name)
{
    static const char *const suffixes[] = {".json", ".ndjson", ".jsonl", ".csv", ".tsv", ".tab", ".yaml"};
    for (size_t i = 0; i < sizeof suffixes / sizeof *suffixes; i++)
        if (ec_str_ends(ec_str(name), suffixes[i]))
            return name[0] != '.';
    return false;
}

/* Forgets a directory that is called otherwise now, with those in it: others may come in their
 * places. */
static void forget_tree(struct ec_watch *watch, struct ec_str tree)
{
    for (size_t i = 0; i < watch->directory_capacity; i++) {
        const char *directory = watch->directories[i];
        struct ec_str path = directory ? ec_interned_text(directory) : (struct ec_str){0};
        bool within = path.len >= tree.len && memcmp(path.ptr, tree.ptr, tree.len) == 0 &&
                      (path.len == tree.len || path.ptr[tree.len] == '/');
        if (!directory || !within)
            continue;
        inotify_rm_watch(watch->fd, (int)i);
        remember(watch, directory, -1);
        watch->directories[i] = NULL;
    }
}

static bool take(struct ec_watch *watch, const struct inotify_event *event)
{
    if (event->mask & IN_Q_OVERFLOW)
        return true;
    size_t index = (size_t)event->wd;
    const char *directory =
        event->wd >= 0 && index < watch->directory_capacity ? watch->directories[index] : NULL;
    if (event->mask & IN_IGNORED) { /* the directory is gone; one of its name may come */
        if (directory) {
            remember(watch, directory, -1);
            watch->directories[index] = NULL;
        }
        return false;
    }
    if (directory && event->mask & (IN_MOVE_SELF | IN_DELETE_SELF)) {
        if (event->mask & IN_MOVE_SELF)
            forget_tree(watch, ec_interned_text(directory));
        return true;
    }
    if (!directory || (event->mask & IN_CREATE && !(event->mask & IN_ISDIR)))
        return false; /* a file that is made tells again when it is written */
    if (!(event->mask & IN_ISDIR))
        return event->len > 0 && may_be_record(event->name);
    if (event->len > 0 && event->name[0] != '.') {
        struct ec_path path = {0};
        ec_path_join(&path, ec_str(directory), ec_str(event->name));
        if (event->mask & (IN_CREATE | IN_MOVED_TO))
            add_tree(watch, (struct ec_str){path.ptr, path.len}, 0);
        else if (event->mask & IN_MOVED_FROM)
            forget_tree(watch, (struct ec_str){path.ptr, path.len});
        free(path.ptr);
    }
    return true;
}

bool ec_watch_read(struct ec_watch *watch)
{
    bool changed = false;
    for (;;) {
        _Alignas(struct inotify_event) char bytes[1 << 14];
        ssize_t length = watch->fd >= 0 ? read(watch->fd, bytes, sizeof bytes) : -1;
        if (length <= 0)
            return changed;
        for (ssize_t at = 0; at < length;) {
            const struct inotify_event *event = (const void *)(bytes + at);
            changed = take(watch, event) || changed;
            at += (ssize_t)(sizeof *event + event->len);
        }
    }
}
