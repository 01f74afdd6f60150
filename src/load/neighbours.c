#include "load/neighbours.h"

#include "base/memory.h"
#include "base/natural.h"
#include "load/bytes.h"
#include "load/overrides.h"
#include "load/path.h"
#include "load/summary.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static const char evals[] = "evals", evals_named[] = "evals_";
static const char summary_suffix[] = "_SUMMARY.json", evaluation_suffix[] = "_EVAL.json";

/* A file with metrics. */
struct found {
    char *path;         /* owned; relative to the record's directory */
    bool is_evaluation; /* else a summary */
};

struct ec_neighbours {
    struct ec_runset *runset;
    const struct ec_load_options *options;
    struct ec_summary *summary;    /* NULL: no metric is wanted */
    struct ec_overrides overrides; /* pattern_count 0: no parameter is wanted */
    const char **metrics;          /* the wanted keys that are not parameters */
    size_t metric_count;
    uint32_t *columns; /* of the metrics that are wanted by their full name */
    size_t column_count;
    const char **parameters;
    size_t *joined; /* per options->joins */
    struct ec_arena texts;
    struct ec_bytes bytes;
    struct ec_path path;     /* scratch: of a file in messages */
    struct ec_path relative; /* scratch: of a file below a directory */

    /* Of the run that is being looked at. */
    time_t began;  /* 0: not known */
    bool outdated; /* something was read from a file that is older */
    struct found *found;
    size_t found_count, found_capacity;
    struct ec_str directory; /* how to call it in messages */
};

/* ---- What is wanted ---- */

static bool is_glob(const char *pattern)
{
    return strpbrk(pattern, "*?[\\");
}

/* Tells the wanted keys apart. A glob means parameters only if it says so. */
static void sort_patterns(struct ec_neighbours *neighbours)
{
    const struct ec_load_options *options = neighbours->options;
    size_t parameter_count = 0;
    neighbours->metrics = ec_calloc(options->beside_count, sizeof *neighbours->metrics);
    neighbours->parameters = ec_calloc(options->beside_count, sizeof *neighbours->parameters);
    neighbours->columns = ec_calloc(options->beside_count, sizeof *neighbours->columns);
    for (size_t i = 0; i < options->beside_count; i++) {
        const char *pattern = options->beside[i];
        if (ec_str_begins(ec_str(pattern), EC_OVERRIDES_PREFIX)) {
            neighbours->parameters[parameter_count++] = pattern;
            continue;
        }
        neighbours->metrics[neighbours->metric_count++] = pattern;
        if (!is_glob(pattern))
            neighbours->columns[neighbours->column_count++] =
                ec_runset_column(neighbours->runset, ec_str(pattern));
    }
    neighbours->overrides = (struct ec_overrides){.runset = neighbours->runset,
                                                  .patterns = neighbours->parameters,
                                                  .pattern_count = parameter_count,
                                                  .texts = &neighbours->texts};
    if (neighbours->metric_count > 0)
        neighbours->summary =
            ec_summary_new(neighbours->runset, neighbours->metrics, neighbours->metric_count);
}

struct ec_neighbours *ec_neighbours_new(struct ec_runset *runset,
                                        const struct ec_load_options *options)
{
    if (options->beside_count == 0)
        return NULL;
    struct ec_neighbours *neighbours = ec_calloc(1, sizeof *neighbours);
    neighbours->runset = runset;
    neighbours->options = options;
    neighbours->joined = ec_calloc(options->join_count, sizeof *neighbours->joined);
    sort_patterns(neighbours);
    return neighbours;
}

void ec_neighbours_free(struct ec_neighbours *neighbours)
{
    if (!neighbours)
        return;
    ec_summary_free(neighbours->summary);
    ec_arena_free(&neighbours->texts);
    free(neighbours->metrics);
    free(neighbours->columns);
    free(neighbours->parameters);
    free(neighbours->joined);
    free(neighbours->bytes.ptr);
    free(neighbours->path.ptr);
    free(neighbours->relative.ptr);
    free(neighbours->found);
    free(neighbours);
}

size_t ec_neighbours_joined(const struct ec_neighbours *neighbours, size_t index)
{
    return neighbours->joined[index];
}

/* Whether a metric that is wanted by its full name has no value yet. */
static bool is_incomplete(const struct ec_neighbours *neighbours, struct ec_fields *fields)
{
    for (size_t i = 0; i < neighbours->column_count; i++)
        if (!ec_fields_has(fields, neighbours->columns[i]))
            return true;
    return false;
}

