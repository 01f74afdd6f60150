#include "query/catalogue.h"

#include "query/derive.h"

#include <string.h>

/* Metric numbers with those of a group next to each other, groups by their first metric. */
static void order_by_group(uint32_t order[EC_METRIC_COUNT])
{
    bool taken[EC_METRIC_COUNT] = {false};
    size_t count = 0;
    for (uint32_t first = 0; first < EC_METRIC_COUNT; first++) {
        const char *group = ec_metric_get((enum ec_metric_id)first)->group;
        for (uint32_t i = first; i < EC_METRIC_COUNT; i++) {
            if (taken[i] || strcmp(ec_metric_get((enum ec_metric_id)i)->group, group) != 0)
                continue;
            taken[i] = true;
            order[count++] = i;
        }
    }
}

static void add_sections(struct ec_table *table)
{
    struct ec_section *sections = ec_arena_calloc(&table->arena, EC_METRIC_COUNT, sizeof *sections);
    for (size_t row = 0; row < table->row_count; row++) {
        const char *group = ec_metric_get((enum ec_metric_id)table->order[row])->group;
        bool is_new = table->section_count == 0 ||
                      strcmp(sections[table->section_count - 1].title, group) != 0;
        if (is_new)
            sections[table->section_count++] =
                (struct ec_section){.title = group, .first_row = row};
    }
    table->sections = sections;
}

static const char *key_of(struct ec_arena *arena, const struct ec_metric *metric)
{
    (void)arena;
    return metric->key;
}

static const char *unit_of(struct ec_arena *arena, const struct ec_metric *metric)
{
    (void)arena;
    return ec_unit_get(metric->unit)->symbol;
}

static const char *better_of(struct ec_arena *arena, const struct ec_metric *metric)
{
    switch (metric->direction) {
    case EC_LOWER:
        return "lower";
    case EC_HIGHER:
        return "higher";
    case EC_TARGET:
        return ec_arena_printf(arena, "near %g", metric->target);
    case EC_REFERENCE:
        return "near reference";
    case EC_NEUTRAL:
        break;
    }
    return "";
}

static const char *zero_of(struct ec_arena *arena, const struct ec_metric *metric)
{
    (void)arena;
    return metric->zero == EC_ZERO_IS_UNMEASURED ? "not measured" : "";
}

static const char *help_of(struct ec_arena *arena, const struct ec_metric *metric)
{
    (void)arena;
    return metric->help;
}

/* Adds a column of texts; empty ones are missing. */
static void add_column(struct ec_table *table, const char *key, const char *label,
                       const char *(*text_of)(struct ec_arena *, const struct ec_metric *))
{
    struct ec_series *series = ec_derive_series(table);
    for (size_t row = 0; row < table->row_count; row++) {
        const struct ec_metric *metric = ec_metric_get((enum ec_metric_id)table->order[row]);
        const char *text = text_of(&table->arena, metric);
        if (text[0] != '\0')
            ec_derive_set_text(table, series, row, text);
    }
    ec_derive_add(table, ec_derive_column(key, label, series));
}

struct ec_table *ec_catalogue_table(void)
{
    struct ec_table *table = ec_table_new(NULL);
    struct ec_str *names = ec_arena_alloc(&table->arena, EC_METRIC_COUNT * sizeof *names);
    uint32_t *order = ec_arena_alloc(&table->arena, EC_METRIC_COUNT * sizeof *order);
    for (int i = 0; i < EC_METRIC_COUNT; i++)
        names[i] = ec_str(ec_metric_get((enum ec_metric_id)i)->id);
    order_by_group(order);
    table->title = "Metrics";
    table->name_header = "Name";
    table->row_count = table->base_count = EC_METRIC_COUNT;
    table->row_names = names;
    table->order = order;
    add_sections(table);
    add_column(table, "key", "Key", key_of);
    add_column(table, "unit", "Unit", unit_of);
    add_column(table, "better", "Better", better_of);
    add_column(table, "zero", "Zero means", zero_of);
    add_column(table, "meaning", "Meaning", help_of);
    return table;
}
