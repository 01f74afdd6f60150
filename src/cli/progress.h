/* What the user sees while records are read, and what Ctrl-C does meanwhile.
 *
 * When standard error is a terminal, a line there counts the runs once reading takes longer than
 * half a second, and goes away when it is done. SIGINT says how many runs were read, and ends the
 * process by that signal at once, even where threads wait for a file system that does not answer.
 */
#ifndef EC_CLI_PROGRESS_H
#define EC_CLI_PROGRESS_H

#include "runset/runset.h"

#include <pthread.h>
#include <signal.h>

struct ec_progress {
    struct ec_runset *runset;
    bool is_on;
    bool is_shown; /* there is a line on the terminal */
    bool on_terminal;
    int signals, end; /* descriptors: SIGINT came; ec_progress_end was called */
    sigset_t old_mask;
    pthread_t thread;
};

/* To be called before other threads are started: it is for them that SIGINT is blocked. Without the
 * resources for it there is no line, and SIGINT does what it did before. */
void ec_progress_start(struct ec_progress *progress, struct ec_runset *runset);
void ec_progress_end(struct ec_progress *progress);

#endif
