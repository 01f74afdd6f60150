/* Writes a page for the browser test to standard output: `html_page small` has everything a page
 * can have, `html_page transposed` the same with the runs in columns, `html_page large` 5,000 runs.
 */
#include "query/transpose.h"
#include "render/render.h"
#include "runset/runset.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { SMALL = 7, LARGE = 5000, COLUMNS = 4 };

static const enum ec_metric_id metrics[COLUMNS] = {EC_METRIC_time, EC_METRIC_mem, EC_METRIC_tps,
                                                   EC_METRIC_steps};

struct entry {
    const char *name;
    double numbers[COLUMNS]; /* NAN: missing */
    enum ec_status status;
};

static const struct entry small[SMALL] = {
    {"A10", {245.5, 2048, 300, 100}, EC_STATUS_COMPLETED},
    {"A2", {312.25, 1024, 400, 100}, EC_STATUS_COMPLETED},
    {"<img src=x onerror=alert(1)>", {100, 4096, NAN, 1}, EC_STATUS_COMPLETED},
    {"</script><script>alert(2)</script>", {500, 8192, 100, 2}, EC_STATUS_COMPLETED},
    {"", {NAN, 512, 200, 3}, EC_STATUS_COMPLETED},
    {"failed \xe2\x80\xae early", {1, 1, 1, 4}, EC_STATUS_FAILED},
    {"Retrain", {50, 256, 999, 5}, EC_STATUS_COMPLETED},
};

static void add(struct ec_runset *runset, const struct entry *entry)
{
    struct ec_field fields[COLUMNS];
    for (size_t i = 0; i < COLUMNS; i++) {
        const char *key = ec_metric_get(metrics[i])->key;
        double number = entry->numbers[i];
        fields[i] =
            (struct ec_field){.column = ec_runset_column(runset, ec_str(key)),
                              .value = isnan(number) ? ec_value_missing() : ec_value_real(number)};
    }
    char path[200];
    snprintf(path, sizeof path, "/runs/%s/efficiency_metrics.json", entry->name);
    struct ec_run run = {.path = ec_str(path),
                         .name = ec_str(entry->name),
                         .mtime_ns = 1740787200000000000,
                         .status = entry->status};
    ec_runset_add(runset, &run, fields, COLUMNS);
}

static void add_large(struct ec_runset *runset)
{
    for (int i = 0; i < LARGE; i++) {
        char name[40];
        snprintf(name, sizeof name, "run_%d", i);
        struct entry entry = {
            name,
            {(double)(i * 7919 % LARGE) + 0.25, (double)(i * 104729 % LARGE) + 0.5, i, 100},
            EC_STATUS_COMPLETED};
        add(runset, &entry);
    }
}

static void describe_columns(struct ec_table *table)
{
    table->column_count = COLUMNS;
    table->columns = ec_arena_calloc(&table->arena, COLUMNS, sizeof *table->columns);
    for (size_t i = 0; i < COLUMNS; i++) {
        const struct ec_metric *metric = ec_metric_get(metrics[i]);
        struct ec_column *column = &table->columns[i];
        *column = (struct ec_column){.key = metric->key,
                                     .label = metric->label,
                                     .metric = metric,
                                     .stored_unit = ec_unit_get(metric->unit),
                                     .unit = ec_unit_get(metric->unit),
                                     .direction = metric->direction,
                                     .digits = 2};
        ec_runset_find_column(table->runset, ec_str(metric->key), &column->runset_column);
    }
}

/* The small page's rows in its own order, in sections, with marks. */
static void arrange_small(struct ec_table *table, uint32_t *order)
{
    static const struct ec_section sections[] = {
        {.title = "Methods", .first_row = 0},
        {.title = "Reference", .first_row = SMALL - 1, .reference = true}};
    static const char *const notes[] = {"a <b>note</b>"};
    for (uint32_t row = 0; row < SMALL; row++)
        for (uint32_t i = 0; i < SMALL; i++)
            if (ec_str_equal(ec_runset_run(table->runset, i).name, ec_str(small[row].name)))
                order[row] = i;
    table->order = order;
    table->sections = sections;
    table->section_count = 2;
    table->notes = notes;
    table->note_count = 1;
    table->columns[3].group = "Effort";
    struct ec_column *memory = &table->columns[1];
    memory->unit = ec_unit_get(EC_UNIT_GIB);
    memory->marks = ec_arena_calloc(&table->arena, SMALL, 1);
    memory->marks[order[4]] = EC_MARK_BEST;
    memory->marks[order[1]] = EC_MARK_SECOND;
    static const size_t first[] = {2};
    static const struct ec_best best = {.title = "Fastest", .column = 0, .count = 1, .rows = first};
    table->bests = &best;
    table->best_count = 1;
}

int main(int argc, char **argv)
{
    bool large = argc > 1 && strcmp(argv[1], "large") == 0;
    struct ec_runset *runset = ec_runset_new();
    if (large)
        add_large(runset);
    for (size_t i = 0; !large && i < SMALL; i++)
        add(runset, &small[i]);
    ec_runset_add_issue(runset, EC_ISSUE_BAD_RECORD, ec_str("/runs/<b>"), 1, 2, "no <i>value</i>");
    ec_runset_finish(runset);

    struct ec_table *table = ec_table_new(runset);
    table->title = "Comparison & <i>more</i>";
    table->name_header = "Experiment";
    table->row_count = ec_runset_count(runset);
    describe_columns(table);
    uint32_t order[SMALL];
    if (!large)
        arrange_small(table, order);
    if (argc > 1 && strcmp(argv[1], "transposed") == 0)
        table = ec_transpose(table);

    struct ec_out out;
    ec_out_to_fd(&out, STDOUT_FILENO);
    struct ec_error error = {0};
    struct ec_render_options options = {0};
    int result = ec_renderer_find("html")->render(table, &options, &out, &error);
    result = ec_out_finish(&out) || result;
    ec_out_free(&out);
    ec_table_free(table);
    ec_runset_free(runset);
    return result ? EXIT_FAILURE : EXIT_SUCCESS;
}
