#include "effrecord/child.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* Left to the kernel: job control stops this process together with the program, since both are in
 * one process group; faults are this process's own. SIGPIPE is, too: nothing here writes to the
 * program's streams. */
static const int not_forwarded[] = {SIGTSTP, SIGTTIN, SIGTTOU, SIGCONT, SIGSEGV, SIGBUS,  SIGFPE,
                                    SIGILL,  SIGTRAP, SIGSYS,  SIGABRT, SIGPIPE, SIGWINCH};

static void choose_signals(sigset_t *set)
{
    sigfillset(set);
    for (size_t i = 0; i < sizeof not_forwarded / sizeof not_forwarded[0]; i++)
        sigdelset(set, not_forwarded[i]);
}

/* In the new process. Only a failure comes back, through the pipe. */
static void become(const struct effrecord_child *child, char *const *argv, int pipe_end)
{
    sigaction(SIGCHLD, &child->original_sigchld, NULL);
    sigprocmask(SIG_SETMASK, &child->original, NULL);
    execvp(argv[0], argv);
    int error = errno;
    if (write(pipe_end, &error, sizeof error) != sizeof error) {
        /* The exit status tells, too. */
    }
    _exit(127);
}

/* The errno of a failed exec; 0 once the program runs, which closes the pipe. */
static int await_exec(int pipe_end)
{
    int error = 0;
    ssize_t got;
    do
        got = read(pipe_end, &error, sizeof error);
    while (got < 0 && errno == EINTR);
    return got == sizeof error ? error : 0;
}

int effrecord_child_start(struct effrecord_child *child, char *const *argv)
{
    *child = (struct effrecord_child){0};
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) < 0)
        return -errno;
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    choose_signals(&child->awaited);
    sigprocmask(SIG_BLOCK, &child->awaited, &child->original);
    /* An ignored SIGCHLD, which is inherited, would throw exit statuses away. */
    sigaction(SIGCHLD, &(struct sigaction){.sa_handler = SIG_DFL}, &child->original_sigchld);
    child->pid = fork();
    if (child->pid == 0)
        become(child, argv, ends[1]);
    int error = child->pid < 0 ? errno : 0;
    close(ends[1]);
    if (error == 0)
        error = await_exec(ends[0]);
    close(ends[0]);
    if (error != 0 && child->pid > 0)
        waitpid(child->pid, NULL, 0);
    if (error != 0)
        sigprocmask(SIG_SETMASK, &child->original, NULL);
    return -error;
}

static void reap(struct effrecord_child *child)
{
    int status;
    for (pid_t pid; (pid = waitpid(-1, &status, WNOHANG)) > 0;)
        if (pid == child->pid) {
            child->ended = true;
            child->wait_status = status;
        }
}

bool effrecord_child_wait(struct effrecord_child *child, double seconds)
{
    struct timespec timeout = {.tv_sec = (time_t)seconds,
                               .tv_nsec = (long)(1e9 * (seconds - floor(seconds)))};
    siginfo_t info;
    int signal_number = sigtimedwait(&child->awaited, &info, &timeout);
    /* A key press such as Ctrl-C reaches the whole process group: the program has had it already.
     */
    if (signal_number > 0 && signal_number != SIGCHLD && info.si_code != SI_KERNEL)
        kill(child->pid, signal_number);
    reap(child);
    return !child->ended;
}

int effrecord_child_exit_code(const struct effrecord_child *child)
{
    int status = child->wait_status;
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}
