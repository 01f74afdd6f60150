/* Reads record files into the runset: bytes, scan, fields, or an issue that says why not. */
#ifndef EC_LOAD_RECORD_H
#define EC_LOAD_RECORD_H

#include "load/load.h"

/* A record to read. */
struct ec_record_file {
    int directory;      /* `file` is relative to it */
    const char *file;   /* how to open it */
    struct ec_str path; /* how to call it in messages */
    struct ec_str name; /* of the run */
    bool beside_ranks;  /* records of a run's ranks are in its directory */
    bool absent;        /* there are only those */
    bool custom;        /* not named efficiency_metrics.json: it may well be something else */
    bool content_only;  /* it was listed as a regular file, and nobody asks when it was modified */
};

/* One per worker. */
struct ec_reader;

/* `options` and `runset` must outlive it. */
struct ec_reader *ec_reader_new(struct ec_runset *runset, const struct ec_load_options *options);
void ec_reader_free(struct ec_reader *reader); /* NULL is fine */

/* Adds a run or an issue to the runset. Never blocks on a file that is not regular. */
void ec_reader_read(struct ec_reader *reader, const struct ec_record_file *file);

/* How many runs had the file of options->joins[index]. */
size_t ec_reader_joined(const struct ec_reader *reader, size_t index);

#endif
