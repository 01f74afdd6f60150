/* Processes as the host's kernel numbers them, which is how GPU drivers do. */
#ifndef EFFREC_PIDS_H
#define EFFREC_PIDS_H

#include <stdbool.h>
#include <stdint.h>

/* This process's number for the host; -1 in a container, where only its own number is known: the
 * same number may then mean another process to the driver. */
int64_t effrec_host_pid(void);

/* Whether `pid` is `root` or a descendant of it. */
bool effrec_pid_is_below(int64_t pid, int64_t root);

#endif
