#include "render/plot.h"

#include "base/utf8.h"
#include "common/nearest.h"
#include "render/text_width.h"

#include <math.h>
#include <stdlib.h>

/* In points. */
static const double MARGIN = 4, TICK = 3, GAP = 2.5, BAR = 8, BAR_STEP = 12, SHAPE = 0.72;
enum {
    LABELS_MAX = 60, /* of more points only the front and the references are named */
    CROWD = 2000,    /* among more points names keep clear of the named ones only */
};

/* ---- Columns ---- */

static bool is_named(const struct ec_column *column, struct ec_str name)
{
    return ec_str_equal(ec_str(column->key), name) ||
           (column->metric && ec_str_equal(ec_str(column->metric->id), name));
}

/* By key or short name; a label is for people, and may be another column's key. NULL: no such. */
static const struct ec_column *look_up(const struct ec_table *table, struct ec_str name)
{
    for (size_t i = 0; i < table->column_count; i++)
        if (is_named(&table->columns[i], name))
            return &table->columns[i];
    for (size_t i = 0; i < table->column_count; i++)
        if (ec_str_equal(ec_str(table->columns[i].label), name))
            return &table->columns[i];
    return NULL;
}

static const struct ec_column *find_column(const struct ec_table *table, struct ec_str name,
                                           struct ec_error *error)
{
    struct ec_nearest nearest = {.word = name.ptr, .word_length = name.len};
    const struct ec_column *found = look_up(table, name);
    if (found)
        return found;
    for (size_t i = 0; i < table->column_count; i++) {
        const struct ec_column *column = &table->columns[i];
        ec_nearest_offer(&nearest, column->metric ? column->metric->id : column->key);
    }
    if (nearest.best)
        ec_error_set(error, "--plot: '%.*s' is no column of the table; did you mean '%s'?",
                     (int)name.len, name.ptr, nearest.best);
    else
        ec_error_set(error, "--plot: '%.*s' is no column of the table", (int)name.len, name.ptr);
    return NULL;
}

static bool is_effect(const struct ec_column *column)
{
    return column->metric && strcmp(column->metric->group, "Effectiveness") == 0;
}

static bool is_memory(const struct ec_column *column)
{
    return column->metric && strcmp(column->metric->group, "Memory") == 0;
}

static bool is_any(const struct ec_column *column)
{
    (void)column;
    return true;
}

static bool is_cost(const struct ec_column *column)
{
    return !is_effect(column);
}

/* The first column with numbers of which some are better than others. */
static const struct ec_column *first_ranked(const struct ec_table *table,
                                            bool (*fits)(const struct ec_column *),
                                            const struct ec_column *but)
{
    for (size_t i = 0; i < table->column_count; i++) {
        const struct ec_column *column = &table->columns[i];
        if (column != but && column->direction != EC_NEUTRAL && fits(column) &&
            ec_table_has_numbers(table, i))
            return column;
    }
    return NULL;
}

static int choose_default(struct ec_plot *plot, const struct ec_table *table,
                          struct ec_error *error)
{
    plot->x_column = first_ranked(table, is_cost, NULL);
    if (!plot->x_column)
        plot->x_column = first_ranked(table, is_any, NULL);
    if (!plot->x_column)
        return ec_error_set(error, "no column has values to compare; name one with --plot");
    plot->y_column = first_ranked(table, is_effect, plot->x_column);
    if (!plot->y_column)
        plot->y_column = first_ranked(table, is_memory, plot->x_column);
    if (!plot->y_column)
        plot->y_column = first_ranked(table, is_any, plot->x_column);
    plot->bars = !plot->y_column;
    return 0;
}

static int choose_columns(struct ec_plot *plot, const struct ec_table *table, const char *what,
                          struct ec_error *error)
{
    if (!what)
        return choose_default(plot, table, error);
    if (strncmp(what, "bar:", 4) == 0) {
        plot->bars = true;
        plot->x_column = find_column(table, ec_str(what + 4), error);
        return plot->x_column ? 0 : -1;
    }
    const char *comma = strchr(what, ',');
    if (!comma)
        return ec_error_set(error, "--plot: '%s' is neither X,Y nor bar:COLUMN", what);
    plot->x_column = find_column(table, (struct ec_str){what, (size_t)(comma - what)}, error);
    plot->y_column = plot->x_column ? find_column(table, ec_str(comma + 1), error) : NULL;
    return plot->y_column ? 0 : -1;
}

/* ---- Points ---- */

