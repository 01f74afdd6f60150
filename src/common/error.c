#include "common/error.h"

#include <stdarg.h>
#include <stdio.h>

int ec_error_set(struct ec_error *error, const char *format, ...)
{
    if (!error || error->text[0] != '\0')
        return -1;
    va_list args;
    va_start(args, format);
    vsnprintf(error->text, sizeof error->text, format, args);
    va_end(args);
    return -1;
}
