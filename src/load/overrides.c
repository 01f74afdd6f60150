#include "load/overrides.h"

#include "base/memory.h"
#include "load/keys.h"
#include "load/number.h"

#include <stdio.h>
#include <stdlib.h>
#include <yaml.h>

/* A wanted parameter. */
struct parameter {
    const char *key; /* with prefix */
    struct ec_value value;
};

struct reading {
    const struct ec_overrides *overrides;
    struct parameter *items;
    size_t count, capacity;
    locale_t c_locale;
};

/* ---- One override ---- */

static struct ec_str without_quotes(struct ec_str text)
{
    bool quoted = text.len >= 2 && (text.ptr[0] == '\'' || text.ptr[0] == '"') &&
                  text.ptr[text.len - 1] == text.ptr[0];
    return quoted ? (struct ec_str){text.ptr + 1, text.len - 2} : text;
}

/* `text` is NUL-terminated. */
static struct ec_value read_value(const struct reading *reading, struct ec_str text)
{
    struct ec_number number;
    struct ec_value value;
    const char *end = ec_number_scan(text.ptr, &number);
    if (end && end == text.ptr + text.len && ec_number_value(&number, reading->c_locale, &value))
        return value;
    if (text.len == 0 || ec_str_equal(text, ec_str("null")))
        return ec_value_missing();
    if (ec_str_equal(text, ec_str("true")) || ec_str_equal(text, ec_str("True")))
        return ec_value_bool(true);
    if (ec_str_equal(text, ec_str("false")) || ec_str_equal(text, ec_str("False")))
        return ec_value_bool(false);
    struct ec_str bare = without_quotes(text);
    return ec_value_str(
        (struct ec_str){ec_arena_strndup(reading->overrides->texts, bare.ptr, bare.len), bare.len});
}

static void set(struct reading *reading, const char *key, struct ec_value value)
{
    for (size_t i = 0; i < reading->count; i++) {
        if (strcmp(reading->items[i].key, key) == 0) {
            reading->items[i].value = value;
            return;
        }
    }
    reading->items =
        ec_grow(reading->items, reading->count, &reading->capacity, sizeof *reading->items);
    reading->items[reading->count++] = (struct parameter){key, value};
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
    const char *key = ec_arena_printf(reading->overrides->texts, EC_OVERRIDES_PREFIX "%.*s",
                                      (int)length, text.ptr);
    if (!ec_keys_match(reading->overrides->patterns, reading->overrides->pattern_count, key))
        return;
    struct ec_value value = ec_value_missing();
    if (!unset)
        value = read_value(reading,
                           (struct ec_str){equals + 1, (size_t)(text.ptr + text.len - equals - 1)});
    set(reading, key, value);
}

/* ---- The list ---- */

static bool refuse(json_error_t *ret_error, yaml_mark_t mark, const char *reason)
{
    ret_error->line = (int)mark.line + 1;
    ret_error->column = (int)mark.column + 1;
    snprintf(ret_error->text, sizeof ret_error->text, "%s", reason);
    return false;
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
        if (reading->count > EC_LOAD_MAX_KEYS)
            return refuse(ret_error, event->start_mark, "more than 10000 parameters");
        read_override(reading, (struct ec_str){(const char *)event->data.scalar.value,
                                               event->data.scalar.length});
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
            return refuse(ret_error, parser->problem_mark,
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
    for (size_t i = 0; i < reading->count; i++) {
        uint32_t column =
            ec_runset_column(reading->overrides->runset, ec_str(reading->items[i].key));
        if (!ec_fields_has(fields, column))
            ec_fields_add(fields, column, reading->items[i].value);
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
    free(reading.items);
    return readable;
}
