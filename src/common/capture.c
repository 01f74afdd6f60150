#include "common/capture.h"

#include "common/text_stream.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

enum { LOOK_AGAIN_MS = 50, TEXT_MAX = 64 << 20 };

static int64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* ---- Starting ---- */

/* The program must not inherit what a command does with signals while it waits for others. */
static void set_signals(posix_spawnattr_t *attributes)
{
    sigset_t none, defaults;
    sigemptyset(&none);
    sigemptyset(&defaults);
    sigaddset(&defaults, SIGPIPE);
    posix_spawnattr_setsigmask(attributes, &none);
    posix_spawnattr_setsigdefault(attributes, &defaults);
    posix_spawnattr_setflags(attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
}

/* 0 or an errno: each of them takes memory. */
static int set_streams(posix_spawn_file_actions_t *actions, const struct ec_capture *capture,
                       int output, int messages)
{
    int error =
        capture->input >= 0
            ? posix_spawn_file_actions_adddup2(actions, capture->input, STDIN_FILENO)
            : posix_spawn_file_actions_addopen(actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    if (error == 0)
        error = posix_spawn_file_actions_adddup2(actions, output, STDOUT_FILENO);
    if (error == 0 && messages >= 0)
        error = posix_spawn_file_actions_adddup2(actions, messages, STDERR_FILENO);
    else if (error == 0 && capture->message)
        error = posix_spawn_file_actions_addopen(actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    return error;
}

/* Our environment for the program, in memory to be freed; NULL: there is none. */
static char **make_environment(const struct ec_capture *capture)
{
    size_t count = 0, kept = 0, length = capture->without ? strlen(capture->without) : 0;
    while (environ[count])
        count++;
    char **variables = calloc(count + 1, sizeof *variables);
    for (size_t i = 0; variables && i < count; i++)
        if (length == 0 || strncmp(environ[i], capture->without, length) != 0)
            variables[kept++] = environ[i];
    return variables;
}

/* The process, or a negative errno. */
static pid_t start(const struct ec_capture *capture, int output, int messages)
{
    posix_spawnattr_t attributes;
    posix_spawn_file_actions_t actions;
    pid_t pid = -1;
    posix_spawnattr_init(&attributes);
    posix_spawn_file_actions_init(&actions);
    set_signals(&attributes);
    char **environment = make_environment(capture);
    int error = environment ? set_streams(&actions, capture, output, messages) : ENOMEM;
    if (error == 0)
        error =
            posix_spawnp(&pid, capture->argv[0], &actions, &attributes, capture->argv, environment);
    free(environment);
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
    return error == 0 ? pid : -error;
}

/* ---- Reading ---- */

/* For how many milliseconds to wait before looking again whether that is allowed, or a negative
 * errno: it is not any more. */
static int pause_ms(const struct ec_capture *capture, int64_t deadline)
{
    if (capture->stop && atomic_load(capture->stop))
        return -ECANCELED;
    int64_t left = deadline - now_ms();
    if (left <= 0)
        return -ETIMEDOUT;
    return left < LOOK_AGAIN_MS ? (int)left : LOOK_AGAIN_MS;
}

/* Waits until there is something to read. 0 or a negative errno. */
static int await(const struct ec_capture *capture, int fd, int64_t deadline)
{
    for (;;) {
        struct pollfd wait = {.fd = fd, .events = POLLIN};
        int pause = pause_ms(capture, deadline);
        if (pause < 0)
            return pause;
        int ready = poll(&wait, 1, pause);
        if (ready > 0)
            return 0;
        if (ready < 0 && errno != EINTR)
            return -errno;
    }
}

/* All that the program prints until it closes its output. 0 or a negative errno. */
static int read_all(const struct ec_capture *capture, int fd, int64_t deadline, FILE *text)
{
    for (size_t total = 0; total < TEXT_MAX;) {
        char chunk[4096];
        int rc = await(capture, fd, deadline);
        if (rc < 0)
            return rc;
        ssize_t got = read(fd, chunk, sizeof chunk);
        if (got == 0)
            return 0;
        if (got < 0 && errno != EINTR)
            return -errno;
        if (got > 0 && fwrite(chunk, 1, (size_t)got, text) != (size_t)got)
            return -ENOMEM;
        total += got > 0 ? (size_t)got : 0;
    }
    return -EFBIG;
}

/* Waits for the end of a program that has closed its output. Its wait status, 0 where an ignored
 * SIGCHLD throws that away; or a negative errno. */
static int await_end(const struct ec_capture *capture, pid_t pid, int64_t deadline)
{
    int status = 0;
    for (int nap = 1;; nap *= 2) {
        if (waitpid(pid, &status, WNOHANG) != 0)
            return status;
        int pause = pause_ms(capture, deadline);
        if (pause < 0)
            return pause;
        nap = nap < pause ? nap : pause;
        poll(NULL, 0, nap);
    }
}

static int run(const struct ec_capture *capture, const int ends[2], int messages, FILE *text)
{
    int64_t deadline = now_ms() + (int64_t)(1000 * capture->seconds);
    pid_t pid = start(capture, ends[1], messages);
    close(ends[1]); /* so that the program's end is the end of the pipe */
    if (pid < 0)
        return pid;
    int rc = read_all(capture, ends[0], deadline, text);
    if (rc == 0)
        rc = await_end(capture, pid, deadline);
    if (rc < 0) {
        kill(pid, SIGKILL);
        while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
            ;
    }
    return rc;
}

/* Takes the first line that says something out of the file with the messages. */
static void take_message(const struct ec_capture *capture, int messages)
{
    char *message = capture->message;
    ssize_t got = pread(messages, message, capture->message_size - 1, 0);
    message[got > 0 ? got : 0] = '\0';
    char *line = message + strspn(message, "\n");
    line[strcspn(line, "\n")] = '\0';
    memmove(message, line, strlen(line) + 1);
}

static int run_and_take_message(const struct ec_capture *capture, const int ends[2], FILE *text)
{
    if (!capture->message)
        return run(capture, ends, -1, text);
    capture->message[0] = '\0';
    /* A file, which nobody has to read meanwhile. Without one, the message is lost. */
    int messages = memfd_create("messages", MFD_CLOEXEC);
    int rc = run(capture, ends, messages, text);
    if (messages >= 0) {
        take_message(capture, messages);
        close(messages);
    }
    return rc;
}

int ec_capture(const struct ec_capture *capture, char **ret_text)
{
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) < 0)
        return -errno;
    struct ec_text_stream text;
    int rc = ec_text_stream_open(&text);
    if (rc == 0) {
        rc = run_and_take_message(capture, ends, text.out);
        if (ec_text_stream_close(&text) < 0 && rc >= 0)
            rc = -ENOMEM;
    } else {
        close(ends[1]);
    }
    close(ends[0]);
    if (rc >= 0)
        *ret_text = text.text;
    else
        free(text.text);
    return rc;
}
