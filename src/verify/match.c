/* Both ways of reading a grid are tried, runs as rows and runs as columns, and the one that finds
 * more of what we have is taken.
 */
#include "verify/match.h"

#include "base/utf8.h"
#include "verify/number.h"

/* What a column may be called. The label alone may be that of several: of a time, and of how much
 * better it is than another. */
enum called {
    CALLED_IN_GROUP,
    CALLED_LABEL,
    CALLED_KEY,
    CALLED_SHORT,
    CALLED_HEADER,
    CALLED_COUNT
};

/* The names of our rows, and for each column all that it is called, folded. */
struct known {
    struct ec_str *rows;
    struct ec_str *columns[CALLED_COUNT];
    const struct ec_table *table;
};

/* Takes a unit out of a header: "(s)", "[MiB]", or what follows the last comma or slash. */
static const struct ec_unit *take_unit(struct ec_str *text)
{
    enum { LONGEST = 64 }; /* with blanks; a text full of brackets must not cost quadratic time */
    for (size_t i = 0; i < text->len; i++) {
        char c = text->ptr[i];
        if (c != '(' && c != '[' && c != ',')
            continue;
        size_t start = i + 1, end = start;
        while (start < text->len && start - i < LONGEST && text->ptr[start] == ' ')
            start++;
        for (end = start; end < text->len && end - i < LONGEST && !strchr(")]", text->ptr[end]);)
            end++;
        struct ec_str inner = {text->ptr + start, end - start};
        while (inner.len > 0 && c == ',' && !ec_printed_unit(inner))
            inner.len--; /* "Time, s ↓" */
        const struct ec_unit *unit = ec_printed_unit(inner);
        if (!unit)
            continue;
        text->len = i;
        return unit;
    }
    return NULL;
}

static struct known fold_names(const struct ec_table *table, struct ec_arena *arena)
{
    struct known known = {.table = table};
    known.rows = ec_arena_calloc(arena, table->row_count, sizeof *known.rows);
    for (size_t i = 0; i < table->row_count; i++)
        known.rows[i] = ec_label_fold(ec_table_row_name(table, i), arena);
    for (size_t k = 0; k < CALLED_COUNT; k++)
        known.columns[k] = ec_arena_calloc(arena, table->column_count, sizeof *known.columns[k]);
    for (size_t i = 0; i < table->column_count; i++) {
        const struct ec_column *column = &table->columns[i];
        const char *called[CALLED_COUNT] = {
            [CALLED_IN_GROUP] =
                column->group ? ec_arena_printf(arena, "%s %s", column->group, column->label) : "",
            [CALLED_LABEL] = column->label,
            [CALLED_KEY] = column->key,
            [CALLED_SHORT] = column->metric ? column->metric->id : "",
            [CALLED_HEADER] = column->header ? column->header : ""};
        for (size_t k = 0; k < CALLED_COUNT; k++) {
            struct ec_str name = ec_str(called[k]);
            if (k == CALLED_HEADER)
                take_unit(&name);
            known.columns[k][i] = ec_label_fold(name, arena);
        }
    }
    return known;
}

/* ---- Cells ---- */

const struct ec_grid_cell *ec_match_cell(const struct ec_grid_row *row, size_t column)
{
    for (size_t i = 0; i < row->count; i++)
        if (row->cells[i].column <= column && column < row->cells[i].column + row->cells[i].span)
            return &row->cells[i];
    return NULL;
}

bool ec_match_is_value(const struct ec_grid_cell *cell)
{
    struct ec_printed printed;
    return ec_printed_read(cell->text, &printed) || ec_printed_is_missing(cell->text);
}

static bool has_values(const struct ec_grid_row *row)
{
    for (size_t i = 1; i < row->count; i++)
        if (ec_match_is_value(&row->cells[i]))
            return true;
    return false;
}

/* Whether a row above the header's rule goes on with labels: "m =" may stand above "10". */
static bool continues_header(const struct ec_grid *grid, size_t row)
{
    const struct ec_grid_row *cells = &grid->rows[row];
    return row < grid->ruled_rows && cells->count > 0 && cells->cells[0].text.len == 0;
}

/* Where the reader does not know, the header ends before the first row with a number. */
static size_t header_rows(const struct ec_grid *grid)
{
    size_t rows = grid->header_rows;
    if (rows > 0)
        return rows;
    while (rows < grid->row_count &&
           (!has_values(&grid->rows[rows]) || continues_header(grid, rows)))
        rows++;
    return rows > 0 ? rows : 1;
}

