#include "load/json_split.h"

struct splitter {
    const char *at, *end;
    const char *array; /* the member that is taken apart */
    struct ec_out *rest;
    bool any_rest;
    ec_json_split_item item;
    void *context;
};

static void skip_blanks(struct splitter *splitter)
{
    while (splitter->at < splitter->end && memchr(" \t\r\n", *splitter->at, 4))
        splitter->at++;
}

/* Moves behind c and blanks before it; false when something else is there. */
static bool accept(struct splitter *splitter, char c)
{
    skip_blanks(splitter);
    if (splitter->at == splitter->end || *splitter->at != c)
        return false;
    splitter->at++;
    return true;
}

/* Moves behind the string that starts here. */
static bool skip_string(struct splitter *splitter)
{
    for (splitter->at++; splitter->at < splitter->end; splitter->at++) {
        if (*splitter->at == '"') {
            splitter->at++;
            return true;
        }
        if (*splitter->at == '\\' && ++splitter->at == splitter->end)
            return false;
    }
    return false;
}

/* Moves behind the object or array that starts here. */
static bool skip_container(struct splitter *splitter)
{
    size_t depth = 0;
    while (splitter->at < splitter->end) {
        char c = *splitter->at;
        if (c == '"') {
            if (!skip_string(splitter))
                return false;
            continue;
        }
        splitter->at++;
        if (c == '{' || c == '[')
            depth++;
        else if ((c == '}' || c == ']') && --depth == 0)
            return true;
    }
    return false;
}

/* Moves behind the value that starts here, blanks before it excluded; *ret_text is the value. */
static bool take_value(struct splitter *splitter, struct ec_str *ret_text)
{
    skip_blanks(splitter);
    const char *start = splitter->at;
    if (start == splitter->end)
        return false;
    if (*start == '"') {
        if (!skip_string(splitter))
            return false;
    } else if (*start == '{' || *start == '[') {
        if (!skip_container(splitter))
            return false;
    } else {
        while (splitter->at < splitter->end && !memchr(" \t\r\n,:]}", *splitter->at, 8))
            splitter->at++;
    }
    *ret_text = (struct ec_str){start, (size_t)(splitter->at - start)};
    return ret_text->len > 0;
}

static bool split_array(struct splitter *splitter)
{
    accept(splitter, '[');
    if (accept(splitter, ']'))
        return true;
    do {
        struct ec_str text;
        if (!take_value(splitter, &text))
            return false;
        if (splitter->item)
            splitter->item(splitter->context, text);
    } while (accept(splitter, ','));
    return accept(splitter, ']');
}

static bool is_array_key(const struct splitter *splitter, struct ec_str key)
{
    size_t length = strlen(splitter->array);
    return key.len == length + 2 && memcmp(key.ptr + 1, splitter->array, length) == 0;
}

static bool split_member(struct splitter *splitter)
{
    struct ec_str key, value;
    if (!take_value(splitter, &key) || key.ptr[0] != '"' || !accept(splitter, ':'))
        return false;
    skip_blanks(splitter);
    if (is_array_key(splitter, key) && splitter->at < splitter->end && *splitter->at == '[')
        return split_array(splitter);
    if (!take_value(splitter, &value))
        return false;
    if (splitter->rest) {
        ec_out_text(splitter->rest, splitter->any_rest ? "," : "");
        ec_out_str(splitter->rest, key);
        ec_out_char(splitter->rest, ':');
        ec_out_str(splitter->rest, value);
    }
    splitter->any_rest = true;
    return true;
}

static bool split_members(struct splitter *splitter)
{
    if (accept(splitter, '}'))
        return true;
    do {
        if (!split_member(splitter))
            return false;
    } while (accept(splitter, ','));
    return accept(splitter, '}');
}

bool ec_json_split(struct ec_str text, const char *array, struct ec_out *rest,
                   ec_json_split_item item, void *context)
{
    struct splitter splitter = {.at = text.ptr,
                                .end = text.ptr + text.len,
                                .array = array,
                                .rest = rest,
                                .item = item,
                                .context = context};
    if (rest)
        ec_out_char(rest, '{');
    if (!accept(&splitter, '{') || !split_members(&splitter))
        return false;
    if (rest)
        ec_out_char(rest, '}');
    skip_blanks(&splitter);
    return splitter.at == splitter.end;
}
