#include "cli/verify.h"

#include "base/memory.h"
#include "verify/verify.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

enum { LARGEST_PAPER = 64 << 20 }; /* bytes: /dev/zero has no end */

/* Reads to the end of the file; *ret_text is the caller's to free. Returns 0 or an errno. */
static int read_all(int fd, char **ret_text, size_t *ret_length)
{
    char *text = NULL;
    size_t length = 0, capacity = 1 << 16;
    for (;;) {
        if (length > LARGEST_PAPER) {
            free(text);
            return EFBIG;
        }
        if (!text || length == capacity) {
            capacity *= 2;
            text = ec_realloc(text, capacity, 1);
        }
        ssize_t n = read(fd, text + length, capacity - length);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0) {
            int error = errno;
            free(text);
            return error;
        }
        if (n == 0)
            break;
        length += (size_t)n;
    }
    *ret_text = text;
    *ret_length = length;
    return 0;
}

static int read_file(const char *path, char **ret_text, size_t *ret_length)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return errno;
    int error = read_all(fd, ret_text, ret_length);
    close(fd);
    return error;
}

int ec_cli_verify(const struct ec_strings *files, const struct ec_table *table, bool *ret_holds,
                  struct ec_error *error)
{
    struct ec_out out;
    ec_out_to_fd(&out, STDOUT_FILENO);
    bool holds = true;
    int result = 0;
    for (size_t i = 0; i < files->count; i++) {
        char *text = NULL;
        size_t length = 0;
        int reason = read_file(files->items[i], &text, &length);
        if (reason) {
            result = ec_error_set(error, "%s: %s; not compared", files->items[i], strerror(reason));
            continue;
        }
        struct ec_verify_result found;
        ec_verify((struct ec_str){text, length}, files->items[i], table, &out, &found);
        holds &= found.differ == 0 && found.agree > 0;
        free(text);
    }
    int write_error = ec_out_finish(&out);
    ec_out_free(&out);
    if (write_error)
        result = ec_error_set(error, "standard output: %s", strerror(write_error));
    *ret_holds = holds;
    return result;
}