static size_t grid_width(const struct ec_grid *grid)
{
    size_t width = 0;
    for (size_t i = 0; i < grid->row_count; i++) {
        const struct ec_grid_row *row = &grid->rows[i];
        if (row->count == 0)
            continue;
        size_t end = row->cells[row->count - 1].column + row->cells[row->count - 1].span;
        width = end > width ? end : width;
    }
    return width;
}

/* ---- Runs ---- */

/* Takes `end` off the text; false where it is not there. */
static bool take_end(struct ec_str *text, const char *end)
{
    if (!ec_str_ends(*text, end))
        return false;
    text->len -= strlen(end);
    return true;
}

/* A name without letters and digits is found when it is the same to the byte. */
static size_t find_bytes(const struct ec_table *table, struct ec_str name, struct ec_arena *arena)
{
    for (size_t i = 0; i < table->row_count && name.len > 0; i++)
        if (ec_str_equal(ec_utf8_harmless(ec_table_row_name(table, i), arena), name))
            return i;
    return EC_LABEL_NONE;
}

static struct ec_match find_run(const struct known *known, struct ec_str label,
                                struct ec_arena *arena)
{
    struct ec_match match = {.label = label, .index = EC_LABEL_NONE};
    size_t count = known->table->row_count;
    bool cut = take_end(&label, "...") || take_end(&label, "\u2026");
    struct ec_str folded = ec_label_fold(label, arena);
    match.index = folded.len > 0 ? ec_label_find(known->rows, count, folded, cut)
                                 : find_bytes(known->table, label, arena);
    if (match.index == EC_LABEL_NONE && take_end(&folded, " ours")) /* "NPO (ours)" */
        match.index = ec_label_find(known->rows, count, folded, cut);
    return match;
}

/* ---- Columns ---- */

/* What follows the arrow of a target is no part of the name. */
static struct ec_str before_arrow(struct ec_str text)
{
    static const char arrow[] = "\u2192";
    for (size_t i = 0; i + 3 <= text.len; i++)
        if (memcmp(text.ptr + i, arrow, 3) == 0)
            return (struct ec_str){text.ptr, i};
    return text;
}

/* How well numbers in `unit` (NULL: not said) can be those of the column. */
static int unit_fit(const struct ec_column *column, const struct ec_unit *unit)
{
    if (!unit || !column->stored_unit)
        return 1;
    if (unit == column->stored_unit || unit == column->unit)
        return 2;
    return unit->dimension == column->stored_unit->dimension;
}

/* The column that is called so; of several, the first of those that the unit fits best. */
static size_t find_called(const struct known *known, enum called called, struct ec_str folded,
                          const struct ec_unit *unit)
{
    size_t found = EC_LABEL_NONE;
    int best = -1;
    for (size_t i = 0; i < known->table->column_count; i++) {
        int fit = unit_fit(&known->table->columns[i], unit);
        if (fit > best && folded.len > 0 && ec_label_same(known->columns[called][i], folded))
            found = i, best = fit;
    }
    return found;
}

static size_t find_exactly(const struct known *known, struct ec_str folded,
                           const struct ec_unit *unit)
{
    size_t found = EC_LABEL_NONE;
    for (enum called k = 0; k < CALLED_COUNT && found == EC_LABEL_NONE; k++)
        found = find_called(known, k, folded, unit);
    return found;
}

/* A column whose label holds all the words of the header, or the other way round, when there is one
 * such column. */
static size_t find_by_words(const struct known *known, struct ec_str folded)
{
    size_t found = EC_LABEL_NONE;
    for (size_t i = 0; i < known->table->column_count; i++)
        if (ec_label_has_words(known->columns[CALLED_LABEL][i], folded) ||
            ec_label_has_words(folded, known->columns[CALLED_LABEL][i]))
            found = found == EC_LABEL_NONE ? i : EC_LABEL_SEVERAL;
    return found;
}

/* The header of the plain-text table names units as the tracker's document does: its MB are MiB. */
static bool is_document_header(const struct known *known, struct ec_str text, size_t *ret_index,
                               struct ec_arena *arena)
{
    struct ec_str folded = ec_label_fold(text, arena);
    for (size_t i = 0; i < known->table->column_count; i++) {
        const struct ec_metric *metric = known->table->columns[i].metric;
        if (!metric || !metric->header ||
            !ec_label_same(ec_label_fold(ec_str(metric->header), arena), folded))
            continue;
        *ret_index = i;
        return true;
    }
    return false;
}

/* What follows the first colon, as in "Cost: Time"; false where there is none. */
static bool after_colon(struct ec_str text, struct ec_str *ret_rest)
{
    const char *colon = memchr(text.ptr, ':', text.len);
    if (colon)
        *ret_rest = (struct ec_str){colon + 1, (size_t)(text.ptr + text.len - colon - 1)};
    return colon != NULL;
}

