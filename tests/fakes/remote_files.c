/* A network file system for the watcher: with LD_PRELOAD every directory is on NFS, and inotify
 * watches it, but hears of nothing. */
#include <errno.h>
#include <linux/magic.h>
#include <stdint.h>
#include <string.h>
#include <sys/vfs.h>
#include <unistd.h>

int statfs64(const char *path, struct statfs64 *ret_status);
int inotify_add_watch(int fd, const char *path, uint32_t mask);

int statfs64(const char *path, struct statfs64 *ret_status)
{
    (void)path;
    memset(ret_status, 0, sizeof *ret_status);
    ret_status->f_type = NFS_SUPER_MAGIC;
    return 0;
}

int inotify_add_watch(int fd, const char *path, uint32_t mask)
{
    static int last;
    (void)fd, (void)mask;
    if (access(path, F_OK) == 0)
        return ++last;
    errno = ENOENT;
    return -1;
}
