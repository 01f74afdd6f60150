/* Takes any bytes for a run's name, writes it for LaTeX and Typst and reads the LaTeX back; then
 * takes them for a paper whose tables are compared.
 */
#include "render/render.h"
#include "verify/verify.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct ec_table *make_table(struct ec_str name)
{
    struct ec_table *table = ec_table_new(NULL);
    struct ec_arena *arena = &table->arena;
    struct ec_str *names = ec_arena_calloc(arena, 2, sizeof *names);
    struct ec_series *series = ec_arena_calloc(arena, 1, sizeof *series);
    struct ec_column *column = ec_arena_calloc(arena, 1, sizeof *column);
    names[0] = name;
    names[1] = ec_str("NPO");
    series->values = ec_arena_calloc(arena, 2, sizeof *series->values);
    series->values[0] = ec_value_real(245.32);
    series->values[1] = ec_value_real(12);
    *column = (struct ec_column){.key = "time",
                                 .label = "Time",
                                 .stored_unit = ec_unit_get(EC_UNIT_S),
                                 .unit = ec_unit_get(EC_UNIT_S),
                                 .digits = 2,
                                 .series = series};
    table->columns = column;
    table->column_count = 1;
    table->name_header = "Experiment";
    table->title = ec_arena_strndup(arena, name.ptr, name.len);
    table->row_names = names;
    table->row_count = 2;
    return table;
}

static void render(const struct ec_table *table, const char *format, struct ec_out *out)
{
    struct ec_error error = {0};
    struct ec_render_options options = {.command = table->title};
    ec_out_to_memory(out);
    if (ec_renderer_find(format)->render(table, &options, out, &error) < 0)
        abort();
}

/* Every brace has its partner, and every byte beyond ASCII is an argument of \ecuni. */
static void check_latex(const struct ec_out *out)
{
    long depth = 0;
    for (size_t i = 0; i < out->length; i++) {
        char c = out->buffer[i];
        if (c == '%') /* a comment: the escaped one is skipped with its backslash */
            while (out->buffer[i] != '\n')
                i++;
        else if (c == '\\')
            i++;
        else if (c == '{')
            depth++;
        else if (c == '}' && --depth < 0)
            abort();
        else if ((unsigned char)c < ' ' && c != '\n')
            abort();
    }
    if (depth != 0)
        abort();
}

/* Strings end on their line, with nothing but known escapes in them. */
static void check_typst(const struct ec_out *out)
{
    bool string = false;
    for (size_t i = 0; i < out->length; i++) {
        char c = out->buffer[i];
        if (!string && c == '/' && out->buffer[i + 1] == '/')
            while (out->buffer[i] != '\n')
                i++;
        else if (c == '"')
            string = !string;
        else if (string && c == '\\' && out->buffer[++i] != '"' && out->buffer[i] != '\\')
            abort();
        else if (string && c == '\n')
            abort();
    }
    if (string)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ec_str text = {(const char *)data, size};
    struct ec_table *table = make_table(text);
    struct ec_out latex, typst, report;
    struct ec_verify_result result;
    render(table, "latex", &latex);
    check_latex(&latex);
    render(table, "typst", &typst);
    check_typst(&typst);

    ec_out_to_memory(&report);
    ec_verify((struct ec_str){latex.buffer, latex.length}, "own", table, &report, &result);
    /* A name that folds to "npo" too, or to nothing, is not found; but nothing may differ. */
    if (result.differ > 0 || result.agree + result.unchecked != 2)
        abort();
    ec_verify(text, "other", table, &report, &result);

    ec_out_free(&latex);
    ec_out_free(&typst);
    ec_out_free(&report);
    ec_table_free(table);
    return 0;
}
