#include "load/roots.h"

#include "base/memory.h"
#include "load/path.h"

#include <stdlib.h>

void ec_roots_free(struct ec_roots *roots)
{
    for (size_t i = 0; i < roots->count; i++)
        free(roots->items[i].path);
    free(roots->items);
    ec_intern_free(&roots->reals);
}

bool ec_roots_is_root(const struct ec_roots *roots, struct ec_str real)
{
    return ec_intern_find(&roots->reals, real) != NULL;
}

/* The deepest root above `real`; NULL when there is none. *ret_below is the path from it to real.
 */
static struct ec_root *nearest_above(const struct ec_roots *roots, struct ec_str real,
                                     struct ec_str *ret_below)
{
    const char *found = ec_intern_find_above(&roots->reals, real);
    if (!found)
        return NULL;
    size_t length = ec_interned_text(found).len, start = length + (length > 1);
    *ret_below = (struct ec_str){real.ptr + start, real.len - start};
    return &roots->items[ec_interned_index(found)];
}

/* Whether a walk from a directory at this depth comes to what is at the path below it. */
static bool reaches(int depth, struct ec_str below, int max_depth)
{
    for (size_t start = 0; start < below.len; depth++) {
        if (below.ptr[start] == '.')
            return false;
        const char *slash = memchr(below.ptr + start, '/', below.len - start);
        start = slash ? (size_t)(slash - below.ptr) + 1 : below.len;
    }
    return max_depth < 0 || depth <= max_depth;
}

bool ec_roots_cover(const struct ec_roots *roots, struct ec_str real, int max_depth)
{
    if (ec_roots_is_root(roots, real))
        return true;
    struct ec_str below;
    const struct ec_root *above = nearest_above(roots, real, &below);
    return above && !above->unreadable && reaches(above->depth, below, max_depth);
}

size_t ec_roots_add(struct ec_roots *roots, char *path, struct ec_str real, int depth)
{
    roots->items = ec_grow(roots->items, roots->count, &roots->capacity, sizeof *roots->items);
    roots->items[roots->count] =
        (struct ec_root){.path = path, .real = ec_intern_add(&roots->reals, real), .depth = depth};
    return roots->count++;
}

void ec_roots_mark_inner(struct ec_roots *roots)
{
    for (size_t i = 0; i < roots->count; i++) {
        struct ec_str below;
        struct ec_root *above =
            nearest_above(roots, ec_interned_text(roots->items[i].real), &below);
        if (above)
            above->has_inner = true;
    }
}

char *ec_roots_real_path(const struct ec_roots *roots, size_t root, const char *path)
{
    struct ec_str above = ec_str(roots->items[root].path);
    if (!ec_str_equal(above, ec_str(".")))
        path += above.len;
    path += strspn(path, "/");
    struct ec_path real = {0};
    ec_path_join(&real, ec_interned_text(roots->items[root].real), ec_str(path));
    return real.ptr;
}
