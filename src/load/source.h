/* Reads back what effcompare itself wrote: JSON, NDJSON, CSV and TSV (docs/schema.md).
 *
 * Every row becomes a run as if its record had been read: same values, status, file and
 * modification time; what could not be read then is an issue again. CSV and TSV keep only names,
 * values and statuses. A single file's runs keep their names; where several paths are loaded, the
 * file's own name comes before them, so that the runs of shards a.ndjson and b.ndjson are called
 * like those of directories a and b. Tables of groups are refused, because means are not runs.
 */
#ifndef EC_LOAD_SOURCE_H
#define EC_LOAD_SOURCE_H

#include "load/load.h"
#include "load/record.h"

enum ec_source {
    EC_SOURCE_NONE,
    EC_SOURCE_JSON,
    EC_SOURCE_NDJSON,
    EC_SOURCE_CSV,
    EC_SOURCE_TSV,
};

/* Bytes of a file that always suffice for ec_source_detect. */
enum { EC_SOURCE_HEAD = 256 };

/* What a file with these first bytes is, whatever its name. */
enum ec_source ec_source_detect(const char *bytes, size_t length);

/* Adds the runs and issues of the file, which `fd` is open on, to the runset. */
void ec_source_read(struct ec_runset *runset, const struct ec_load_options *options,
                    enum ec_source source, const struct ec_record_file *file, int fd,
                    int64_t mtime_ns);

#endif