static double display(const struct ec_column *column, double stored)
{
    bool converts = column->stored_unit && column->unit;
    return converts ? stored * ec_unit_factor(column->stored_unit, column->unit) : stored;
}

/* The number of the row in the column, and its spread; false: there is none. */
static bool take_value(const struct ec_table *table, const struct ec_column *column, size_t row,
                       double *ret_value, double *ret_spread)
{
    struct ec_cell cell = ec_table_cell(table, row, (size_t)(column - table->columns));
    if (!ec_value_is_number(cell.value))
        return false;
    *ret_value = display(column, ec_value_number(cell.value));
    *ret_spread = isnan(cell.spread) ? 0 : display(column, cell.spread);
    return isfinite(*ret_value) && isfinite(*ret_spread);
}

static void take_points(struct ec_plot *plot, const struct ec_table *table, struct ec_arena *arena)
{
    plot->points = ec_arena_calloc(arena, table->row_count, sizeof *plot->points);
    size_t section = 0;
    bool reference = false;
    for (size_t row = 0; row < table->row_count; row++) {
        for (; section < table->section_count && table->sections[section].first_row == row;
             section++)
            reference = table->sections[section].reference;
        struct ec_plot_point point = {.row = row, .reference = reference};
        if (!take_value(table, plot->x_column, row, &point.x, &point.dx) ||
            (!plot->bars && !take_value(table, plot->y_column, row, &point.y, &point.dy))) {
            plot->missing++;
            continue;
        }
        point.best =
            ec_table_marks(table, row, (size_t)(plot->x_column - table->columns)) & EC_MARK_BEST;
        plot->points[plot->point_count++] = point;
    }
}

/* ---- The Pareto front ---- */

/* How far from ideal: lower is better whatever the direction. */
static double badness(const struct ec_column *column, double value)
{
    if (column->direction == EC_LOWER)
        return value;
    if (column->direction == EC_HIGHER)
        return -value;
    return fabs(value - display(column, column->target));
}

struct ranked {
    double x, y;  /* badness */
    size_t point; /* index */
};

static int compare_ranked(const void *left, const void *right)
{
    const struct ranked *a = left, *b = right;
    if (a->x != b->x)
        return a->x < b->x ? -1 : 1;
    if (a->y != b->y)
        return a->y < b->y ? -1 : 1;
    return (a->point > b->point) - (a->point < b->point);
}

static bool is_monotone(const struct ec_column *column)
{
    return column->direction == EC_LOWER || column->direction == EC_HIGHER;
}

/* Sorted by x, then y, a point is on the front when its y is below all before it, or when it equals
 * the last one that is. */
static void find_front(struct ec_plot *plot, const struct ec_table *table, struct ec_arena *arena)
{
    if (plot->bars || plot->x_column->direction == EC_NEUTRAL ||
        plot->y_column->direction == EC_NEUTRAL)
        return;
    struct ranked *ranked = ec_arena_alloc(arena, plot->point_count * sizeof *ranked);
    size_t *front = ec_arena_alloc(arena, plot->point_count * sizeof *front);
    size_t count = 0;
    for (size_t i = 0; i < plot->point_count; i++) {
        const struct ec_plot_point *point = &plot->points[i];
        if (ec_table_row_is_ranked(table, point->row))
            ranked[count++] = (struct ranked){badness(plot->x_column, point->x),
                                              badness(plot->y_column, point->y), i};
    }
    qsort(ranked, count, sizeof *ranked, compare_ranked);
    const struct ranked *last = NULL;
    for (size_t i = 0; i < count; i++) {
        if (last && ranked[i].y >= last->y && (ranked[i].y > last->y || ranked[i].x > last->x))
            continue;
        last = &ranked[i];
        plot->points[last->point].front = true;
        front[plot->front_count++] = last->point;
    }
    if (is_monotone(plot->x_column) && is_monotone(plot->y_column))
        plot->front = front;
}

/* ---- Names ---- */

static bool ends_word(char c)
{
    return c == '_' || c == '-' || c == '/' || c == '.' || c == ' ';
}

/* How many bytes all names share at the beginning (at the end when `reverse`), up to the last place
 * where a word ends, leaving something of each. */
