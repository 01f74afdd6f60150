#include "tui/state.h"

#include "base/memory.h"
#include "base/utf8.h"
#include "table/format.h"
#include "table/layout.h"

#include <stdio.h>

enum {
    GUTTER = 1,    /* where marks are shown */
    GAP = 2,       /* between columns */
    MIN_NAME = 8,  /* of the name column, where there is room */
    SORT_ROOM = 1, /* the sort arrow in the header; its number takes from the gap */
    MIN_CUT = 6,   /* of a column that the screen's edge cuts */
};

/* A column of the table on the screen. */
struct slot {
    size_t column; /* as in ec_grid: 0 the name */
    int x, width;  /* as far as the screen goes */
    bool right;    /* numbers stand to the right */
};

enum { MAX_SLOTS = 128 };

struct frame {
    struct ec_model *model;
    struct ec_surface *surface;
    struct slot slots[MAX_SLOTS];
    size_t slot_count;
    bool more;          /* there are more columns to the right, or the rest of the last one */
    struct ec_out text; /* of the cell being drawn */
};

/* ---- Widths ---- */

static int widest_name(struct ec_model *model)
{
    struct ec_grid *grid = &model->grid;
    const struct ec_table *table = model->table;
    if (grid->widest_name > 0)
        return grid->widest_name;
    int widest = ec_utf8_width(ec_str(table->name_header)) + SORT_ROOM;
    for (size_t row = 0; row < table->row_count; row++) {
        struct ec_arena arena = {0};
        struct ec_str name = ec_utf8_harmless(ec_table_row_name(table, row), &arena);
        int width = ec_utf8_width(name) + (int)strlen(ec_table_row_mark(table, row));
        widest = width > widest ? width : widest;
        ec_arena_free(&arena);
    }
    grid->widest_name = widest;
    return widest;
}

/* As wide as the widest name, but at most two fifths of the screen, and as the user changed it. */
static int name_width(struct ec_model *model, int screen)
{
    int widest = widest_name(model), most = screen * 2 / 5;
    int width = widest < most ? widest : most;
    width += model->grid.name_change;
    width = width < widest ? width : widest;
    width = width > MIN_NAME ? width : MIN_NAME;
    int room = screen - GUTTER - 1;
    return width < room ? width : room;
}

static const struct ec_measure *measure(struct ec_model *model, size_t column)
{
    struct ec_grid *grid = &model->grid;
    const struct ec_table *table = model->table;
    struct ec_measure *measured = &grid->measures[column];
    if (measured->width > 0)
        return measured;
    struct ec_arena arena = {0};
    struct ec_str title = ec_str(ec_column_title(&table->columns[column], &arena));
    int header = ec_utf8_width(ec_utf8_harmless(title, &arena)) + SORT_ROOM;
    int cells = ec_layout_widest_cell(table, column);
    ec_arena_free(&arena);
    *measured = (struct ec_measure){
        .width = header > cells ? header : cells,
        .numbers = ec_table_has_numbers(table, column),
        .runset_column =
            table->columns[column].series ? EC_NO_COLUMN : table->columns[column].runset_column,
        .unit = table->columns[column].unit,
        .digits = table->columns[column].digits,
    };
    return measured;
}

/* ---- Which columns are on the screen ---- */

static void place_columns(struct frame *frame)
{
    struct ec_model *model = frame->model;
    const struct ec_grid *grid = &model->grid;
    int width = name_width(model, frame->surface->width);
    int x = GUTTER;
    frame->slots[0] = (struct slot){0, x, width, false};
    frame->slot_count = 1;
    x += width + GAP;
    size_t i = grid->left;
    frame->more = false;
    for (; i < model->table->column_count && x < frame->surface->width &&
           frame->slot_count < MAX_SLOTS;
         i++) {
        const struct ec_measure *measured = measure(model, i);
        int room = frame->surface->width - x;
        frame->more = measured->width > room;
        if (frame->more && room < MIN_CUT && frame->slot_count > 1)
            break;
        frame->slots[frame->slot_count++] =
            (struct slot){i + 1, x, frame->more ? room : measured->width, measured->numbers};
        x += measured->width + GAP;
    }
    frame->more = frame->more || i < model->table->column_count;
}

/* The first column to show so that the cursor's is on the screen as a whole, or the first one
 * there: not before `left`. Looks only at columns that will be shown, because measuring takes its
 * time. */
static size_t leftmost(const struct frame *frame, size_t left)
{
    struct ec_model *model = frame->model;
    size_t first = model->grid.column - 1;
    int room = frame->surface->width - GUTTER - name_width(model, frame->surface->width) - GAP;
    int width = measure(model, first)->width;
    while (first > left) {
        width += GAP + measure(model, first - 1)->width;
        if (width > room)
            break;
        first--;
    }
    return first;
}

