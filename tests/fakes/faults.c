/* Makes one call of a program fail; preload it (LD_PRELOAD). By the environment:
 *
 *   FAULTS_PROGRAM  the program's short name; in others nothing fails
 *   FAULTS_CALL     which calls are counted: alloc, open, create (open with O_CREAT, memfd_create),
 *                   read, write, fsync, rename, close, stat, list (opendir, readdir, getdents64),
 *                   link, unlink, mkdir, chmod, lock (flock), thread, pipe, redirect (dup2),
 *                   process (fork, posix_spawn), exec
 *   FAULTS_AT       the number of the one that fails, from 1 on
 *   FAULTS_ERRNO    a number, or "short": it does half of what it was asked to (write)
 *   FAULTS_ON       if set, all later ones fail, too
 *   FAULTS_MARK     a file that is made when it happens
 *
 * Calls that the C library makes inside itself (those of fread, say) are not seen. Writing to
 * standard error never fails: messages are what tests look at.
 */
#undef _FILE_OFFSET_BITS /* so that open() and open64() are two functions here */
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* The shim only takes part in what it stands in for. */
#pragma GCC diagnostic ignored "-Wmissing-prototypes"

/* glibc's own, which call nothing else. */
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *memory, size_t size);

static struct {
    bool active; /* set once main() is near: what the loader does never fails */
    char call[16];
    long at;
    bool on;
    int error; /* -1: short */
    const char *mark;
    atomic_long count;
} faults;

__attribute__((constructor)) static void start(void)
{
    const char *program = getenv("FAULTS_PROGRAM"), *call = getenv("FAULTS_CALL");
    const char *at = getenv("FAULTS_AT"), *error = getenv("FAULTS_ERRNO");
    if (!program || !call || !at || !error || strcmp(program, program_invocation_short_name) != 0)
        return;
    snprintf(faults.call, sizeof faults.call, "%s", call);
    faults.at = strtol(at, NULL, 10);
    faults.on = getenv("FAULTS_ON");
    faults.error = strcmp(error, "short") == 0 ? -1 : (int)strtol(error, NULL, 10);
    faults.mark = getenv("FAULTS_MARK");
    faults.active = true;
}

