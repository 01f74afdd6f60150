/* The loop: waits for keys, signals, the end of loading, changed files and the time at which to
 * look again; whatever comes goes to the model, and the model's picture to the screen.
 *
 * Signals are blocked and read from a descriptor, so nothing ever interrupts anything.
 */
#include "tui/browse.h"

#include "base/memory.h"
#include "base/natural.h"
#include "common/atomic_file.h"
#include "common/read_file.h"
#include "load/jobs.h"
#include "load/path.h"
#include "load/watch.h"
#include "tui/clipboard.h"
#include "tui/loading.h"
#include "tui/screen.h"
#include "tui/texts.h"

#include <dirent.h>
#include <errno.h>
#include <malloc.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum {
    TICK_MS = 50,         /* how often progress is shown while records are read */
    FIRST_TICK_MS = 10,   /* and until there is a first run */
    PREVIEW_MAX = 2048,   /* runs that are shown before all are read */
    WATCH_AT_ONCE = 1000, /* directories added per turn of the loop */
    POLL_MS = 2000,       /* how often is looked where changes are not told */
    LOOK_MS = 30000,      /* and where they are, for what may be missed */
    SETTLE_MS = 100,      /* changes that come together are one */
    FILES_SHOWN = 200,    /* in the detail pane */
};
/* Reading again takes at most one part in so many of the time. */
enum { LOAD_SHARE = 10 };

enum { SIGNALS = 7 };
static const int signals_taken[SIGNALS] = {SIGTERM, SIGHUP,   SIGINT, SIGQUIT,
                                           SIGTSTP, SIGWINCH, SIGCONT};

struct browse {
    const struct ec_browse_options *options;
    struct ec_model *model;
    struct ec_screen *screen;
    struct ec_surface surface;
    int signals; /* a signalfd */
    sigset_t old_mask;
    struct sigaction old_actions[SIGNALS];
    int status; /* what ec_browse returns; -1: go on */
    bool print;
    bool dirty; /* the picture has changed */

    struct ec_runset *runset; /* that the model shows; NULL: none */
    bool is_preview;          /* it is a part of what is being loaded */
    size_t previewed;         /* runs in the last preview */
    struct ec_loading loading;
    int64_t load_started, load_took; /* milliseconds */
    struct ec_jobs_memory jobs;      /* used while it is loading */

    struct ec_watch *watch; /* NULL: off */
    size_t watched_runs;    /* of the runset, whose directories are watched */
    bool changed;           /* files have changed since the last load began */
    int64_t look_at;        /* when to load again */
};

static int64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* When to look again for what watching may have missed. */
static void plan_look(struct browse *browse)
{
    int64_t wait = browse->watch && ec_watch_is_complete(browse->watch) ? LOOK_MS : POLL_MS;
    int64_t share = LOAD_SHARE * browse->load_took;
    browse->look_at = now_ms() + (wait > share ? wait : share);
}

/* Looks at what has changed, as soon as that may be. */
static void plan_look_soon(struct browse *browse)
{
    int64_t soon = now_ms() + SETTLE_MS;
    int64_t earliest = browse->load_started + LOAD_SHARE * browse->load_took;
    int64_t at = soon > earliest ? soon : earliest;
    browse->look_at = at < browse->look_at ? at : browse->look_at;
}

/* ---- Loading ---- */

static void start_load(struct browse *browse)
{
    if (ec_loading_is_on(&browse->loading))
        return;
    struct ec_load_options options = browse->options->load;
    options.keys = NULL; /* columns can be added, and the detail pane shows all */
    options.key_count = 0;
    options.jobs = &browse->jobs;
    browse->load_started = now_ms();
    browse->changed = false;
    int error = ec_loading_start(&browse->loading, &options);
    if (!error)
        return;
    ec_model_say(browse->model, true, "cannot read: %s", strerror(error));
    plan_look(browse);
}

/* Shows other runs in place of those shown, and forgets the latter. */
static void show_runs(struct browse *browse, struct ec_runset *runset, bool is_preview)
{
    struct ec_runset *old = browse->runset;
    browse->runset = runset;
    browse->is_preview = is_preview;
    ec_model_set_runs(browse->model, runset);
    ec_runset_free(old);
    browse->dirty = true;
}

/* The first runs, while the others are read: soon the very first, then always four times as many,
 * which costs little in all. */