static void scroll_to_cursor(struct frame *frame)
{
    struct ec_grid *grid = &frame->model->grid;
    if (grid->column > 0 && grid->column - 1 < grid->left)
        grid->left = grid->column - 1;
    grid->left = grid->column > 0 ? leftmost(frame, grid->left) : 0;
    place_columns(frame);
}

/* ---- Headers ---- */

static void write_title(struct frame *frame, size_t number)
{
    const struct ec_table *table = frame->model->table;
    const struct ec_column *column = number > 0 ? &table->columns[number - 1] : NULL;
    struct ec_arena arena = {0};
    frame->text.length = 0;
    ec_utf8_write_harmless(&frame->text,
                           ec_str(column ? ec_column_title(column, &arena) : table->name_header));
    ec_arena_free(&arena);
    size_t place;
    int sorted = ec_view_sorted(&frame->model->view, column, &place);
    if (sorted == 0)
        return;
    ec_out_text(&frame->text, sorted > 0 ? "\u25b2" : "\u25bc");
    if (frame->model->view.sort.count > 1)
        ec_out_printf(&frame->text, "%zu", place);
}

static struct ec_str text_of(const struct frame *frame)
{
    return (struct ec_str){frame->text.buffer, frame->text.length};
}

/* Draws text in its column, numbers to the right. */
static void put(struct frame *frame, const struct slot *slot, int y, unsigned style)
{
    struct ec_str text = text_of(frame);
    int width = ec_utf8_width(text);
    int more = width == slot->width + 1; /* one column of the gap may be used */
    int x = slot->x + (slot->right ? slot->width - width : 0);
    x = x > slot->x - more ? x : slot->x - more;
    int end = slot->x + slot->width + (slot->right ? 0 : more);
    ec_surface_put_cut(frame->surface, y, x, end - x, text, style);
}

static void draw_headers(struct frame *frame, int y)
{
    struct ec_model *model = frame->model;
    for (size_t i = 0; i < frame->slot_count; i++) {
        const struct slot *slot = &frame->slots[i];
        bool current = slot->column == model->grid.column;
        struct slot title = *slot;
        title.width -= frame->more && title.x + title.width == frame->surface->width;
        write_title(frame, slot->column);
        put(frame, &title, y, EC_STYLE_HEADER | EC_STYLE_BOLD);
        if (current)
            ec_surface_restyle(frame->surface, y, slot->x, slot->width, EC_STYLE_REVERSE);
        ec_draw_hit(model,
                    (struct ec_hit){y, slot->x, slot->width + GAP, EC_HIT_HEADER, slot->column});
    }
    if (frame->more)
        ec_surface_text(frame->surface, y, frame->surface->width - 1, "\u2192", EC_STYLE_HINT);
    if (model->grid.left > 0)
        ec_surface_text(frame->surface, y, frame->slots[0].x + frame->slots[0].width + GAP - 1,
                        "\u2190", EC_STYLE_HINT);
}

static bool has_groups(const struct ec_table *table)
{
    for (size_t i = 0; i < table->column_count; i++)
        if (table->columns[i].group)
            return true;
    return false;
}

/* The headings over neighbouring columns. */
static void draw_groups(struct frame *frame, int y)
{
    const struct ec_table *table = frame->model->table;
    for (size_t i = 1; i < frame->slot_count;) {
        size_t column = frame->slots[i].column - 1;
        size_t end = ec_table_group_end(table, column), next = i;
        while (next < frame->slot_count && frame->slots[next].column - 1 < end)
            next++;
        const struct slot *first = &frame->slots[i], *last = &frame->slots[next - 1];
        if (table->columns[column].group) {
            frame->text.length = 0;
            ec_utf8_write_harmless(&frame->text, ec_str(table->columns[column].group));
            ec_surface_put_cut(frame->surface, y, first->x, last->x + last->width - first->x,
                               text_of(frame), EC_STYLE_HEADER | EC_STYLE_UNDERLINE);
        }
        i = next;
    }
}

/* ---- Rows ---- */

static unsigned cell_style(unsigned marks)
{
    if (marks & EC_MARK_BEST)
        return EC_STYLE_BEST | EC_STYLE_BOLD;
    if (marks & EC_MARK_TIED)
        return EC_STYLE_BOLD;
    return marks & EC_MARK_SECOND ? EC_STYLE_UNDERLINE : EC_STYLE_PLAIN;
}

