#include "record/pids.h"

#include "common/process.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Inode of the first process namespace (PROC_PID_INIT_INO in the kernel's proc_ns.h). */
static const uint64_t FIRST_NAMESPACE = 0xEFFFFFFC;

enum { DEEPEST_TREE = 1000 };

/* The outermost number of "NSpid:"; with one number only, /proc is the container's own. */
static int64_t outer_pid(void)
{
    char text[4096];
    int64_t outer, own;
    if (ec_read_small_file("/proc/self/status", text, sizeof text) < 0)
        return -1;
    const char *line = strstr(text, "\nNSpid:");
    return line && sscanf(line, "\nNSpid: %" SCNd64 " %" SCNd64, &outer, &own) == 2 ? outer : -1;
}

int64_t effrec_host_pid(void)
{
    struct ec_machine machine;
    ec_machine_read(&machine);
    return machine.pid_namespace == FIRST_NAMESPACE ? getpid() : outer_pid();
}

/* Field 4 of /proc/PID/stat; 0: no such process. */
static int64_t parent_of(int64_t pid)
{
    char path[64], text[1024];
    int64_t parent;
    snprintf(path, sizeof path, "/proc/%" PRId64 "/stat", pid);
    if (ec_read_small_file(path, text, sizeof text) < 0)
        return 0;
    const char *after_name = strrchr(text, ')');
    return after_name && sscanf(after_name + 1, " %*c %" SCNd64, &parent) == 1 ? parent : 0;
}

bool effrec_pid_is_below(int64_t pid, int64_t root)
{
    for (int i = 0; pid > 1 && i < DEEPEST_TREE; i++) {
        if (pid == root)
            return true;
        pid = parent_of(pid);
    }
    return pid > 0 && pid == root;
}
