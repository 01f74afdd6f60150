#include "verify/texscan.h"

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

size_t ec_texscan_blank(struct ec_str text)
{
    size_t at = 0;
    while (at < text.len) {
        if (text.ptr[at] == '%') {
            const char *end = memchr(text.ptr + at, '\n', text.len - at);
            at = end ? (size_t)(end - text.ptr) + 1 : text.len;
        } else if (text.ptr[at] == ' ' || text.ptr[at] == '\t' || text.ptr[at] == '\n' ||
                   text.ptr[at] == '\r') {
            at++;
        } else {
            break;
        }
    }
    return at;
}

/* Up to behind the closing character that is not within braces. */
static size_t bracketed(struct ec_str text, char open, char close)
{
    size_t depth = 0;
    text.len = text.len < EC_TEXSCAN_MAX ? text.len : EC_TEXSCAN_MAX;
    if (text.len == 0 || text.ptr[0] != open)
        return 0;
    for (size_t at = 1; at < text.len; at++) {
        char c = text.ptr[at];
        if (c == '\\')
            at++;
        else if (c == close && depth == 0)
            return at + 1;
        else if (c == '{')
            depth++;
        else if (c == '}' && depth-- == 0)
            return 0;
    }
    return 0;
}

size_t ec_texscan_group(struct ec_str text)
{
    return bracketed(text, '{', '}');
}

size_t ec_texscan_option(struct ec_str text)
{
    return bracketed(text, '[', ']');
}

struct ec_str ec_texscan_command(struct ec_str text)
{
    struct ec_str name = {text.ptr, 0};
    if (text.len < 2 || text.ptr[0] != '\\')
        return name;
    name.ptr = text.ptr + 1;
    if (!is_letter(*name.ptr)) {
        name.len = 1;
        return name;
    }
    while (name.len + 1 < text.len && is_letter(name.ptr[name.len]))
        name.len++;
    return name;
}

bool ec_texscan_is_newline(struct ec_str text)
{
    struct ec_str name = ec_texscan_command(text);
    return ec_str_equal(name, (struct ec_str){"\\", 1}) ||
           ec_str_equal(name, (struct ec_str){"tabularnewline", 14});
}

size_t ec_texscan_newline(struct ec_str text)
{
    if (!ec_texscan_is_newline(text))
        return 0;
    size_t at = ec_texscan_command(text).len + 1;
    if (at < text.len && text.ptr[at] == '*')
        at++;
    return at + ec_texscan_option((struct ec_str){text.ptr + at, text.len - at});
}
