#include "load/ranks.h"

#include "common/process.h"
#include "common/read_file.h"
#include "ranks/files.h"
#include "ranks/merge.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

struct context {
    struct ec_runset *runset;
    struct ec_str directory;
    bool told; /* an issue was added */
};

static void add_issue(struct context *context, const char *name, int line, int column,
                      const char *reason)
{
    struct ec_path path = {0};
    ec_path_join(&path, context->directory, ec_str(name));
    ec_runset_add_issue(context->runset, EC_ISSUE_BAD_RECORD, (struct ec_str){path.ptr, path.len},
                        line, column, reason);
    context->told = true;
    free(path.ptr);
}

static void add_problem(void *context, const char *name, int line, int column, const char *reason)
{
    add_issue(context, name, line, column, reason);
}

/* Whether the run's own record says no less than the ranks' files would. */
static bool stands(const struct ec_record_file *file, int64_t ranks_mtime_ns)
{
    struct ec_file_text text;
    if (ec_read_file(file->directory, file->file, EC_LOAD_MAX_RECORD, &text) < 0)
        return false;
    bool newer = text.mtime_ns >= ranks_mtime_ns;
    json_t *record = newer ? json_loadb(text.bytes, text.size, 0, NULL) : NULL;
    free(text.bytes);
    const char *state = json_string_value(json_object_get(record, "status"));
    bool merged = json_object_get(record, "ranks") != NULL;
    bool over = state && (strcmp(state, "completed") == 0 || strcmp(state, "failed") == 0);
    json_decref(record);
    return newer && (!merged || over);
}

/* 0 or a negative errno. */
static int merge(const json_t *records, struct ec_ranks_record *ret_record)
{
    struct ec_machine machine;
    ec_machine_read(&machine);
    const struct ec_liveness_here here = {&machine, (double)time(NULL), ec_process_start_time};
    json_t *merged = NULL;
    int rc = ec_ranks_merge(records, &here, &merged);
    if (rc < 0)
        return rc;
    ret_record->text = json_dumps(merged, JSON_COMPACT);
    json_decref(merged);
    if (!ret_record->text)
        return -ENOMEM;
    ret_record->length = strlen(ret_record->text);
    return 0;
}

bool ec_ranks_record(struct ec_runset *runset, const struct ec_record_file *file,
                     struct ec_ranks_record *ret_record)
{
    struct context context = {.runset = runset, .directory = ec_path_parent(file->path)};
    struct ec_ranks_files files;
    int rc = ec_ranks_read(file->directory, add_problem, &context, &files);
    if (rc < 0) { /* although the walk has just listed it */
        ec_runset_add_issue(runset, EC_ISSUE_WALK, context.directory, 0, 0, strerror(-rc));
        return false;
    }
    *ret_record = (struct ec_ranks_record){.mtime_ns = files.mtime_ns};
    if (file->absent || !stands(file, files.mtime_ns))
        rc = merge(files.records, ret_record);
    if (ret_record->text)
        ec_path_join(&ret_record->path, context.directory, ec_str(files.first));
    else if (rc < 0 && (file->absent || rc == -ENOMEM) && !context.told && files.first)
        add_issue(&context, files.first, 0, 0,
                  rc == -ENOENT ? "does not say which rank it is of" : strerror(-rc));
    ec_ranks_files_clear(&files);
    return ret_record->text != NULL;
}
