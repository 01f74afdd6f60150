/* Notices that records may have changed, by inotify.
 *
 * Directories are added as runs are found in them; directories that appear below are added by
 * themselves. inotify sees only what this machine does: on network file systems, and where the
 * kernel's limit of watches is reached, ec_watch_is_complete says so and the caller has to look by
 * itself from time to time. Not thread-safe.
 */
#ifndef EC_LOAD_WATCH_H
#define EC_LOAD_WATCH_H

#include "base/value.h"

struct ec_watch;

/* Watches nothing yet. Never NULL. */
struct ec_watch *ec_watch_new(void);
void ec_watch_free(struct ec_watch *watch); /* NULL is fine */

/* Watches a directory; one that is watched already costs little. */
void ec_watch_add(struct ec_watch *watch, struct ec_str directory);
/* Watches the directory that holds a file, and those above it up to `root`. */
void ec_watch_add_file(struct ec_watch *watch, struct ec_str root, struct ec_str file);

/* False once a directory could not be watched. */
bool ec_watch_is_complete(const struct ec_watch *watch);
/* To wait for changes on; -1: there is none. */
int ec_watch_fd(const struct ec_watch *watch);
/* Takes what has happened; returns whether a record may have changed. Files whose suffix is none
 * that records, evaluations or parameters have, and hidden ones, do not count. */
bool ec_watch_read(struct ec_watch *watch);

#endif
