#include "load/queue.h"

#include "base/memory.h"

#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <unistd.h>

enum { STACK_BYTES = 2 << 20 }; /* jansson is recursive, up to EC_SCAN_MAX_DEPTH */
enum { FIRST = 0 };             /* the number of the thread that calls ec_queue_run */

/* Names below one directory. Stays while it is queued, while there are directories below it, and
 * while it is the last that a thread took from; what is above it stays as long. */
struct ec_queued {
    struct ec_queued *next;
    struct ec_queued *above; /* the directory is one of its names; NULL: these names are paths */
    size_t users;            /* that keep it */
    unsigned level;          /* how many are above it */
    size_t root;
    int depth;
    int fd;                  /* held open on the directory; -1: not */
    size_t opening;          /* pieces of work that use fd */
    size_t left;             /* names that nobody took yet */
    size_t directory_length; /* of its path */
    size_t start;            /* of names in their paths */
    bool is_dot;             /* the directory is ".", which their paths leave out */
    size_t piece, at;
    char bytes[]; /* what its path adds to that above: `piece` bytes; then the names as in a batch;
                     `at` is the next one */
};

void ec_queue_init(struct ec_queue *queue, int max_threads,
                   void (*work)(void *context, int worker, const struct ec_work *work),
                   void *context)
{
    *queue = (struct ec_queue){.work = work, .context = context, .max_threads = max_threads};
    pthread_mutex_init(&queue->lock, NULL);
    pthread_cond_init(&queue->wake, NULL);
    queue->handles = ec_calloc((size_t)max_threads, sizeof *queue->handles);
}

void ec_queue_free(struct ec_queue *queue)
{
    pthread_mutex_destroy(&queue->lock);
    pthread_cond_destroy(&queue->wake);
    free(queue->handles);
}

/* ---- Queueing ---- */

void ec_batch_add(struct ec_batch *batch, enum ec_work_kind kind, const char *name)
{
    const char mark = (char)kind;
    ec_path_append(&batch->bytes, (struct ec_str){&mark, 1});
    ec_path_append(&batch->bytes, (struct ec_str){name, strlen(name) + 1});
    batch->count++;
}

void ec_batch_free(struct ec_batch *batch)
{
    free(batch->bytes.ptr);
}

static struct ec_queued *new_queued(const struct ec_batch *batch, const struct ec_holder *holder)
{
    struct ec_queued *above = holder->work ? holder->work->from : NULL;
    struct ec_str path = ec_str("");
    if (above)
        path = (struct ec_str){holder->work->path.ptr, holder->work->path.len};
    bool is_dot = ec_str_equal(path, ec_str("."));
    bool add_slash = path.len > 0 && !is_dot && path.ptr[path.len - 1] != '/';
    size_t known = above ? above->start : 0, start = is_dot ? 0 : path.len + add_slash;
    struct ec_queued *queued = ec_malloc(sizeof *queued + (start - known) + batch->bytes.len);
    *queued = (struct ec_queued){.above = above,
                                 .users = 1,
                                 .level = above ? above->level + 1 : 0,
                                 .root = holder->root,
                                 .depth = holder->depth,
                                 .fd = -1,
                                 .left = batch->count,
                                 .directory_length = path.len,
                                 .start = start,
                                 .is_dot = is_dot,
                                 .piece = start - known,
                                 .at = start - known};
    if (queued->piece > 0)
        memcpy(queued->bytes, path.ptr + known, queued->piece - add_slash);
    if (add_slash)
        queued->bytes[queued->piece - 1] = '/';
    memcpy(queued->bytes + queued->piece, batch->bytes.ptr, batch->bytes.len);
    return queued;
}

/* ---- Deep directories ---- */

/* Whether paths of names in it may be too long for the kernel. */
static bool is_deep(const struct ec_queued *queued)
{
    return queued->start + NAME_MAX >= PATH_MAX;
}

/* Closes the directory that is number `index` of those held. The lock is held, as below. */
static void close_held(struct ec_queue *queue, size_t index)
{
    struct ec_queued **place = &queue->held[index];
    close((*place)->fd);
    (*place)->fd = -1;
    memmove(place, place + 1, (--queue->held_count - index) * sizeof *place);
}

/* Closes a directory that no thread opens anything from; false when there is none. Levels with few
 * factors of two go first: what stays is spread evenly over a deep tree, so that from everywhere it
 * is not far to one of them. */