static struct ec_match find_column(const struct known *known, struct ec_str text,
                                   struct ec_arena *arena)
{
    struct ec_match match = {.label = text, .index = EC_LABEL_NONE};
    if (is_document_header(known, text, &match.index, arena)) {
        match.unit = ec_unit_get(known->table->columns[match.index].metric->unit);
        return match;
    }
    struct ec_str name = before_arrow(text), rest;
    match.unit = take_unit(&name);
    struct ec_str folded = ec_label_fold(name, arena);
    match.index = find_exactly(known, folded, match.unit);
    if (match.index == EC_LABEL_NONE && after_colon(name, &rest))
        match.index = find_exactly(known, ec_label_fold(rest, arena), match.unit);
    if (match.index == EC_LABEL_NONE)
        match.index = find_by_words(known, folded);
    return match;
}

/* Whether the last words are "m" and a number: "Total time: m = 10". */
static bool is_of_requests(struct ec_str folded)
{
    size_t at = folded.len;
    while (at > 0 && folded.ptr[at - 1] >= '0' && folded.ptr[at - 1] <= '9')
        at--;
    return at < folded.len && at >= 3 && memcmp(folded.ptr + at - 3, " m ", 3) == 0;
}

/* Whether a header is of something that was computed from the column which it names. */
static bool is_derived(struct ec_str text, struct ec_arena *arena)
{
    static const char *const starts[] = {"better than ", "relative to ", "over budget by ",
                                         "short of budget by "};
    struct ec_str name = text;
    take_unit(&name);
    struct ec_str folded = ec_label_fold(name, arena);
    for (size_t i = 0; i < sizeof starts / sizeof starts[0]; i++)
        if (ec_str_begins(folded, starts[i]))
            return true;
    return is_of_requests(folded);
}

/* What was found for a header, or nothing: a ratio, a total for several requests and the like are
 * not the column itself. */
static struct ec_match unless_derived(const struct known *known, struct ec_match match,
                                      struct ec_str header, struct ec_arena *arena)
{
    if (match.index < EC_LABEL_SEVERAL && !known->table->columns[match.index].derived &&
        is_derived(header, arena))
        match.index = EC_LABEL_NONE;
    return match;
}

/* The column that stands under a heading between rows; EC_LABEL_NONE as `index`: none does. */
static struct ec_match find_under(const struct known *known, struct ec_str heading,
                                  struct ec_str text, struct ec_arena *arena)
{
    struct ec_match match = {.label = text};
    struct ec_str name = before_arrow(text);
    match.unit = take_unit(&name);
    const char *both =
        ec_arena_printf(arena, "%.*s %.*s", (int)heading.len, heading.ptr, (int)name.len, name.ptr);
    match.index =
        find_called(known, CALLED_IN_GROUP, ec_label_fold(ec_str(both), arena), match.unit);
    return match;
}

/* ---- Lines of labels ---- */

/* A row that is one cell says something about those below, not about a column. */
static bool is_heading(const struct ec_grid_row *row)
{
    for (size_t i = 1; i < row->count; i++)
        if (row->cells[i].text.len > 0)
            return false;
    return row->count > 0 && row->cells[0].text.len > 0 &&
           (row->count > 1 || row->cells[0].span > 1);
}

/* One text of all that stands in the header above a column, the top first. A cell that spans
 * several columns counts for each. */
static struct ec_str header_text(const struct ec_grid *grid, size_t rows, size_t column,
                                 struct ec_arena *arena)
{
    const char *text = "";
    for (size_t i = 0; i < rows && i < grid->row_count; i++) {
        const struct ec_grid_cell *cell = ec_match_cell(&grid->rows[i], column);
        if (cell && cell->text.len > 0 && !is_heading(&grid->rows[i]))
            text = ec_arena_printf(arena, "%s%s%.*s", text, *text ? " " : "", (int)cell->text.len,
                                   cell->text.ptr);
    }
    return ec_str(text);
}

/* A run by its name, or by what follows the section that it is in: "Reference: Retrain". */
static struct ec_match find_run_in_section(const struct known *known, struct ec_str text,
                                           struct ec_arena *arena)
{
    struct ec_match match = find_run(known, text, arena);
    struct ec_str rest;
    if (match.index == EC_LABEL_NONE && after_colon(text, &rest))
        match.index = find_run(known, rest, arena).index;
    return match;
}

typedef struct ec_match find_label(const struct known *known, struct ec_str text,
                                   struct ec_arena *arena);

