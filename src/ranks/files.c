#include "ranks/files.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

bool ec_ranks_is_file(const char *name)
{
    static const char prefix[] = "efficiency_metrics.rank";
    if (strncmp(name, prefix, sizeof prefix - 1) != 0)
        return false;
    const char *digits = name + sizeof prefix - 1;
    size_t count = 0;
    while (isdigit((unsigned char)digits[count]))
        count++;
    return count >= 5 && count <= 18 && strcmp(digits + count, ".json") == 0;
}

/* A file that vanished may be about to be replaced, as on NFS, where rename is not atomic for other
 * machines: it gets a second chance. */
static int open_file(int directory, const char *name)
{
    enum { PAUSE_NS = 20 * 1000 * 1000 };
    const int flags = O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC;
    int fd = openat(directory, name, flags);
    if (fd < 0 && (errno == ENOENT || errno == ESTALE)) {
        nanosleep(&(struct timespec){.tv_nsec = PAUSE_NS}, NULL);
        fd = openat(directory, name, flags);
    }
    return fd;
}

/* The record in an open file; NULL with the reason in *error. */
static json_t *parse(int fd, int64_t *ret_mtime_ns, json_error_t *error)
{
    struct stat status;
    const char *reason = NULL;
    if (fstat(fd, &status) < 0)
        reason = strerror(errno);
    else if (!S_ISREG(status.st_mode))
        reason = "not a regular file";
    else if (status.st_size > EC_RANKS_MAX_FILE)
        reason = "larger than 16 MiB";
    *error = (json_error_t){0};
    if (reason) {
        strncpy(error->text, reason, sizeof error->text - 1);
        return NULL;
    }
    *ret_mtime_ns = (int64_t)status.st_mtim.tv_sec * 1000000000 + status.st_mtim.tv_nsec;
    json_t *record = json_loadfd(fd, 0, error);
    if (record && !json_is_object(record)) {
        json_decref(record);
        *error = (json_error_t){.text = "not a JSON object"};
        return NULL;
    }
    return record;
}

static int read_one(int directory, const char *name, ec_ranks_problem problem, void *context,
                    struct ec_ranks_files *files)
{
    json_error_t error = {0};
    json_t *record = NULL;
    int64_t mtime_ns = 0;
    int fd = open_file(directory, name);
    if (fd >= 0) {
        record = parse(fd, &mtime_ns, &error);
        close(fd);
    } else {
        strncpy(error.text, strerror(errno), sizeof error.text - 1);
    }
    if (record) {
        if (mtime_ns > files->mtime_ns)
            files->mtime_ns = mtime_ns;
        return json_array_append_new(files->records, record) < 0 ? -ENOMEM : 0;
    }
    if (problem)
        problem(context, name, error.line > 0 ? error.line : 0,
                error.line > 0 && error.column > 0 ? error.column : 0, error.text);
    return 0;
}

static int note_name(struct ec_ranks_files *files, const char *name)
{
    files->file_count++;
    if (files->first && strcmp(files->first, name) <= 0)
        return 0;
    free(files->first);
    files->first = strdup(name);
    return files->first ? 0 : -ENOMEM;
}

int ec_ranks_read(int directory, ec_ranks_problem problem, void *context,
                  struct ec_ranks_files *ret_files)
{
    *ret_files = (struct ec_ranks_files){.records = json_array()};
    int fd = openat(directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *dir = fd < 0 ? NULL : fdopendir(fd);
    int rc = dir && ret_files->records ? 0 : dir ? -ENOMEM : -errno;
    for (struct dirent *entry; rc == 0 && (entry = readdir(dir));)
        if (ec_ranks_is_file(entry->d_name)) {
            rc = note_name(ret_files, entry->d_name);
            if (rc == 0)
                rc = read_one(directory, entry->d_name, problem, context, ret_files);
        }
    if (dir)
        closedir(dir);
    else if (fd >= 0)
        close(fd);
    if (rc < 0)
        ec_ranks_files_clear(ret_files);
    return rc;
}

void ec_ranks_files_clear(struct ec_ranks_files *files)
{
    json_decref(files->records);
    free(files->first);
    *files = (struct ec_ranks_files){0};
}
