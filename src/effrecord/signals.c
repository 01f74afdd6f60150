#include "effrecord/signals.h"

#include <math.h>
#include <time.h>
#include <unistd.h>

/* Left to the kernel: job control stops this process together with the programs, since all are in
 * one process group; faults are this process's own. */
static const int not_awaited[] = {SIGTSTP, SIGTTIN, SIGTTOU, SIGCONT, SIGSEGV, SIGBUS,  SIGFPE,
                                  SIGILL,  SIGTRAP, SIGSYS,  SIGABRT, SIGPIPE, SIGWINCH};

void effrecord_signals_take(struct effrecord_signals *signals)
{
    sigfillset(&signals->awaited);
    for (size_t i = 0; i < sizeof not_awaited / sizeof not_awaited[0]; i++)
        sigdelset(&signals->awaited, not_awaited[i]);
    sigprocmask(SIG_BLOCK, &signals->awaited, &signals->original);
    /* An ignored SIGCHLD, which is inherited, would throw exit statuses away. */
    sigaction(SIGCHLD, &(struct sigaction){.sa_handler = SIG_DFL}, &signals->original_chld);
    sigaction(SIGPIPE, &(struct sigaction){.sa_handler = SIG_IGN}, &signals->original_pipe);
}

void effrecord_signals_give_back(const struct effrecord_signals *signals)
{
    sigaction(SIGPIPE, &signals->original_pipe, NULL);
    sigaction(SIGCHLD, &signals->original_chld, NULL);
    sigprocmask(SIG_SETMASK, &signals->original, NULL);
}

int effrecord_signals_wait(const struct effrecord_signals *signals, double seconds,
                           bool *ret_everybody)
{
    struct timespec timeout = {.tv_sec = (time_t)seconds,
                               .tv_nsec = (long)(1e9 * (seconds - floor(seconds)))};
    siginfo_t info;
    int number = sigtimedwait(&signals->awaited, &info, &timeout);
    if (number <= 0 || number == SIGCHLD)
        return 0;
    /* Of a terminal that hangs up, the leader of its session is told alone. */
    *ret_everybody = info.si_code == SI_KERNEL && (number != SIGHUP || getsid(0) != getpid());
    return number;
}
