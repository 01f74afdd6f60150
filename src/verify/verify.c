#include "verify/verify.h"

#include "base/utf8.h"
#include "table/format.h"
#include "verify/match.h"
#include "verify/number.h"

#include <math.h>
#include <stdlib.h>

struct verifier {
    const struct ec_table *table;
    const char *path;
    struct ec_out *out;
    struct ec_arena *arena;
    struct ec_verify_result result;
};

/* One cell that is compared. */
struct pair {
    size_t row, column;         /* of our table */
    const struct ec_unit *unit; /* the header's; NULL: it names none */
    struct ec_str text;         /* in the file */
    size_t line;
};

/* ---- What is said ---- */

static void begin_line(struct verifier *verifier, size_t line)
{
    ec_utf8_write_harmless(verifier->out, ec_str(verifier->path));
    ec_out_printf(verifier->out, ":%zu: ", line);
}

static void begin_pair(struct verifier *verifier, const struct pair *pair)
{
    begin_line(verifier, pair->line);
    ec_utf8_write_harmless(verifier->out, ec_table_row_name(verifier->table, pair->row));
    ec_out_text(verifier->out, ", ");
    ec_utf8_write_harmless(verifier->out, ec_str(verifier->table->columns[pair->column].label));
    ec_out_text(verifier->out, ": the file says ");
    if (pair->text.len > 0)
        ec_utf8_write_harmless(verifier->out, pair->text);
    else
        ec_out_text(verifier->out, "nothing");
    ec_out_text(verifier->out, ", ");
}

/* At the precision of the printed number that it is compared with. */
static void write_number(struct ec_out *out, double number, double quantum,
                         const struct ec_unit *unit)
{
    char text[EC_NUMBER_MAX];
    int digits = quantum < 1 ? (int)lround(-log10(quantum)) : 0;
    if (fabs(number) < 1e15 && digits <= EC_DIGITS_MAX)
        ec_format_fixed(text, number, digits);
    else
        ec_format_exact(text, number);
    ec_out_text(out, text);
    if (unit && unit->symbol[0])
        ec_out_printf(out, " %s", unit->symbol);
}

static void differ(struct verifier *verifier, const struct pair *pair)
{
    verifier->result.differ++;
    begin_pair(verifier, pair);
}

static void unchecked(struct verifier *verifier, const struct pair *pair, const char *reason)
{
    verifier->result.unchecked++;
    begin_pair(verifier, pair);
    ec_out_printf(verifier->out, "%s; not checked\n", reason);
}

/* ---- Comparing one cell ---- */

static double factor_to(const struct ec_column *column, const struct ec_unit *unit)
{
    bool known = column->stored_unit && unit && column->stored_unit->dimension == unit->dimension;
    return known ? ec_unit_factor(column->stored_unit, unit) : 1;
}

/* Says in which other unit the printed number would be right: MB for MiB is the common mistake. */
static void write_hint(struct verifier *verifier, const struct ec_column *column, double stored,
                       const struct ec_printed *printed)
{
    for (int id = 0; id < EC_UNIT_COUNT; id++) {
        const struct ec_unit *unit = ec_unit_get((enum ec_unit_id)id);
        if (!column->stored_unit || unit->dimension != column->stored_unit->dimension ||
            unit->symbol[0] == '\0' || stored == 0 || printed->value == 0)
            continue;
        if (ec_printed_agrees(printed->value, printed->quantum, stored * factor_to(column, unit))) {
            ec_out_printf(verifier->out, " (right if the unit were %s)", unit->symbol);
            return;
        }
    }
}

static void compare_spread(struct verifier *verifier, const struct pair *pair,
                           const struct ec_printed *printed, const struct ec_unit *unit,
                           double spread)
{
    double factor = factor_to(&verifier->table->columns[pair->column], unit);
    if (isnan(spread)) {
        unchecked(verifier, pair, "the runs have no spread (--group-by makes one)");
    } else if (ec_printed_agrees(printed->spread, printed->spread_quantum, spread * factor)) {
        verifier->result.agree++;
    } else {
        differ(verifier, pair);
        ec_out_text(verifier->out, "the runs say \u00b1 ");
        write_number(verifier->out, spread * factor, printed->spread_quantum, unit);
        ec_out_char(verifier->out, '\n');
    }
}

/* Whether a number in `unit` can be one in `stored`. How many times more something is, and a share
 * of it, are both plain ratios, but not the same. */
static bool is_unit_of(const struct ec_unit *unit, const struct ec_unit *stored)
{
    const struct ec_unit *times = ec_unit_get(EC_UNIT_TIMES);
    return unit->dimension == stored->dimension && (unit != times || stored == times);
}

