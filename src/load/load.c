#include "load/load.h"

#include "base/memory.h"
#include "load/record.h"
#include "load/walk.h"

#include <stdlib.h>
#include <string.h>

struct loader {
    struct ec_runset *runset;
    const struct ec_load_options *options;
    struct ec_reader **readers; /* one per thread, made when it has something to read */
};

static void read_record(void *context, int worker, const struct ec_record_file *file)
{
    struct loader *loader = context;
    struct ec_reader **reader = &loader->readers[worker];
    if (!*reader)
        *reader = ec_reader_new(loader->runset, loader->options);
    ec_reader_read(*reader, file);
}

/* Makes the columns that are asked for by their full name, whether a record has them or not. */
static void make_columns(struct ec_runset *runset, const struct ec_load_options *options)
{
    for (size_t i = 0; options->keys && i < options->key_count; i++)
        if (!strpbrk(options->keys[i], "*?[\\"))
            ec_runset_column(runset, ec_str(options->keys[i]));
}

/* A join that never fits is a typo more likely than runs that nobody evaluated. */
static void check_joins(const struct loader *loader)
{
    const struct ec_load_options *options = loader->options;
    for (size_t i = 0; options->beside_count > 0 && i < options->join_count; i++) {
        size_t joined = 0;
        for (int worker = 0; worker < options->threads; worker++)
            joined += loader->readers[worker] ? ec_reader_joined(loader->readers[worker], i) : 0;
        if (joined > 0 || ec_runset_progress(loader->runset) == 0)
            continue;
        const char *reason = "no run has such a file";
        if (strstr(options->joins[i], EC_LOAD_JOIN_NAME))
            reason = "no run has such a file, where " EC_LOAD_JOIN_NAME " is its name in the table";
        ec_runset_add_issue(loader->runset, EC_ISSUE_WALK, ec_str(options->joins[i]), 0, 0, reason);
    }
}

void ec_load(struct ec_runset *runset, const struct ec_load_options *options)
{
    struct loader loader = {.runset = runset, .options = options};
    loader.readers = ec_calloc((size_t)options->threads, sizeof(struct ec_reader *));
    make_columns(runset, options);
    ec_walk(runset, options, read_record, &loader);
    check_joins(&loader);
    for (int i = 0; i < options->threads; i++)
        ec_reader_free(loader.readers[i]);
    free(loader.readers);
}