static void preview(struct browse *browse)
{
    size_t found = ec_runset_progress(browse->loading.runset);
    ec_model_set_progress(browse->model, found, !browse->runset || browse->is_preview);
    browse->dirty = true;
    bool first = !browse->runset || browse->is_preview;
    if (!first || found == 0 || found < 4 * browse->previewed || browse->previewed >= PREVIEW_MAX)
        return;
    struct ec_runset *some = ec_runset_snapshot(browse->loading.runset, PREVIEW_MAX);
    browse->previewed = ec_runset_count(some);
    show_runs(browse, some, true);
}

static void finish_load(struct browse *browse)
{
    struct ec_runset *runset = ec_loading_take(&browse->loading);
    browse->load_took = now_ms() - browse->load_started;
    browse->watched_runs = 0;
    ec_model_set_progress(browse->model, ec_runset_count(runset), false);
    show_runs(browse, runset, false);
    malloc_trim(0); /* what the preview and the readers held goes back to the system */
    plan_look(browse);
    if (browse->changed) /* meanwhile, so what was read may lack it */
        plan_look_soon(browse);
}

/* ---- Watching ---- */

static void show_watch(struct browse *browse)
{
    ec_model_set_watch(browse->model, !browse->watch                        ? NULL
                                      : ec_watch_is_complete(browse->watch) ? "watching"
                                                                            : "watching (polls)");
    browse->dirty = true;
}

static void toggle_watch(struct browse *browse)
{
    if (browse->watch) {
        ec_watch_free(browse->watch);
        browse->watch = NULL;
    } else {
        browse->watch = ec_watch_new();
        for (size_t i = 0; i < browse->options->load.path_count; i++)
            ec_watch_add(browse->watch, ec_str(browse->options->load.paths[i]));
        browse->watched_runs = 0;
        plan_look(browse);
        plan_look_soon(browse); /* for what has changed before */
    }
    show_watch(browse);
}

/* The PATH below which a file was found: the longest that it begins with. */
static struct ec_str root_of(const struct browse *browse, struct ec_str file)
{
    struct ec_str root = ec_str(".");
    for (size_t i = 0; i < browse->options->load.path_count; i++) {
        struct ec_str path = ec_str(browse->options->load.paths[i]);
        while (path.len > 1 && path.ptr[path.len - 1] == '/')
            path.len--;
        if (path.len < file.len && path.len >= root.len &&
            memcmp(path.ptr, file.ptr, path.len) == 0)
            root = path;
    }
    return root;
}

static bool watch_is_behind(const struct browse *browse)
{
    return browse->watch && browse->runset && !browse->is_preview &&
           browse->watched_runs < ec_runset_count(browse->runset);
}

/* Watches the directories of some more runs. */
static void watch_more(struct browse *browse)
{
    bool complete = ec_watch_is_complete(browse->watch);
    size_t count = ec_runset_count(browse->runset);
    for (int i = 0; i < WATCH_AT_ONCE && browse->watched_runs < count; i++) {
        struct ec_str path = ec_runset_run(browse->runset, browse->watched_runs++).path;
        ec_watch_add_file(browse->watch, root_of(browse, path), path);
    }
    if (complete != ec_watch_is_complete(browse->watch)) {
        plan_look(browse);
        show_watch(browse);
    }
}

static void take_changes(struct browse *browse)
{
    if (!ec_watch_read(browse->watch) || browse->changed)
        return;
    browse->changed = true;
    plan_look_soon(browse);
}

/* ---- What the model asks for ---- */

static enum ec_multiplexer multiplexer(void)
{
    if (getenv("TMUX"))
        return EC_MULTIPLEXER_TMUX;
    return getenv("STY") ? EC_MULTIPLEXER_SCREEN : EC_MULTIPLEXER_NONE;
}

static void copy(struct browse *browse, const struct ec_effect *effect)
{
    if (effect->bytes.len > EC_CLIPBOARD_MAX) {
        ec_model_say(browse->model, true,
                     "%s: %zu bytes are more than the %d that terminals take; e writes a file",
                     effect->text, effect->bytes.len, EC_CLIPBOARD_MAX);
        return;
    }
    struct ec_out sequence;
    ec_out_to_memory(&sequence);
    ec_clipboard_write(&sequence, effect->bytes, multiplexer());
    ec_screen_send(browse->screen, (struct ec_str){sequence.buffer, sequence.length});
    ec_out_free(&sequence);
    ec_model_say(browse->model, false, "%s: %zu bytes sent to the terminal's clipboard",
                 effect->text, effect->bytes.len);
}

/* "~/x" as a shell would read it. The caller frees. */
static char *expand_home(const char *path)
{
    const char *home = getenv("HOME");
    struct ec_path expanded = {0};
    if (path[0] == '~' && path[1] == '/' && home)
        ec_path_join(&expanded, ec_str(home), ec_str(path + 2));
    else
        ec_path_append(&expanded, ec_str(path));
    return expanded.ptr;
}

