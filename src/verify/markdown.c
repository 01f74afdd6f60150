/* Tables in GitHub's Markdown: a row of headers, a row of dashes, rows up to the first line without
 * a bar. */
#include "verify/grid.h"

#include <strings.h>

/* The line from `at` on without its end; *at moves behind it. */
static struct ec_str next_line(struct ec_str source, size_t *at)
{
    struct ec_str line = {source.ptr + *at, source.len - *at};
    const char *end = memchr(line.ptr, '\n', line.len);
    if (end)
        line.len = (size_t)(end - line.ptr);
    *at += line.len + 1;
    return line;
}

static struct ec_str trim(struct ec_str text)
{
    while (text.len > 0 && strchr(" \t\r", text.ptr[0]) && text.ptr[0])
        text.ptr++, text.len--;
    while (text.len > 0 && strchr(" \t\r", text.ptr[text.len - 1]) && text.ptr[text.len - 1])
        text.len--;
    return text;
}

static bool has_bar(struct ec_str line)
{
    return line.len > 0 && memchr(line.ptr, '|', line.len);
}

/* "|---|:-:|" with at least one dash and one bar. */
static bool is_delimiter(struct ec_str line)
{
    bool dash = false;
    for (size_t i = 0; i < line.len; i++) {
        if (!strchr("|-: \t\r", line.ptr[i]) || line.ptr[i] == '\0')
            return false;
        dash |= line.ptr[i] == '-';
    }
    return dash && has_bar(line);
}

/* Cuts the line at bars that no backslash protects; those at its ends hold no cell. */
static void read_row(struct ec_grid *grid, struct ec_str line, size_t number,
                     struct ec_arena *arena)
{
    struct ec_grid_row *row = ec_grid_add_row(grid, number, arena);
    line = trim(line);
    if (line.len > 0 && line.ptr[0] == '|')
        line.ptr++, line.len--;
    size_t start = 0;
    for (size_t i = 0; i < line.len; i++) {
        if (line.ptr[i] == '\\' && i + 1 < line.len) {
            i++;
        } else if (line.ptr[i] == '|') {
            struct ec_str cell = {line.ptr + start, i - start};
            ec_grid_add_cell(row, ec_grid_plain_markdown(cell, arena), 1, arena);
            start = i + 1;
        }
    }
    struct ec_str rest = trim((struct ec_str){line.ptr + start, line.len - start});
    if (rest.len > 0)
        ec_grid_add_cell(row, ec_grid_plain_markdown(rest, arena), 1, arena);
}

struct ec_grid **ec_grid_read_markdown(struct ec_str source, struct ec_arena *arena,
                                       struct ec_grid **last)
{
    struct ec_str before = {"", 0};
    struct ec_grid *grid = NULL;
    size_t number = 1;
    for (size_t at = 0; at < source.len; number++) {
        struct ec_str line = next_line(source, &at);
        if (grid && has_bar(line)) {
            read_row(grid, line, number, arena);
        } else if (has_bar(before) && is_delimiter(line)) {
            grid = *last = ec_arena_calloc(arena, 1, sizeof *grid);
            last = &grid->next;
            grid->header_rows = 1;
            read_row(grid, before, number - 1, arena);
        } else {
            grid = NULL;
        }
        before = line;
    }
    return last;
}

/* ---- Text ---- */

static const struct {
    const char *entity;
    const char *text;
} entities[] = {{"&lt;", "<"},         {"&gt;", ">"},        {"&amp;", "&"},
                {"&quot;", "\""},      {"&nbsp;", " "},      {"&plusmn;", "\u00b1"},
                {"&times;", "\u00d7"}, {"&#39;", "'"},       {"&darr;", "\u2193"},
                {"&uarr;", "\u2191"},  {"&mdash;", "\u2014"}};

/* No tag and no link is longer; a broken file must not cost quadratic time. */
enum { LOOKAHEAD = 4096 };