static bool has_globs(const struct ec_neighbours *neighbours)
{
    return neighbours->column_count < neighbours->metric_count;
}

/* ---- Files ---- */

static void add_issue(struct ec_neighbours *neighbours, struct ec_str path, const char *reason)
{
    ec_runset_add_issue(neighbours->runset, EC_ISSUE_BAD_RECORD, path, 0, 0, reason);
}

/* Opens a file; false when there is none. *ret_fd is -1 when it is there, but cannot be opened. */
static bool open_file(int directory, const char *file, int *ret_fd)
{
    *ret_fd = ec_path_openat(directory, file, O_RDONLY | O_NONBLOCK | O_NOCTTY);
    return *ret_fd >= 0 || (errno != ENOENT && errno != ENOTDIR);
}

/* When the run began: its started_at, as docs/schema.md has it; 0 when that is not known. */
static time_t find_began(const struct ec_fields *fields)
{
    char text[sizeof "2026-01-31T12:00:00"];
    struct ec_value value = fields->roles[EC_ROLE_STARTED_AT];
    if (!fields->has_role[EC_ROLE_STARTED_AT] || value.kind != EC_STR ||
        value.text_length < sizeof text)
        return 0;
    memcpy(text, value.text, sizeof text - 1);
    text[sizeof text - 1] = '\0';
    struct tm began = {0};
    const char *end = strptime(text, "%Y-%m-%dT%H:%M:%S", &began);
    return end && *end == '\0' ? timegm(&began) : 0;
}

/* Whether an open file is from before the run that is being looked at. */
static bool is_outdated(const struct ec_neighbours *neighbours, int fd)
{
    enum { CLOCK_DIFFERENCE_S = 60 };
    struct stat status;
    return neighbours->began > 0 && fstat(fd, &status) == 0 &&
           status.st_mtime < neighbours->began - CLOCK_DIFFERENCE_S;
}

/* Reads a file into neighbours->bytes; false when there is none. *ret_length is 0 also where it
 * became an issue. */
static bool read_file(struct ec_neighbours *neighbours, int directory, const char *file,
                      struct ec_str path, size_t *ret_length, bool *ret_outdated)
{
    ssize_t length = -1;
    const char *reason = NULL;
    int fd;
    if (!open_file(directory, file, &fd))
        return false;
    if (fd < 0) {
        reason = strerror(errno);
    } else {
        *ret_outdated = is_outdated(neighbours, fd);
        length = ec_bytes_read_regular(&neighbours->bytes, fd, EC_LOAD_MAX_EVALUATION, &reason);
        close(fd);
    }
    if (length < 0)
        add_issue(neighbours, path, reason ? reason : "larger than 256 MiB");
    else if (length == 0)
        add_issue(neighbours, path, "empty file");
    *ret_length = length > 0 ? (size_t)length : 0;
    return true;
}

static void add_bad_text(struct ec_neighbours *neighbours, struct ec_str path,
                         const json_error_t *error)
{
    ec_runset_add_issue(neighbours->runset, EC_ISSUE_BAD_RECORD, path, error->line, error->column,
                        error->text);
}

/* Reads a file with metrics; false when there is none. */
static bool read_metrics(struct ec_neighbours *neighbours, int directory, const char *file,
                         struct ec_str path, struct ec_str prefix, struct ec_fields *fields)
{
    size_t length, known = fields->field_count;
    bool outdated = false;
    json_error_t error;
    if (!read_file(neighbours, directory, file, path, &length, &outdated))
        return false;
    if (length > 0 && !ec_summary_read(neighbours->summary, neighbours->bytes.ptr, length, prefix,
                                       fields, &error))
        add_bad_text(neighbours, path, &error);
    neighbours->outdated |= outdated && fields->field_count > known;
    return true;
}

static void read_overrides(struct ec_neighbours *neighbours, int directory,
                           struct ec_fields *fields)
{
    static const char file[] = ".hydra/overrides.yaml";
    ec_path_join(&neighbours->path, neighbours->directory, ec_str(file));
    struct ec_str path = {neighbours->path.ptr, neighbours->path.len};
    size_t length;
    bool outdated; /* as it is to be: written before the run */
    json_error_t error;
    if (read_file(neighbours, directory, file, path, &length, &outdated) && length > 0 &&
        !ec_overrides_read(&neighbours->overrides, neighbours->bytes.ptr, length, fields, &error))
        add_bad_text(neighbours, path, &error);
}