static void write_file(struct browse *browse, const struct ec_effect *effect)
{
    struct ec_error error = {0};
    char *path = expand_home(effect->text);
    if (!effect->replace && access(path, F_OK) == 0)
        ec_model_ask_replace(browse->model);
    else if (ec_atomic_write(path, effect->bytes.ptr, effect->bytes.len, &error) < 0)
        ec_model_say(browse->model, true, "%s", error.text);
    else
        ec_model_say(browse->model, false, "wrote %s, %zu bytes", path, effect->bytes.len);
    free(path);
}

static int compare_names(const void *a, const void *b)
{
    return ec_natural_compare(ec_str(*(char *const *)a), ec_str(*(char *const *)b));
}

/* Tells the model of the files beside a record. */
static void list_files(struct browse *browse, const char *record)
{
    struct ec_texts names = {0};
    struct ec_str parent = ec_path_parent(ec_str(record));
    char *directory =
        ec_strndup(parent.len > 0 ? parent.ptr : ".", parent.len > 0 ? parent.len : 1);
    DIR *listing = opendir(directory);
    struct dirent *entry;
    while (listing && names.count < FILES_SHOWN && (entry = readdir(listing)))
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
            ec_texts_add(&names, ec_str(entry->d_name));
    if (names.count > 0)
        qsort(names.items, names.count, sizeof *names.items, compare_names);
    for (size_t i = 0; i < names.count; i++) {
        struct stat status;
        if (fstatat(dirfd(listing), names.items[i], &status, 0) != 0)
            continue;
        bool is_file = S_ISREG(status.st_mode);
        ec_model_add_file(browse->model, names.items[i], is_file ? status.st_size : -1,
                          ec_file_nanoseconds(status.st_mtim));
    }
    if (listing)
        closedir(listing);
    ec_texts_free(&names);
    free(directory);
}

/* Stops the process as ^Z does, and takes the terminal again when it goes on. */
static void suspend(struct browse *browse)
{
    sigset_t stop;
    sigemptyset(&stop);
    sigaddset(&stop, SIGTSTP);
    ec_screen_leave(browse->screen);
    struct sigaction usual = {.sa_handler = SIG_DFL}, old;
    sigaction(SIGTSTP, &usual, &old);
    raise(SIGTSTP);
    pthread_sigmask(SIG_UNBLOCK, &stop, NULL); /* stops here */
    pthread_sigmask(SIG_BLOCK, &stop, NULL);
    sigaction(SIGTSTP, &old, NULL);
    ec_screen_enter(browse->screen);
    browse->dirty = true;
}

static void do_effect(struct browse *browse)
{
    struct ec_effect effect = ec_model_take_effect(browse->model);
    switch (effect.kind) {
    case EC_EFFECT_NONE:
        break;
    case EC_EFFECT_PRINT:
        browse->print = true;
        browse->status = 0;
        break;
    case EC_EFFECT_QUIT:
        browse->status = 0;
        break;
    case EC_EFFECT_RELOAD:
        start_load(browse);
        break;
    case EC_EFFECT_WATCH:
        toggle_watch(browse);
        break;
    case EC_EFFECT_REDRAW:
        ec_screen_redraw(browse->screen);
        break;
    case EC_EFFECT_SUSPEND:
        suspend(browse);
        break;
    case EC_EFFECT_COPY:
        copy(browse, &effect);
        break;
    case EC_EFFECT_WRITE:
        write_file(browse, &effect);
        break;
    case EC_EFFECT_LIST:
        list_files(browse, effect.text);
        break;
    }
}

/* ---- The loop ---- */

static void take_events(struct browse *browse)
{
    struct ec_event event;
    while (browse->status < 0 && ec_screen_event(browse->screen, &event)) {
        if (event.kind == EC_EVENT_LOST)
            browse->status = 128 + SIGHUP;
        else if (event.kind == EC_EVENT_MOUSE)
            ec_model_mouse(browse->model, event.mouse, event.x, event.y);
        else
            ec_model_key(browse->model, event.key);
        do_effect(browse);
        browse->dirty = true;
    }
}

static void take_signals(struct browse *browse)
{
    struct signalfd_siginfo signal;
    while (read(browse->signals, &signal, sizeof signal) == (ssize_t)sizeof signal) {
        switch (signal.ssi_signo) {
        case SIGTSTP:
            suspend(browse);
            break;
        case SIGWINCH:
        case SIGCONT:
            ec_screen_redraw(browse->screen);
            browse->dirty = true;
            break;
        default:
            browse->status = 128 + (int)signal.ssi_signo;
        }
    }
}

