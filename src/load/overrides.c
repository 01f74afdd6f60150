#include "load/overrides.h"

#include "base/memory.h"
#include "load/keys.h"
#include "load/number.h"
#include "load/path.h"
#include "runset/intern.h"

#include <stdio.h>
#include <stdlib.h>
#include <strings.h>
#include <yaml.h>

/* A wanted parameter. */
struct parameter {
    const char *key; /* interned, with prefix */
    struct ec_value value;
};

struct reading {
    const struct ec_overrides *overrides;
    struct ec_intern keys;   /* of the parameters */
    struct parameter *items; /* by index */
    size_t capacity;
    struct ec_path key, number; /* scratch */
    locale_t c_locale;
};

/* ---- Values ---- */

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Writes a number of Hydra's as JSON does: without the plus sign and underscores between digits,
 * and with a digit on either side of the point. What is no number does not become one. */
static void write_as_json(struct ec_path *out, struct ec_str text)
{
    out->len = 0;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i], next = i + 1 < text.len ? text.ptr[i + 1] : '\0';
        bool behind_digit = i > 0 && is_digit(text.ptr[i - 1]), before_digit = is_digit(next);
        bool is_plus = c == '+' && i == 0 && (before_digit || next == '.');
        if (is_plus || (c == '_' && behind_digit && before_digit))
            continue;
        ec_path_append(out, ec_str(c == '.' && !behind_digit && before_digit ? "0" : ""));
        ec_path_append(out, (struct ec_str){&c, 1});
        ec_path_append(out, ec_str(c == '.' && behind_digit && !before_digit ? "0" : ""));
    }
}

static bool read_number(struct reading *reading, struct ec_str text, struct ec_value *ret_value)
{
    struct ec_number number;
    if (text.len == 0 || !(is_digit(text.ptr[0]) || strchr("+-.", text.ptr[0])))
        return false;
    write_as_json(&reading->number, text);
    const char *end = ec_number_scan(reading->number.ptr, &number);
    return end == reading->number.ptr + reading->number.len &&
           ec_number_value(&number, reading->c_locale, ret_value);
}

/* Words mean the same in capitals. */
static bool is_word(struct ec_str text, const char *word)
{
    return text.len == strlen(word) && strncasecmp(text.ptr, word, text.len) == 0;
}

static struct ec_str without_quotes(struct ec_str text)
{
    bool quoted = text.len >= 2 && (text.ptr[0] == '\'' || text.ptr[0] == '"') &&
                  text.ptr[text.len - 1] == text.ptr[0];
    return quoted ? (struct ec_str){text.ptr + 1, text.len - 2} : text;
}

static struct ec_value read_value(struct reading *reading, struct ec_str text)
{
    struct ec_value value;
    if (read_number(reading, text, &value))
        return value;
    if (text.len == 0 || is_word(text, "null"))
        return ec_value_missing();
    if (is_word(text, "true") || is_word(text, "false"))
        return ec_value_bool(text.len == strlen("true"));
    struct ec_str bare = without_quotes(text);
    return ec_value_str(
        (struct ec_str){ec_arena_strndup(reading->overrides->texts, bare.ptr, bare.len), bare.len});
}

/* ---- One override ---- */

static void set(struct reading *reading, struct ec_str key, struct ec_value value)
{
    const char *interned = ec_intern_add(&reading->keys, key);
    uint32_t index = ec_interned_index(interned);
    reading->items = ec_grow(reading->items, index, &reading->capacity, sizeof *reading->items);
    reading->items[index] = (struct parameter){interned, value};
}

static void read_override(struct reading *reading, struct ec_str text)
{
    bool unset = text.len > 0 && text.ptr[0] == '~';
    while (text.len > 0 && (text.ptr[0] == '+' || text.ptr[0] == '~'))
        text.ptr++, text.len--;
    const char *equals = memchr(text.ptr, '=', text.len);
    if (!equals && !unset)
        return;
    size_t length = equals ? (size_t)(equals - text.ptr) : text.len;
    struct ec_path *key = &reading->key;
    key->len = 0;
    ec_path_append(key, ec_str(EC_OVERRIDES_PREFIX));
    ec_path_append(key, (struct ec_str){text.ptr, length});
    if (!ec_keys_match(reading->overrides->patterns, reading->overrides->pattern_count, key->ptr))
        return;
    struct ec_value value = ec_value_missing();
    if (!unset)
        value = read_value(reading,
                           (struct ec_str){equals + 1, (size_t)(text.ptr + text.len - equals - 1)});
    set(reading, ec_str(key->ptr), value);
}