/* Whether this call is to fail; errno is set. */
static bool fails(const char *call)
{
    if (!faults.active || strcmp(faults.call, call) != 0)
        return false;
    long number = ++faults.count;
    if (number < faults.at || (number > faults.at && !faults.on))
        return false;
    if (number == faults.at && faults.mark) {
        long fd = syscall(SYS_openat, AT_FDCWD, faults.mark, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
        syscall(SYS_close, fd);
    }
    errno = faults.error;
    return true;
}

/* Calls the next definition of a function, unless this call is to fail. dlsym() gives a data
 * pointer. */
#define PASS_ON(call, failure, name, ...)                                                          \
    do {                                                                                           \
        __typeof__(&name) next;                                                                    \
        void *symbol = dlsym(RTLD_NEXT, #name);                                                    \
        memcpy(&next, &symbol, sizeof next);                                                       \
        return fails(call) ? (failure) : next(__VA_ARGS__);                                        \
    } while (0)

/* ---- memory ---- */

void *malloc(size_t size)
{
    return fails("alloc") ? NULL : __libc_malloc(size);
}

void *calloc(size_t count, size_t size)
{
    return fails("alloc") ? NULL : __libc_calloc(count, size);
}

void *realloc(void *memory, size_t size)
{
    return fails("alloc") ? NULL : __libc_realloc(memory, size);
}

/* ---- files ---- */

static int open_at(int directory, const char *path, int flags, mode_t mode)
{
    return fails(flags & O_CREAT ? "create" : "open")
               ? -1
               : (int)syscall(SYS_openat, directory, path, flags, mode);
}

#define MODE_OF(flags)                                                                             \
    mode_t mode = 0;                                                                               \
    if ((flags) & (O_CREAT | O_TMPFILE)) {                                                         \
        va_list arguments;                                                                         \
        va_start(arguments, flags);                                                                \
        mode = va_arg(arguments, mode_t);                                                          \
        va_end(arguments);                                                                         \
    }

int open(const char *path, int flags, ...)
{
    MODE_OF(flags)
    return open_at(AT_FDCWD, path, flags, mode);
}

int open64(const char *path, int flags, ...)
{
    MODE_OF(flags)
    return open_at(AT_FDCWD, path, flags, mode);
}

int openat(int directory, const char *path, int flags, ...)
{
    MODE_OF(flags)
    return open_at(directory, path, flags, mode);
}

int openat64(int directory, const char *path, int flags, ...)
{
    MODE_OF(flags)
    return open_at(directory, path, flags, mode);
}

ssize_t read(int fd, void *bytes, size_t size)
{
    if (fails("read"))
        return faults.error >= 0 ? -1 : syscall(SYS_read, fd, bytes, (size + 1) / 2);
    return syscall(SYS_read, fd, bytes, size);
}

ssize_t write(int fd, const void *bytes, size_t size)
{
    if (fd != STDERR_FILENO && fails("write"))
        return faults.error >= 0 ? -1 : syscall(SYS_write, fd, bytes, (size + 1) / 2);
    return syscall(SYS_write, fd, bytes, size);
}

ssize_t pread64(int fd, void *bytes, size_t size, off64_t offset)
{
    return fails("read") ? -1 : syscall(SYS_pread64, fd, bytes, size, offset);
}

int fsync(int fd)
{
    return fails("fsync") ? -1 : (int)syscall(SYS_fsync, fd);
}

int rename(const char *from, const char *to)
{
    return fails("rename") ? -1 : (int)syscall(SYS_rename, from, to);
}

/* The descriptor is closed all the same, as Linux does. */
int close(int fd)
{
    int result = (int)syscall(SYS_close, fd);
    return fails("close") ? -1 : result;
}

int fstat(int fd, struct stat *status)
{
    PASS_ON("stat", -1, fstat, fd, status);
}

int fstat64(int fd, struct stat64 *status)
{
    PASS_ON("stat", -1, fstat64, fd, status);
}

int stat(const char *path, struct stat *status)
{
    PASS_ON("stat", -1, stat, path, status);
}

int stat64(const char *path, struct stat64 *status)
{
    PASS_ON("stat", -1, stat64, path, status);
}

int fstatat64(int directory, const char *path, struct stat64 *status, int flags)
{
    PASS_ON("stat", -1, fstatat64, directory, path, status, flags);
}

int linkat(int from_directory, const char *from, int to_directory, const char *to, int flags)
{
    return fails("link") ? -1
                         : (int)syscall(SYS_linkat, from_directory, from, to_directory, to, flags);
}

int unlink(const char *path)
{
    return fails("unlink") ? -1 : (int)syscall(SYS_unlinkat, AT_FDCWD, path, 0);
}

int mkdir(const char *path, mode_t mode)
{
    return fails("mkdir") ? -1 : (int)syscall(SYS_mkdirat, AT_FDCWD, path, mode);
}

int fchmod(int fd, mode_t mode)
{
    return fails("chmod") ? -1 : (int)syscall(SYS_fchmod, fd, mode);
}

int flock(int fd, int operation)
{
    return fails("lock") ? -1 : (int)syscall(SYS_flock, fd, operation);
}

int memfd_create(const char *name, unsigned flags)
{
    return fails("create") ? -1 : (int)syscall(SYS_memfd_create, name, flags);
}

/* ---- directories ---- */

ssize_t getdents64(int fd, void *bytes, size_t size)
{
    return fails("list") ? -1 : syscall(SYS_getdents64, fd, bytes, size);
}

DIR *fdopendir(int fd)
{
    PASS_ON("list", NULL, fdopendir, fd);
}

DIR *opendir(const char *path)
{
    PASS_ON("list", NULL, opendir, path);
}

struct dirent *readdir(DIR *directory)
{
    PASS_ON("list", NULL, readdir, directory);
}

struct dirent64 *readdir64(DIR *directory)
{
    PASS_ON("list", NULL, readdir64, directory);
}

/* ---- threads and processes ---- */

int pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*run)(void *),
                   void *argument)
{
    PASS_ON("thread", faults.error, pthread_create, thread, attributes, run, argument);
}

int pipe2(int ends[2], int flags)
{
    return fails("pipe") ? -1 : (int)syscall(SYS_pipe2, ends, flags);
}

int dup2(int from, int to)
{
    return fails("redirect") ? -1 : (int)syscall(SYS_dup3, from, to, 0);
}

pid_t fork(void)
{
    PASS_ON("process", -1, fork, );
}

int posix_spawnp(pid_t *pid, const char *program, const posix_spawn_file_actions_t *actions,
                 const posix_spawnattr_t *attributes, char *const argv[], char *const environment[])
{
    PASS_ON("process", faults.error, posix_spawnp, pid, program, actions, attributes, argv,
            environment);
}

int execvp(const char *program, char *const argv[])
{
    PASS_ON("exec", -1, execvp, program, argv);
}
