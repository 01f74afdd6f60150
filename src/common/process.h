/* What identifies a process beyond its number, from /proc. Recorder and reader use the same
 * functions, so that what one writes the other can compare.
 */
#ifndef EC_COMMON_PROCESS_H
#define EC_COMMON_PROCESS_H

#include <stddef.h>
#include <stdint.h>

enum { EC_HOST_MAX = 256, EC_BOOT_ID_MAX = 64 };

/* The machine and the process namespace that this process runs in. What cannot be found out is
 * empty or 0. */
struct ec_machine {
    char host[EC_HOST_MAX];
    char boot_id[EC_BOOT_ID_MAX]; /* changes with each boot of the kernel */
    uint64_t pid_namespace;       /* containers number their processes apart */
};

void ec_machine_read(struct ec_machine *ret_machine);

/* A start that is not known, of a process that is there: /proc hides those of other users where it
 * is mounted with hidepid. */
#define EC_PROCESS_HIDDEN UINT64_MAX

/* When the process started, in clock ticks since boot: a number used again has another start. 0
 * when there is no such process (a zombie counts as none) or /proc cannot be read, or
 * EC_PROCESS_HIDDEN. */
uint64_t ec_process_start_time(int64_t pid);

/* Reads a small file such as those of /proc, without its last newline, into `text` (cut to fit,
 * always terminated). Returns the length, or a negative errno. */
int ec_read_small_file(const char *path, char *text, size_t size);

#endif
