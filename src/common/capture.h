/* Runs another program and reads what it prints, for a limited time. */
#ifndef EC_COMMON_CAPTURE_H
#define EC_COMMON_CAPTURE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

struct ec_capture {
    char *const *argv; /* NULL-terminated; argv[0] is looked for in PATH */
    double seconds;    /* longer than this it is killed */
    int input;         /* descriptor that it reads; -1: nothing */
    /* Variables whose names begin like this are not in its environment. NULL: all of ours are. */
    const char *without;
    /* Room for the first line of its messages (standard error), which then go nowhere else; it is
     * zero-terminated, and cut to fit. NULL: its messages go to ours. */
    char *message;
    size_t message_size;
    /* Once it is true, which another thread may make it, the program is killed; NULL: it never is.
     */
    const atomic_bool *stop;
};

/* Returns the wait status of the program (as of waitpid()) with what it printed, zero-terminated,
 * in *ret_text, which the caller frees. Or a negative errno: -ENOENT when there is no such program,
 * -ETIMEDOUT, -ECANCELED, -EFBIG after 64 MiB. */
int ec_capture(const struct ec_capture *capture, char **ret_text);

#endif
