#include "common/process.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int ec_read_small_file(const char *path, char *text, size_t size)
{
    text[0] = '\0';
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return -errno;
    size_t length = 0;
    ssize_t got = 0;
    while (length < size - 1) {
        got = read(fd, text + length, size - 1 - length);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            break;
        length += (size_t)got;
    }
    int rc = got < 0 ? -errno : 0;
    close(fd);
    if (rc == 0 && length > 0 && text[length - 1] == '\n')
        length--;
    text[length] = '\0';
    return rc < 0 ? rc : (int)length;
}

void ec_machine_read(struct ec_machine *ret_machine)
{
    memset(ret_machine, 0, sizeof *ret_machine);
    if (gethostname(ret_machine->host, sizeof ret_machine->host - 1) < 0)
        ret_machine->host[0] = '\0';
    ec_read_small_file("/proc/sys/kernel/random/boot_id", ret_machine->boot_id,
                       sizeof ret_machine->boot_id);
    struct stat status;
    if (stat("/proc/self/ns/pid", &status) == 0)
        ret_machine->pid_namespace = status.st_ino;
}

uint64_t ec_process_start_time(int64_t pid)
{
    char path[64], text[1024];
    snprintf(path, sizeof path, "/proc/%" PRId64 "/stat", pid);
    if (pid <= 0 || pid > INT_MAX)
        return 0;
    if (ec_read_small_file(path, text, sizeof text) < 0)
        return kill((pid_t)pid, 0) < 0 && errno == EPERM ? EC_PROCESS_HIDDEN : 0;
    /* "PID (NAME) STATE ...": the name may hold anything, so look for the last parenthesis. The
     * state is field 3, the start time field 22. */
    char *at = strrchr(text, ')');
    if (!at || at[1] != ' ' || at[2] == 'Z' || at[2] == 'X')
        return 0;
    for (int field = 2; at && field < 22; field++)
        at = strchr(at + 1, ' ');
    return at ? strtoull(at + 1, NULL, 10) : 0;
}