static void draw_name(struct frame *frame, size_t row, int y, unsigned style)
{
    const struct ec_table *table = frame->model->table;
    const struct slot *slot = &frame->slots[0];
    const char *mark = ec_table_row_mark(table, row);
    int mark_width = (int)strlen(mark);
    frame->text.length = 0;
    ec_utf8_write_harmless(&frame->text, ec_table_row_name(table, row));
    /* The status stays when the name is cut, but for the narrowest screens. */
    int room = slot->width - mark_width >= MIN_NAME / 2 ? slot->width - mark_width : slot->width;
    int used = ec_surface_put_cut(frame->surface, y, slot->x, room, text_of(frame), style);
    ec_surface_put(frame->surface, y, slot->x + used, slot->width - used, ec_str(mark),
                   EC_STYLE_ACCENT);
}

static void draw_row(struct frame *frame, size_t row, int y)
{
    struct ec_model *model = frame->model;
    const struct ec_table *table = model->table;
    bool marked = ec_grid_is_marked(model, row);
    unsigned style = ec_table_row_is_reference(table, row) ? EC_STYLE_DIM : EC_STYLE_PLAIN;
    if (marked)
        ec_surface_text(frame->surface, y, 0, "\u25cf", EC_STYLE_MARKED | EC_STYLE_BOLD);
    draw_name(frame, row, y, marked ? EC_STYLE_MARKED : style);
    for (size_t i = 1; i < frame->slot_count; i++) {
        const struct slot *slot = &frame->slots[i];
        struct ec_cell cell = ec_table_cell(table, row, slot->column - 1);
        frame->text.length = 0;
        ec_format_cell_spread(&frame->text, &table->columns[slot->column - 1], cell,
                              ec_utf8_write_harmless);
        put(frame, slot, y, style | cell_style(cell.marks));
    }
    if (row == model->grid.row)
        ec_surface_restyle(frame->surface, y, 0, frame->surface->width, EC_STYLE_REVERSE);
    ec_draw_hit(model, (struct ec_hit){y, 0, frame->surface->width, EC_HIT_ROW, row});
}

/* Takes the reversal from the cell under the cursor, so that it stands out of its row. */
static void draw_cursor(struct frame *frame, int y)
{
    for (size_t i = 0; i < frame->slot_count; i++) {
        const struct slot *slot = &frame->slots[i];
        if (slot->column == frame->model->grid.column)
            ec_surface_unstyle(frame->surface, y, slot->x, slot->width, EC_STYLE_REVERSE);
    }
}

/* Whether a line stands before the row: the section that begins there has a title, or a rule. */
static const struct ec_section *section_at(const struct ec_table *table, size_t row)
{
    for (size_t i = 0; i < table->section_count; i++)
        if (table->sections[i].first_row == row && (row > 0 || table->sections[i].title))
            return &table->sections[i];
    return NULL;
}

static void draw_section(struct frame *frame, const struct ec_section *section, int y)
{
    for (int x = 0; x < frame->surface->width; x++)
        ec_surface_text(frame->surface, y, x, "\u2500", EC_STYLE_HINT);
    if (!section->title)
        return;
    frame->text.length = 0;
    ec_utf8_write_harmless(&frame->text, ec_str(section->title));
    ec_surface_put(frame->surface, y, 2, frame->surface->width - 3, text_of(frame),
                   EC_STYLE_HEADER | EC_STYLE_BOLD);
}

/* Rows that fit on `height` lines from `top` on. */
static size_t rows_that_fit(const struct ec_table *table, size_t top, int height)
{
    size_t count = 0;
    for (int line = 0; line < height; count++)
        line += section_at(table, top + count) && line + 1 < height ? 2 : 1;
    return count;
}

static void draw_rows(struct frame *frame, int y, int height)
{
    struct ec_model *model = frame->model;
    const struct ec_table *table = model->table;
    struct ec_grid *grid = &model->grid;
    grid->rows_shown = rows_that_fit(table, grid->top, height);
    ec_grid_fit(model);
    while (grid->row >= grid->top + rows_that_fit(table, grid->top, height))
        grid->top++; /* past a heading that takes room */
    int end = y + height;
    for (size_t row = grid->top; row < table->row_count && y < end; row++) {
        const struct ec_section *section = section_at(table, row);
        if (section && y + 1 < end)
            draw_section(frame, section, y++);
        draw_row(frame, row, y);
        if (row == grid->row)
            draw_cursor(frame, y);
        y++;
    }
}

void ec_draw_grid(struct ec_model *model, struct ec_surface *surface, int y, int height)
{
    struct frame frame = {.model = model, .surface = surface};
    ec_out_to_memory(&frame.text);
    ec_grid_fit(model);
    scroll_to_cursor(&frame);
    int end = y + height;
    if (has_groups(model->table) && height >= 6)
        draw_groups(&frame, y++);
    draw_headers(&frame, y++);
    draw_rows(&frame, y, end > y ? end - y : 1);
    ec_out_free(&frame.text);
}
