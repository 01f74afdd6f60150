/* Directories that hold the records of a run's ranks, with or without the run's own record. */
#ifndef EC_LOAD_RANKS_H
#define EC_LOAD_RANKS_H

#include "load/path.h"
#include "load/record.h"

/* A record made from those of the ranks. free(text). */
struct ec_ranks_record {
    char *text; /* JSON */
    size_t length;
    int64_t mtime_ns;    /* of the newest rank's file */
    struct ec_path path; /* of the first rank's file; free(path.ptr) */
};

/* Merges the ranks' records beside `file` (which has `beside_ranks`). Rank files that cannot be
 * read become issues. Returns false when the record `file` is the one to read: it is as new as they
 * are and has all of them, or is of a later run that was a single process. */
bool ec_ranks_record(struct ec_runset *runset, const struct ec_record_file *file,
                     struct ec_ranks_record *ret_record);

#endif
