#include "record/merge_ranks.h"

#include "common/process.h"
#include "ranks/merge.h"
#include "record/document.h"
#include "record/store.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static const double WAIT_S = 2, FIRST_PAUSE_S = 0.02;

int effrec_merge_read(const char *directory, ec_ranks_problem problem, void *context,
                      json_t **ret_merged, struct ec_error *error)
{
    struct ec_machine machine;
    struct ec_ranks_files files = {0};
    int fd = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int rc = fd < 0 ? -errno : ec_ranks_read(fd, problem, context, &files);
    if (fd >= 0)
        close(fd);
    if (rc < 0) {
        ec_error_set(error, "%s: %s", directory, strerror(-rc));
        return rc;
    }
    ec_machine_read(&machine);
    const struct ec_liveness_here here = {&machine, (double)time(NULL), ec_process_start_time};
    rc = ec_ranks_merge(files.records, &here, ret_merged);
    ec_ranks_files_clear(&files);
    if (rc == -ENOENT)
        ec_error_set(error, "%s: no record of a rank here", directory);
    else if (rc < 0)
        ec_error_set(error, "%s: %s", directory, strerror(-rc));
    return rc;
}

int effrec_merge_write(const char *directory, const json_t *merged, struct ec_error *error)
{
    struct effrec_store store;
    size_t size = 0;
    const char *run_id = json_string_value(json_object_get(merged, "run_id"));
    int rc = effrec_store_init(&store, directory, -1);
    char *text = rc == 0 ? effrec_document_text(merged, &size) : NULL;
    if (rc == 0 && !text)
        rc = -ENOMEM;
    if (rc == 0)
        rc = effrec_store_write(&store, run_id ? run_id : "", text, size, error);
    if (rc < 0)
        ec_error_set(error, "%s: %s", directory, strerror(-rc));
    free(text);
    effrec_store_clear(&store);
    return rc;
}

/* Whether every rank has left its last record. A rank that ended between the reading of its file
 * and the look at its process seems interrupted: only twice in a row counts. */
static bool is_final(const json_t *merged, int *interrupted)
{
    const char *status = json_string_value(json_object_get(merged, "status"));
    *interrupted = strcmp(status, "interrupted") == 0 ? *interrupted + 1 : 0;
    return strcmp(status, "running") != 0 && strcmp(status, "partial") != 0 && *interrupted != 1;
}

int effrec_merge_at_end(const char *directory, bool wait, struct ec_error *error)
{
    double waited = 0;
    int interrupted = 0;
    for (double pause = FIRST_PAUSE_S;; pause *= 2) {
        json_t *merged = NULL;
        int rc = effrec_merge_read(directory, NULL, NULL, &merged, error);
        if (rc == 0 && (!wait || is_final(merged, &interrupted) || waited >= WAIT_S))
            rc = effrec_merge_write(directory, merged, error);
        else if (rc == 0)
            rc = 1;
        json_decref(merged);
        if (rc <= 0)
            return rc;
        nanosleep(&(struct timespec){.tv_sec = (time_t)pause,
                                     .tv_nsec = (long)(1e9 * (pause - (double)(time_t)pause))},
                  NULL);
        waited += pause;
    }
}
