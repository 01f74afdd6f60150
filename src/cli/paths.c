#include "cli/paths.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

static void add_lines(struct ec_strings *paths, struct ec_arena *arena, struct ec_str text)
{
    for (size_t start = 0, end; start < text.len; start = end + 1) {
        const char *newline = memchr(text.ptr + start, '\n', text.len - start);
        end = newline ? (size_t)(newline - text.ptr) : text.len;
        size_t length = end - start;
        while (length > 0 && text.ptr[start + length - 1] == '\r')
            length--;
        if (length > 0)
            ec_strings_add(paths, ec_arena_strndup(arena, text.ptr + start, length));
    }
}

/* A path holds no NUL, so the first one tells that paths end with it: then newlines are theirs. */
static int read_list(struct ec_strings *paths, struct ec_arena *arena, struct ec_error *error)
{
    char *text = NULL;
    size_t size = 0, before = paths->count;
    ssize_t length;
    bool ends_with_nul = false;
    errno = 0;
    while ((length = getdelim(&text, &size, '\0', stdin)) >= 0) {
        ends_with_nul = ends_with_nul || (length > 0 && text[length - 1] == '\0');
        if (!ends_with_nul)
            add_lines(paths, arena, (struct ec_str){text, (size_t)length});
        else if (text[0] != '\0')
            ec_strings_add(paths, ec_arena_strndup(arena, text, strlen(text)));
    }
    int result = 0;
    if (!feof(stdin)) /* it cannot be read, or memory ran out */
        result = ec_error_set(error, "standard input: %s", strerror(errno));
    else if (paths->count == before)
        result = ec_error_set(error, "standard input holds no path");
    free(text);
    return result;
}

int ec_paths_check(const char *path, struct ec_error *error)
{
    return *path ? 0 : ec_error_set(error, "a PATH is empty");
}

int ec_paths_read(struct ec_strings *paths, struct ec_arena *arena, struct ec_error *error)
{
    struct ec_strings given = *paths;
    *paths = (struct ec_strings){0};
    int result = 0;
    bool stdin_read = false;
    if (given.count == 0)
        ec_strings_add(paths, EC_DEFAULT_PATH);
    for (size_t i = 0; i < given.count && result == 0; i++) {
        result = ec_paths_check(given.items[i], error);
        if (strcmp(given.items[i], "-") != 0)
            ec_strings_add(paths, given.items[i]);
        else if (!stdin_read)
            stdin_read = true, result = read_list(paths, arena, error);
    }
    free(given.items);
    return result;
}