static void compare_number(struct verifier *verifier, const struct pair *pair,
                           const struct ec_printed *printed, struct ec_cell cell)
{
    const struct ec_column *column = &verifier->table->columns[pair->column];
    const struct ec_unit *unit = printed->unit ? printed->unit : pair->unit;
    if (unit && column->stored_unit && !is_unit_of(unit, column->stored_unit)) {
        unchecked(verifier, pair, "which is in a unit of something else");
        return;
    }
    if (!unit)
        unit = column->unit;
    double stored = ec_value_number(cell.value);
    double number = stored * factor_to(column, unit);
    if (!ec_printed_agrees(printed->value, printed->quantum, number)) {
        differ(verifier, pair);
        ec_out_text(verifier->out, "the runs say ");
        write_number(verifier->out, number, printed->quantum, unit);
        write_hint(verifier, column, stored, printed);
        ec_out_char(verifier->out, '\n');
    } else if (printed->has_spread) {
        compare_spread(verifier, pair, printed, unit, cell.spread);
    } else {
        verifier->result.agree++;
    }
}

/* Whether the text says the same as a truth value or a text of ours. */
static bool same_word(struct verifier *verifier, struct ec_value value, struct ec_str text)
{
    static const char *const words[2][7] = {{"false", "no", "n", "\u2717", "\u00d7", "x", NULL},
                                            {"true", "yes", "y", "\u2713", "\u2714", "v", NULL}};
    struct ec_str folded = ec_label_fold(text, verifier->arena);
    if (value.kind == EC_STR)
        return ec_label_same(folded, ec_label_fold(ec_value_text(value), verifier->arena));
    for (const char *const *word = words[value.b]; *word; word++)
        if (ec_str_equal(folded, ec_str(*word)) || ec_str_equal(text, ec_str(*word)))
            return true;
    return false;
}

static void compare_word(struct verifier *verifier, const struct pair *pair, struct ec_value value)
{
    if (same_word(verifier, value, pair->text)) {
        verifier->result.agree++;
        return;
    }
    differ(verifier, pair);
    ec_out_text(verifier->out, "the runs say ");
    if (value.kind == EC_STR)
        ec_utf8_write_harmless(verifier->out, ec_value_text(value));
    else
        ec_out_text(verifier->out, value.b ? "true" : "false");
    ec_out_char(verifier->out, '\n');
}

static void compare(struct verifier *verifier, const struct pair *pair)
{
    struct ec_cell cell = ec_table_cell(verifier->table, pair->row, pair->column);
    struct ec_printed printed;
    bool missing = ec_printed_is_missing(pair->text);
    if (cell.value.kind == EC_MISSING) {
        if (missing) {
            verifier->result.agree++;
        } else if (pair->text.len > 0) {
            differ(verifier, pair);
            ec_out_text(verifier->out, "no run measured it\n");
        }
    } else if (pair->text.len == 0) {
        unchecked(verifier, pair, "the runs have a value");
    } else if (!ec_value_is_number(cell.value)) {
        compare_word(verifier, pair, cell.value);
    } else if (missing) {
        differ(verifier, pair);
        ec_out_text(verifier->out, "the runs say ");
        ec_format_cell(verifier->out, &verifier->table->columns[pair->column], cell.value);
        ec_out_char(verifier->out, '\n');
    } else if (ec_printed_read(pair->text, &printed)) {
        compare_number(verifier, pair, &printed, cell);
    } else {
        unchecked(verifier, pair, "which is not one number");
    }
}

/* ---- Walking a grid ---- */

/* What follows a number in a cell of its own: "± 2.2 (3)", "(3)" or "(n=3)". */
static bool is_continuation(const struct ec_grid_cell *cell)
{
    static const char *const starts[] = {"\u00b1", "+-", "+/-"};
    struct ec_str text = cell->text;
    for (size_t i = 0; i < sizeof starts / sizeof starts[0]; i++)
        if (text.len > strlen(starts[i]) && memcmp(text.ptr, starts[i], strlen(starts[i])) == 0)
            return true;
    return text.len > 2 && text.ptr[0] == '(' &&
           ((text.ptr[1] >= '0' && text.ptr[1] <= '9') || memcmp(text.ptr + 1, "n=", 2) == 0);
}

/* The text of a cell, with that of the next one when that continues it. */
static struct ec_str whole_text(const struct ec_grid_row *row, size_t at, struct ec_arena *arena)
{
    struct ec_str text = row->cells[at].text;
    if (at + 1 == row->count || !is_continuation(&row->cells[at + 1]))
        return text;
    struct ec_str next = row->cells[at + 1].text;
    return ec_str(
        ec_arena_printf(arena, "%.*s %.*s", (int)text.len, text.ptr, (int)next.len, next.ptr));
}

/* The second of two columns under one header is empty where it has nothing to add. */
static bool is_filler(const struct ec_matches *matches, const struct ec_grid_cell *cell)
{
    return cell->text.len == 0 && cell->column > 0 &&
           matches->columns[cell->column].index < EC_LABEL_SEVERAL &&
           matches->columns[cell->column].index == matches->columns[cell->column - 1].index;
}

static bool found(const struct ec_match *match)
{
    return match->index < EC_LABEL_SEVERAL;
}

