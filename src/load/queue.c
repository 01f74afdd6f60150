#include "load/queue.h"

#include "base/memory.h"

#include <stdlib.h>

enum { STACK_BYTES = 2 << 20 }; /* jansson is recursive, up to EC_SCAN_MAX_DEPTH */

/* Names below one directory. */
struct ec_queued {
    struct ec_queued *next;
    size_t root;
    int depth;
    size_t left; /* names that nobody took yet */
    size_t directory_length, at;
    char bytes[]; /* the directory's path, then the names as in a batch; `at` is the next one */
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

static struct ec_queued *new_queued(const struct ec_batch *batch, struct ec_str directory,
                                    size_t root, int depth)
{
    struct ec_queued *queued = ec_malloc(sizeof *queued + directory.len + batch->bytes.len);
    *queued = (struct ec_queued){.root = root,
                                 .depth = depth,
                                 .left = batch->count,
                                 .directory_length = directory.len,
                                 .at = directory.len};
    if (directory.len > 0)
        memcpy(queued->bytes, directory.ptr, directory.len);
    memcpy(queued->bytes + directory.len, batch->bytes.ptr, batch->bytes.len);
    return queued;
}

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

void ec_queue_push(struct ec_queue *queue, struct ec_batch *batch, struct ec_str directory,
                   size_t root, int depth)
{
    if (batch->count == 0)
        return;
    struct ec_queued *queued = new_queued(batch, directory, root, depth);
    pthread_mutex_lock(&queue->lock);
    queued->next = queue->top;
    queue->top = queued;
    queue->waiting += batch->count;
    for (size_t i = 0; i < batch->count && i < (size_t)queue->idle; i++)
        pthread_cond_signal(&queue->wake);
    if (queue->threads > 0)
        start_threads(queue);
    pthread_mutex_unlock(&queue->lock);
    batch->count = 0;
    batch->bytes.len = 0;
}

/* ---- Working ---- */

/* Takes the next name; the lock is held. */
static void take(struct ec_queue *queue, struct ec_work *work)
{
    struct ec_queued *top = queue->top;
    const char *entry = top->bytes + top->at;
    struct ec_str directory = {top->bytes, top->directory_length}, name = ec_str(entry + 1);
    work->kind = (enum ec_work_kind)entry[0];
    work->root = top->root;
    work->depth = top->depth;
    ec_path_join(&work->path, directory, name);
    if (ec_str_equal(directory, ec_str(".")))
        work->directory = ec_str(".");
    else
        work->directory = (struct ec_str){work->path.ptr, directory.len};
    top->at += name.len + 2;
    queue->waiting--;
    if (--top->left == 0) {
        queue->top = top->next;
        free(top);
    }
}

/* Waits for work and does it until all is done; the lock is held on entry and on return. */
static void work_until_done(struct ec_queue *queue, int worker)
{
    struct ec_work work = {0};
    for (;;) {
        while (!queue->top && queue->busy > 0) {
            queue->idle++;
            pthread_cond_wait(&queue->wake, &queue->lock);
            queue->idle--;
        }
        if (!queue->top)
            break;
        take(queue, &work);
        queue->busy++;
        pthread_mutex_unlock(&queue->lock);
        if (!queue->stop || !atomic_load(queue->stop))
            queue->work(queue->context, worker, &work);
        pthread_mutex_lock(&queue->lock);
        queue->busy--;
    }
    pthread_cond_broadcast(&queue->wake); /* whoever waits is done too */
    free(work.path.ptr);
}

static void *thread_main(void *context)
{
    struct ec_queue *queue = context;
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
    work_until_done(queue, 0);
    int threads = queue->threads;
    queue->threads = 0;
    pthread_mutex_unlock(&queue->lock);
    for (int i = 1; i < threads; i++)
        pthread_join(queue->handles[i], NULL);
}
