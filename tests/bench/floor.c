/* The least that any program that compares records must do: list the directories, read the records.
 *
 *     floor THREADS DIRECTORY
 *
 * Parses nothing, keeps nothing. Prints how many records and bytes it read. Shares no code with
 * effcompare, so that both can be wrong only apart.
 */
#include <dirent.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { LISTING_BYTES = 1 << 15, RECORD_BYTES = 1 << 16 };

/* Directories to list; the last one first. */
struct stack {
    pthread_mutex_t lock;
    pthread_cond_t wake;
    char **paths;
    size_t count, capacity;
    int busy;
    size_t records, bytes;
};

static void push(struct stack *stack, const char *directory, const char *name)
{
    char *path = NULL;
    if (asprintf(&path, "%s/%s", directory, name) < 0)
        exit(1);
    pthread_mutex_lock(&stack->lock);
    if (stack->count == stack->capacity) {
        stack->capacity = stack->capacity ? 2 * stack->capacity : 1024;
        stack->paths = realloc(stack->paths, stack->capacity * sizeof *stack->paths);
        if (!stack->paths)
            exit(1);
    }
    stack->paths[stack->count++] = path;
    pthread_cond_signal(&stack->wake);
    pthread_mutex_unlock(&stack->lock);
}

/* NULL when there will be no more. */
static char *pop(struct stack *stack)
{
    char *path = NULL;
    pthread_mutex_lock(&stack->lock);
    stack->busy--;
    while (stack->count == 0 && stack->busy > 0)
        pthread_cond_wait(&stack->wake, &stack->lock);
    if (stack->count > 0) {
        path = stack->paths[--stack->count];
        stack->busy++;
    } else {
        pthread_cond_broadcast(&stack->wake);
    }
    pthread_mutex_unlock(&stack->lock);
    return path;
}

struct worker {
    struct stack *stack;
    pthread_t thread;
    size_t records, bytes;
    char listing[LISTING_BYTES], record[RECORD_BYTES];
};

static void read_record(struct worker *worker, int directory, const char *name)
{
    int fd = openat(directory, name, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return;
    ssize_t length = read(fd, worker->record, RECORD_BYTES);
    close(fd);
    if (length > 0) {
        worker->records++;
        worker->bytes += (size_t)length;
    }
}

static void list(struct worker *worker, const char *path)
{
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    ssize_t length;
    while (fd >= 0 && (length = getdents64(fd, worker->listing, LISTING_BYTES)) > 0) {
        for (ssize_t at = 0; at < length;) {
            const struct dirent64 *entry = (const void *)(worker->listing + at);
            if (entry->d_type == DT_DIR && entry->d_name[0] != '.')
                push(worker->stack, path, entry->d_name);
            else if (strcmp(entry->d_name, "efficiency_metrics.json") == 0)
                read_record(worker, fd, entry->d_name);
            at += entry->d_reclen;
        }
    }
    if (fd >= 0)
        close(fd);
}

static void *work(void *context)
{
    struct worker *worker = context;
    for (char *path; (path = pop(worker->stack)); free(path))
        list(worker, path);
    return NULL;
}

int main(int argc, char **argv)
{
    if (argc != 3 || atoi(argv[1]) < 1) {
        fprintf(stderr, "usage: %s THREADS DIRECTORY\n", argv[0]);
        return 2;
    }
    int threads = atoi(argv[1]);
    struct stack stack = {.lock = PTHREAD_MUTEX_INITIALIZER, .wake = PTHREAD_COND_INITIALIZER};
    struct worker *workers = calloc((size_t)threads, sizeof *workers);
    if (!workers)
        return 1;
    push(&stack, argv[2], "");
    stack.busy = threads; /* each counts as busy until it first asks for work */
    for (int i = 0; i < threads; i++) {
        workers[i].stack = &stack;
        if (pthread_create(&workers[i].thread, NULL, work, &workers[i]) != 0)
            return 1;
    }
    size_t records = 0, bytes = 0;
    for (int i = 0; i < threads; i++) {
        pthread_join(workers[i].thread, NULL);
        records += workers[i].records;
        bytes += workers[i].bytes;
    }
    printf("%zu records, %zu bytes\n", records, bytes);
    free(workers);
    free(stack.paths);
    return 0;
}
