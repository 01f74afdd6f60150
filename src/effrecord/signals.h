/* Signals while programs run below this process: they are awaited here and passed on by whoever
 * runs the programs, instead of ending this process before them. */
#ifndef EFFRECORD_SIGNALS_H
#define EFFRECORD_SIGNALS_H

#include <signal.h>
#include <stdbool.h>

struct effrecord_signals {
    sigset_t awaited;                              /* blocked from take to give back */
    sigset_t original;                             /* what was blocked before */
    struct sigaction original_chld, original_pipe; /* these two are set while taken */
};

/* Blocks what is to be awaited. SIGPIPE is ignored meanwhile: a message that nobody reads is no
 * reason to leave the programs alone. */
void effrecord_signals_take(struct effrecord_signals *signals);

/* Back to what was before. Async-signal-safe: programs start with it. */
void effrecord_signals_give_back(const struct effrecord_signals *signals);

/* Waits for a signal for at most `seconds`. Returns the number of the signal, 0 when a child has
 * changed or the time is over. *ret_everybody: it came from a key such as Ctrl-C, which reaches the
 * whole process group, so that the programs have had it already. */
int effrecord_signals_wait(const struct effrecord_signals *signals, double seconds,
                           bool *ret_everybody);

#endif
