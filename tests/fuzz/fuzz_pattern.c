/* The first line of the input as a name pattern, matched with the rest as a name. */
#include "query/pattern.h"

#include <math.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ec_str name = {(const char *)data, size};
    struct ec_str source = name;
    for (source.len = 0; source.len < size && source.ptr[source.len] != '\n';)
        source.len++;
    size_t skip = source.len < size ? source.len + 1 : size;
    name.ptr += skip;
    name.len -= skip;

    struct ec_error error = {0};
    struct ec_value values[EC_PATTERN_PIECES];
    struct ec_pattern *pattern = ec_pattern_compile(source, &error);
    if (!pattern != (error.text[0] != '\0'))
        abort();
    if (!pattern)
        return 0;
    if (ec_pattern_match(pattern, name, values)) {
        for (size_t i = 0; i < ec_pattern_count(pattern); i++) {
            struct ec_value value = values[i];
            bool inside =
                value.kind != EC_STR || (value.text >= name.ptr && value.text_length > 0 &&
                                         value.text + value.text_length <= name.ptr + name.len);
            if (!inside || (value.kind == EC_REAL && !isfinite(value.d)))
                abort();
        }
    }
    ec_pattern_free(pattern);
    return 0;
}
