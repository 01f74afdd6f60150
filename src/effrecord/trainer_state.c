#include "effrecord/trainer_state.h"

#include "common/read_file.h"

#include <fcntl.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <jansson.h>

static bool later(struct timespec left, struct timespec right)
{
    return left.tv_sec != right.tv_sec ? left.tv_sec > right.tv_sec : left.tv_nsec > right.tv_nsec;
}

/* Escapes what glob() would take for a pattern. The caller frees it. */
static char *literal_pattern(const char *directory, const char *rest)
{
    char *pattern = malloc(2 * strlen(directory) + strlen(rest) + 1);
    char *to = pattern;
    for (const char *from = directory; pattern && *from; from++) {
        if (strchr("*?[\\", *from))
            *to++ = '\\';
        *to++ = *from;
    }
    if (pattern)
        strcpy(to, rest);
    return pattern;
}

/* Keeps the path in *newest when its file is later than *time. */
static void consider(const char *path, struct timespec *time, char **newest)
{
    struct stat status;
    if (stat(path, &status) < 0 || !S_ISREG(status.st_mode) || later(*time, status.st_mtim))
        return;
    char *copy = strdup(path);
    if (!copy)
        return;
    free(*newest);
    *newest = copy;
    *time = status.st_mtim;
}

static char *find_newest(const char *directory, struct timespec since)
{
    char *newest = NULL;
    static const char *const places[] = {"/trainer_state.json", "/checkpoint-*/trainer_state.json"};
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        glob_t found;
        char *pattern = literal_pattern(directory, places[i]);
        if (pattern && glob(pattern, 0, NULL, &found) == 0) {
            for (size_t j = 0; j < found.gl_pathc; j++)
                consider(found.gl_pathv[j], &since, &newest);
            globfree(&found);
        }
        free(pattern);
    }
    return newest;
}

bool effrecord_trainer_state_read(const char *directory, struct timespec since,
                                  struct effrecord_trainer_state *ret_state)
{
    char *path = find_newest(directory, since);
    struct ec_file_text text = {0};
    json_t *state = path && ec_read_file(AT_FDCWD, path, EC_READ_MAX_RECORD, &text) == 0
                        ? json_loadb(text.bytes, text.size, 0, NULL)
                        : NULL;
    free(text.bytes);
    const json_t *step = json_object_get(state, "global_step");
    const json_t *tokens = json_object_get(state, "num_input_tokens_seen");
    bool usable = json_is_integer(step) && json_integer_value(step) > 0;
    if (usable)
        /* The Trainer writes 0 tokens when it was not asked to count. */
        *ret_state = (struct effrecord_trainer_state){
            .path = path,
            .global_step = json_integer_value(step),
            .tokens = json_integer_value(tokens) > 0 ? json_integer_value(tokens) : -1,
        };
    else
        free(path);
    json_decref(state);
    return usable;
}
