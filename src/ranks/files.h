/* The files of a run of several processes ("ranks"): efficiency_metrics.rankNNNNN.json, one for
 * each process, in one directory. */
#ifndef EC_RANKS_FILES_H
#define EC_RANKS_FILES_H

#include <stdbool.h>
#include <stdint.h>

#include <jansson.h>

/* Format of a rank's record without its suffix; the argument is an int64_t. */
#define EC_RANKS_STEM "efficiency_metrics.rank%05" PRId64

/* Whether a file name is that of a rank's record; copies that were kept of earlier runs are not. */
bool ec_ranks_is_file(const char *name);

/* Told of a rank's file that cannot be read. `line` and `column` are 0 where they do not matter. */
typedef void (*ec_ranks_problem)(void *context, const char *name, int line, int column,
                                 const char *reason);

/* What was found in a directory. */
struct ec_ranks_files {
    json_t *records;   /* array of objects; the caller's */
    int64_t mtime_ns;  /* of the newest file that could be read */
    char *first;       /* name of the first one by name, NULL when there is none; the caller's */
    size_t file_count; /* with those that could not be read */
};

/* Reads the ranks' records in the directory that the descriptor is open on. Returns 0 or a negative
 * errno (the directory cannot be listed, or -ENOMEM). `problem` may be NULL. */
int ec_ranks_read(int directory, ec_ranks_problem problem, void *context,
                  struct ec_ranks_files *ret_files);
void ec_ranks_files_clear(struct ec_ranks_files *files);

#endif