static size_t shared_length(const struct ec_plot *plot, bool reverse)
{
    size_t shared = 0;
    for (size_t length = 1;; length++) {
        const struct ec_str first = plot->points[0].label;
        for (size_t i = 0; i < plot->point_count; i++) {
            struct ec_str name = plot->points[i].label;
            if (name.len <= length || first.len <= length)
                return shared;
            char c = reverse ? name.ptr[name.len - length] : name.ptr[length - 1];
            if (c != (reverse ? first.ptr[first.len - length] : first.ptr[length - 1]))
                return shared;
        }
        if (ends_word(reverse ? first.ptr[first.len - length] : first.ptr[length - 1]))
            shared = length;
    }
}

static void take_names(struct ec_plot *plot, const struct ec_table *table,
                       const struct ec_plot_font *font, struct ec_arena *arena)
{
    for (size_t i = 0; i < plot->point_count; i++) {
        struct ec_str name = ec_utf8_harmless(ec_table_row_name(table, plot->points[i].row), arena);
        plot->points[i].label = font->spell ? font->spell(name, arena) : name;
    }
    if (plot->point_count < 2)
        return;
    size_t start = shared_length(plot, false);
    for (size_t i = 0; i < plot->point_count; i++) {
        plot->points[i].label.ptr += start;
        plot->points[i].label.len -= start;
    }
    size_t end = shared_length(plot, true);
    for (size_t i = 0; i < plot->point_count; i++)
        plot->points[i].label.len -= end;
}

/* ---- Layout ---- */

static struct ec_axis fit_axis(const struct ec_plot *plot, bool is_x, struct ec_arena *arena)
{
    double low = INFINITY, high = -INFINITY;
    bool positive = true;
    for (size_t i = 0; i < plot->point_count; i++) {
        const struct ec_plot_point *point = &plot->points[i];
        double value = is_x ? point->x : point->y, spread = is_x ? point->dx : point->dy;
        low = fmin(low, value - spread);
        high = fmax(high, value + spread);
        positive &= value - spread > 0;
    }
    return ec_axis_fit(low, high, positive && !plot->bars, plot->bars, arena);
}

/* "Time (s) ↓", with the power of ten that the ticks leave out: "Compute (10^15 FLOP) ↓". */
static const char *axis_title(const struct ec_column *column, const struct ec_axis *axis,
                              struct ec_arena *arena)
{
    const char *symbol = column->unit ? column->unit->symbol : "";
    const char *arrow = column->direction == EC_LOWER    ? " \u2193"
                        : column->direction == EC_HIGHER ? " \u2191"
                                                         : "";
    if (axis->power != 0)
        return ec_arena_printf(arena, "%s (10^%d%s%s)%s", column->label, axis->power,
                               *symbol ? " " : "", symbol, arrow);
    if (*symbol)
        return ec_arena_printf(arena, "%s (%s)%s", column->label, symbol, arrow);
    return ec_arena_printf(arena, "%s%s", column->label, arrow);
}

static double text_width(const struct ec_plot_font *font, struct ec_str text)
{
    return ec_text_width(text) * font->width * EC_PLOT_SMALL;
}

static double widest_tick(const struct ec_axis *axis, const struct ec_plot_font *font)
{
    double width = 0;
    for (int i = 0; i < axis->tick_count; i++)
        width = fmax(width, text_width(font, ec_str(axis->ticks[i].label)));
    return width;
}

static double widest_name(const struct ec_plot *plot, const struct ec_plot_font *font)
{
    double width = 0;
    for (size_t i = 0; i < plot->point_count; i++)
        width = fmax(width, text_width(font, plot->points[i].label));
    return width;
}

/* Cuts names of bars that would take more than `room`. */
static void cut_names(struct ec_plot *plot, const struct ec_plot_font *font, double room,
                      struct ec_arena *arena)
{
    for (size_t i = 0; i < plot->point_count; i++) {
        struct ec_str *label = &plot->points[i].label;
        if (text_width(font, *label) <= room)
            continue;
        struct ec_str cut =
            ec_text_head(*label, (room - EC_PLOT_SMALL) / (font->width * EC_PLOT_SMALL));
        *label = ec_str(ec_arena_printf(arena, "%.*s\u2026", (int)cut.len, cut.ptr));
    }
}

