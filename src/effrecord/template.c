#include "effrecord/template.h"

#include "common/nearest.h"
#include "effrecord/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int unknown_name(const char *text, const char *at, size_t length,
                        const struct effrecord_scope *scope, struct ec_error *error)
{
    struct ec_nearest nearest = {.word = at + 1, .word_length = length};
    int column = effrecord_column(text, at);
    for (size_t i = 0; i < scope->grid->count; i++)
        ec_nearest_offer(&nearest, scope->grid->axes[i].name);
    if (scope->output_dir)
        ec_nearest_offer(&nearest, EFFRECORD_OUTPUT_DIR);
    if (nearest.best)
        return ec_error_set(error, "'%s', column %d: no -L defines {%.*s}; did you mean {%s}?",
                            text, column, (int)length, at + 1, nearest.best);
    return ec_error_set(error,
                        "'%s', column %d: no -L defines {%.*s}; for braces of the program's own "
                        "write {{%.*s}}",
                        text, column, (int)length, at + 1, (int)length, at + 1);
}

/* The value of the name at `name`; NULL when nobody defines it. */
static const char *find_value(const char *name, size_t length, const struct effrecord_scope *scope)
{
    const struct effrecord_axis *axis = effrecord_grid_find(scope->grid, name, length);
    if (axis)
        return effrecord_grid_value(scope->grid, scope->combination,
                                    (size_t)(axis - scope->grid->axes));
    bool is_directory =
        length == strlen(EFFRECORD_OUTPUT_DIR) && memcmp(name, EFFRECORD_OUTPUT_DIR, length) == 0;
    return is_directory ? scope->output_dir : NULL;
}

/* Writes what stands for the brace at *at, and moves *at behind it. */
static int expand_brace(FILE *out, const char *text, const char **at,
                        const struct effrecord_scope *scope, struct ec_error *error)
{
    const char *brace = *at;
    if (brace[1] == brace[0]) {
        putc(brace[0], out);
        *at += 2;
        return 0;
    }
    size_t length = brace[0] == '{' ? effrecord_name_length(brace + 1) : 0;
    if (length == 0 || brace[1 + length] != '}')
        return ec_error_set(error,
                            "'%s', column %d: '%c' is no part of a placeholder such as {name}; for "
                            "a brace of the program's own write %c%c",
                            text, effrecord_column(text, brace), brace[0], brace[0], brace[0]);
    const char *value = find_value(brace + 1, length, scope);
    if (!value)
        return unknown_name(text, brace, length, scope, error);
    fputs(value, out);
    *at += length + 2;
    return 0;
}

char *effrecord_expand(const char *text, const struct effrecord_scope *scope,
                       struct ec_error *error)
{
    struct ec_text_stream result;
    int rc = 0;
    effrecord_text_begin(&result);
    for (const char *at = text; *at != '\0' && rc == 0;) {
        if (*at == '{' || *at == '}')
            rc = expand_brace(result.out, text, &at, scope, error);
        else
            putc(*at++, result.out);
    }
    char *expanded = effrecord_text_end(&result);
    if (rc == 0)
        return expanded;
    free(expanded);
    return NULL;
}
