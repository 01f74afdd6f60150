#include "tui/surface.h"

#include "base/memory.h"
#include "base/utf8.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

void ec_surface_init(struct ec_surface *surface, bool ascii)
{
    *surface = (struct ec_surface){.ascii = ascii, .cursor_x = -1, .cursor_y = -1};
    ec_out_to_memory(&surface->text);
}

void ec_surface_free(struct ec_surface *surface)
{
    free(surface->cells);
    ec_out_free(&surface->text);
    *surface = (struct ec_surface){0};
}

void ec_surface_begin(struct ec_surface *surface, int width, int height)
{
    surface->width = width > 0 ? width : 0;
    surface->height = height > 0 ? height : 0;
    size_t count = (size_t)surface->width * (size_t)surface->height;
    surface->cells = ec_realloc(surface->cells, count + 1, sizeof *surface->cells);
    for (size_t i = 0; i < count; i++)
        surface->cells[i] = (struct ec_surface_cell){.width = 1};
    surface->text.length = 0;
    surface->clip = 0;
    surface->cursor_x = surface->cursor_y = -1;
}

static struct ec_surface_cell *cell_at(const struct ec_surface *surface, int y, int x)
{
    return &surface->cells[(size_t)y * (size_t)surface->width + (size_t)x];
}

/* What stands for a character on a terminal that has only ASCII. */
static char ascii_for(struct ec_str cluster)
{
    static const struct {
        const char *text;
        char ascii;
    } replacements[] = {
        {"\u00b1", '+'}, {"\u00d7", 'x'}, {"\u0394", 'd'}, {"\u2191", '^'}, {"\u2193", 'v'},
        {"\u2190", '<'}, {"\u2192", '>'}, {"\u2026", '~'}, {"\u2500", '-'}, {"\u2502", '|'},
        {"\u2013", '-'}, {"\u2264", '<'}, {"\u2265", '>'}, {"\u00b7", '.'}, {"\u25c6", '@'},
        {"\u25b2", '^'}, {"\u25bc", 'v'}, {"\u2588", '#'}, {"\u2713", '*'}, {"\u25cf", '*'},
        {"\u25cb", 'o'}, {"\u221e", '8'},
    };
    for (size_t i = 0; i < sizeof replacements / sizeof *replacements; i++)
        if (ec_str_equal(cluster, ec_str(replacements[i].text)))
            return replacements[i].ascii;
    return '?';
}

/* Makes blanks of the rest of wide characters a part of which, from x to `end`, is overwritten. */
static void clear_halves(const struct ec_surface *surface, int y, int x, int end)
{
    int from = x;
    while (cell_at(surface, y, from)->width == 0)
        from--;
    while (end < surface->width && cell_at(surface, y, end)->width == 0)
        end++;
    for (; from < end; from++)
        *cell_at(surface, y, from) =
            (struct ec_surface_cell){.width = 1, .style = cell_at(surface, y, from)->style};
}

static void set_cell(struct ec_surface *surface, int y, int x, struct ec_str cluster, int width,
                     unsigned style)
{
    struct ec_surface_cell *cell = cell_at(surface, y, x);
    char ascii = 0;
    if (surface->ascii && (cluster.len > 1 || (unsigned char)cluster.ptr[0] >= 0x80)) {
        ascii = ascii_for(cluster);
        cluster = (struct ec_str){&ascii, 1};
    }
    bool blank = cluster.len == 1 && cluster.ptr[0] == ' ';
    size_t length = blank ? 0 : cluster.len;
    if (length > UINT8_MAX) /* a letter under a heap of marks: the letter alone */
        length = ec_utf8_decode(cluster, &(int32_t){0});
    clear_halves(surface, y, x, x + width);
    *cell = (struct ec_surface_cell){
        .offset = (uint32_t)surface->text.length,
        .length = (uint8_t)length,
        .width = (uint8_t)width,
        .style = (uint8_t)style,
    };
    ec_out_bytes(&surface->text, cluster.ptr, length);
    for (int i = 1; i < width; i++) /* the rest of a wide character; of '?', blanks */
        *cell_at(surface, y, x + i) =
            (struct ec_surface_cell){.width = ascii ? 1 : 0, .style = (uint8_t)style};
    if (ascii)
        cell->width = 1;
}

