/* The directories from which walks start, so that each directory is walked once.
 *
 * Apart from symbolic links, which a walk does not follow by itself, directories form a tree; so
 * what a walk will visit is known beforehand: everything below its root, except what is below
 * another root. Each PATH is a root, and so is what a symbolic link found on the way leads to,
 * unless it is covered already. This needs no table of visited directories and gives the same runs
 * the same names for any number of threads. Not thread-safe while roots are added.
 */
#ifndef EC_LOAD_ROOTS_H
#define EC_LOAD_ROOTS_H

#include "runset/intern.h"

struct ec_root {
    char *path;       /* as it is called; owned */
    const char *real; /* without symbolic links */
    int depth;        /* below the PATH that led here */
    bool has_inner;   /* there are roots below this one, with no other in between */
    bool unreadable;  /* it could not be listed: covers nothing */
};

/* Start it as `struct ec_roots roots = {0};`. */
struct ec_roots {
    struct ec_intern reals; /* real paths; a root's index is its real path's */
    struct ec_root *items;
    size_t count, capacity;
};

void ec_roots_free(struct ec_roots *roots);

/* Whether the walks from the roots visit the directory with this real path, or it is a root itself.
 */
bool ec_roots_cover(const struct ec_roots *roots, struct ec_str real, int max_depth);
/* Adds a root that is not covered; takes ownership of path. Returns its index. */
size_t ec_roots_add(struct ec_roots *roots, char *path, struct ec_str real, int depth);
/* Sets has_inner of all roots. */
void ec_roots_mark_inner(struct ec_roots *roots);

bool ec_roots_is_root(const struct ec_roots *roots, struct ec_str real);

/* The real path of what the walk from this root finds as `path`, which begins with the root's. The
 * caller frees. */
char *ec_roots_real_path(const struct ec_roots *roots, size_t root, const char *path);

#endif