/* "18.4k", "\u22485", "5m41s": a number, though not one that can be read. */
static bool begins_with_digit(struct ec_str text)
{
    size_t at = 0;
    while (at < text.len && (strchr("<>~+-.", text.ptr[at]) || (unsigned char)text.ptr[at] >= 0x80))
        at++;
    return at < text.len && text.ptr[at] >= '0' && text.ptr[at] <= '9';
}

/* Whether a cell of a row of values is one that is to be checked, and not a label. */
static bool is_checkable(const struct ec_matches *matches, const struct ec_grid_cell *cell)
{
    if (cell->column == 0 || is_filler(matches, cell) || is_continuation(cell))
        return false;
    return found(&matches->columns[cell->column]) || ec_match_is_value(cell) ||
           begins_with_digit(cell->text);
}

static void check_cell(struct verifier *verifier, const struct ec_matches *matches,
                       const struct ec_grid *grid, size_t row, size_t at)
{
    const struct ec_grid_row *cells = &grid->rows[row];
    const struct ec_match *of_row = &matches->rows[row];
    const struct ec_match *of_column = &matches->columns[cells->cells[at].column];
    if (!found(of_row) || !found(of_column))
        return; /* told by row or by column */
    const struct ec_match *run = matches->transposed ? of_column : of_row;
    const struct ec_match *metric = matches->transposed ? of_row : of_column;
    struct pair pair = {.row = run->index,
                        .column = metric->index,
                        .unit = metric->unit,
                        .text = whole_text(cells, at, verifier->arena),
                        .line = cells->line};
    compare(verifier, &pair);
}

static void say_not_found(struct verifier *verifier, const struct ec_match *match, size_t line,
                          bool is_run, size_t cells)
{
    if (cells == 0)
        return;
    verifier->result.unchecked += cells;
    begin_line(verifier, line);
    if (match->label.len > 0) {
        ec_out_char(verifier->out, '\'');
        ec_utf8_write_harmless(verifier->out, match->label);
        ec_out_printf(verifier->out, "' %s %s",
                      match->index == EC_LABEL_SEVERAL ? "fits more than one" : "is the name of no",
                      is_run ? "run" : "column");
    } else {
        ec_out_printf(verifier->out, "there is no label for a %s", is_run ? "run" : "column");
    }
    ec_out_printf(verifier->out, "; %zu cell%s not checked\n", cells, cells == 1 ? "" : "s");
}

/* How many cells there are to check in a row, or with a column in the rows that were found. */
static size_t count_row(const struct ec_matches *matches, const struct ec_grid_row *row)
{
    size_t cells = 0;
    for (size_t i = 0; i < row->count; i++)
        cells += is_checkable(matches, &row->cells[i]) && row->cells[i].text.len > 0;
    return cells;
}

static size_t count_column(const struct ec_matches *matches, const struct ec_grid *grid,
                           size_t column)
{
    size_t cells = 0;
    for (size_t i = matches->header_rows; i < grid->row_count; i++) {
        const struct ec_grid_cell *cell = ec_match_cell(&grid->rows[i], column);
        cells += found(&matches->rows[i]) && cell && cell->column == column &&
                 is_checkable(matches, cell) && cell->text.len > 0;
    }
    return cells;
}

static void check_grid(struct verifier *verifier, const struct ec_grid *grid)
{
    struct ec_matches matches = ec_match_grid(grid, verifier->table, verifier->arena);
    for (size_t i = 1; i < matches.width; i++)
        if (!found(&matches.columns[i]))
            say_not_found(verifier, &matches.columns[i], grid->rows[0].line, matches.transposed,
                          count_column(&matches, grid, i));
    for (size_t row = matches.header_rows; row < grid->row_count; row++) {
        if (!found(&matches.rows[row]))
            say_not_found(verifier, &matches.rows[row], grid->rows[row].line, !matches.transposed,
                          count_row(&matches, &grid->rows[row]));
        for (size_t i = 0; i < grid->rows[row].count; i++)
            if (is_checkable(&matches, &grid->rows[row].cells[i]))
                check_cell(verifier, &matches, grid, row, i);
    }
}

void ec_verify(struct ec_str source, const char *path, const struct ec_table *table,
               struct ec_out *out, struct ec_verify_result *ret_result)
{
    struct ec_arena arena = {0};
    struct verifier verifier = {
        .table = ec_table_upright(table), .path = path, .out = out, .arena = &arena};
    const struct ec_grid *grid = ec_grid_read(source, &arena);
    bool any = grid != NULL;
    for (; grid; grid = grid->next)
        check_grid(&verifier, grid);

    const struct ec_verify_result *result = &verifier.result;
    ec_utf8_write_harmless(out, ec_str(path));
    if (!any)
        ec_out_text(out, ": no table in Markdown or LaTeX\n");
    else
        ec_out_printf(out, ": %zu agree, %zu differ, %zu could not be checked\n", result->agree,
                      result->differ, result->unchecked);
    *ret_result = *result;
    ec_arena_free(&arena);
}
