/* The log of a training that LMCleaner needs: the parameters before every step and after the last,
 * in a file. (Batches and rates are not in it: they follow from the schedule.)
 *
 * The file holds nothing but numbers in the machine's own format. It takes up space on the disk but
 * has no name, and is gone when its journal is.
 */
#ifndef EB_JOURNAL_H
#define EB_JOURNAL_H

#include "common/error.h"
#include "effbench/real.h"

#include <stdint.h>

struct eb_journal {
    char *path;     /* for messages */
    int descriptor; /* -1: no journal */
    int size;       /* numbers per entry */
    int64_t bytes;  /* written so far */
};

/* Creates the file; one that is at `path` is replaced. The functions return 0, or -1 with *error
 * set. */
int eb_journal_create(struct eb_journal *ret_journal, const char *path, int size,
                      struct ec_error *error);
int eb_journal_append(struct eb_journal *journal, const eb_real *parameters,
                      struct ec_error *error);
int eb_journal_read(const struct eb_journal *journal, int entry, eb_real *ret_parameters,
                    struct ec_error *error);

/* Closes the file, which frees its space. */
void eb_journal_free(struct eb_journal *journal);

#endif