static void lay_out(struct ec_plot *plot, const struct ec_plot_font *font, double width,
                    struct ec_arena *arena)
{
    double below = MARGIN + EC_PLOT_TITLE + 2 * GAP + EC_PLOT_SMALL + GAP + TICK;
    plot->width = width;
    plot->area.top = MARGIN + EC_PLOT_SMALL / 2;
    if (plot->bars) {
        cut_names(plot, font, 0.45 * width, arena);
        plot->area.left = MARGIN + widest_name(plot, font) + TICK + GAP;
        /* Room for the number at the end of the longest bar. */
        plot->area.right = width - MARGIN - 4 * EC_PLOT_SMALL * font->width;
        plot->area.bottom = plot->area.top + (double)plot->point_count * BAR_STEP + GAP;
        plot->height = plot->area.bottom + below;
    } else {
        plot->height = width * SHAPE;
        plot->area.left =
            MARGIN + EC_PLOT_TITLE + 2 * GAP + widest_tick(&plot->y_axis, font) + GAP + TICK;
        plot->area.right = width - MARGIN - EC_PLOT_SMALL;
        if (plot->lines) /* their names stand at their ends */
            plot->area.right = fmax(plot->area.right - widest_name(plot, font), width / 2);
        plot->area.bottom = plot->height - below;
    }
}

double ec_plot_x(const struct ec_plot *plot, double value)
{
    double width = plot->area.right - plot->area.left;
    return plot->area.left + width * ec_axis_place(&plot->x_axis, value);
}

static bool x_ticks_touch(const struct ec_plot *plot, const struct ec_plot_font *font)
{
    const struct ec_axis_tick *ticks = plot->x_axis.ticks;
    for (int i = 1; i < plot->x_axis.tick_count; i++) {
        double widths =
            text_width(font, ec_str(ticks[i - 1].label)) + text_width(font, ec_str(ticks[i].label));
        if (ec_plot_x(plot, ticks[i].value) - ec_plot_x(plot, ticks[i - 1].value) <
            widths / 2 + GAP)
            return true;
    }
    return false;
}

/* Leaves out every second tick until no labels touch: zero stays, if it is one. */
static void thin_x_ticks(struct ec_plot *plot, const struct ec_plot_font *font)
{
    struct ec_axis *axis = &plot->x_axis;
    while (axis->tick_count > 2 && x_ticks_touch(plot, font)) {
        double step = axis->ticks[1].value - axis->ticks[0].value;
        int kept = 0, odd = !axis->log && fabs(remainder(axis->ticks[0].value / step, 2)) > 0.5;
        for (int i = odd; i < axis->tick_count; i += 2)
            axis->ticks[kept++] = axis->ticks[i];
        axis->tick_count = kept;
    }
}

double ec_plot_y(const struct ec_plot *plot, double value)
{
    double height = plot->area.bottom - plot->area.top;
    return plot->area.bottom - height * ec_axis_place(&plot->y_axis, value);
}

double ec_plot_bar_top(const struct ec_plot *plot, size_t index)
{
    return plot->area.top + GAP + (double)index * BAR_STEP + (BAR_STEP - BAR) / 2;
}

double ec_plot_bar_height(void)
{
    return BAR;
}

/* ---- Labels ---- */

enum { BOXES = 8 }; /* that a piece of a line is taken for */

/* Adds what the lines cover. */
static size_t add_lines(const struct ec_plot *plot, struct ec_box *taken, size_t count)
{
    for (size_t i = 0; i < plot->line_count; i++) {
        const struct ec_plot_line *line = &plot->lines[i];
        for (size_t k = 1; k < line->count; k++) {
            const struct ec_plot_point *a = &plot->points[line->points[k - 1]];
            const struct ec_plot_point *b = &plot->points[line->points[k]];
            double x = ec_plot_x(plot, a->x), y = ec_plot_y(plot, a->y);
            double dx = (ec_plot_x(plot, b->x) - x) / BOXES;
            double dy = (ec_plot_y(plot, b->y) - y) / BOXES;
            for (int n = 0; n < BOXES; n++, x += dx, y += dy)
                taken[count++] = (struct ec_box){x, fmin(y, y + dy), x + dx, fmax(y, y + dy)};
        }
    }
    return count;
}

