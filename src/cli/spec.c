#include "cli/spec.h"

#include "base/utf8.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

/* Where in the file something is wrong. */
struct place {
    const char *path;
    size_t line, column;
};

/* A line that says something. */
struct line {
    struct place name_at, value_at;
    const char *name, *value; /* value is NULL when there is no "=" */
};

struct reading {
    struct ec_options *options;
    struct ec_arena *arena;
    struct ec_str directory; /* of the file, with the slash; empty: the working directory */
    struct place at;
};

static int fail_at(struct place at, struct ec_error *error, const char *reason)
{
    return ec_error_set(error, "%s:%zu:%zu: %s", at.path, at.line, at.column, reason);
}

/* ---- Lines ---- */

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

static struct ec_str trimmed(struct ec_str text)
{
    while (text.len > 0 && is_blank(text.ptr[0]))
        text.ptr++, text.len--;
    while (text.len > 0 && is_blank(text.ptr[text.len - 1]))
        text.len--;
    return text;
}

/* The place of a byte in the line: columns count characters. */
static struct place place_of(const struct reading *reading, struct ec_str line, const char *byte)
{
    struct place at = reading->at;
    for (const char *p = line.ptr; p < byte; p++)
        at.column += ((unsigned char)*p & 0xC0) != 0x80;
    return at;
}

/* Cuts a line into name and value; an empty name: it says nothing. */
static int cut_line(const struct reading *reading, struct ec_str text, struct line *ret_line,
                    struct ec_error *error)
{
    struct ec_str content = trimmed(text);
    *ret_line = (struct line){.name = ""};
    if (content.len == 0 || content.ptr[0] == '#')
        return 0;
    const char *nul = memchr(text.ptr, '\0', text.len);
    if (nul)
        return fail_at(place_of(reading, text, nul), error, "this is no text");
    const char *equals = memchr(content.ptr, '=', content.len);
    struct ec_str name = content;
    if (equals) {
        const char *end = content.ptr + content.len;
        struct ec_str value = trimmed((struct ec_str){equals + 1, (size_t)(end - equals - 1)});
        name = trimmed((struct ec_str){content.ptr, (size_t)(equals - content.ptr)});
        ret_line->value = ec_arena_strndup(reading->arena, value.ptr, value.len);
        ret_line->value_at = place_of(reading, text, value.ptr);
    }
    ret_line->name_at = place_of(reading, text, name.ptr);
    if (name.len == 0)
        return fail_at(ret_line->name_at, error, "an option's name is missing before '='");
    ret_line->name = ec_arena_strndup(reading->arena, name.ptr, name.len);
    return 0;
}

/* ---- Options ---- */

static bool is_one_of(const char *name, const char *const *names, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(name, names[i]) == 0)
            return true;
    return false;
}

/* A path as it is seen from the working directory. */
static const char *resolve(const struct reading *reading, const char *path)
{
    if (path[0] == '/' || path[0] == '\0' || strcmp(path, "-") == 0)
        return path;
    return ec_arena_printf(reading->arena, "%.*s%s", (int)reading->directory.len,
                           reading->directory.ptr, path);
}

/* Tells where a query that makes no sense is wrong: its message may begin with "--NAME: " and
 * "column N: ", counted in a text that it shows in its second line. */
static int fail_in_value(const struct line *line, const char *message, struct ec_error *error)
{
    struct place at = line->value_at;
    size_t length = strlen(line->name);
    if (strncmp(message, "--", 2) == 0 && strncmp(message + 2, line->name, length) == 0 &&
        strncmp(message + 2 + length, ": ", 2) == 0)
        message += length + 4;
    int column, end = 0;
    const char *shown = strchr(message, '\n');
    if (shown && sscanf(message, "column %d: %n", &column, &end) == 1 && end > 0) {
        shown += 1 + strspn(shown + 1, " ");
        char *copy = strndup(shown, strcspn(shown, "\n"));
        const char *found = copy ? strstr(line->value, copy) : NULL;
        free(copy);
        if (found) {
            for (const char *p = line->value; p < found; p++)
                at.column += ((unsigned char)*p & 0xC0) != 0x80;
            at.column += (size_t)column - 1;
            message += end;
        }
    }
    return fail_at(at, error, message);
}

