#include "effrecord/child.h"

#include "effrecord/text.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static int redirect(struct effrecord_streams streams)
{
    if (streams.input >= 0 && dup2(streams.input, STDIN_FILENO) < 0)
        return -1;
    if (streams.output < 0)
        return 0;
    return dup2(streams.output, STDOUT_FILENO) < 0 ? -1 : dup2(streams.output, STDERR_FILENO);
}

/* In the new process. Only a failure comes back, through the pipe. */
static void become(const char *program, char *const *argv, const struct effrecord_signals *signals,
                   struct effrecord_streams streams, int pipe_end)
{
    effrecord_signals_give_back(signals);
    if (redirect(streams) >= 0)
        execvp(program, argv);
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

pid_t effrecord_spawn(const char *program, char *const *argv,
                      const struct effrecord_signals *signals, struct effrecord_streams streams)
{
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) < 0)
        return -errno;
    pid_t pid = fork();
    if (pid == 0)
        become(program, argv, signals, streams, ends[1]);
    int error = pid < 0 ? errno : 0;
    close(ends[1]);
    if (error == 0)
        error = await_exec(ends[0]);
    close(ends[0]);
    if (error != 0 && pid > 0)
        waitpid(pid, NULL, 0);
    return error != 0 ? -error : pid;
}

int effrecord_child_start(struct effrecord_child *child, char *const *argv)
{
    *child = (struct effrecord_child){0};
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    effrecord_signals_take(&child->signals);
    child->pid =
        effrecord_spawn(argv[0], argv, &child->signals, (struct effrecord_streams){-1, -1});
    if (child->pid < 0)
        effrecord_signals_give_back(&child->signals);
    return child->pid < 0 ? child->pid : 0;
}

/* The memory is asked of each process: getrusage() would tell of all that this process ever waited
 * for, before its exec, too. */
static void reap(struct effrecord_child *child)
{
    struct rusage usage;
    int status;
    for (pid_t pid; (pid = wait4(-1, &status, WNOHANG, &usage)) > 0;) {
        int64_t peak = (int64_t)usage.ru_maxrss * 1024;
        if (peak > child->largest_rss_peak)
            child->largest_rss_peak = peak;
        if (pid == child->pid) {
            child->ended = true;
            child->wait_status = status;
        }
    }
}

bool effrecord_child_wait(struct effrecord_child *child, double seconds)
{
    bool everybody = false;
    int number = effrecord_signals_wait(&child->signals, seconds, &everybody);
    if (number != 0 && !everybody)
        kill(child->pid, number);
    reap(child);
    return !child->ended;
}

int effrecord_exit_code(int wait_status)
{
    return WIFSIGNALED(wait_status) ? 128 + WTERMSIG(wait_status) : WEXITSTATUS(wait_status);
}

char *effrecord_own_path(void)
{
    char path[PATH_MAX];
    ssize_t length = readlink("/proc/self/exe", path, sizeof path);
    /* A file that was replaced meanwhile can still be run by the link's name. */
    if (length <= 0 || (size_t)length == sizeof path)
        return effrecord_text("/proc/self/exe");
    path[length] = '\0';
    return effrecord_text("%s", access(path, X_OK) == 0 ? path : "/proc/self/exe");
}
