/* The name column takes what the others leave. Names that do not fit are cut at the end
 * ("efficiency_LMCleanerSample_..."). Those that would then look like another row are cut in the
 * middle instead, all at the same place: the first of a few that keeps them all distinct. Where
 * none does, those that still look alike get an ordinal.
 */
#include "table/layout.h"

#include "base/hash.h"
#include "base/memory.h"
#include "base/parallel.h"
#include "base/utf8.h"
#include "table/format.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum {
    SEED_WIDTH = 80,  /* of the rules in the document whose layout this is */
    NARROW_NAME = 12, /* the name's share where the terminal has too little room */
};

/* How a row's name is cut when it is too wide. */
enum {
    CUT_AT_END,
    CUT_IN_MIDDLE,
    CUT_WITH_ORDINAL, /* this plus the ordinal, which starts at 1 */
};

struct ec_layout_cuts {
    uint32_t *of_row; /* NULL: all are cut at the end */
    int head_percent; /* of the room, for names cut in the middle */
};

/* ---- Names ---- */

/* Writes at most `room` columns of the name. */
static void write_cut(struct ec_out *out, struct ec_str name, int room, uint32_t cut,
                      int head_percent)
{
    char dots[24] = "...";
    if (cut >= CUT_WITH_ORDINAL)
        snprintf(dots, sizeof dots, "...#%u", (unsigned)(cut - CUT_WITH_ORDINAL));
    int left = room - (int)strlen(dots);
    int head_room = cut == CUT_IN_MIDDLE ? left * head_percent / 100 : left;
    ec_out_str(out, ec_utf8_head(name, head_room));
    ec_out_text(out, dots);
    ec_out_str(out, ec_utf8_tail(name, left - head_room));
}

/* Columns of the row's name, without its status mark. */
static int name_room(const struct ec_layout *layout, size_t row)
{
    return layout->name_width - (int)strlen(ec_table_row_mark(layout->table, row));
}

static int text_width(const struct ec_out *text)
{
    return ec_utf8_width((struct ec_str){text->buffer, text->length});
}

/* Returns the width of what is written. */
static int write_name(const struct ec_layout *layout, size_t row, struct ec_str name,
                      struct ec_out *text)
{
    const struct ec_layout_cuts *cuts = layout->cuts;
    int room = name_room(layout, row), width = ec_utf8_width(name);
    if (width <= room) {
        ec_out_str(text, name);
        return width;
    }
    write_cut(text, name, room, cuts->of_row ? cuts->of_row[row] : CUT_AT_END, cuts->head_percent);
    return text_width(text);
}

int ec_layout_name(const struct ec_layout *layout, size_t row, struct ec_out *text)
{
    struct ec_arena arena = {0};
    struct ec_str name = ec_utf8_harmless(ec_table_row_name(layout->table, row), &arena);
    const char *mark = ec_table_row_mark(layout->table, row);
    text->length = 0;
    int width = write_name(layout, row, name, text);
    ec_arena_free(&arena);
    ec_out_text(text, mark);
    return width + (int)strlen(mark);
}

/* ---- Names that would look the same ---- */

/* How a row's name is shown, and the whole name, as hashes: 64 bits are enough to tell rows apart.
 */
struct look {
    uint64_t shown, whole;
    size_t row;
    bool cut;
};

struct looks {
    struct look *items;
    size_t count, capacity;
};

static int compare_looks(const void *left, const void *right)
{
    const struct look *a = left, *b = right;
    if (a->shown != b->shown)
        return a->shown < b->shown ? -1 : 1;
    return (a->row > b->row) - (a->row < b->row);
}

/* The rows that could look like another: those that are cut, and those that look as if they were.
 */
static struct looks find_looks(const struct ec_layout *layout)
{
    struct looks looks = {0};
    for (size_t row = 0; row < layout->table->row_count; row++) {
        struct ec_arena arena = {0};
        struct ec_str whole = ec_table_row_name(layout->table, row);
        struct ec_str name = ec_utf8_harmless(whole, &arena);
        bool cut = ec_utf8_width(name) > name_room(layout, row);
        bool dotted = memmem(name.ptr, name.len, "...", 3) != NULL;
        ec_arena_free(&arena);
        if (!cut && !dotted)
            continue;
        looks.items = ec_grow(looks.items, looks.count, &looks.capacity, sizeof *looks.items);
        looks.items[looks.count++] =
            (struct look){.whole = ec_hash(EC_HASH_START, whole), .row = row, .cut = cut};
    }
    return looks;
}

/* Renders the names as they are cut now and sorts them by look. */
static void render_looks(const struct ec_layout *layout, struct looks *looks)
{
    struct ec_out shown;
    ec_out_to_memory(&shown);
    for (size_t i = 0; i < looks->count; i++) {
        ec_layout_name(layout, looks->items[i].row, &shown);
        looks->items[i].shown = ec_hash(EC_HASH_START, (struct ec_str){shown.buffer, shown.length});
    }
    ec_out_free(&shown);
    if (looks->count > 0)
        qsort(looks->items, looks->count, sizeof *looks->items, compare_looks);
}

