/* A slow file system: with LD_PRELOAD each open and each read of a directory takes SLOW_FILES_MS
 * milliseconds longer, as on a network. */
#include <dlfcn.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/types.h>
#include <time.h>

int openat64(int directory, const char *path, int flags, ...);
ssize_t getdents64(int fd, void *buffer, size_t size);

static void wait_a_while(void)
{
    const char *text = getenv("SLOW_FILES_MS");
    long ms = text ? atol(text) : 0;
    nanosleep(&(struct timespec){.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000}, NULL);
}

int openat64(int directory, const char *path, int flags, ...)
{
    static int (*real)(int, const char *, int, ...);
    if (!real)
        *(void **)&real = dlsym(RTLD_NEXT, "openat64");
    va_list rest;
    va_start(rest, flags);
    unsigned mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(rest, unsigned) : 0;
    va_end(rest);
    wait_a_while();
    return real(directory, path, flags, mode);
}

ssize_t getdents64(int fd, void *buffer, size_t size)
{
    static ssize_t (*real)(int, void *, size_t);
    if (!real)
        *(void **)&real = dlsym(RTLD_NEXT, "getdents64");
    wait_a_while();
    return real(fd, buffer, size);
}
