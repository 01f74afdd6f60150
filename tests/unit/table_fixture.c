#include "cmocka_test.h"
#include "table_fixture.h"

struct ec_table *fixture_table(const char *const *names, size_t count)
{
    struct ec_table *table = ec_table_new(NULL);
    struct ec_str *row_names = ec_arena_calloc(&table->arena, count, sizeof *row_names);
    for (size_t i = 0; i < count; i++)
        row_names[i] = ec_str(names[i]);
    table->row_names = row_names;
    table->row_count = count;
    table->title = "Unlearning Efficiency Metrics Comparison";
    table->name_header = "Experiment";
    return table;
}

struct ec_column *fixture_column(struct ec_table *table, const struct ec_metric *metric,
                                 const struct ec_value *values, const uint8_t *marks)
{
    struct ec_arena *arena = &table->arena;
    size_t count = table->row_count;
    struct ec_column *columns = ec_arena_calloc(arena, table->column_count + 1, sizeof *columns);
    if (table->column_count > 0)
        memcpy(columns, table->columns, table->column_count * sizeof *columns);
    struct ec_series *series = ec_arena_calloc(arena, 1, sizeof *series);
    series->values = ec_arena_calloc(arena, count, sizeof *values);
    memcpy(series->values, values, count * sizeof *values);

    struct ec_column *column = &columns[table->column_count++];
    *column = (struct ec_column){
        .key = metric->key,
        .label = metric->label,
        .header = metric->header,
        .metric = metric,
        .stored_unit = ec_unit_get(metric->unit),
        .unit = ec_unit_get(metric->unit),
        .direction = metric->direction,
        .digits = metric->digits,
        .series = series,
    };
    if (marks) {
        column->marks = ec_arena_calloc(arena, count, 1);
        memcpy(column->marks, marks, count);
    }
    table->columns = columns;
    return column;
}

void fixture_spread(struct ec_table *table, struct ec_column *column, const double *spreads,
                    const uint32_t *ns)
{
    size_t count = table->row_count;
    struct ec_series *series = ec_arena_alloc(&table->arena, sizeof *series);
    *series = *column->series;
    series->spreads = ec_arena_alloc(&table->arena, count * sizeof *spreads);
    memcpy(series->spreads, spreads, count * sizeof *spreads);
    series->ns = ec_arena_alloc(&table->arena, count * sizeof *ns);
    memcpy(series->ns, ns, count * sizeof *ns);
    column->series = series;
}

static struct ec_column *reals(struct ec_table *table, enum ec_metric_id id, const double *numbers,
                               const uint8_t *marks, int min_width)
{
    struct ec_value values[3];
    for (size_t i = 0; i < 3; i++)
        values[i] = ec_value_real(numbers[i]);
    struct ec_column *column = fixture_column(table, ec_metric_get(id), values, marks);
    column->min_width = min_width;
    return column;
}

struct ec_table *fixture_document(void)
{
    static const char *const names[] = {"efficiency_GradAscent_forget01", "efficiency_NPO_forget01",
                                        "efficiency_LMCleanerSample_forget01"};
    static const size_t first[] = {0};
    static const uint8_t marks[] = {EC_MARK_BEST, 0, EC_MARK_SECOND};
    static const struct ec_best bests[] = {
        {.title = "Fastest", .column = 0, .count = 1, .rows = first},
        {.title = "Most Memory Efficient", .column = 2, .count = 1, .rows = first},
        {.title = "Highest Throughput", .column = 3, .count = 1, .rows = first},
    };
    struct ec_table *table = fixture_table(names, 3);
    reals(table, EC_METRIC_time, (double[]){245.32, 312.45, 289.12}, marks, 12);
    struct ec_value steps = ec_value_int(100);
    fixture_column(table, ec_metric_get(EC_METRIC_steps), (struct ec_value[]){steps, steps, steps},
                   NULL)
        ->min_width = 8;
    reals(table, EC_METRIC_mem, (double[]){8234.56, 9123.45, 8567.89}, marks, 15);
    reals(table, EC_METRIC_tps, (double[]){1234.56, 987.65, 1098.76}, marks, 11);
    table->bests = bests;
    table->best_count = 3;
    return table;
}

char *fixture_render(const struct ec_table *table, const char *format, int width, bool color)
{
    const struct ec_renderer *renderer = ec_renderer_find(format);
    assert_non_null(renderer);
    struct ec_out out;
    struct ec_error error = {0};
    ec_out_to_memory(&out);
    struct ec_render_options options = {.width = width, .color = color};
    assert_int_equal(renderer->render(table, &options, &out, &error), 0);
    assert_string_equal(error.text, "");
    ec_out_char(&out, '\0');
    return out.buffer;
}

void fixture_assert_renders(const struct ec_table *table, const char *format, int width, bool color,
                            const char *expected)
{
    char *text = fixture_render(table, format, width, color);
    assert_string_equal(text, expected);
    ec_out_free(&(struct ec_out){.buffer = text});
}