/* ---- Joined files ---- */

/* The prefix of metrics below a directory with this name: "mia_" for evals_mia. */
static struct ec_str prefix_of(struct ec_str name, struct ec_path *scratch)
{
    size_t skip = sizeof evals_named - 1;
    scratch->len = 0;
    if (name.len > skip && memcmp(name.ptr, evals_named, skip) == 0) {
        ec_path_append(scratch, (struct ec_str){name.ptr + skip, name.len - skip});
        ec_path_append(scratch, ec_str("_"));
    }
    return (struct ec_str){scratch->ptr, scratch->len};
}

/* Puts the run's name in place of {name}. */
static void expand(struct ec_path *path, const char *pattern, struct ec_str name)
{
    path->len = 0;
    for (const char *brace; (brace = strstr(pattern, EC_LOAD_JOIN_NAME));) {
        ec_path_append(path, (struct ec_str){pattern, (size_t)(brace - pattern)});
        ec_path_append(path, name);
        pattern = brace + strlen(EC_LOAD_JOIN_NAME);
    }
    ec_path_append(path, ec_str(pattern));
}

static void read_joins(struct ec_neighbours *neighbours, struct ec_str name,
                       struct ec_fields *fields)
{
    for (size_t i = 0; i < neighbours->options->join_count; i++) {
        expand(&neighbours->path, neighbours->options->joins[i], name);
        struct ec_str path = {neighbours->path.ptr, neighbours->path.len};
        struct ec_str prefix = prefix_of(ec_path_base(ec_path_parent(path)), &neighbours->relative);
        neighbours->joined[i] += read_metrics(neighbours, AT_FDCWD, path.ptr, path, prefix, fields);
    }
}

/* ---- Files that are found ---- */

static void add_found(struct ec_neighbours *neighbours, const char *directory, const char *name)
{
    bool is_evaluation = ec_str_ends(ec_str(name), evaluation_suffix);
    if (!is_evaluation && !ec_str_ends(ec_str(name), summary_suffix))
        return;
    ec_path_join(&neighbours->relative, ec_str(directory), ec_str(name));
    neighbours->found = ec_grow(neighbours->found, neighbours->found_count,
                                &neighbours->found_capacity, sizeof *neighbours->found);
    neighbours->found[neighbours->found_count++] = (struct found){
        .path = ec_strndup(neighbours->relative.ptr, neighbours->relative.len),
        .is_evaluation = is_evaluation,
    };
}

/* What is in `name`, an entry of the record's directory ("": the directory itself), could not be
 * listed. */
static void add_unlisted(struct ec_neighbours *neighbours, const char *name, int error)
{
    ec_path_join(&neighbours->path, neighbours->directory, ec_str(name));
    ec_runset_add_issue(neighbours->runset, EC_ISSUE_WALK,
                        (struct ec_str){neighbours->path.ptr, neighbours->path.len}, 0, 0,
                        strerror(error));
}

/* Opens a directory for reading; NULL when it is none any more, or could not be. */
static DIR *open_directory(struct ec_neighbours *neighbours, int at, const char *path,
                           const char *name)
{
    int fd = ec_path_openat(at, path, O_RDONLY | O_DIRECTORY);
    DIR *dir = fd >= 0 ? fdopendir(fd) : NULL;
    if (!dir && errno != ENOENT && errno != ENOTDIR)
        add_unlisted(neighbours, name, errno);
    if (fd >= 0 && !dir)
        close(fd);
    return dir;
}

/* The next entry; NULL at the end, also at the one that an error makes. */
static struct dirent *next_entry(struct ec_neighbours *neighbours, DIR *dir, const char *name)
{
    errno = 0;
    struct dirent *entry = readdir(dir);
    if (!entry && errno != 0)
        add_unlisted(neighbours, name, errno);
    return entry;
}

static void list_evals(struct ec_neighbours *neighbours, int at, const char *name)
{
    DIR *dir = open_directory(neighbours, at, name, name);
    if (!dir)
        return;
    for (struct dirent *entry; (entry = next_entry(neighbours, dir, name));)
        add_found(neighbours, name, entry->d_name);
    closedir(dir);
}

static bool is_record(const struct ec_load_options *options, const char *name)
{
    if (!options->names)
        return false; /* one name, so one record */
    for (size_t i = 0; i < options->name_count; i++)
        if (fnmatch(options->names[i], name, FNM_PERIOD) == 0)
            return true;
    return false;
}

