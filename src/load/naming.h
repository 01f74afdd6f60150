/* How runs are called: by the part of their path that tells them apart.
 *
 * With one PATH that is a directory, names are relative to it; with several PATHs, to the deepest
 * directory that they have in common, so that `a/x b/x` gives "a/x" and "b/x". A record of the
 * standard name is called by its directory, any other by its directory and its file's name without
 * suffix.
 */
#ifndef EC_LOAD_NAMING_H
#define EC_LOAD_NAMING_H

#include "base/value.h"
#include "load/path.h"

#define EC_RECORD_NAME "efficiency_metrics.json"

/* Bytes of a tidy path (ec_path_tidy) that names leave out. */
size_t ec_naming_start(const char *const *paths, size_t path_count, bool is_single_directory);

/* The name of the run whose record is at `path`, in `directory`. Points into path, or into *scratch
 * where the path does not tell (the record of "."). */
struct ec_str ec_naming_name(size_t start, struct ec_str path, struct ec_str directory,
                             struct ec_path *scratch);

bool ec_naming_is_standard(struct ec_str path);

#endif
