/* Making directories. */
#ifndef EC_COMMON_DIRECTORY_H
#define EC_COMMON_DIRECTORY_H

#include "common/error.h"

/* Makes the directory `path` and its parents, like mkdir -p; one that is there is fine. Returns 0,
 * or a negative errno with "PATH: reason" in `error`. */
int ec_make_directories(const char *path, struct ec_error *error);

#endif
