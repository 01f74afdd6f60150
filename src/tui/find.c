#include "tui/find.h"

static bool has_capital(struct ec_str text)
{
    for (size_t i = 0; i < text.len; i++)
        if (text.ptr[i] >= 'A' && text.ptr[i] <= 'Z')
            return true;
    return false;
}

static char small(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
}

static bool starts_with(const char *text, struct ec_str part)
{
    for (size_t i = 0; i < part.len; i++)
        if (small(text[i]) != part.ptr[i])
            return false;
    return true;
}

bool ec_find(struct ec_str text, struct ec_str part)
{
    if (part.len == 0)
        return true;
    if (part.len > text.len)
        return false;
    if (has_capital(part))
        return memmem(text.ptr, text.len, part.ptr, part.len) != NULL;
    for (size_t i = 0; i + part.len <= text.len; i++)
        if (starts_with(text.ptr + i, part))
            return true;
    return false;
}