/* Calls mark() for each cut row that looks like one with another name; returns how many there are.
 * Rows whose whole names are the same cannot be told apart by cutting. mark may be NULL. */
static size_t each_alike(const struct looks *looks, struct ec_layout_cuts *cuts,
                         void (*mark)(struct ec_layout_cuts *cuts, size_t row, size_t number))
{
    size_t found = 0;
    const struct look *items = looks->items;
    for (size_t start = 0, end; start < looks->count; start = end) {
        bool alike = false;
        for (end = start; end < looks->count && items[end].shown == items[start].shown; end++)
            alike = alike || items[end].whole != items[start].whole;
        for (size_t i = start; alike && i < end; i++) {
            if (!items[i].cut)
                continue;
            found++;
            if (mark)
                mark(cuts, items[i].row, found);
        }
    }
    return found;
}

static void mark_middle(struct ec_layout_cuts *cuts, size_t row, size_t number)
{
    (void)number;
    cuts->of_row[row] = CUT_IN_MIDDLE;
}

static void mark_ordinal(struct ec_layout_cuts *cuts, size_t row, size_t number)
{
    cuts->of_row[row] = CUT_WITH_ORDINAL + (uint32_t)number;
}

static void choose_cuts(struct ec_layout *layout)
{
    static const int head_percents[] = {60, 40, 20, 0};

    struct ec_layout_cuts *cuts = layout->cuts;
    struct looks looks = find_looks(layout);
    render_looks(layout, &looks);
    if (each_alike(&looks, cuts, NULL) > 0) {
        cuts->of_row = ec_calloc(layout->table->row_count, sizeof *cuts->of_row);
        each_alike(&looks, cuts, mark_middle);
        size_t alike = 1;
        for (size_t i = 0; i < sizeof head_percents / sizeof *head_percents && alike > 0; i++) {
            cuts->head_percent = head_percents[i];
            render_looks(layout, &looks);
            alike = each_alike(&looks, cuts, NULL);
        }
        each_alike(&looks, cuts, mark_ordinal);
    }
    free(looks.items);
}

/* ---- Columns ---- */

static int larger(int a, int b)
{
    return a > b ? a : b;
}

static int smaller(int a, int b)
{
    return a < b ? a : b;
}

static int written_width(const struct ec_column *column, struct ec_cell cell, struct ec_out *text)
{
    text->length = 0;
    ec_format_cell_spread(text, column, cell, ec_utf8_write_harmless);
    bool ascii = ec_value_is_number(cell.value) && isnan(cell.spread);
    return ascii ? (int)text->length : text_width(text);
}

int ec_layout_cell(const struct ec_layout *layout, size_t row, size_t column, struct ec_out *text)
{
    const struct ec_table *table = layout->table;
    return written_width(ec_table_format(table, row, column), ec_table_cell(table, row, column),
                         text);
}

/* Of numbers written alike only the largest and the smallest are written. */
int ec_layout_widest_cell(const struct ec_table *table, size_t column_index)
{
    const struct ec_column *column = &table->columns[column_index];
    struct ec_out text;
    ec_out_to_memory(&text);
    struct ec_cell low = {.spread = NAN}, high = low;
    double lowest = INFINITY, highest = -INFINITY;
    int width = 0;
    for (size_t row = 0; row < table->row_count; row++) {
        struct ec_cell cell = ec_table_cell(table, row, column_index);
        if (table->source || !ec_format_is_fixed(column, cell.value)) {
            const struct ec_column *format = ec_table_format(table, row, column_index);
            width = larger(width, written_width(format, cell, &text));
            continue;
        }
        double number = ec_value_number(cell.value);
        if (number < lowest)
            lowest = number, low = cell;
        if (number > highest)
            highest = number, high = cell;
    }
    if (lowest <= highest) {
        width = larger(width, written_width(column, low, &text));
        width = larger(width, written_width(column, high, &text));
    }
    ec_out_free(&text);
    return width;
}

/* The width of a column's header and widest cell. */
static int content_width(const struct ec_table *table, size_t column)
{
    struct ec_arena arena = {0};
    struct ec_str header = ec_str(ec_column_header(&table->columns[column], &arena));
    int width = larger(ec_utf8_width(ec_utf8_harmless(header, &arena)),
                       ec_layout_widest_cell(table, column));
    ec_arena_free(&arena);
    return width;
}

const char *ec_layout_group(const struct ec_layout *layout, size_t first, size_t *ret_end,
                            int *ret_width)
{
    *ret_end = ec_table_group_end(layout->table, first);
    *ret_width = -1;
    for (size_t i = first; i < *ret_end; i++)
        *ret_width += 1 + layout->column_widths[i];
    return layout->table->columns[first].group;
}

