#include "tui/page.h"

#include "base/memory.h"
#include "base/utf8.h"
#include "tui/find.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

enum { GAP = 2, SCROLL = 8 }; /* between columns; columns per key */

void ec_page_free(struct ec_page *page)
{
    free(page->rows);
    ec_arena_free(&page->arena);
    *page = (struct ec_page){0};
}

void ec_page_begin(struct ec_page *page, const char *title)
{
    int width = page->width, height = page->height;
    ec_page_free(page);
    page->width = width;
    page->height = height;
    page->title =
        ec_utf8_harmless(ec_str(ec_arena_printf(&page->arena, "%s", title)), &page->arena);
}

struct ec_page_row *ec_page_row(struct ec_page *page, unsigned style)
{
    page->rows = ec_grow(page->rows, page->count, &page->capacity, sizeof *page->rows);
    page->rows[page->count] = (struct ec_page_row){.style = style};
    return &page->rows[page->count++];
}

static size_t cell_count(const struct ec_page_row *row)
{
    size_t count = 0;
    while (count < EC_PAGE_CELLS && row->cells[count].ptr)
        count++;
    return count;
}

void ec_page_cell(struct ec_page *page, struct ec_str text)
{
    struct ec_page_row *row = &page->rows[page->count - 1];
    size_t column = cell_count(row);
    if (column == EC_PAGE_CELLS)
        return;
    const char *copy = ec_arena_strndup(&page->arena, text.ptr ? text.ptr : "", text.len);
    row->cells[column] = ec_utf8_harmless((struct ec_str){copy, text.len}, &page->arena);
    if (column == 0)
        return;
    /* A cell needs a width of its own only where another follows. */
    int before = ec_utf8_width(row->cells[column - 1]);
    if (before > page->widths[column - 1])
        page->widths[column - 1] = before;
}

void ec_page_printf(struct ec_page *page, const char *format, ...)
{
    char text[512];
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    size_t kept = length < (int)sizeof text ? (size_t)length : sizeof text - 1;
    ec_page_cell(page, (struct ec_str){text, kept});
}

/* The longest beginning that fits and ends before a blank, where there is one. */
static struct ec_str line_of(struct ec_str text, int width)
{
    struct ec_str head = ec_utf8_head(text, width);
    if (head.len == text.len || head.len == 0)
        return head;
    for (size_t at = head.len; at > 0; at--)
        if (text.ptr[at] == ' ')
            return (struct ec_str){text.ptr, at};
    return head;
}

void ec_page_paragraph(struct ec_page *page, struct ec_str text, int width, unsigned style)
{
    text = ec_utf8_harmless(text, &page->arena);
    do {
        struct ec_str line = line_of(text, width > 10 ? width : 10);
        if (line.len == 0)
            line = text;
        ec_page_row(page, style);
        ec_page_cell(page, line);
        text.ptr += line.len;
        text.len -= line.len;
        while (text.len > 0 && text.ptr[0] == ' ')
            text.ptr++, text.len--;
    } while (text.len > 0);
}

/* ---- Moving ---- */

static size_t body_count(const struct ec_page *page)
{
    return page->count > page->header ? page->count - page->header : 0;
}

static size_t body_height(const struct ec_page *page)
{
    int height = page->height - page->header;
    return height > 0 ? (size_t)height : 1;
}

static size_t last_top(const struct ec_page *page)
{
    size_t count = body_count(page), height = body_height(page);
    return count > height ? count - height : 0;
}

static int total_width(const struct ec_page *page)
{
    int widest = 0;
    for (size_t i = 0; i < page->count; i++) {
        const struct ec_page_row *row = &page->rows[i];
        size_t count = cell_count(row);
        int width = count > 0 ? ec_utf8_width(row->cells[count - 1]) : 0;
        for (size_t cell = 0; cell + 1 < count; cell++)
            width += page->widths[cell] + GAP;
        widest = width > widest ? width : widest;
    }
    return widest;
}

static void scroll_right(struct ec_page *page, int by)
{
    int most = total_width(page) - page->width;
    page->left += by;
    if (page->left > most)
        page->left = most;
    if (page->left < 0)
        page->left = 0;
}

/* Moves the cursor, or the page where there is none, to a row. */
static void go_to(struct ec_page *page, size_t row)
{
    size_t count = body_count(page), height = body_height(page);
    size_t last = page->has_cursor ? (count > 0 ? count - 1 : 0) : last_top(page);
    row = row < last ? row : last;
    if (!page->has_cursor) {
        page->row = page->top = row;
        return;
    }
    page->row = row;
    if (page->top > row)
        page->top = row;
    if (row >= page->top + height)
        page->top = row - height + 1;
}