/* Lists the files with metrics in the directory and its evals*. Returns false when several records
 * are there. */
static bool list_files(struct ec_neighbours *neighbours, DIR *dir)
{
    size_t records = 0;
    for (struct dirent *entry; (entry = next_entry(neighbours, dir, ""));) {
        const char *name = entry->d_name;
        if (strcmp(name, evals) == 0 || ec_str_begins(ec_str(name), evals_named))
            list_evals(neighbours, dirfd(dir), name);
        else
            add_found(neighbours, "", name);
        records += is_record(neighbours->options, name);
    }
    return records <= 1;
}

/* Summaries first; the record's own directory first, then by name. */
static int compare_found(const void *a, const void *b)
{
    const struct found *x = a, *y = b;
    bool x_below = strchr(x->path, '/'), y_below = strchr(y->path, '/');
    if (x->is_evaluation != y->is_evaluation)
        return x->is_evaluation - y->is_evaluation;
    if (x_below != y_below)
        return x_below - y_below;
    return ec_natural_compare(ec_str(x->path), ec_str(y->path));
}

/* Whether the summary of this evaluation is among what was found, which is in order. */
static bool has_summary(struct ec_neighbours *neighbours, const char *evaluation)
{
    struct ec_path *path = &neighbours->relative;
    path->len = 0;
    ec_path_append(path,
                   (struct ec_str){evaluation, strlen(evaluation) - strlen(evaluation_suffix)});
    ec_path_append(path, ec_str(summary_suffix));
    const struct found summary = {.path = path->ptr};
    return bsearch(&summary, neighbours->found, neighbours->found_count, sizeof summary,
                   compare_found) != NULL;
}

static void read_found(struct ec_neighbours *neighbours, int directory, struct ec_fields *fields)
{
    for (size_t i = 0; i < neighbours->found_count; i++) {
        const struct found *found = &neighbours->found[i];
        bool wanted = is_incomplete(neighbours, fields) ||
                      (has_globs(neighbours) &&
                       !(found->is_evaluation && has_summary(neighbours, found->path)));
        if (!wanted)
            continue;
        struct ec_str below = ec_path_parent(ec_str(found->path));
        struct ec_str prefix = prefix_of(below, &neighbours->relative);
        ec_path_join(&neighbours->path, neighbours->directory, ec_str(found->path));
        struct ec_str path = {neighbours->path.ptr, neighbours->path.len};
        read_metrics(neighbours, directory, found->path, path, prefix, fields);
    }
}

static void read_evaluations(struct ec_neighbours *neighbours, DIR *dir, struct ec_fields *fields)
{
    if (list_files(neighbours, dir) && neighbours->found_count > 0) {
        qsort(neighbours->found, neighbours->found_count, sizeof *neighbours->found, compare_found);
        read_found(neighbours, dirfd(dir), fields);
    }
    for (size_t i = 0; i < neighbours->found_count; i++)
        free(neighbours->found[i].path);
    neighbours->found_count = 0;
}

/* The directory that holds the record, for reading. */
static DIR *open_around(struct ec_neighbours *neighbours, const struct ec_record_file *file)
{
    struct ec_str parent = ec_path_parent(ec_str(file->file));
    ec_path_join(&neighbours->relative, ec_str(""), parent.len > 0 ? parent : ec_str("."));
    return open_directory(neighbours, file->directory, neighbours->relative.ptr, "");
}

bool ec_neighbours_read(struct ec_neighbours *neighbours, const struct ec_record_file *file,
                        struct ec_fields *fields)
{
    if (neighbours->texts.blocks)
        ec_arena_free(&neighbours->texts);
    neighbours->began = find_began(fields);
    neighbours->outdated = false;
    if (neighbours->summary) {
        ec_summary_release(neighbours->summary);
        read_joins(neighbours, file->name, fields);
    }
    bool metrics_wanted =
        neighbours->summary && (has_globs(neighbours) || is_incomplete(neighbours, fields));
    if (!metrics_wanted && neighbours->overrides.pattern_count == 0)
        return neighbours->outdated;
    neighbours->directory = ec_path_parent(file->path);
    DIR *dir = open_around(neighbours, file);
    if (!dir)
        return neighbours->outdated;
    if (metrics_wanted)
        read_evaluations(neighbours, dir, fields);
    if (neighbours->overrides.pattern_count > 0)
        read_overrides(neighbours, dirfd(dir), fields);
    closedir(dir);
    ec_bytes_shrink(&neighbours->bytes);
    return neighbours->outdated;
}
