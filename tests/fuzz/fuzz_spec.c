/* Fuzz target: any bytes as a specification are taken, or refused with the place of the mistake. */
#include "cli/spec.h"

#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    /* The C library's regcomp needs memory exponential in nested repetitions; it is not under test.
     */
    if (size > 4096 || (memchr(data, '~', size) && memchr(data, '{', size)))
        return 0;
    struct ec_options options = {.digits = -1};
    struct ec_arena arena = {0};
    struct ec_error error = {0};
    struct ec_str text = {(const char *)data, size};
    size_t line, column;
    int result = ec_spec_read_text(&options, "dir/f.eff", text, &arena, &error);
    if ((result < 0) != (error.text[0] != '\0'))
        abort();
    if (result < 0 && (sscanf(error.text, "dir/f.eff:%zu:%zu: ", &line, &column) != 2 || line < 1 ||
                       column < 1 || line > size + 1))
        abort();
    ec_options_free(&options);
    ec_arena_free(&arena);
    return 0;
}
