#include "cli/progress.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <unistd.h>

enum { FIRST_MS = 500, NEXT_MS = 200 };

static void say(const char *text, size_t length)
{
    while (length > 0) {
        ssize_t n = write(STDERR_FILENO, text, length);
        if (n <= 0)
            return;
        text += n;
        length -= (size_t)n;
    }
}

static void show(struct ec_progress *progress)
{
    char line[80];
    int length = snprintf(line, sizeof line, "\r\033[Keffcompare: %zu runs read so far",
                          ec_runset_progress(progress->runset));
    say(line, (size_t)length);
    progress->is_shown = true;
}

static void clear(struct ec_progress *progress)
{
    static const char text[] = "\r\033[K";
    if (progress->is_shown)
        say(text, sizeof text - 1);
    progress->is_shown = false;
}

/* Ends the process as SIGINT does where nobody handles it, so that a shell sees why. */
static void interrupt(struct ec_progress *progress)
{
    char line[80];
    clear(progress);
    size_t count = ec_runset_progress(progress->runset);
    int length = snprintf(line, sizeof line, "effcompare: interrupted; %zu run%s read, %s\n", count,
                          count == 1 ? " was" : "s were", "nothing is shown");
    say(line, (size_t)length);
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    signal(SIGINT, SIG_DFL);
    pthread_sigmask(SIG_UNBLOCK, &set, NULL);
    raise(SIGINT);
}

static void *watch(void *context)
{
    struct ec_progress *progress = context;
    struct pollfd fds[] = {{.fd = progress->end, .events = POLLIN},
                           {.fd = progress->signals, .events = POLLIN}};
    int wait = progress->on_terminal ? FIRST_MS : -1;
    for (;;) {
        int ready = poll(fds, 2, wait);
        if (ready > 0 && fds[0].revents)
            break;
        if (ready > 0)
            interrupt(progress);
        else if (ready == 0)
            show(progress);
        wait = progress->on_terminal ? NEXT_MS : -1;
    }
    clear(progress);
    return NULL;
}

static bool can_move_cursor(void)
{
    const char *term = getenv("TERM");
    return isatty(STDERR_FILENO) && term && *term && strcmp(term, "dumb") != 0;
}

/* Where one of them is not to be had, the others are closed. */
static bool open_events(struct ec_progress *progress, const sigset_t *interrupts)
{
    progress->end = eventfd(0, EFD_CLOEXEC);
    progress->signals = signalfd(-1, interrupts, SFD_CLOEXEC);
    if (progress->end >= 0 && progress->signals >= 0)
        return true;
    if (progress->end >= 0)
        close(progress->end);
    if (progress->signals >= 0)
        close(progress->signals);
    return false;
}

static void close_events(struct ec_progress *progress)
{
    close(progress->end);
    close(progress->signals);
}

void ec_progress_start(struct ec_progress *progress, struct ec_runset *runset)
{
    *progress = (struct ec_progress){.runset = runset, .on_terminal = can_move_cursor()};
    sigset_t interrupts;
    sigemptyset(&interrupts);
    sigaddset(&interrupts, SIGINT);
    if (!open_events(progress, &interrupts))
        return;
    pthread_sigmask(SIG_BLOCK, &interrupts, &progress->old_mask);
    progress->is_on = pthread_create(&progress->thread, NULL, watch, progress) == 0;
    if (!progress->is_on) {
        pthread_sigmask(SIG_SETMASK, &progress->old_mask, NULL);
        close_events(progress);
    }
}

void ec_progress_end(struct ec_progress *progress)
{
    if (!progress->is_on)
        return;
    eventfd_write(progress->end, 1);
    pthread_join(progress->thread, NULL);
    pthread_sigmask(SIG_SETMASK, &progress->old_mask, NULL);
    close_events(progress);
    progress->is_on = false;
}
