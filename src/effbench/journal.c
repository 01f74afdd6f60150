#include "effbench/journal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int eb_journal_create(struct eb_journal *ret_journal, const char *path, int size,
                      struct ec_error *error)
{
    char *copy = strdup(path);
    if (!copy)
        return ec_error_set(error, "out of memory");
    int descriptor = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (descriptor < 0) {
        free(copy);
        return ec_error_set(error, "%s: cannot write: %s", path, strerror(errno));
    }
    unlink(path); /* the open file stays until it is closed, and a killed program leaves nothing */
    *ret_journal = (struct eb_journal){copy, descriptor, size, 0};
    return 0;
}

int eb_journal_append(struct eb_journal *journal, const eb_real *parameters, struct ec_error *error)
{
    const char *from = (const char *)parameters;
    size_t left = (size_t)journal->size * sizeof *parameters;
    while (left > 0) {
        ssize_t written = pwrite(journal->descriptor, from, left, journal->bytes);
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return ec_error_set(error, "%s: cannot write the training log: %s", journal->path,
                                strerror(written < 0 ? errno : ENOSPC));
        from += written;
        left -= (size_t)written;
        journal->bytes += written;
    }
    return 0;
}

int eb_journal_read(const struct eb_journal *journal, int entry, eb_real *ret_parameters,
                    struct ec_error *error)
{
    char *to = (char *)ret_parameters;
    size_t left = (size_t)journal->size * sizeof *ret_parameters;
    off_t from = (off_t)left * entry;
    while (left > 0) {
        ssize_t got = pread(journal->descriptor, to, left, from);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return ec_error_set(error, "%s: cannot read the training log: %s", journal->path,
                                got < 0 ? strerror(errno) : "it is too short");
        to += got;
        left -= (size_t)got;
        from += got;
    }
    return 0;
}

void eb_journal_free(struct eb_journal *journal)
{
    if (journal->descriptor < 0)
        return;
    close(journal->descriptor);
    free(journal->path);
    journal->descriptor = -1;
}
