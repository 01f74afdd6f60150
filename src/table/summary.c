#include "table/summary.h"

#include <math.h>

/* The metric's own suffix is the seed's, and true only of the stored unit. */
static void write_unit(struct ec_out *out, const struct ec_column *column,
                       enum ec_summary_units units, ec_write_text *write_text)
{
    const char *symbol = column->unit ? column->unit->symbol : "";
    bool seed = units == EC_SUMMARY_SEED;
    if (seed && column->metric && !column->renames && column->unit == column->stored_unit) {
        write_text(out, ec_str(column->metric->suffix));
        return;
    }
    if (symbol[0] != '\0' && !(seed && strcmp(symbol, "s") == 0))
        ec_out_char(out, ' ');
    write_text(out, ec_str(symbol));
}

/* "A, B, C and 2 more": `count` rows, of which the first are in `rows`. */
static void write_names(struct ec_out *out, const struct ec_table *table, const size_t *rows,
                        size_t count, ec_write_text *write_text)
{
    size_t named = count < EC_BEST_NAMED ? count : EC_BEST_NAMED;
    for (size_t i = 0; i < named; i++) {
        if (i > 0)
            ec_out_text(out, i + 1 == count ? " and " : ", ");
        write_text(out, ec_table_row_name(table, rows[i]));
    }
    if (count > named)
        ec_out_printf(out, " and %zu more", count - named);
}

void ec_summary_write(struct ec_out *out, const struct ec_table *shown, const struct ec_best *best,
                      enum ec_summary_units units, ec_write_text *write_text)
{
    const struct ec_table *table = ec_table_upright(shown);
    write_text(out, ec_str(best->title));
    ec_out_text(out, ": ");
    if (best->count == 0) {
        ec_out_printf(out, "N/A (%s)", best->none ? best->none : "not measured in any run");
        return;
    }
    const struct ec_column *column = &table->columns[best->column];
    struct ec_cell cell = ec_table_cell(table, best->rows[0], best->column);
    write_names(out, table, best->rows, best->count, write_text);
    ec_out_text(out, " (");
    ec_format_cell(out, column, cell.value);
    if (!isnan(cell.spread)) {
        ec_out_text(out, " \u00b1 ");
        ec_format_spread(out, column, cell.spread);
    }
    write_unit(out, column, units, write_text);
    ec_out_char(out, ')');
    if (best->count > 1)
        ec_out_printf(out, " (tie: %zu runs)", best->count);
    if (best->tied_count > 0) {
        ec_out_text(out, ", tied with ");
        write_names(out, table, best->tied_rows, best->tied_count, write_text);
    }
}

void ec_summary_write_notes(struct ec_out *out, const struct ec_table *table, const char *first,
                            const char *each, ec_write_text *write_text)
{
    struct ec_arena arena = {0};
    const char *spread = ec_table_spread_note(table, &arena);
    if (spread || table->note_count > 0)
        ec_out_text(out, first);
    for (size_t i = spread ? 0 : 1; i <= table->note_count; i++) {
        ec_out_text(out, each);
        write_text(out, ec_str(i == 0 ? spread : table->notes[i - 1]));
        ec_out_char(out, '\n');
    }
    ec_arena_free(&arena);
}
