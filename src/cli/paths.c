#include "cli/paths.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

static int read_lines(struct ec_strings *paths, struct ec_arena *arena, struct ec_error *error)
{
    char *line = NULL;
    size_t size = 0, before = paths->count;
    ssize_t length;
    errno = 0;
    while ((length = getline(&line, &size, stdin)) >= 0) {
        while (length > 0 && (line[length - 1] == '\n' || line[length - 1] == '\r'))
            length--;
        if (length > 0)
            ec_strings_add(paths, ec_arena_strndup(arena, line, (size_t)length));
    }
    int result = 0;
    if (ferror(stdin))
        result = ec_error_set(error, "standard input: %s", strerror(errno));
    else if (paths->count == before)
        result = ec_error_set(error, "standard input holds no path");
    free(line);
    return result;
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
        if (strcmp(given.items[i], "-") != 0)
            ec_strings_add(paths, given.items[i]);
        else if (!stdin_read)
            stdin_read = true, result = read_lines(paths, arena, error);
    }
    free(given.items);
    return result;
}
