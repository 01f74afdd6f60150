#include "tui/loading.h"

#include "load/jobs.h"

#include <errno.h>
#include <sys/eventfd.h>
#include <unistd.h>

static void *load(void *context)
{
    struct ec_loading *loading = context;
    ec_load(loading->runset, &loading->options);
    ec_runset_finish(loading->runset);
    ec_jobs_ask(loading->runset, &loading->options);
    eventfd_write(loading->event, 1);
    return NULL;
}

int ec_loading_start(struct ec_loading *loading, const struct ec_load_options *options)
{
    atomic_store(&loading->stop, false);
    loading->options = *options;
    loading->options.stop = &loading->stop;
    loading->event = eventfd(0, EFD_CLOEXEC);
    if (loading->event < 0)
        return errno;
    loading->runset = ec_runset_new();
    int result = pthread_create(&loading->thread, NULL, load, loading);
    if (result != 0) {
        close(loading->event);
        ec_runset_free(loading->runset);
        loading->runset = NULL;
    }
    return result;
}

bool ec_loading_is_on(const struct ec_loading *loading)
{
    return loading->runset != NULL;
}

int ec_loading_fd(const struct ec_loading *loading)
{
    return loading->runset ? loading->event : -1;
}

struct ec_runset *ec_loading_take(struct ec_loading *loading)
{
    struct ec_runset *runset = loading->runset;
    pthread_join(loading->thread, NULL);
    close(loading->event);
    loading->runset = NULL;
    return runset;
}

void ec_loading_cancel(struct ec_loading *loading)
{
    if (!loading->runset)
        return;
    atomic_store(&loading->stop, true);
    ec_runset_free(ec_loading_take(loading));
}
