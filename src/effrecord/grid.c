#include "effrecord/grid.h"

#include "effrecord/text.h"
#include "record/facts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_"
#define DIGITS  "0123456789"

enum { RANGE_DIGITS_MAX = 9 };

size_t effrecord_name_length(const char *text)
{
    return strspn(text, LETTERS) == 0 ? 0 : strspn(text, LETTERS DIGITS ".-");
}

const struct effrecord_axis *effrecord_grid_find(const struct effrecord_grid *grid,
                                                 const char *name, size_t length)
{
    for (size_t i = 0; i < grid->count; i++)
        if (strlen(grid->axes[i].name) == length && memcmp(grid->axes[i].name, name, length) == 0)
            return &grid->axes[i];
    return NULL;
}

size_t effrecord_grid_size(const struct effrecord_grid *grid)
{
    size_t size = 1;
    for (size_t i = 0; i < grid->count; i++)
        size *= grid->axes[i].count;
    return size;
}

const char *effrecord_grid_value(const struct effrecord_grid *grid, size_t combination, size_t axis)
{
    for (size_t i = grid->count - 1; i > axis; i--)
        combination /= grid->axes[i].count;
    return grid->axes[axis].values[combination % grid->axes[axis].count];
}

char *effrecord_grid_label(const struct effrecord_grid *grid, size_t combination)
{
    struct ec_text_stream label;
    effrecord_text_begin(&label);
    for (size_t i = 0; i < grid->count; i++)
        fprintf(label.out, "%s%s=%s", i > 0 ? " " : "", grid->axes[i].name,
                effrecord_grid_value(grid, combination, i));
    return effrecord_text_end(&label);
}

/* ---- Reading an axis ---- */

/* One -L while it is read. */
struct reader {
    const char *text; /* all of it */
    const char *at;
    struct effrecord_axis *axis;
    size_t max; /* values that the axis may have */
    struct ec_error *error;
};

static int fail(const struct reader *reader, const char *at, const char *reason)
{
    return ec_error_set(reader->error, "'%s', column %d: %s", reader->text,
                        effrecord_column(reader->text, at), reason);
}

/* Takes `value` over. */
static void append(struct effrecord_axis *axis, char *value)
{
    if ((axis->count & (axis->count - 1)) == 0) { /* full: 0, 1, 2, 4, ... */
        char **larger = effrecord_alloc(axis->count ? 2 * axis->count : 1, sizeof *larger);
        if (axis->count > 0)
            memcpy(larger, axis->values, axis->count * sizeof *larger);
        free(axis->values);
        axis->values = larger;
    }
    axis->values[axis->count++] = value;
}

/* Whether there is room for `added` more values. */
static int check_room(const struct reader *reader, size_t added)
{
    if (added <= reader->max - reader->axis->count)
        return 0;
    return fail(reader, reader->at, "there are more than 100000 combinations");
}

/* Whether `value` is none of the first `count` values. */
static int check_new(const struct reader *reader, size_t count, const char *value)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(reader->axis->values[i], value) == 0)
            return fail(reader, reader->at, "this value is there twice");
    return 0;
}

/* Whether the value at `at` is a range "A..B" that ends the value. */
static bool read_range(const char *at, unsigned long *ret_first, unsigned long *ret_last,
                       const char **ret_end)
{
    size_t first = strspn(at, DIGITS);
    if (first == 0 || first > RANGE_DIGITS_MAX || strncmp(at + first, "..", 2) != 0)
        return false;
    const char *second = at + first + 2;
    size_t last = strspn(second, DIGITS);
    if (last == 0 || last > RANGE_DIGITS_MAX || (second[last] != '\0' && second[last] != ','))
        return false;
    *ret_first = strtoul(at, NULL, 10);
    *ret_last = strtoul(second, NULL, 10);
    *ret_end = second + last;
    return true;
}

