#include "paper_fixture.h"

#include <math.h>

static const struct ec_metric *metric(enum ec_metric_id id)
{
    return ec_metric_get(id);
}

/* A column of up to 8 numbers; NAN is a missing value. */
static struct ec_column *numbers(struct ec_table *table, const struct ec_metric *of,
                                 const double *list, const uint8_t *marks)
{
    struct ec_value values[8];
    for (size_t i = 0; i < table->row_count; i++)
        values[i] = isnan(list[i]) ? ec_value_missing() : ec_value_real(list[i]);
    return fixture_column(table, of, values, marks);
}

static struct ec_column *utility(struct ec_table *table, const double *list, const uint8_t *marks)
{
    static const struct ec_metric model_utility = {.id = "model_utility",
                                                   .key = "model_utility",
                                                   .label = "Model utility",
                                                   .group = "Effectiveness",
                                                   .help = "",
                                                   .unit = EC_UNIT_NONE,
                                                   .direction = EC_HIGHER,
                                                   .digits = 3,
                                                   .suffix = ""};
    return numbers(table, &model_utility, list, marks);
}

struct ec_table *paper_grouped(void)
{
    static const char *const names[] = {"Original", "Retrain", "GradAscent", "NPO", "LMCleaner"};
    static const struct ec_section sections[] = {
        {.title = "References", .first_row = 0, .reference = true},
        {.title = "Unlearning methods", .first_row = 2}};
    static const char *const notes[] = {
        "bold: best, or not significantly worse (Welch's t-test, 5 %)"};
    static const uint32_t ns[] = {1, 3, 3, 3, 2};
    struct ec_table *table = fixture_table(names, 5);
    table->name_header = "Method";
    table->title = "Cost and effect of unlearning forget01";
    table->grouped = true;
    table->spread = "sample standard deviation";
    table->sections = sections;
    table->section_count = 2;
    table->notes = notes;
    table->note_count = 1;

    struct ec_column *column =
        numbers(table, metric(EC_METRIC_time), (double[]){NAN, 2345.1, 245.32, 312.45, 98.7},
                (uint8_t[]){0, 0, EC_MARK_SECOND, 0, EC_MARK_BEST});
    fixture_spread(table, column, (double[]){NAN, 120.5, 2.25, 10.5, 1.25}, ns);
    column->group = "Cost";
    column->digits = 1;
    column = numbers(table, metric(EC_METRIC_mem), (double[]){NAN, 30720, 18432.5, 24576, 8192.25},
                     (uint8_t[]){0, 0, EC_MARK_SECOND, 0, EC_MARK_BEST});
    column->group = "Cost";
    column->unit = ec_unit_get(EC_UNIT_GIB);
    column = utility(table, (double[]){0.662, 0.658, 0.01, 0.591, 0.603},
                     (uint8_t[]){0, 0, 0, EC_MARK_TIED, EC_MARK_BEST});
    fixture_spread(table, column, (double[]){NAN, 0.004, 0.012, 0.021, 0.009}, ns);
    column->group = "Effectiveness";
    static const struct ec_metric privleak = {.id = "privleak",
                                              .key = "privleak",
                                              .label = "PrivLeak",
                                              .group = "Effectiveness",
                                              .help = "",
                                              .unit = EC_UNIT_NONE,
                                              .direction = EC_TARGET,
                                              .digits = 1,
                                              .suffix = ""};
    column = numbers(table, &privleak, (double[]){-99.5, 0.2, 87.1, -24.3, -4.8},
                     (uint8_t[]){0, 0, 0, EC_MARK_SECOND, EC_MARK_BEST});
    column->group = "Effectiveness";
    return table;
}

struct ec_table *paper_hostile(void)
{
    static const char *const names[] = {
        "a_b & 50% #1 $x$ {y} ~z^2 \\end{table} <b>|\"q\"'s'</b> `[c]* --- ?` @",
        "[starts] with a bracket, then *stars*",
        ("Caf\u00e9 na\u00efve \u0141\u00f3d\u017a \u1ebf e\u0301 \u00df \u03b1\u2192\u03b2 \u2264 "
         "10\u207b\u00b3"),
        "\u4e2d\u6587 \u0420\u0443\u0441 \U0001f600 \u0105",
        "ctrl\x1b[2J\nline\xff \u202e",
        "  two  blanks  ",
        "%\\\\",
        "//*#eval(1)*/ https://a.b `raw` <label> =h +i -j @ref",
    };
    struct ec_table *table = fixture_table(names, 8);
    table->title = "100% of_the & caf\u00e9s";
    numbers(table, metric(EC_METRIC_time), (double[]){1, 2, 3, 4, 5, 6, 7, 8},
            (uint8_t[]){EC_MARK_BEST, EC_MARK_SECOND, 0, 0, 0, 0, 0, 0});
    static const struct ec_metric odd = {.id = "odd",
                                         .key = "odd_%&",
                                         .label = "Odd_%&#label",
                                         .group = "",
                                         .help = "",
                                         .unit = EC_UNIT_PERCENT,
                                         .direction = EC_NEUTRAL,
                                         .digits = 0,
                                         .suffix = ""};
    struct ec_value values[8];
    for (size_t i = 0; i < 8; i++)
        values[i] =
            i == 7 ? ec_value_missing() : ec_value_str(ec_str(i % 2 ? "x_1 & #" : "\u4e2d"));
    fixture_column(table, &odd, values, NULL);
    return table;
}

struct ec_table *paper_wide(void)
{
    static const char *const names[] = {"efficiency_GradAscent_forget01", "efficiency_NPO_forget01",
                                        "efficiency_LMCleanerSampleLevel_forget01"};
    struct ec_table *table = fixture_table(names, 3);
    numbers(table, metric(EC_METRIC_time), (double[]){245.32, 312.45, 1289.12},
            (uint8_t[]){EC_MARK_BEST, EC_MARK_SECOND, 0});
    numbers(table, metric(EC_METRIC_latency), (double[]){2453.2, 3124.5, NAN},
            (uint8_t[]){EC_MARK_BEST, EC_MARK_SECOND, 0});
    numbers(table, metric(EC_METRIC_storage), (double[]){0.25, 12.5, 43008},
            (uint8_t[]){EC_MARK_BEST, EC_MARK_SECOND, 0});
    struct ec_column *column =
        numbers(table, metric(EC_METRIC_flops), (double[]){1.93e15, 7.5e8, 2.04e15},
                (uint8_t[]){EC_MARK_SECOND, EC_MARK_BEST, 0});
    column->scientific = true;
    column->digits = 2;
    fixture_column(
        table, metric(EC_METRIC_retain),
        (struct ec_value[]){ec_value_bool(false), ec_value_bool(true), ec_value_missing()}, NULL);
    return table;
}

struct ec_table *paper_table(const char *kind)
{
    if (strcmp(kind, "document") == 0)
        return fixture_document();
    if (strcmp(kind, "grouped") == 0)
        return paper_grouped();
    if (strcmp(kind, "hostile") == 0)
        return paper_hostile();
    return strcmp(kind, "wide") == 0 ? paper_wide() : NULL;
}
