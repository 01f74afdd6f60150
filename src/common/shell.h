/* Words as a shell reads them. */
#ifndef EC_COMMON_SHELL_H
#define EC_COMMON_SHELL_H

#include <stddef.h>

typedef void ec_shell_put(void *context, const char *bytes, size_t count);

/* Gives `put` the word piece by piece, in quotes where a shell would not read it as it is. */
void ec_shell_word(const char *word, size_t length, ec_shell_put *put, void *context);

#endif