static int add_range(struct reader *reader, unsigned long first, unsigned long last,
                     const char *end)
{
    size_t before = reader->axis->count;
    if (last < first)
        return fail(reader, reader->at, "the range ends before it starts");
    if (check_room(reader, last - first + 1) < 0)
        return -1;
    for (unsigned long number = first; number <= last; number++) {
        char *value = effrecord_text("%lu", number);
        append(reader->axis, value);
        if (check_new(reader, before, value) < 0)
            return -1;
    }
    reader->at = end;
    return 0;
}

/* One value as it is written, up to the next comma. */
static int add_text(struct reader *reader)
{
    const char *at = reader->at;
    char *value = effrecord_alloc(strlen(at) + 1, 1);
    size_t length = 0;
    for (; *at != '\0' && *at != ','; at++) {
        if (*at == '\\' && (at[1] == ',' || at[1] == '\\'))
            at++;
        value[length++] = *at;
    }
    int rc = length > 0 ? 0 : fail(reader, reader->at, "a value is missing");
    if (rc == 0)
        rc = check_room(reader, 1);
    if (rc == 0)
        rc = check_new(reader, reader->axis->count, value);
    if (rc < 0) {
        free(value);
        return -1;
    }
    append(reader->axis, value);
    reader->at = at;
    return 0;
}

static int read_values(struct reader *reader)
{
    for (;; reader->at++) {
        unsigned long first, last;
        const char *end;
        int rc = read_range(reader->at, &first, &last, &end) ? add_range(reader, first, last, end)
                                                             : add_text(reader);
        if (rc < 0 || *reader->at == '\0')
            return rc;
    }
}

static int read_name(struct reader *reader, const struct effrecord_grid *grid)
{
    size_t length = effrecord_name_length(reader->text);
    const char *end = reader->text + length;
    if (!effrec_is_utf8(reader->text))
        return ec_error_set(reader->error, "the text is not UTF-8");
    for (const char *c = reader->text; *c; c++)
        if ((unsigned char)*c < ' ' || *c == 0x7f)
            return fail(reader, c, "there is a control character");
    if (length == 0 || *end != '=')
        return fail(reader, end,
                    *end == '\0' && length > 0 ? "'=' and values are missing"
                                               : "NAME=VALUE,... is expected");
    if (effrecord_grid_find(grid, reader->text, length))
        return fail(reader, reader->text, "this name was given before");
    if (length == strlen(EFFRECORD_OUTPUT_DIR) &&
        memcmp(reader->text, EFFRECORD_OUTPUT_DIR, length) == 0)
        return fail(reader, reader->text, "{" EFFRECORD_OUTPUT_DIR "} is the output directory");
    reader->axis->name = effrecord_text("%.*s", (int)length, reader->text);
    reader->at = end + 1;
    return 0;
}

static void free_axis(struct effrecord_axis *axis)
{
    for (size_t i = 0; i < axis->count; i++)
        free(axis->values[i]);
    free(axis->values);
    free(axis->name);
}

int effrecord_grid_add(struct effrecord_grid *grid, const char *text, struct ec_error *error)
{
    struct effrecord_axis axis = {0};
    struct reader reader = {.text = text,
                            .axis = &axis,
                            .max = EFFRECORD_COMBINATIONS_MAX / effrecord_grid_size(grid),
                            .error = error};
    if (read_name(&reader, grid) < 0 || read_values(&reader) < 0) {
        free_axis(&axis);
        return -1;
    }
    struct effrecord_axis *larger = effrecord_alloc(grid->count + 1, sizeof *larger);
    if (grid->count > 0)
        memcpy(larger, grid->axes, grid->count * sizeof *larger);
    free(grid->axes);
    grid->axes = larger;
    grid->axes[grid->count++] = axis;
    return 0;
}

void effrecord_grid_free(struct effrecord_grid *grid)
{
    for (size_t i = 0; i < grid->count; i++)
        free_axis(&grid->axes[i]);
    free(grid->axes);
    *grid = (struct effrecord_grid){0};
}