static bool close_one(struct ec_queue *queue)
{
    size_t victim = queue->held_count;
    unsigned least = UINT_MAX;
    for (size_t i = 0; i < queue->held_count; i++) {
        unsigned level = queue->held[i]->level, factor = level & -level;
        if (queue->held[i]->opening == 0 && factor < least) {
            least = factor;
            victim = i;
        }
    }
    if (victim == queue->held_count)
        return false;
    close_held(queue, victim);
    return true;
}

/* Holds fd, which is open on the directory, or closes it. */
static void hold(struct ec_queue *queue, struct ec_queued *queued, int fd)
{
    bool full = queue->held_count >= queue->max_held;
    if (queued->fd >= 0 || queue->max_held == 0 || (full && !close_one(queue))) {
        close(fd);
        return;
    }
    queued->fd = fd;
    queue->held[queue->held_count++] = queued;
}

static void free_queued(struct ec_queue *queue, struct ec_queued *queued)
{
    for (size_t i = 0; queued->fd >= 0 && i < queue->held_count; i++)
        if (queue->held[i] == queued)
            close_held(queue, i);
    free(queued);
}

/* One user less. */
static void release(struct ec_queue *queue, struct ec_queued *queued)
{
    while (queued && --queued->users == 0) {
        struct ec_queued *above = queued->above;
        free_queued(queue, queued);
        queued = above;
    }
}

/* ---- Threads ---- */

static void *thread_main(void *context);

/* Starts threads for work that no idle thread will take. Called with the lock held, so that the
 * thread count is right; a thread that cannot be had is done without. */
static void start_threads(struct ec_queue *queue)
{
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, STACK_BYTES);
    size_t takers = (size_t)queue->idle + 1; /* this thread will take one, too */
    size_t needed = queue->waiting > takers ? queue->waiting - takers : 0;
    for (; needed > 0 && queue->threads < queue->max_threads; needed--) {
        pthread_t *handle = &queue->handles[queue->threads];
        if (pthread_create(handle, &attributes, thread_main, queue) == 0)
            queue->threads++;
        else
            queue->max_threads = queue->threads;
    }
    pthread_attr_destroy(&attributes);
}

/* Puts names where all threads take some. The lock is held, as below. */
static void push_shared(struct ec_queue *queue, struct ec_queued *queued)
{
    queued->next = queue->top;
    queue->top = queued;
    queue->waiting += queued->left;
    for (size_t i = 0; i < queued->left && i < (size_t)queue->idle; i++)
        pthread_cond_signal(&queue->wake);
    if (queue->threads > 0)
        start_threads(queue);
}

static void push_deep(struct ec_queue *queue, struct ec_queued *queued, int worker, int fd)
{
    if (fd >= 0)
        hold(queue, queued, fd);
    queued->next = queue->deep;
    queue->deep = queued;
    if (worker != FIRST) /* which may wait */
        pthread_cond_broadcast(&queue->wake);
}

void ec_queue_push(struct ec_queue *queue, struct ec_batch *batch, const struct ec_holder *holder)
{
    if (batch->count == 0)
        return;
    struct ec_queued *queued = new_queued(batch, holder);
    bool deep = is_deep(queued);
    int fd = deep && holder->worker == FIRST ? fcntl(holder->fd, F_DUPFD_CLOEXEC, 0) : -1;
    pthread_mutex_lock(&queue->lock);
    if (queued->above)
        queued->above->users++;
    if (deep)
        push_deep(queue, queued, holder->worker, fd);
    else
        push_shared(queue, queued);
    pthread_mutex_unlock(&queue->lock);
    batch->count = 0;
    batch->bytes.len = 0;
}

/* ---- Working ---- */

/* Makes the path the beginning of those of names in `queued`. Only what differs from the work
 * before is written: each directory's name once on the way down. */
static void set_beginning(struct ec_work *work, const struct ec_queued *queued)
{
    const struct ec_queued *shared = work->from, *node = queued;
    while (shared != node) {
        if (shared && (!node || shared->level >= node->level))
            shared = shared->above;
        else
            node = node->above;
    }
    ec_path_reserve(&work->path, queued->start);
    for (node = queued; node != shared; node = node->above)
        if (node->piece > 0)
            memcpy(work->path.ptr + node->start - node->piece, node->bytes, node->piece);
    work->path.len = queued->start;
}

/* Finds out what to open the work from: for a deep directory, the nearest one that is held. */
static void set_base(struct ec_work *work)
{
    struct ec_queued *base = work->from;
    while (base && is_deep(base) && base->fd < 0)
        base = base->above;
    work->base = base && is_deep(base) ? base : NULL;
    work->at = AT_FDCWD;
    work->file = work->path.ptr;
    if (work->base) {
        work->base->opening++;
        work->at = base->fd;
        work->file += base->start;
    }
}