/* ---- The list ---- */

static bool refuse(json_error_t *ret_error, yaml_mark_t mark, const char *reason)
{
    ret_error->line = (int)mark.line + 1;
    ret_error->column = (int)mark.column + 1;
    snprintf(ret_error->text, sizeof ret_error->text, "%s", reason);
    return false;
}

/* Where the parser gave up. Of bytes that are no text it tells only which they are. */
static yaml_mark_t problem_mark(const yaml_parser_t *parser)
{
    if (parser->error != YAML_READER_ERROR)
        return parser->problem_mark;
    yaml_mark_t mark = {0};
    const unsigned char *start = parser->input.string.start, *end = parser->input.string.end;
    for (const unsigned char *p = start; p < end && p < start + parser->problem_offset; p++) {
        mark.column = *p == '\n' ? 0 : mark.column + ((*p & 0xc0) != 0x80);
        mark.line += *p == '\n';
    }
    return mark;
}

/* Reads the event that comes next; *depth counts open lists. */
static bool read_event(struct reading *reading, const yaml_event_t *event, int *depth,
                       json_error_t *ret_error)
{
    switch (event->type) {
    case YAML_SEQUENCE_START_EVENT:
        if (++*depth == 1)
            return true;
        break;
    case YAML_SEQUENCE_END_EVENT:
        --*depth;
        return true;
    case YAML_SCALAR_EVENT:
        if (*depth != 1)
            break;
        read_override(reading, (struct ec_str){(const char *)event->data.scalar.value,
                                               event->data.scalar.length});
        if (reading->keys.count > EC_LOAD_MAX_KEYS)
            return refuse(ret_error, event->start_mark, "more than 10000 parameters");
        return true;
    case YAML_MAPPING_START_EVENT:
    case YAML_ALIAS_EVENT:
        break;
    default:
        return true;
    }
    return refuse(ret_error, event->start_mark, "not a list of NAME=VALUE");
}

static bool read_list(struct reading *reading, yaml_parser_t *parser, json_error_t *ret_error)
{
    int depth = 0;
    for (bool at_end = false; !at_end;) {
        yaml_event_t event;
        if (!yaml_parser_parse(parser, &event))
            return refuse(ret_error, problem_mark(parser),
                          parser->problem ? parser->problem : "out of memory");
        at_end = event.type == YAML_STREAM_END_EVENT;
        bool readable = read_event(reading, &event, &depth, ret_error);
        yaml_event_delete(&event);
        if (!readable)
            return false;
    }
    return true;
}

static void add_fields(const struct reading *reading, struct ec_fields *fields)
{
    for (size_t i = 0; i < reading->keys.count; i++) {
        const struct parameter *parameter = &reading->items[i];
        uint32_t column = ec_runset_column(reading->overrides->runset, ec_str(parameter->key));
        if (!ec_fields_has(fields, column))
            ec_fields_add(fields, column, parameter->value);
    }
}

bool ec_overrides_read(const struct ec_overrides *overrides, const char *text, size_t length,
                       struct ec_fields *fields, json_error_t *ret_error)
{
    struct reading reading = {.overrides = overrides,
                              .c_locale = newlocale(LC_ALL_MASK, "C", (locale_t)0)};
    yaml_parser_t parser;
    bool readable = false;
    if (yaml_parser_initialize(&parser)) {
        yaml_parser_set_input_string(&parser, (const unsigned char *)text, length);
        readable = read_list(&reading, &parser, ret_error);
        yaml_parser_delete(&parser);
    } else {
        *ret_error = (json_error_t){.text = "out of memory"};
    }
    if (readable)
        add_fields(&reading, fields);
    freelocale(reading.c_locale);
    ec_intern_free(&reading.keys);
    free(reading.items);
    free(reading.key.ptr);
    free(reading.number.ptr);
    return readable;
}
