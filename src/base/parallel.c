#include "base/parallel.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>

/* Starting a thread takes some 50 microseconds, an item at least some ten nanoseconds. */
enum { MAX_THREADS = 16, WORTH_THREADS = 10000 };

struct crew {
    void (*work)(void *context, size_t i);
    void *context;
    size_t count;
    atomic_size_t next;
};

static void *work_until_done(void *argument)
{
    struct crew *crew = argument;
    for (size_t i; (i = atomic_fetch_add(&crew->next, 1)) < crew->count;)
        crew->work(crew->context, i);
    return NULL;
}

static size_t processors(void)
{
    cpu_set_t set;
    int count = sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : 1;
    return count < MAX_THREADS ? (size_t)count : MAX_THREADS;
}

void ec_parallel(size_t count, size_t items, void (*work)(void *context, size_t i), void *context)
{
    struct crew crew = {.work = work, .context = context, .count = count};
    pthread_t helpers[MAX_THREADS];
    size_t helper_count = 0;
    if (count > 1 && items >= WORTH_THREADS) {
        size_t wanted = processors();
        wanted = (wanted < count ? wanted : count) - 1; /* this thread is one */
        while (helper_count < wanted &&
               pthread_create(&helpers[helper_count], NULL, work_until_done, &crew) == 0)
            helper_count++;
    }
    work_until_done(&crew);
    for (size_t i = 0; i < helper_count; i++)
        pthread_join(helpers[i], NULL);
}