/* The length of the HTML tag, or of a link's target, at the beginning of text; 0: it is none. */
static size_t markup_length(struct ec_str text)
{
    const char *end = NULL;
    bool tag = text.len > 1 && text.ptr[0] == '<' &&
               (text.ptr[1] == '/' || (text.ptr[1] >= 'a' && text.ptr[1] <= 'z'));
    if (tag)
        end = memchr(text.ptr, '>', text.len);
    else if (text.len > 1 && text.ptr[0] == ']' && text.ptr[1] == '(')
        end = memchr(text.ptr, ')', text.len);
    return end ? (size_t)(end - text.ptr) + 1 : 0;
}

/* Writes what the entity at the beginning of text stands for; returns the entity's length, or 0. */
static size_t take_entity(struct ec_str text, char *ret_text, size_t *ret_length)
{
    for (size_t i = 0; i < sizeof entities / sizeof entities[0]; i++) {
        size_t length = strlen(entities[i].entity);
        if (text.len < length || strncasecmp(text.ptr, entities[i].entity, length) != 0)
            continue;
        *ret_length = strlen(entities[i].text);
        memcpy(ret_text, entities[i].text, *ret_length);
        return length;
    }
    return 0;
}

/* Whether the bracket at the beginning of text opens a link: "[text](target)". */
static bool opens_link(struct ec_str text)
{
    const char *close = memchr(text.ptr, ']', text.len);
    return close && close + 1 < text.ptr + text.len && close[1] == '(';
}

/* The length of a footnote's mark, "[^1]", at the beginning of text; 0: it is none. */
static size_t footnote_length(struct ec_str text)
{
    if (text.len < 2 || memcmp(text.ptr, "[^", 2) != 0)
        return 0;
    size_t at = 2;
    while (at < text.len && !strchr(" \t[]", text.ptr[at]))
        at++;
    bool ends = at > 2 && at < text.len && text.ptr[at] == ']';
    return ends && !opens_link(text) ? at + 1 : 0;
}

/* What stands for a tag: "10<sup>15</sup>" is 10^15, and a line's end is a blank. */
static char tag_text(struct ec_str tag)
{
    if (tag.len > 3 && memcmp(tag.ptr, "<br", 3) == 0)
        return ' ';
    return tag.len == 5 && memcmp(tag.ptr, "<sup>", 5) == 0 ? '^' : '\0';
}

static bool is_letter(struct ec_str text, size_t at)
{
    unsigned char c = at < text.len ? (unsigned char)text.ptr[at] : 0;
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c >= 0x80;
}

/* Underscores between letters are part of a name; one to three others make it bold or italic. */
static bool is_emphasis(struct ec_str text, size_t at)
{
    enum { MOST = 3 };
    size_t start = at, end = at;
    while (end < text.len && text.ptr[end] == '_' && end - at <= MOST)
        end++;
    while (start > 0 && text.ptr[start - 1] == '_' && end - start <= MOST)
        start--;
    return end - start <= MOST &&
           !(start > 0 && is_letter(text, start - 1) && is_letter(text, end));
}

struct ec_str ec_grid_plain_markdown(struct ec_str source, struct ec_arena *arena)
{
    char *text = ec_arena_alloc(arena, source.len + 1);
    size_t length = 0;
    for (size_t at = 0; at < source.len;) {
        size_t left = source.len - at;
        struct ec_str rest = {source.ptr + at, left < LOOKAHEAD ? left : LOOKAHEAD};
        size_t written = 0, skipped = markup_length(rest);
        char instead = tag_text((struct ec_str){rest.ptr, skipped});
        if (instead)
            text[length++] = instead;
        if (skipped == 0)
            skipped = footnote_length(rest);
        if (skipped == 0 && (skipped = take_entity(rest, text + length, &written)) > 0)
            length += written;
        if (skipped > 0) {
            at += skipped;
            continue;
        }
        char c = *rest.ptr;
        if (c == '\\' && rest.len > 1 && strchr("\\`*_{}[]()#+-.!|~<>&$\"'", rest.ptr[1]))
            text[length++] = rest.ptr[1], at += 2;
        else if ((strchr("*`~", c) && c != '\0') || (c == '[' && opens_link(rest)) ||
                 (c == '_' && is_emphasis(source, at)))
            at++;
        else
            text[length++] = c, at++;
    }
    return ec_grid_squeeze(text, length);
}
