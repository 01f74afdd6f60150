/* Runs a program as if nobody stood between: signals are passed on, standard streams and the
 * terminal are its own. */
#ifndef EFFRECORD_CHILD_H
#define EFFRECORD_CHILD_H

#include <signal.h>
#include <stdbool.h>
#include <sys/types.h>

struct effrecord_child {
    pid_t pid;
    sigset_t awaited;  /* blocked here from the start to the end */
    sigset_t original; /* the mask that the program got */
    struct sigaction original_sigchld;
    bool ended;
    int wait_status; /* as of waitpid(), once `ended` */
};

/* Starts `argv`. Returns 0, or a negative errno when the program could not be run. Orphans among
 * its descendants become children of this process, so that they stay in its tree. */
int effrecord_child_start(struct effrecord_child *child, char *const *argv);

/* Waits for a signal or for `seconds`: passes signals on, reaps whatever has ended. True while the
 * program runs. */
bool effrecord_child_wait(struct effrecord_child *child, double seconds);

/* The exit status of a shell for it: 128 + n for signal n. */
int effrecord_child_exit_code(const struct effrecord_child *child);

#endif
