#include "common/directory.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static int make(const char *path)
{
    return mkdir(path, 0777) < 0 && errno != EEXIST ? -errno : 0;
}

static int make_parents(char *path)
{
    for (char *at = path; *at; at++) {
        if (*at != '/' || at == path)
            continue;
        *at = '\0';
        int rc = make(path);
        *at = '/';
        /* A parent that is there but cannot be written says EROFS or EACCES, not EEXIST, on some
         * file systems; whether that matters shows at the last one. */
        if (rc < 0 && rc != -EROFS && rc != -EACCES)
            return rc;
    }
    return 0;
}

static int make_all(const char *path)
{
    struct stat status;
    if (stat(path, &status) == 0)
        return S_ISDIR(status.st_mode) ? 0 : -ENOTDIR;
    char *copy = strdup(path);
    if (!copy)
        return -ENOMEM;
    int rc = make_parents(copy);
    if (rc == 0)
        rc = make(path);
    free(copy);
    /* What is there may be no directory. */
    return rc == 0 && (stat(path, &status) < 0 || !S_ISDIR(status.st_mode)) ? -ENOTDIR : rc;
}

int ec_make_directories(const char *path, struct ec_error *error)
{
    int rc = make_all(path);
    if (rc < 0)
        ec_error_set(error, "%s: %s", path, strerror(-rc));
    return rc;
}
