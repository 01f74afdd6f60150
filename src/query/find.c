#include "query/find.h"

#include "common/nearest.h"
#include "query/list.h"

#include <fnmatch.h>

/* The row's name before --label. */
static struct ec_str plain_name(const struct ec_table *table, size_t row)
{
    uint32_t base = table->order[row];
    if (table->plain_names)
        return table->plain_names[base];
    return ec_table_row_name(table, row);
}

static bool is_called(const struct ec_table *table, size_t row, struct ec_str name)
{
    return ec_str_equal(ec_table_row_name(table, row), name) ||
           ec_str_equal(plain_name(table, row), name);
}

static bool is_glob(struct ec_str pattern)
{
    for (size_t i = 0; i < pattern.len; i++)
        if (strchr("*?[\\", pattern.ptr[i]))
            return true;
    return false;
}

static bool glob_matches(struct ec_str pattern, struct ec_str name)
{
    struct ec_arena arena = {0};
    const char *glob = ec_arena_strndup(&arena, pattern.ptr, pattern.len);
    bool matches = fnmatch(glob, ec_arena_strndup(&arena, name.ptr, name.len), 0) == 0;
    ec_arena_free(&arena);
    return matches;
}

static bool row_matches(const struct ec_table *table, size_t row, struct ec_str glob)
{
    return glob_matches(glob, ec_table_row_name(table, row)) ||
           glob_matches(glob, plain_name(table, row));
}

bool ec_find_matches(const struct ec_table *table, size_t row, struct ec_str pattern)
{
    return is_called(table, row, pattern) || (is_glob(pattern) && row_matches(table, row, pattern));
}

bool ec_find_any(const struct ec_table *table, struct ec_str pattern)
{
    for (size_t row = 0; row < table->row_count; row++)
        if (ec_find_matches(table, row, pattern))
            return true;
    return false;
}

static bool is_name(const struct ec_table *table, struct ec_str name)
{
    for (size_t row = 0; row < table->row_count; row++)
        if (is_called(table, row, name))
            return true;
    return false;
}

static size_t longest_name(const struct ec_table *table)
{
    size_t longest = 0;
    for (size_t row = 0; row < table->row_count; row++) {
        size_t shown = ec_table_row_name(table, row).len, plain = plain_name(table, row).len;
        longest = shown > longest ? shown : longest;
        longest = plain > longest ? plain : longest;
    }
    return longest;
}

bool ec_find_next(const struct ec_table *table, struct ec_str *rest, struct ec_str *ret_item)
{
    struct ec_str later, item;
    if (!ec_list_next(rest, ret_item))
        return false;
    later = *rest;
    for (size_t longest = longest_name(table); ec_list_next(&later, &item);) {
        struct ec_str joined = {ret_item->ptr, (size_t)(item.ptr + item.len - ret_item->ptr)};
        if (joined.len > longest)
            break; /* the rest of a long list is not looked at for each of its items */
        if (!is_name(table, joined))
            continue;
        *ret_item = joined;
        *rest = later;
    }
    return true;
}

static int fail_none(const struct ec_table *table, struct ec_str pattern, struct ec_error *error)
{
    struct ec_arena arena = {0};
    const char *text = ec_arena_strndup(&arena, pattern.ptr, pattern.len);
    struct ec_nearest nearest = {.word = text, .word_length = pattern.len};
    for (size_t row = 0; row < table->row_count; row++) {
        struct ec_str name = ec_table_row_name(table, row);
        ec_nearest_offer(&nearest, ec_arena_strndup(&arena, name.ptr, name.len));
    }
    if (nearest.best)
        ec_error_set(error, "no row is called '%s'; did you mean '%s'?", text, nearest.best);
    else
        ec_error_set(error, "no row is called '%s'", text);
    ec_arena_free(&arena);
    return -1;
}

int ec_find_row(const struct ec_table *table, struct ec_str pattern, size_t *ret_row,
                struct ec_error *error)
{
    size_t exact = 0, matching = 0, exact_row = 0, matching_row = 0;
    bool globs = is_glob(pattern); /* asked once: there may be 100,000 rows */
    for (size_t row = 0; row < table->row_count; row++) {
        if (is_called(table, row, pattern)) {
            exact++;
            exact_row = row;
        } else if (globs && row_matches(table, row, pattern)) {
            matching++;
            matching_row = row;
        }
    }
    size_t count = exact > 0 ? exact : matching;
    if (count == 0)
        return fail_none(table, pattern, error);
    if (count > 1)
        return ec_error_set(error, "'%.*s' means %zu rows; it has to mean one", (int)pattern.len,
                            pattern.ptr, count);
    *ret_row = exact > 0 ? exact_row : matching_row;
    return 0;
}