/* A header may stand in several rows: groups above, units below. The whole is tried, then without
 * the rows on top, one by one. */
static struct ec_match find_header(const struct known *known, const struct ec_grid *grid,
                                   size_t rows, size_t column, find_label *find,
                                   struct ec_arena *arena)
{
    struct ec_match whole = find(known, header_text(grid, rows, column, arena), arena);
    struct ec_match best = whole;
    for (size_t top = 1; top < rows && top < grid->row_count && best.index >= EC_LABEL_SEVERAL;
         top++) {
        struct ec_grid below = {.rows = grid->rows + top, .row_count = grid->row_count - top};
        best = find(known, header_text(&below, rows - top, column, arena), arena);
    }
    best.label = whole.label;
    if (best.index >= EC_LABEL_SEVERAL)
        best = whole;
    return find == find_column ? unless_derived(known, best, whole.label, arena) : best;
}

/* A heading that happens to share words with a column is not the column. */
static struct ec_match find_heading(const struct known *known, struct ec_str text,
                                    struct ec_arena *arena)
{
    struct ec_match match = {.label = text};
    match.index = find_exactly(known, ec_label_fold(text, arena), NULL);
    return match;
}

/* What a text at the beginning of a row names; columns may be grouped under a heading. */
static struct ec_match find_text(const struct known *known, struct ec_str text, bool is_column,
                                 struct ec_str heading, struct ec_arena *arena)
{
    if (!is_column)
        return find_run(known, text, arena);
    struct ec_match match = find_under(known, heading, text, arena);
    if (match.index != EC_LABEL_NONE)
        return match;
    const char *both = ec_arena_printf(arena, "%.*s: %.*s", (int)heading.len, heading.ptr,
                                       (int)text.len, text.ptr);
    match = unless_derived(known, find_column(known, text, arena), text, arena);
    struct ec_match below = unless_derived(known, match, ec_str(both), arena);
    if (below.index != match.index)
        below.label = ec_str(both);
    return below;
}

/* The label of a row of values: the first cell that is text and is found, else the first text. */
static struct ec_match find_row(const struct known *known, const struct ec_grid_row *row,
                                bool is_column, struct ec_str heading, struct ec_arena *arena)
{
    struct ec_match first = {.index = EC_LABEL_NONE};
    for (size_t i = 0; i < row->count; i++) {
        struct ec_str text = row->cells[i].text;
        if (text.len == 0 || (i > 0 && ec_match_is_value(&row->cells[i])))
            continue;
        struct ec_match match = find_text(known, text, is_column, heading, arena);
        if (match.index < EC_LABEL_SEVERAL)
            return match;
        if (first.label.len == 0)
            first = match;
    }
    return first;
}

/* ---- The grid ---- */

static struct ec_matches match_one_way(const struct known *known, const struct ec_grid *grid,
                                       bool transposed, struct ec_arena *arena)
{
    struct ec_matches matches = {
        .header_rows = header_rows(grid), .transposed = transposed, .width = grid_width(grid)};
    matches.rows = ec_arena_calloc(arena, grid->row_count, sizeof *matches.rows);
    matches.columns = ec_arena_calloc(arena, matches.width, sizeof *matches.columns);
    struct ec_str heading = {"", 0};
    for (size_t i = 0; i < grid->row_count; i++) {
        bool between = transposed && is_heading(&grid->rows[i]);
        if (between)
            heading = grid->rows[i].cells[0].text;
        matches.rows[i] = between ? find_heading(known, heading, arena)
                                  : find_row(known, &grid->rows[i], transposed, heading, arena);
    }
    for (size_t i = 0; i < matches.width; i++)
        matches.columns[i] = find_header(known, grid, matches.header_rows, i,
                                         transposed ? find_run_in_section : find_column, arena);
    return matches;
}

static size_t found_cells(const struct ec_matches *matches, const struct ec_grid *grid)
{
    size_t rows = 0, columns = 0;
    for (size_t i = matches->header_rows; i < grid->row_count; i++)
        rows += matches->rows[i].index < EC_LABEL_SEVERAL;
    for (size_t i = 0; i < matches->width; i++)
        columns += matches->columns[i].index < EC_LABEL_SEVERAL;
    return rows * columns;
}

struct ec_matches ec_match_grid(const struct ec_grid *grid, const struct ec_table *table,
                                struct ec_arena *arena)
{
    struct known known = fold_names(table, arena);
    struct ec_matches rows = match_one_way(&known, grid, false, arena);
    struct ec_matches columns = match_one_way(&known, grid, true, arena);
    return found_cells(&columns, grid) > found_cells(&rows, grid) ? columns : rows;
}