/* Compiles what the line alone asks for, so that its mistakes are told with their place. */
static int check_alone(const struct line *line, struct ec_error *error)
{
    static const char *const compiled[] = {
        "budget",       "check",  "columns", "direction", "group-by", "label",
        "name-pattern", "pareto", "sort",    "requests",  "unit",     "where",
    };
    if (!is_one_of(line->name, compiled, sizeof compiled / sizeof compiled[0]))
        return 0;
    struct ec_options alone = {.digits = -1};
    struct ec_error reason = {0};
    if (ec_options_take(&alone, line->name, line->value, &reason) == 0) {
        struct ec_query query = ec_options_query(&alone);
        ec_plan_free(ec_plan_new(&query, &reason));
    }
    ec_options_free(&alone);
    return reason.text[0] ? fail_in_value(line, reason.text, error) : 0;
}

static int take_line(struct reading *reading, struct line *line, struct ec_error *error)
{
    static const char *const paths[] = {"against", "join", "output", "path", "verify"};
    static const char *const refused[] = {"help", "list-metrics", "spec", "version"};
    struct ec_error reason = {0};
    if (is_one_of(line->name, refused, sizeof refused / sizeof refused[0]))
        return fail_at(line->name_at, error, "this option is for the command line");
    if (line->value && is_one_of(line->name, paths, sizeof paths / sizeof paths[0]))
        line->value = resolve(reading, line->value);
    if (strcmp(line->name, "path") == 0) {
        if (!line->value || line->value[0] == '\0')
            return fail_at(line->name_at, error, "'path' needs a value: PATH");
        ec_options_add_path(reading->options, line->value);
        return 0;
    }
    if (ec_options_take(reading->options, line->name, line->value, &reason) < 0) {
        bool is_known = ec_options_has(line->name);
        return fail_at(is_known && line->value ? line->value_at : line->name_at, error,
                       reason.text);
    }
    return check_alone(line, error);
}

int ec_spec_read_text(struct ec_options *options, const char *path, struct ec_str text,
                      struct ec_arena *arena, struct ec_error *error)
{
    const char *slash = strrchr(path, '/');
    struct reading reading = {.options = options,
                              .arena = arena,
                              .directory = {path, slash ? (size_t)(slash - path) + 1 : 0},
                              .at = {path, 1, 1}};
    for (; text.len > 0; reading.at.line++) {
        const char *newline = memchr(text.ptr, '\n', text.len);
        struct ec_str line_text = {text.ptr, newline ? (size_t)(newline - text.ptr) : text.len};
        struct line line;
        if (cut_line(&reading, line_text, &line, error) < 0 ||
            (line.name[0] && take_line(&reading, &line, error) < 0))
            return -1;
        size_t used = line_text.len + (newline != NULL);
        text = (struct ec_str){text.ptr + used, text.len - used};
    }
    return 0;
}

int ec_spec_read(struct ec_options *options, const char *path, struct ec_arena *arena,
                 struct ec_error *error)
{
    FILE *file = fopen(path, "re");
    if (!file)
        return ec_error_set(error, "%s: %s", path, strerror(errno));
    char *text = ec_arena_alloc(arena, EC_SPEC_MAX + 1);
    size_t length = fread(text, 1, EC_SPEC_MAX + 1, file);
    int failed = ferror(file) ? errno : 0;
    fclose(file);
    if (failed)
        return ec_error_set(error, "%s: %s", path, strerror(failed));
    if (length > EC_SPEC_MAX)
        return ec_error_set(error, "%s: larger than 1 MiB; is this a specification?", path);
    return ec_spec_read_text(options, path, (struct ec_str){text, length}, arena, error);
}