int ec_surface_put(struct ec_surface *surface, int y, int x, int room, struct ec_str text,
                   unsigned style)
{
    int start = x, end = x + room;
    if (y < 0 || y >= surface->height)
        return 0;
    if (end > surface->width)
        end = surface->width;
    while (text.len > 0) {
        int width;
        size_t bytes = ec_utf8_cluster(text, &width);
        if (x + width > end)
            break;
        /* A mark without a letter has no place of its own. */
        if (width > 0 && x >= 0 && x >= surface->clip)
            set_cell(surface, y, x, (struct ec_str){text.ptr, bytes}, width, style);
        x += width;
        text.ptr += bytes;
        text.len -= bytes;
    }
    return x - start;
}

int ec_surface_text(struct ec_surface *surface, int y, int x, const char *text, unsigned style)
{
    return ec_surface_put(surface, y, x, surface->width, ec_str(text), style);
}

int ec_surface_printf(struct ec_surface *surface, int y, int x, unsigned style, const char *format,
                      ...)
{
    char text[1024];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    return ec_surface_text(surface, y, x, text, style);
}

int ec_surface_put_cut(struct ec_surface *surface, int y, int x, int room, struct ec_str text,
                       unsigned style)
{
    if (ec_utf8_width(text) <= room)
        return ec_surface_put(surface, y, x, room, text, style);
    if (room < 1)
        return 0;
    struct ec_str head = ec_utf8_head(text, room / 2);
    int start = x;
    x += ec_surface_put(surface, y, x, room, head, style);
    x += ec_surface_put(surface, y, x, start + room - x, ec_str("\u2026"), style);
    struct ec_str tail = ec_utf8_tail(text, start + room - x);
    return x - start + ec_surface_put(surface, y, x, start + room - x, tail, style);
}

/* Clears some bits of the style, then sets others. */
static void change_style(struct ec_surface *surface, int y, int x, int width, unsigned clear,
                         unsigned set)
{
    if (y < 0 || y >= surface->height)
        return;
    int end = x + width < surface->width ? x + width : surface->width;
    for (x = x > 0 ? x : 0; x < end; x++) {
        struct ec_surface_cell *cell = cell_at(surface, y, x);
        cell->style = (uint8_t)((cell->style & ~clear) | set);
    }
}

void ec_surface_restyle(struct ec_surface *surface, int y, int x, int width, unsigned style)
{
    unsigned role = style & EC_STYLE_ROLES ? EC_STYLE_ROLES : 0;
    change_style(surface, y, x, width, role, style);
}

void ec_surface_unstyle(struct ec_surface *surface, int y, int x, int width, unsigned style)
{
    change_style(surface, y, x, width, style, 0);
}

/* ---- Reading ---- */

const struct ec_surface_cell *ec_surface_cell(const struct ec_surface *surface, int y, int x)
{
    return cell_at(surface, y, x);
}

struct ec_str ec_surface_cell_text(const struct ec_surface *surface,
                                   const struct ec_surface_cell *cell)
{
    if (cell->length == 0)
        return ec_str(cell->width > 0 ? " " : "");
    return (struct ec_str){surface->text.buffer + cell->offset, cell->length};
}

static char style_letter(unsigned style)
{
    static const char roles[] = {0, 'B', 'M', 'E', 'H', 'h', 'A'};
    if (style & EC_STYLE_REVERSE)
        return 'r';
    if (style & EC_STYLE_ROLES)
        return roles[(style & EC_STYLE_ROLES) >> 4];
    if (style & EC_STYLE_BOLD)
        return 'b';
    if (style & EC_STYLE_UNDERLINE)
        return 'u';
    return style & EC_STYLE_DIM ? 'd' : ' ';
}

static void end_line(struct ec_out *out, size_t start)
{
    while (out->length > start && out->buffer[out->length - 1] == ' ')
        out->length--;
    ec_out_char(out, '\n');
}

void ec_surface_dump(const struct ec_surface *surface, struct ec_out *out)
{
    for (int y = 0; y < surface->height; y++) {
        size_t start = out->length;
        for (int x = 0; x < surface->width; x++)
            ec_out_str(out, ec_surface_cell_text(surface, cell_at(surface, y, x)));
        end_line(out, start);
    }
}

void ec_surface_dump_styles(const struct ec_surface *surface, struct ec_out *out)
{
    for (int y = 0; y < surface->height; y++) {
        size_t start = out->length;
        for (int x = 0; x < surface->width; x++)
            ec_out_char(out, style_letter(cell_at(surface, y, x)->style));
        end_line(out, start);
    }
}
