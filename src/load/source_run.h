/* What the readers of effcompare's own formats (load/source.h) share: rows become runs. */
#ifndef EC_LOAD_SOURCE_RUN_H
#define EC_LOAD_SOURCE_RUN_H

#include "load/keys.h"
#include "load/path.h"
#include "load/record.h"

#include <stdio.h>

/* A file that is being read. */
struct ec_source_file {
    struct ec_runset *runset;
    const struct ec_load_options *options;
    const struct ec_record_file *file;
    int64_t mtime_ns;
    bool prefix; /* the file's name comes before those of its runs */
    struct ec_keys keys;
    /* By member: the zeros that meant "not measured" and were dropped when the file was written, as
     * far as they were not yet given to a missing value. */
    size_t *zeros;
    size_t zero_count;

    /* The run that is being read. */
    struct ec_field *fields;
    size_t field_count, field_capacity;
    struct ec_path name;
};

void ec_source_issue(struct ec_source_file *source, size_t line, size_t column, const char *reason);

/* Adds a value to the run that is being read if its key is wanted. Text must stay until
 * ec_source_add_run. */
void ec_source_add_value(struct ec_source_file *source, struct ec_str key, struct ec_value value);
/* Adds the run to the runset under the name that it has there, and starts the next. */
void ec_source_add_run(struct ec_source_file *source, struct ec_run run);
/* Starts the next run without adding this one. */
void ec_source_drop_run(struct ec_source_file *source);

/* The readers. A stream is closed by the caller, who also tells of its errors. */
void ec_source_read_json(struct ec_source_file *source, FILE *stream);
void ec_source_read_ndjson(struct ec_source_file *source, FILE *stream);
void ec_source_read_csv(struct ec_source_file *source, FILE *stream);
void ec_source_read_tsv(struct ec_source_file *source, FILE *stream);

#endif
