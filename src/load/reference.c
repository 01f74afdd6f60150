#include "load/reference.h"

#include "base/memory.h"
#include "load/text.h"

#include <stdlib.h>

/* Words that are no JSON, and numbers of the same length, so that columns stay right. */
static const struct {
    const char *word, *number;
} words[] = {{"NaN", "0.0"}, {"Infinity", "0.000000"}, {"-Infinity", "-0.000000"}};

/* Whether c can stand next to a value. */
static bool is_delimiter(char c)
{
    return c == '\0' || strchr(" \t\r\n,:[]{}", c);
}

/* Replaces the word at p, if there is one. */
static void replace_word(char *p, const char *end)
{
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        size_t length = strlen(words[i].word);
        if ((size_t)(end - p) < length || memcmp(p, words[i].word, length) != 0)
            continue;
        if (p + length < end && !is_delimiter(p[length]))
            continue;
        memcpy(p, words[i].number, length);
        return;
    }
}

/* Replaces the words outside of strings. */
static void replace_words(char *text, const char *end)
{
    bool in_string = false;
    for (char *p = text; p < end; p++) {
        if (*p == '"')
            in_string = !in_string;
        else if (in_string && *p == '\\')
            p++;
        else if (!in_string && (*p == 'N' || *p == 'I' || *p == '-') &&
                 (p == text || is_delimiter(p[-1])))
            replace_word(p, end);
    }
}

json_t *ec_reference_parse(const char *text, size_t length, json_error_t *ret_error)
{
    const char *start = ec_text_skip_bom(text, length);
    length -= (size_t)(start - text);
    char *copy = ec_strndup(start, length);
    replace_words(copy, copy + length);
    json_t *json = json_loadb(copy, length, EC_REFERENCE_FLAGS, ret_error);
    free(copy);
    return json;
}

static struct ec_value scalar_value(const json_t *json)
{
    switch (json_typeof(json)) {
    case JSON_REAL: {
        /* EC_REFERENCE_FLAGS make reals of all numbers. */
        double number = json_real_value(json);
        const double limit = 9007199254740992.0; /* 2^53 */
        bool whole = number > -limit && number < limit && number == (double)(int64_t)number;
        return whole ? ec_value_int((int64_t)number) : ec_value_real(number);
    }
    case JSON_STRING:
        return ec_value_str((struct ec_str){json_string_value(json), json_string_length(json)});
    case JSON_TRUE:
        return ec_value_bool(true);
    case JSON_FALSE:
        return ec_value_bool(false);
    default:
        return ec_value_missing();
    }
}

static void replay_members(const json_t *object, uint32_t parent, const struct ec_scan_sink *sink)
{
    const char *text;
    json_t *value;
    json_object_foreach((json_t *)(uintptr_t)object, text, value)
    {
        struct ec_str key = ec_str(text);
        uint32_t member = sink->key(sink->context, parent, key);
        if (json_is_object(value) || json_is_array(value)) {
            bool is_array = json_is_array(value);
            uint32_t inside = sink->container(sink->context, parent, key, is_array);
            if (!is_array && inside != EC_SCAN_SKIP)
                replay_members(value, inside, sink);
        } else if (member != EC_SCAN_SKIP) {
            sink->value(sink->context, member, scalar_value(value));
        }
    }
}

void ec_reference_replay(const json_t *object, const struct ec_scan_sink *sink)
{
    replay_members(object, EC_SCAN_ROOT, sink);
}

json_t *ec_reference_read(const char *text, size_t length, const struct ec_scan_sink *sink,
                          json_error_t *ret_error)
{
    json_t *json = ec_reference_parse(text, length, ret_error);
    if (!json || json_is_object(json)) {
        if (json)
            ec_reference_replay(json, sink);
        return json;
    }
    json_decref(json);
    *ret_error = (json_error_t){.text = "not a JSON object"};
    return NULL;
}
