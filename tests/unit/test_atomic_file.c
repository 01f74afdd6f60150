/* atomic_file: all or nothing, and what is beside the content stays as it was. */
#include "cmocka_test.h"
#include "common/atomic_file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

/* Every test runs inside an empty directory of its own. */
static int enter_directory(void **state)
{
    char template[] = "/tmp/test-atomic-file-XXXXXX";
    if (!mkdtemp(template) || chdir(template) < 0)
        return -1;
    *state = strdup(template);
    return *state ? 0 : -1;
}

static int leave_directory(void **state)
{
    char command[PATH_MAX];
    snprintf(command, sizeof command, "rm -rf '%s'", (char *)*state);
    free(*state);
    return chdir("/") < 0 || system(command) != 0 ? -1 : 0;
}

static int put(const char *path, const char *text)
{
    return ec_atomic_write(path, text, strlen(text), NULL);
}

static void assert_content(const char *path, const char *expected)
{
    char text[256] = "";
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    size_t length = fread(text, 1, sizeof text - 1, file);
    fclose(file);
    text[length] = '\0';
    assert_string_equal(text, expected);
}

static int count_entries(const char *path)
{
    int count = 0;
    DIR *directory = opendir(path);
    assert_non_null(directory);
    for (struct dirent *entry; (entry = readdir(directory));)
        count += strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
    closedir(directory);
    return count;
}

static void write__makes_and_replaces(void **state)
{
    (void)state;
    umask(022);
    assert_int_equal(put("record", "one"), 0);
    assert_content("record", "one");
    struct stat status;
    assert_int_equal(stat("record", &status), 0);
    assert_int_equal(status.st_mode & 0777, 0644);
    assert_int_equal(put("record", "second, longer"), 0);
    assert_content("record", "second, longer");
    assert_int_equal(put("record", ""), 0);
    assert_content("record", "");
    assert_int_equal(count_entries("."), 1);
}

static void write__keeps_the_mode_and_gives_a_new_inode(void **state)
{
    (void)state;
    assert_int_equal(put("record", "one"), 0);
    assert_int_equal(chmod("record", 0640), 0);
    struct stat before, after;
    assert_int_equal(stat("record", &before), 0);
    int held = open("record", O_RDONLY); /* keeps the old inode number from being used again */
    assert_int_equal(put("record", "two"), 0);
    assert_int_equal(stat("record", &after), 0);
    close(held);
    assert_int_equal(after.st_mode & 0777, 0640);
    assert_true(before.st_ino != after.st_ino);
}

static void write__follows_links(void **state)
{
    (void)state;
    assert_int_equal(mkdir("far", 0755), 0);
    assert_int_equal(symlink("far/record", "link"), 0);
    assert_int_equal(symlink("link", "link2"), 0);
    assert_int_equal(put("link2", "made through a dangling link"), 0);
    assert_content("far/record", "made through a dangling link");
    assert_int_equal(put("link2", "replaced"), 0);
    assert_content("far/record", "replaced");
    struct stat status;
    assert_int_equal(lstat("link2", &status), 0);
    assert_true(S_ISLNK(status.st_mode));
    assert_int_equal(count_entries("far"), 1);
}

static void write__a_link_to_itself_is_an_error(void **state)
{
    (void)state;
    assert_int_equal(symlink("loop", "loop"), 0);
    assert_int_equal(put("loop", "x"), -ELOOP);
}

static void write__devices_and_fifos_are_written_to(void **state)
{
    (void)state;
    struct stat status;
    assert_int_equal(put("/dev/null", "gone"), 0);
    assert_int_equal(stat("/dev/null", &status), 0);
    assert_true(S_ISCHR(status.st_mode));
    assert_int_equal(mkfifo("fifo", 0600), 0);
    int reader = open("fifo", O_RDONLY | O_NONBLOCK);
    assert_true(reader >= 0);
    assert_int_equal(put("fifo", "through"), 0);
    char text[16] = "";
    assert_int_equal(read(reader, text, sizeof text), 7);
    assert_string_equal(text, "through");
    close(reader);
}

static void write__errors_name_the_path(void **state)
{
    (void)state;
    struct ec_error error = {0};
    assert_int_equal(ec_atomic_write("absent/record", "x", 1, &error), -ENOENT);
    assert_string_equal(error.text, "absent/record: No such file or directory");
    assert_int_equal(mkdir("directory", 0755), 0);
    assert_int_equal(put("directory", "x"), -EISDIR);
    assert_int_equal(put("", "x"), -ENOENT);
}

static void write__the_longest_name_works(void **state)
{
    (void)state;
    char name[NAME_MAX + 1];
    memset(name, 'n', NAME_MAX);
    name[NAME_MAX] = '\0';
    assert_int_equal(put(name, "x"), 0);
    assert_content(name, "x");
}

static void write__a_failed_write_leaves_the_old_file_and_nothing_else(void **state)
{
    (void)state;
    assert_int_equal(put("record", "old"), 0);
    struct rlimit old, small = {1000, 1000};
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
    small.rlim_max = old.rlim_max;
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    static const char big[5000];
    int rc = ec_atomic_write("record", big, sizeof big, NULL);
    setrlimit(RLIMIT_FSIZE, &old);
    signal(SIGXFSZ, SIG_DFL);
    assert_int_equal(rc, -EFBIG);
    assert_content("record", "old");
    assert_int_equal(count_entries("."), 1);
}

static void write__a_read_only_file_is_respected(void **state)
{
    (void)state;
    if (geteuid() == 0) /* root may write everything */
        skip();
    assert_int_equal(put("record", "old"), 0);
    assert_int_equal(chmod("record", 0444), 0);
    assert_int_equal(put("record", "new"), -EACCES);
    assert_content("record", "old");
}

static void write__leftovers_of_a_killed_process_are_no_obstacle(void **state)
{
    (void)state;
    char name[64];
    snprintf(name, sizeof name, ".ec-%ld-0.tmp", (long)getpid());
    FILE *leftover = fopen(name, "w");
    assert_non_null(leftover);
    fclose(leftover);
    assert_int_equal(put("record", "x"), 0);
    assert_content("record", "x");
}

#define IN_DIRECTORY(test) cmocka_unit_test_setup_teardown(test, enter_directory, leave_directory)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_DIRECTORY(write__makes_and_replaces),
        IN_DIRECTORY(write__keeps_the_mode_and_gives_a_new_inode),
        IN_DIRECTORY(write__follows_links),
        IN_DIRECTORY(write__a_link_to_itself_is_an_error),
        IN_DIRECTORY(write__devices_and_fifos_are_written_to),
        IN_DIRECTORY(write__errors_name_the_path),
        IN_DIRECTORY(write__the_longest_name_works),
        IN_DIRECTORY(write__a_failed_write_leaves_the_old_file_and_nothing_else),
        IN_DIRECTORY(write__a_read_only_file_is_respected),
        IN_DIRECTORY(write__leftovers_of_a_killed_process_are_no_obstacle),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
