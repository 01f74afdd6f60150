/* An error message that travels up to whoever can print it.
 *
 * The caller owns the struct (usually on the stack); nothing is freed. Every function that can fail
 * for a reason worth telling takes a `struct ec_error *` last, which may be NULL.
 */
#ifndef EC_COMMON_ERROR_H
#define EC_COMMON_ERROR_H

#include <stddef.h>

enum { EC_ERROR_MAX = 1024 };

/* Start it as `struct ec_error error = {0};`: an empty text means no error so far. */
struct ec_error {
    char text[EC_ERROR_MAX];
};

/* Stores the formatted message unless one is there already: the first error wins, since what comes
 * after is usually its consequence. A message that is too long is cut. NULL is fine. Always returns
 * -1, so that a function can `return ec_error_set(...)`. */
int ec_error_set(struct ec_error *error, const char *format, ...)
    __attribute__((format(printf, 2, 3), nonnull(2)));

#endif
