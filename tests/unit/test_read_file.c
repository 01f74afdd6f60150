/* read_file: whole files, and what may be where a file is expected. */
#include "cmocka_test.h"
#include "common/read_file.h"

#include "tree_fixture.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static void assert_refused(const char *path, size_t limit, int error)
{
    struct ec_file_text text;
    assert_int_equal(ec_read_file(AT_FDCWD, path, limit, &text), error);
    assert_null(text.bytes);
}

static void read_file__whole(void **state)
{
    (void)state;
    enum { SIZE = 100000 };
    struct ec_file_text text;
    char *bytes = malloc(SIZE);
    assert_non_null(bytes);
    memset(bytes, 'x', SIZE);
    tree_file("d/f", bytes, SIZE);
    int directory = open("d", O_RDONLY | O_DIRECTORY);
    assert_int_equal(ec_read_file(directory, "f", SIZE, &text), 0);
    assert_int_equal(text.size, SIZE);
    assert_memory_equal(text.bytes, bytes, SIZE);
    assert_int_equal(text.bytes[SIZE], 0);
    assert_true(text.mtime_ns > 0);
    close(directory);
    free(text.bytes);
    free(bytes);
}

static void read_file__empty(void **state)
{
    (void)state;
    struct ec_file_text text;
    tree_file("empty", "", 0);
    assert_int_equal(ec_read_file(AT_FDCWD, "empty", 10, &text), 0);
    assert_int_equal(text.size, 0);
    assert_string_equal(text.bytes, "");
    free(text.bytes);
}

static void read_file__too_large(void **state)
{
    (void)state;
    tree_file("f", "abcd", 4);
    assert_refused("f", 3, -EFBIG);
    assert_int_equal(truncate("f", (off_t)1 << 40), 0); /* sparse */
    assert_refused("f", EC_READ_MAX_RECORD, -EFBIG);
}

/* Files of /proc say that they are empty. */
static void read_file__size_unknown(void **state)
{
    (void)state;
    struct ec_file_text text;
    assert_int_equal(ec_read_file(AT_FDCWD, "/proc/self/maps", EC_READ_MAX_RECORD, &text), 0);
    assert_true(text.size > 0);
    free(text.bytes);
    assert_refused("/proc/self/maps", 100, -EFBIG);
}

static void read_file__no_file(void **state)
{
    (void)state;
    assert_int_equal(mkfifo("fifo", 0600), 0);
    assert_refused("fifo", 10, -ENOTSUP);
    assert_refused("/dev/zero", 10, -ENOTSUP);
    assert_refused(".", 10, -ENOTSUP);
    assert_refused("none", 10, -ENOENT);
}

static void nanoseconds__beyond_their_range(void **state)
{
    (void)state;
    const struct timespec some = {.tv_sec = -1, .tv_nsec = 5}, early = {.tv_sec = INT64_MIN},
                          late = {.tv_sec = 9223372036, .tv_nsec = 999999999};
    assert_int_equal(ec_file_nanoseconds(some), -999999995);
    assert_int_equal(ec_file_nanoseconds(early), -9223372036000000000);
    assert_int_equal(ec_file_nanoseconds(late), 9223372036000000000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        tree_test(read_file__whole),     tree_test(read_file__empty),
        tree_test(read_file__too_large), tree_test(read_file__size_unknown),
        tree_test(read_file__no_file),   cmocka_unit_test(nanoseconds__beyond_their_range),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