/* Gives the last column of a group the room that its heading needs. */
static void widen_groups(struct ec_layout *layout)
{
    for (size_t first = 0, end; first < layout->table->column_count; first = end) {
        int width;
        const char *group = ec_layout_group(layout, first, &end, &width);
        if (!group)
            continue;
        struct ec_arena arena = {0};
        int needed = ec_utf8_width(ec_utf8_harmless(ec_str(group), &arena));
        layout->column_widths[end - 1] += larger(needed - width, 0);
        ec_arena_free(&arena);
    }
}

static void measure_column(void *context, size_t i)
{
    struct ec_layout *layout = context;
    layout->column_widths[i] = content_width(layout->table, i);
}

/* The widths that headers and cells need, and at least the columns' own where `padded`. */
static void measure_columns(struct ec_layout *layout, bool padded)
{
    const struct ec_table *table = layout->table;
    ec_parallel(table->column_count, table->row_count * table->column_count, measure_column,
                layout);
    for (size_t i = 0; i < table->column_count && padded; i++)
        layout->column_widths[i] = larger(layout->column_widths[i], table->columns[i].min_width);
    widen_groups(layout);
}

static int name_header_width(const struct ec_table *table)
{
    struct ec_arena arena = {0};
    int width = ec_utf8_width(ec_utf8_harmless(ec_str(table->name_header), &arena));
    ec_arena_free(&arena);
    return width;
}

/* The widest name with its mark, and the widest mark, of the rows in one piece of the table. */
struct name_widths {
    const struct ec_table *table;
    size_t first, end;
    int widest, mark;
};

static void measure_names(void *pieces, size_t i)
{
    struct name_widths *widths = (struct name_widths *)pieces + i;
    struct ec_arena arena = {0};
    for (size_t row = widths->first; row < widths->end; row++) {
        struct ec_str name = ec_utf8_harmless(ec_table_row_name(widths->table, row), &arena);
        int mark = (int)strlen(ec_table_row_mark(widths->table, row));
        widths->widest = larger(widths->widest, ec_utf8_width(name) + mark);
        widths->mark = larger(widths->mark, mark);
    }
    ec_arena_free(&arena);
}

/* The widest name with its mark; *ret_mark is the widest mark. */
static int widest_name(const struct ec_table *table, int *ret_mark)
{
    enum { PIECES = 64 };
    struct name_widths pieces[PIECES];
    for (size_t i = 0; i < PIECES; i++)
        pieces[i] = (struct name_widths){.table = table,
                                         .first = table->row_count * i / PIECES,
                                         .end = table->row_count * (i + 1) / PIECES};
    ec_parallel(PIECES, table->row_count, measure_names, pieces);
    int widest = name_header_width(table);
    *ret_mark = 0;
    for (size_t i = 0; i < PIECES; i++) {
        widest = larger(widest, pieces[i].widest);
        *ret_mark = larger(*ret_mark, pieces[i].mark);
    }
    return widest;
}

/* Columns of a line without the name. */
static int columns_total(const struct ec_layout *layout)
{
    int total = 0;
    for (size_t i = 0; i < layout->table->column_count; i++)
        total += 1 + layout->column_widths[i];
    return total;
}

/* Returns whether some names have to be cut. */
static bool choose_widths(struct ec_layout *layout, const struct ec_layout_options *options)
{
    const struct ec_table *table = layout->table;
    int widest_mark;
    int widest = widest_name(table, &widest_mark);
    int least = options->min_name_width;

    measure_columns(layout, true);
    if (options->width <= 0) {
        layout->name_width = larger(widest, least);
        return false;
    }
    if (columns_total(layout) + least > options->width) {
        /* Too narrow: the columns give up their padding where that helps, the name its minimum. */
        if (columns_total(layout) + smaller(least, widest) > options->width)
            measure_columns(layout, false);
        least = smaller(least, options->width < SEED_WIDTH ? NARROW_NAME + widest_mark : widest);
    }
    int room = options->width - columns_total(layout);
    layout->name_width = larger(smaller(room, widest), least);
    return layout->name_width < widest;
}

struct ec_layout *ec_layout_new(const struct ec_table *table,
                                const struct ec_layout_options *options)
{
    struct ec_layout *layout = ec_calloc(1, sizeof *layout);
    layout->table = table;
    layout->column_widths = ec_calloc(table->column_count, sizeof *layout->column_widths);
    layout->cuts = ec_calloc(1, sizeof *layout->cuts);
    if (choose_widths(layout, options))
        choose_cuts(layout);
    layout->total_width = larger(layout->name_width + columns_total(layout), SEED_WIDTH);
    if (options->width > 0)
        layout->total_width = smaller(layout->total_width, options->width);
    return layout;
}

void ec_layout_free(struct ec_layout *layout)
{
    if (!layout)
        return;
    free(layout->cuts->of_row);
    free(layout->cuts);
    free(layout->column_widths);
    free(layout);
}
