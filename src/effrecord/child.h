/* Runs a program as if nobody stood between: signals are passed on, standard streams and the
 * terminal are its own. */
#ifndef EFFRECORD_CHILD_H
#define EFFRECORD_CHILD_H

#include "effrecord/signals.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct effrecord_child {
    pid_t pid;
    struct effrecord_signals signals; /* taken from the start to the end */
    bool ended;
    int wait_status;          /* as of waitpid(), once `ended` */
    int64_t largest_rss_peak; /* bytes; of any process that was waited for, here or by those */
};

/* Starts `argv`. Returns 0, or a negative errno when the program could not be run. Orphans among
 * its descendants become children of this process, so that they stay in its tree. */
int effrecord_child_start(struct effrecord_child *child, char *const *argv);

/* Waits for a signal or for `seconds`: passes signals on, reaps whatever has ended. True while the
 * program runs. */
bool effrecord_child_wait(struct effrecord_child *child, double seconds);

/* The exit status of a shell for what waitpid() says: 128 + n for signal n. */
int effrecord_exit_code(int wait_status);

/* Where the streams of a program come from and go to; -1: this process's own. */
struct effrecord_streams {
    int input, output; /* standard output and error */
};

/* Starts `program` with the signals that there were before `signals` were taken. Returns its
 * process, or a negative errno when it could not be run. */
pid_t effrecord_spawn(const char *program, char *const *argv,
                      const struct effrecord_signals *signals, struct effrecord_streams streams);

/* Path of this program's own file; free() it. */
char *effrecord_own_path(void);

#endif
