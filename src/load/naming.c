#include "load/naming.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

bool ec_naming_is_standard(struct ec_str path)
{
    return ec_str_equal(ec_path_base(path), ec_str(EC_RECORD_NAME));
}

/* The directory to which the name of what is found at this path alone would be relative. */
static struct ec_str directory_around(const char *path)
{
    struct ec_str label = ec_str(path);
    if (ec_naming_is_standard(label))
        label = ec_path_parent(label);
    return ec_path_parent(label);
}

/* Whether a path of at least n bytes has the end of a component there. */
static bool ends_component(struct ec_str path, size_t n)
{
    return n == 0 || n == path.len || path.ptr[n] == '/' || path.ptr[n - 1] == '/';
}

static size_t common_directory(struct ec_str a, struct ec_str b)
{
    size_t n = 0;
    while (n < a.len && n < b.len && a.ptr[n] == b.ptr[n])
        n++;
    while (!ends_component(a, n) || !ends_component(b, n))
        n--;
    return n;
}

/* Bytes that stand before the names of what is in this directory. */
static size_t length_with_slash(struct ec_str directory)
{
    if (directory.len == 0 || ec_str_equal(directory, ec_str(".")))
        return 0;
    return directory.len + (directory.ptr[directory.len - 1] != '/');
}

size_t ec_naming_start(const char *const *paths, size_t path_count, bool is_single_directory)
{
    if (is_single_directory)
        return length_with_slash(ec_str(paths[0]));
    struct ec_str common = directory_around(paths[0]);
    for (size_t i = 1; i < path_count; i++)
        common.len = common_directory(common, directory_around(paths[i]));
    return length_with_slash(common);
}

/* The last component of a directory's path, or of its real path where that is ".", ".." or nothing.
 */
static struct ec_str own_name(struct ec_str directory, struct ec_path *scratch)
{
    struct ec_str base = ec_path_base(directory);
    if (base.len > 0 && !ec_str_equal(base, ec_str(".")) && !ec_str_equal(base, ec_str("..")))
        return base;
    ec_path_join(scratch, ec_str(""), directory.len > 0 ? directory : ec_str("."));
    int fd = ec_path_openat(AT_FDCWD, scratch->ptr, O_PATH | O_DIRECTORY);
    if (fd < 0)
        return directory;
    char *real = ec_path_real(fd);
    close(fd);
    base = ec_path_base(ec_str(real));
    ec_path_join(scratch, ec_str(""), base.len > 0 ? base : ec_str(real));
    free(real);
    return (struct ec_str){scratch->ptr, scratch->len};
}

struct ec_str ec_naming_name(size_t start, struct ec_str path, struct ec_str directory,
                             struct ec_path *scratch)
{
    if (!ec_naming_is_standard(path)) {
        struct ec_str file = ec_path_base(path);
        const char *dot = memrchr(file.ptr, '.', file.len);
        size_t suffix = dot && dot > file.ptr ? file.len - (size_t)(dot - file.ptr) : 0;
        return (struct ec_str){path.ptr + start, path.len - start - suffix};
    }
    if (directory.len < start || directory.len == 0 || ec_str_equal(directory, ec_str(".")) ||
        directory.len == start)
        return own_name(directory, scratch);
    return (struct ec_str){path.ptr + start, directory.len - start};
}