/* What labels should not cover though they may: error bars, lines and the front's line. */
static struct ec_box *find_taken(const struct ec_plot *plot, size_t *ret_count,
                                 struct ec_arena *arena)
{
    struct ec_box *taken = ec_arena_alloc(
        arena, ((2 + BOXES) * plot->point_count + 2 * plot->front_count) * sizeof *taken);
    size_t count = add_lines(plot, taken, 0);
    for (size_t i = 0; i < plot->point_count; i++) {
        const struct ec_plot_point *point = &plot->points[i];
        double x = ec_plot_x(plot, point->x), y = ec_plot_y(plot, point->y);
        if (point->dx > 0)
            taken[count++] = (struct ec_box){ec_plot_x(plot, point->x - point->dx), y - 1,
                                             ec_plot_x(plot, point->x + point->dx), y + 1};
        if (point->dy > 0)
            taken[count++] = (struct ec_box){x - 1, ec_plot_y(plot, point->y + point->dy), x + 1,
                                             ec_plot_y(plot, point->y - point->dy)};
    }
    for (size_t i = 1; plot->front && i < plot->front_count; i++) {
        const struct ec_plot_point *a = &plot->points[plot->front[i - 1]];
        const struct ec_plot_point *b = &plot->points[plot->front[i]];
        double x1 = ec_plot_x(plot, a->x), x2 = ec_plot_x(plot, b->x);
        double y1 = ec_plot_y(plot, a->y), y2 = ec_plot_y(plot, b->y);
        taken[count++] = (struct ec_box){fmin(x1, x2), y1 - 1, fmax(x1, x2), y1 + 1};
        taken[count++] = (struct ec_box){x2 - 1, fmin(y1, y2), x2 + 1, fmax(y1, y2)};
    }
    *ret_count = count;
    return taken;
}

static void place_named(struct ec_plot *plot, struct ec_box room, struct ec_arena *arena)
{
    struct ec_label *named = ec_arena_calloc(arena, plot->point_count, sizeof *named);
    size_t count = 0;
    for (size_t i = 0; i < plot->point_count; i++)
        if (plot->labels[i].width > 0)
            named[count++] = plot->labels[i];
    ec_place_labels(named, count, NULL, 0, room);
    count = 0;
    for (size_t i = 0; i < plot->point_count; i++)
        if (plot->labels[i].width > 0)
            plot->labels[i] = named[count++];
}

static void place_labels(struct ec_plot *plot, const struct ec_plot_font *font,
                         struct ec_arena *arena)
{
    plot->labels = ec_arena_calloc(arena, plot->point_count, sizeof *plot->labels);
    for (size_t i = 0; i < plot->point_count; i++) {
        const struct ec_plot_point *point = &plot->points[i];
        bool named = (plot->lines ? plot->line_count : plot->point_count) <= LABELS_MAX ||
                     (plot->front_count <= LABELS_MAX && (point->front || point->reference));
        named = named && point->label.len > 0;
        plot->labels[i] = (struct ec_label){
            .x = ec_plot_x(plot, point->x),
            .y = ec_plot_y(plot, point->y),
            .width = named ? text_width(font, point->label) + 1 : 0,
            .height = EC_PLOT_SMALL,
            .important = point->front || point->reference,
        };
    }
    size_t taken_count;
    struct ec_box *taken = find_taken(plot, &taken_count, arena);
    struct ec_box room = {plot->area.left + 1, plot->area.top - EC_PLOT_SMALL / 2, plot->width - 1,
                          plot->area.bottom - 1};
    if (plot->point_count <= CROWD)
        ec_place_labels(plot->labels, plot->point_count, taken, taken_count, room);
    else
        place_named(plot, room, arena);
    for (size_t i = 0; i < plot->point_count; i++)
        plot->unlabelled += plot->points[i].label.len > 0 && !plot->labels[i].placed;
}

struct ec_plot *ec_plot_new(const struct ec_table *table, const struct ec_render_options *options,
                            const struct ec_plot_font *font, struct ec_arena *arena,
                            struct ec_error *error)
{
    struct ec_plot *plot = ec_arena_calloc(arena, 1, sizeof *plot);
    double width = options->text_width > 0 ? options->text_width : EC_PLOT_WIDTH;
    if (choose_columns(plot, table, options->plot, error) < 0)
        return NULL;
    take_points(plot, table, arena);
    if (plot->point_count == 0) {
        ec_error_set(error, "no run has %s%s%s, so there is nothing to plot", plot->x_column->label,
                     plot->bars ? "" : " and ", plot->bars ? "" : plot->y_column->label);
        return NULL;
    }
    ec_plot_find_lines(plot, table, font, arena);
    if (!plot->lines) {
        find_front(plot, table, arena);
        take_names(plot, table, font, arena);
    }
    plot->x_axis = fit_axis(plot, true, arena);
    plot->x_title = axis_title(plot->x_column, &plot->x_axis, arena);
    if (!plot->bars) {
        plot->y_axis = fit_axis(plot, false, arena);
        plot->y_title = axis_title(plot->y_column, &plot->y_axis, arena);
    }
    lay_out(plot, font, width, arena);
    thin_x_ticks(plot, font);
    if (!plot->bars)
        place_labels(plot, font, arena);
    return plot;
}
