#include "hostile_table.h"

#include <stdlib.h>

enum { ROWS = 3 };

/* `word` is the text as a string: what has no length ends at the first NUL. */
static struct ec_column *make_columns(struct ec_table *table, struct ec_str text, const char *word)
{
    struct ec_series *series = ec_arena_calloc(&table->arena, 2, sizeof *series);
    struct ec_column *columns = ec_arena_calloc(&table->arena, 2, sizeof *columns);
    for (int i = 0; i < 2; i++) {
        series[i].values = ec_arena_calloc(&table->arena, ROWS, sizeof *series[i].values);
        columns[i] = (struct ec_column){.key = i == 0 ? "key" : "number",
                                        .label = word,
                                        .group = word,
                                        .series = &series[i],
                                        .runset_column = EC_NO_COLUMN,
                                        .stored_unit = ec_unit_get(EC_UNIT_S),
                                        .unit = ec_unit_get(EC_UNIT_S)};
    }
    series[0].values[0] = ec_value_str(text);
    for (int row = 0; row < ROWS; row++)
        series[1].values[row] = ec_value_real(1.5 + row);
    return columns;
}

static struct ec_table *make_table(struct ec_str text)
{
    struct ec_table *table = ec_table_new(NULL);
    const char *word = ec_arena_strndup(&table->arena, text.ptr, text.len);
    struct ec_str *names = ec_arena_calloc(&table->arena, ROWS, sizeof *names);
    struct ec_section *section = ec_arena_calloc(&table->arena, 1, sizeof *section);
    const char **note = ec_arena_calloc(&table->arena, 1, sizeof *note);
    names[0] = names[1] = text;
    names[2] = ec_str("plain");
    section->title = *note = word;
    table->columns = make_columns(table, text, word);
    table->column_count = 2;
    table->title = table->name_header = word;
    table->row_names = names;
    table->row_count = ROWS;
    table->sections = section;
    table->section_count = 1;
    table->notes = note;
    table->note_count = 1;
    return table;
}

struct ec_out hostile_render(struct ec_str text, const char *format,
                             const struct ec_render_options *options)
{
    struct ec_table *table = make_table(text);
    struct ec_out out;
    struct ec_error error = {0};
    ec_out_to_memory(&out);
    if (ec_renderer_find(format)->render(table, options, &out, &error) < 0)
        abort();
    ec_table_free(table);
    return out;
}
