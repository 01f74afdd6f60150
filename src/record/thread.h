/* What the library's own threads need. */
#ifndef EFFREC_THREAD_H
#define EFFREC_THREAD_H

#include <pthread.h>
#include <time.h>

/* As pthread_create(). The thread takes no signals: they are the program's. */
int effrec_thread_start(pthread_t *ret_thread, void *(*run)(void *), void *data);

/* A condition for pthread_cond_timedwait() with times of effrec_after(). 0 or an errno. */
int effrec_condition_init(pthread_cond_t *condition);

/* The monotonic clock's time in so many seconds. */
struct timespec effrec_after(double seconds);

#endif