static void draw(struct browse *browse)
{
    int width, height;
    ec_screen_size(browse->screen, &width, &height);
    ec_surface_begin(&browse->surface, width, height);
    ec_model_draw(browse->model, &browse->surface);
    ec_screen_show(browse->screen, &browse->surface);
    browse->dirty = false;
}

/* Milliseconds until something is due; -1: nothing is. */
static int due_in(const struct browse *browse)
{
    if (watch_is_behind(browse))
        return 0;
    if (ec_loading_is_on(&browse->loading))
        return browse->runset ? TICK_MS : FIRST_TICK_MS;
    if (!browse->watch)
        return -1;
    int64_t left = browse->look_at - now_ms();
    return left > 0 ? (int)left : 0;
}

static void wait_and_do(struct browse *browse)
{
    struct pollfd files[] = {
        {.fd = ec_screen_fd(browse->screen), .events = POLLIN},
        {.fd = browse->signals, .events = POLLIN},
        {.fd = ec_loading_fd(&browse->loading), .events = POLLIN},
        {.fd = browse->watch ? ec_watch_fd(browse->watch) : -1, .events = POLLIN},
    };
    poll(files, sizeof files / sizeof *files, due_in(browse));
    if (files[1].revents)
        take_signals(browse);
    if (files[0].revents & (POLLHUP | POLLERR | POLLNVAL)) /* it may be readable, too: its end */
        browse->status = 128 + SIGHUP;
    else if (files[0].revents & POLLIN)
        take_events(browse);
    if (browse->status >= 0)
        return;
    if (files[2].revents)
        finish_load(browse);
    else if (ec_loading_is_on(&browse->loading))
        preview(browse);
    if (browse->watch && files[3].revents)
        take_changes(browse);
    if (watch_is_behind(browse))
        watch_more(browse);
    if (browse->watch && !ec_loading_is_on(&browse->loading) && now_ms() >= browse->look_at)
        start_load(browse);
    do_effect(browse); /* a pane that was filled anew may ask for more */
}

/* Blocks the signals that come from the descriptor; curses handles some of them, too. */
static int take_over_signals(struct browse *browse)
{
    sigset_t set;
    sigemptyset(&set);
    for (size_t i = 0; i < SIGNALS; i++) {
        sigaddset(&set, signals_taken[i]);
        sigaction(signals_taken[i], NULL, &browse->old_actions[i]);
    }
    pthread_sigmask(SIG_BLOCK, &set, &browse->old_mask);
    return signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
}

/* From here on they do what they did before. */
static void give_back_signals(struct browse *browse)
{
    for (size_t i = 0; i < SIGNALS; i++)
        sigaction(signals_taken[i], &browse->old_actions[i], NULL);
    pthread_sigmask(SIG_SETMASK, &browse->old_mask, NULL);
}

static int run(struct browse *browse)
{
    browse->model = ec_model_new(&browse->options->model);
    ec_surface_init(&browse->surface, ec_screen_is_ascii(browse->screen));
    if (browse->options->model.watch)
        toggle_watch(browse);
    start_load(browse);
    browse->dirty = true;
    while (browse->status < 0) {
        if (browse->dirty)
            draw(browse);
        wait_and_do(browse);
    }
    ec_screen_close(browse->screen);
    give_back_signals(browse); /* a file system that does not answer must not keep it from ending */
    if (browse->print && browse->is_preview && ec_loading_is_on(&browse->loading))
        finish_load(browse); /* what is printed is never a part */
    ec_loading_cancel(&browse->loading);
    const struct ec_table *table = ec_model_output(browse->model);
    if (browse->print && table && browse->options->print)
        browse->status = browse->options->print(browse->options->context, table);
    ec_model_free(browse->model);
    ec_runset_free(browse->runset);
    ec_jobs_memory_clear(&browse->jobs);
    ec_watch_free(browse->watch);
    ec_surface_free(&browse->surface);
    return browse->status;
}

int ec_browse(const struct ec_browse_options *options, struct ec_error *error)
{
    struct browse browse = {.options = options, .status = -1};
    browse.signals = take_over_signals(&browse);
    if (browse.signals < 0)
        ec_error_set(error, "--interactive: %s", strerror(errno));
    else
        browse.screen = ec_screen_open(options->color, error);
    int status = -1;
    if (browse.screen)
        status = run(&browse);
    else
        give_back_signals(&browse);
    if (browse.signals >= 0)
        close(browse.signals);
    return status;
}
