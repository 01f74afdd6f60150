/* Paths of files: tidied, joined, opened however long they are. */
#ifndef EC_LOAD_PATH_H
#define EC_LOAD_PATH_H

#include "base/value.h"

/* A text that grows, for building paths. Start it as {0}; free(ptr). NUL-terminated once filled. */
struct ec_path {
    char *ptr;
    size_t len, capacity;
};

/* Makes room for so many bytes and a NUL. */
void ec_path_reserve(struct ec_path *path, size_t length);
void ec_path_append(struct ec_path *path, struct ec_str bytes);
/* Makes it directory/name; without "./" before the name when the directory is ".". */
void ec_path_join(struct ec_path *path, struct ec_str directory, struct ec_str name);

/* A copy without "//", "/./", leading "./" and trailing "/"; what is left of "./" is ".".
 * Components ".." stay, because they need not be where they seem to be. The caller frees. */
char *ec_path_tidy(const char *path);

/* The tidy path as it is written, put into an absolute form: tells by texts alone which paths are
 * within others. "" is the same as ".". The caller frees. */
char *ec_path_written(struct ec_str path);

/* The part behind the last slash; all of it when there is none. */
struct ec_str ec_path_base(struct ec_str path);
/* The part before the last slash: "" for a relative path without one, "/" for "/x". */
struct ec_str ec_path_parent(struct ec_str path);

/* openat(directory, path, flags | O_CLOEXEC) that takes paths of any length and has patience: when
 * this process or the machine is out of file descriptors it waits for a while. Returns the
 * descriptor, or -1 with errno set. */
int ec_path_openat(int directory, const char *path, int flags);

/* The one absolute path without symbolic links of what fd is open on; when the system cannot tell,
 * a text that no path equals, but that is the same for the same file. The caller frees. */
char *ec_path_real(int fd);
/* The same of what the symbolic link `file`, which is relative to `directory`, leads to and fd is
 * open on, where the system cannot tell because the path is too long: found by going from the
 * directory that holds the link, whose real path is `from`. NULL when that leads nowhere or
 * elsewhere, or above a path that is not known. The caller frees. */
char *ec_path_real_link(int fd, int directory, const char *file, struct ec_str from);
/* Whether the system could tell a real path. */
bool ec_path_is_real(const char *real);

#endif