bool ec_page_move(struct ec_page *page, enum ec_action action)
{
    size_t row = page->row, height = body_height(page);
    switch (action) {
    case EC_ACTION_UP:
        go_to(page, row > 0 ? row - 1 : 0);
        return true;
    case EC_ACTION_DOWN:
        go_to(page, row + 1);
        return true;
    case EC_ACTION_PAGE_UP:
        go_to(page, row > height ? row - height : 0);
        return true;
    case EC_ACTION_PAGE_DOWN:
        go_to(page, row + height);
        return true;
    case EC_ACTION_TOP:
        go_to(page, 0);
        return true;
    case EC_ACTION_BOTTOM:
        go_to(page, body_count(page));
        return true;
    case EC_ACTION_LEFT:
        scroll_right(page, -SCROLL);
        return true;
    case EC_ACTION_RIGHT:
        scroll_right(page, SCROLL);
        return true;
    case EC_ACTION_FIRST_COLUMN:
        page->left = 0;
        return true;
    case EC_ACTION_LAST_COLUMN:
        scroll_right(page, total_width(page));
        return true;
    default:
        return false;
    }
}

static bool row_holds(const struct ec_page_row *row, struct ec_str text)
{
    for (size_t i = 0; i < cell_count(row); i++)
        if (ec_find(row->cells[i], text))
            return true;
    return false;
}

bool ec_page_search(struct ec_page *page, struct ec_str text, bool back, bool from_here)
{
    size_t count = body_count(page);
    /* Where there is no cursor, the search goes on from what it found, unless that has been left.
     */
    bool in_sight = page->found > page->top && page->found <= page->top + body_height(page);
    size_t start = !page->has_cursor && in_sight ? page->found - 1 : page->row;
    for (size_t step = from_here ? 0 : 1; count > 0 && step <= count; step++) {
        size_t row = (start + (back ? count - step % count : step)) % count;
        if (row_holds(&page->rows[row + page->header], text)) {
            page->found = row + 1;
            go_to(page, row);
            return true;
        }
    }
    return false;
}

/* ---- Drawing ---- */

/* Puts text between the column `from` and the right edge; an ellipsis stands where it is cut, so
 * that a part of a number is not taken for one. */
static void put_within(struct ec_surface *surface, int y, int x, int from, struct ec_str text,
                       unsigned style)
{
    int end = x + ec_utf8_width(text);
    surface->clip = from;
    ec_surface_put(surface, y, x, surface->width - x, text, style);
    surface->clip = 0;
    if (x < from && end > from)
        ec_surface_text(surface, y, from, "\u2026", EC_STYLE_HINT);
    if (x < surface->width && end > surface->width)
        ec_surface_text(surface, y, surface->width - 1, "\u2026", EC_STYLE_HINT);
}

static void draw_row(const struct ec_page *page, struct ec_surface *surface,
                     const struct ec_page_row *row, int y)
{
    size_t count = cell_count(row);
    if (count == 1) {
        put_within(surface, y, -page->left, 0, row->cells[0], row->style);
        return;
    }
    /* On a narrow screen the first column leaves room for others. */
    int room = page->widths[0] < surface->width / 2 ? page->widths[0] : surface->width / 2;
    int frozen = room + GAP;
    ec_surface_put_cut(surface, y, 0, room, row->cells[0], row->style | EC_STYLE_BOLD);
    int x = frozen - page->left;
    for (size_t i = 1; i < count; i++) {
        put_within(surface, y, x, frozen, row->cells[i], row->style);
        x += page->widths[i] + GAP;
    }
}

void ec_page_draw(struct ec_page *page, struct ec_surface *surface, int y, int height)
{
    page->height = height;
    page->width = surface->width;
    size_t count = body_count(page), shown = body_height(page);
    if (page->top > last_top(page))
        page->top = last_top(page);
    go_to(page, page->row);
    int line = y;
    if (page->header && page->count > 0 && height > 1)
        draw_row(page, surface, &page->rows[0], line++);
    for (size_t i = 0; i < shown && page->top + i < count && line < y + height; i++, line++) {
        size_t row = page->top + i;
        draw_row(page, surface, &page->rows[row + page->header], line);
        if (page->has_cursor ? row == page->row : row + 1 == page->found)
            ec_surface_restyle(surface, line, 0, surface->width, EC_STYLE_REVERSE);
    }
}
