/* Finds the records under some paths and reads them into a runset, with several threads.
 *
 * The walk visits directories and hands each record it finds, while its directory is open, to the
 * reader; so listing and reading overlap, which is what slow file systems need. What a record holds
 * beyond the wanted keys is checked for being JSON, but not kept.
 */
#ifndef EC_LOAD_LOAD_H
#define EC_LOAD_LOAD_H

#include "common/read_file.h"
#include "runset/runset.h"

#include <stdatomic.h>

enum {
    EC_LOAD_MAX_RECORD = EC_READ_MAX_RECORD, /* bytes; a larger record is refused */
    EC_LOAD_MAX_KEYS = 10000,                /* wanted ones of a record; one with more is refused */
    EC_LOAD_MAX_EVALUATION = 256 << 20,      /* the same for evaluations, which list every sample */
    EC_LOAD_DEFAULT_THREADS = 32,
};

/* What stands for the run's name in the path of a joined file. */
#define EC_LOAD_JOIN_NAME "{name}"

struct ec_load_options {
    const char *const *paths; /* directories and files; at least one */
    size_t path_count;
    const char *const
        *names; /* globs that a record's file name matches; NULL: efficiency_metrics.json */
    size_t name_count;
    const char *const *keys; /* JSON keys (globs) to keep; NULL: all */
    size_t key_count;
    /* Those of the keys that files beside a record may hold (load/neighbours.h); NULL: none, so
     * that nobody looks for such files. */
    const char *const *beside;
    size_t beside_count;
    /* Paths of evaluations somewhere else, with {name} for the run's name. */
    const char *const *joins;
    size_t join_count;
    int max_depth;   /* directories below a path; -1: no limit, 0: only the path itself */
    int threads;     /* >= 1 */
    bool keep_zeros; /* a zero is a zero also where a record without a version means "not measured"
                      */
    bool without_times;          /* nobody asks when records were modified: mtime_ns may be 0 */
    struct ec_jobs_memory *jobs; /* what Slurm said lately (load/jobs.h); NULL: nothing is kept */
    /* Once it is true, which another thread may make it, ec_load returns as soon as what is being
     * read is done, with what there is until then; NULL: it never is. */
    const atomic_bool *stop;
};

/* Adds runs and issues to the runset. A path that does not exist, a file that cannot be read, or a
 * join that fits no run is an issue, not an error. Does not call ec_runset_finish. */
void ec_load(struct ec_runset *runset, const struct ec_load_options *options);

#endif