/* Where a thread may take the next name from; NULL: there is none. */
static struct ec_queued **find_stack(struct ec_queue *queue, int worker)
{
    if (worker == FIRST && queue->deep)
        return &queue->deep;
    return queue->top ? &queue->top : NULL;
}

/* Takes the next name; the lock is held. */
static void take(struct ec_queue *queue, struct ec_queued **stack, struct ec_work *work)
{
    struct ec_queued *top = *stack;
    const char *entry = top->bytes + top->at;
    struct ec_str name = ec_str(entry + 1);
    work->kind = (enum ec_work_kind)entry[0];
    work->root = top->root;
    work->depth = top->depth;
    set_beginning(work, top);
    ec_path_append(&work->path, name);
    work->directory =
        top->is_dot ? ec_str(".") : (struct ec_str){work->path.ptr, top->directory_length};
    top->users++;
    release(queue, work->from);
    work->from = top;
    set_base(work);
    top->at += name.len + 2;
    queue->waiting -= stack == &queue->top;
    if (--top->left == 0) {
        *stack = top->next;
        release(queue, top);
    }
}

/* Opens the deep directory that the work is in once more, where others will take names from it. */
static void reopen(struct ec_queue *queue, struct ec_work *work)
{
    char *end = work->path.ptr + work->directory.len;
    *end = '\0'; /* it was the slash before the name */
    int fd = ec_path_openat(work->at, work->file, O_PATH | O_DIRECTORY);
    *end = '/';
    if (fd < 0)
        return;
    pthread_mutex_lock(&queue->lock);
    hold(queue, work->from, fd);
    if (work->base)
        work->base->opening--;
    set_base(work);
    pthread_mutex_unlock(&queue->lock);
}

/* Waits for work and does it until all is done; the lock is held on entry and on return. */
static void work_until_done(struct ec_queue *queue, int worker)
{
    struct ec_work work = {0};
    for (;;) {
        struct ec_queued **stack;
        while (!(stack = find_stack(queue, worker)) && (queue->busy > 0 || queue->deep)) {
            queue->idle++;
            pthread_cond_wait(&queue->wake, &queue->lock);
            queue->idle--;
        }
        if (!stack)
            break;
        take(queue, stack, &work);
        queue->busy++;
        bool closed = is_deep(work.from) && work.base != work.from && work.from->left > 0;
        pthread_mutex_unlock(&queue->lock);
        if (!queue->stop || !atomic_load(queue->stop)) {
            if (closed && queue->max_held > 0)
                reopen(queue, &work);
            queue->work(queue->context, worker, &work);
        }
        pthread_mutex_lock(&queue->lock);
        if (work.base)
            work.base->opening--;
        queue->busy--;
    }
    pthread_cond_broadcast(&queue->wake); /* whoever waits is done too */
    release(queue, work.from);
    free(work.path.ptr);
}

#if defined __SANITIZE_THREAD__
#define KNOWS_ONE_TABLE 1 /* it takes equal numbers of two threads for the same file */
#elif defined __has_feature
#if __has_feature(thread_sanitizer)
#define KNOWS_ONE_TABLE 1
#endif
#endif

/* Gives this thread a table of descriptors of its own, with the standard ones only. Without, as
 * before Linux 5.9, it shares those of all others, which costs time and nothing else. */
static void unshare_descriptors(void)
{
#if defined CLOSE_RANGE_UNSHARE && !defined KNOWS_ONE_TABLE
    close_range(STDERR_FILENO + 1, UINT_MAX, CLOSE_RANGE_UNSHARE);
#endif
}

static void *thread_main(void *context)
{
    struct ec_queue *queue = context;
    unshare_descriptors();
    pthread_mutex_lock(&queue->lock);
    work_until_done(queue, queue->numbered++);
    pthread_mutex_unlock(&queue->lock);
    return NULL;
}

void ec_queue_run(struct ec_queue *queue)
{
    pthread_mutex_lock(&queue->lock);
    queue->threads = queue->numbered = 1; /* this one */
    start_threads(queue);
    work_until_done(queue, FIRST);
    int threads = queue->threads;
    queue->threads = 0;
    pthread_mutex_unlock(&queue->lock);
    for (int i = 1; i < threads; i++)
        pthread_join(queue->handles[i], NULL);
}
