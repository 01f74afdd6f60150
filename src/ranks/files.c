#include "ranks/files.h"

#include "common/read_file.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
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

/* The record in a file's text; NULL with the reason in *error. */
static json_t *parse(const struct ec_file_text *text, json_error_t *error)
{
    json_t *record = json_loadb(text->bytes, text->size, 0, error);
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
    struct ec_file_text text;
    json_error_t error = {0};
    json_t *record = NULL;
    int rc = ec_read_file(directory, name, EC_READ_MAX_RECORD, &text);
    if (rc == 0)
        record = parse(&text, &error);
    else
        snprintf(error.text, sizeof error.text, "%s", ec_read_file_reason(rc));
    free(text.bytes);
    if (record) {
        if (text.mtime_ns > files->mtime_ns)
            files->mtime_ns = text.mtime_ns;
        return json_array_append_new(files->records, record) < 0 ? -ENOMEM : 0;
    }
    if (problem)
        problem(context, name, error.line > 0 ? error.line : 0,
                error.line > 0 && error.column > 0 ? error.column : 0,
                error.text[0] ? error.text : "out of memory");
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

static int read_all(int directory, DIR *listing, ec_ranks_problem problem, void *context,
                    struct ec_ranks_files *files)
{
    for (;;) {
        errno = 0;
        struct dirent *entry = readdir(listing);
        if (!entry)
            return -errno;
        if (!ec_ranks_is_file(entry->d_name))
            continue;
        int rc = note_name(files, entry->d_name);
        if (rc == 0)
            rc = read_one(directory, entry->d_name, problem, context, files);
        if (rc < 0)
            return rc;
    }
}

int ec_ranks_read(int directory, ec_ranks_problem problem, void *context,
                  struct ec_ranks_files *ret_files)
{
    *ret_files = (struct ec_ranks_files){0};
    int fd = openat(directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *listing = fd < 0 ? NULL : fdopendir(fd);
    int rc = listing ? 0 : -errno;
    if (rc == 0) {
        ret_files->records = json_array();
        rc = ret_files->records ? read_all(directory, listing, problem, context, ret_files)
                                : -ENOMEM;
    }
    if (listing)
        closedir(listing);
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
