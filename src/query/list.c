#include "query/list.h"

static struct ec_str trimmed(struct ec_str text)
{
    while (text.len > 0 && (text.ptr[0] == ' ' || text.ptr[0] == '\t'))
        text.ptr++, text.len--;
    while (text.len > 0 && (text.ptr[text.len - 1] == ' ' || text.ptr[text.len - 1] == '\t'))
        text.len--;
    return text;
}

/* Where the first `separator` outside brackets and quotes is; text.len when there is none. */
static size_t find_separator(struct ec_str text, char separator)
{
    int depth = 0;
    char quote = '\0';
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (quote)
            quote = c == quote ? '\0' : quote;
        else if (c == '"' || c == '\'' || c == '`')
            quote = c;
        else if (c == '(')
            depth++;
        else if (c == ')')
            depth--;
        else if (c == separator && depth <= 0)
            return i;
    }
    return text.len;
}

bool ec_list_next(struct ec_str *rest, struct ec_str *ret_item)
{
    if (!rest->ptr)
        return false;
    size_t end = find_separator(*rest, ',');
    *ret_item = trimmed((struct ec_str){rest->ptr, end});
    if (end == rest->len)
        *rest = (struct ec_str){0};
    else
        *rest = (struct ec_str){rest->ptr + end + 1, rest->len - end - 1};
    return true;
}

bool ec_list_unquote(struct ec_str *name)
{
    if (name->len < 2 || name->ptr[0] != '`' || name->ptr[name->len - 1] != '`')
        return false;
    *name = (struct ec_str){name->ptr + 1, name->len - 2};
    return true;
}

static void split_at(struct ec_str item, size_t equals, struct ec_str *ret_name,
                     struct ec_str *ret_value)
{
    *ret_name = trimmed((struct ec_str){item.ptr, equals});
    *ret_value = trimmed((struct ec_str){item.ptr + equals + 1, item.len - equals - 1});
}

bool ec_list_split(struct ec_str item, struct ec_str *ret_name, struct ec_str *ret_value)
{
    size_t equals = find_separator(item, '=');
    if (equals == item.len)
        return false;
    split_at(item, equals, ret_name, ret_value);
    return true;
}

bool ec_list_split_before(struct ec_str item, size_t *end, struct ec_str *ret_name,
                          struct ec_str *ret_value)
{
    const char *equals = memrchr(item.ptr, '=', *end);
    if (!equals)
        return false;
    *end = (size_t)(equals - item.ptr);
    split_at(item, *end, ret_name, ret_value);
    return true;
}
