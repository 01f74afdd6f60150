/* Work for a pool of threads: files and directories to look at.
 *
 * Threads are started only when there is work that no thread waits for, so that a small tree costs
 * none. Work is kept as names below one directory; the last that came is done first, which keeps
 * the queue short. The queue owns its copies of all names.
 *
 * Directories are kept as names, too, each below another, and those whose paths are too long for
 * the kernel are kept open while there is something below them to do, so that time and memory grow
 * with the number of directories, however deep they are.
 *
 * Threads that share a table of descriptors wait for each other whenever they open or close one, a
 * tenth of a walk. So each has a table of its own, where the kernel can do that: a descriptor is of
 * use only to the thread that opened it. Directories that are kept open are the first thread's,
 * which does all that is below them.
 */
#ifndef EC_LOAD_QUEUE_H
#define EC_LOAD_QUEUE_H

#include "load/path.h"

#include <pthread.h>
#include <stdatomic.h>

enum { EC_QUEUE_MAX_HELD = 64 };

/* What to do with a path. */
enum ec_work_kind {
    EC_WORK_ARGUMENT,      /* find out what a PATH is */
    EC_WORK_ROOT,          /* list a directory that a walk starts from */
    EC_WORK_DIRECTORY,     /* list a directory found on the way */
    EC_WORK_RECORD,        /* read a record */
    EC_WORK_LINKED_RECORD, /* see where a symbolic link with a record's name leads, and read it */
    EC_WORK_LINK,          /* see whether a symbolic link leads to a directory */
};

struct ec_queued;

struct ec_work {
    enum ec_work_kind kind;
    size_t root; /* of the walk, or number of the PATH */
    int depth;   /* of the directory that holds it */
    struct ec_path path;
    struct ec_str directory;       /* the part of path that leads to the directory that holds it */
    int at;                        /* what to open it from: AT_FDCWD, or a directory above it */
    const char *file;              /* the part of path that leads from there to it */
    struct ec_queued *from, *base; /* the queue's own: what holds it, what `at` is of */
};

/* The directory that holds the names of a batch. */
struct ec_holder {
    const struct ec_work *work; /* it has this path; NULL: the names are paths themselves */
    size_t root;
    int depth;
    int worker; /* the thread that listed it */
    int fd;     /* open on it; stays the caller's */
};

/* Names below one directory that are not queued yet. Start it as {0}. */
struct ec_batch {
    size_t count;
    struct ec_path bytes; /* of each: one byte of kind, the name, NUL */
};

struct ec_queue {
    /* Called with the number of the thread, 0 <= worker < max_threads. */
    void (*work)(void *context, int worker, const struct ec_work *work);
    void *context;
    int max_threads;
    const atomic_bool *stop; /* once true, what is queued is dropped undone; NULL: never */
    size_t max_held; /* directories that may be kept open, up to EC_QUEUE_MAX_HELD; 2 do it */

    pthread_mutex_t lock;
    pthread_cond_t wake;
    struct ec_queued *top;
    size_t waiting;         /* names in it */
    struct ec_queued *deep; /* names in deep directories, which only the first thread takes */
    int threads;            /* that run, the caller of ec_queue_run included; 0: none */
    int numbered, idle, busy;
    pthread_t *handles;                        /* of the threads that were started */
    struct ec_queued *held[EC_QUEUE_MAX_HELD]; /* directories that are kept open, oldest first */
    size_t held_count;
};

void ec_queue_init(struct ec_queue *queue, int max_threads,
                   void (*work)(void *context, int worker, const struct ec_work *work),
                   void *context);
void ec_queue_free(struct ec_queue *queue);

void ec_batch_add(struct ec_batch *batch, enum ec_work_kind kind, const char *name);
void ec_batch_free(struct ec_batch *batch);
/* Queues the names in the batch and empties it. From any thread. */
void ec_queue_push(struct ec_queue *queue, struct ec_batch *batch, const struct ec_holder *holder);

/* Does all work, also what is queued meanwhile, in this thread and others; returns when there is
 * none. */
void ec_queue_run(struct ec_queue *queue);

#endif
