#include "query/production.h"

#include "base/memory.h"
#include "query/derive.h"
#include "query/find.h"
#include "query/list.h"

#include <math.h>
#include <stdlib.h>

/* ---- Reading ---- */

/* More requests than anybody makes, and all smaller whole numbers are exact. */
static const double MOST_REQUESTS = 1e15;

static int read_requests(struct ec_production *production, const struct ec_query *query,
                         struct ec_error *error)
{
    for (size_t i = 0; i < query->requests.count; i++) {
        struct ec_str list = ec_str(query->requests.items[i]), item;
        while (ec_list_next(&list, &item)) {
            struct ec_amount amount;
            struct ec_error ignored = {0};
            if (ec_amount_read(item, &amount, &ignored) < 0 ||
                amount.unit->dimension != EC_DIM_NONE || !(amount.value >= 1) ||
                amount.value > MOST_REQUESTS || floor(amount.value) != amount.value)
                return ec_error_set(error, "--requests: '%.*s' is not a number of requests",
                                    (int)item.len, item.ptr);
            production->requests =
                ec_grow(production->requests, production->request_count,
                        &production->request_capacity, sizeof *production->requests);
            production->requests[production->request_count++] = amount.value;
        }
    }
    return 0;
}

static void add_cost(struct ec_production *production, struct ec_str name)
{
    production->costs = ec_grow(production->costs, production->cost_count,
                                &production->cost_capacity, sizeof *production->costs);
    production->costs[production->cost_count++] = name;
}

static int read_costs(struct ec_production *production, const struct ec_query *query,
                      struct ec_error *error)
{
    for (size_t i = 0; i < query->costs.count; i++) {
        struct ec_str list = ec_str(query->costs.items[i]), item;
        while (ec_list_next(&list, &item)) {
            if (item.len == 0)
                return ec_error_set(error, "--cost: a column's name is empty");
            add_cost(production, item);
        }
    }
    if (production->cost_count == 0 && !query->price)
        add_cost(production, ec_str("time"));
    return 0;
}

/* Where a setup's ROWS end is known when there are rows; a column is behind its last '='. */
static int read_setups(struct ec_columns *columns, const struct ec_query *query,
                       struct ec_names *names, struct ec_error *error)
{
    for (size_t i = 0; i < query->setups.count; i++) {
        struct ec_str rows, what = ec_str(query->setups.items[i]);
        while (ec_list_split(what, &rows, &what))
            ;
        if (what.len == 0)
            return ec_error_set(error, "--setup: '%s' does not say what is prepared",
                                query->setups.items[i]);
        struct ec_amount amount;
        struct ec_error ignored = {0};
        if (ec_amount_read(what, &amount, &ignored) < 0)
            ec_columns_want_if_any(columns, names, what);
    }
    return 0;
}

/* The column that a price is multiplied with. */
static struct ec_str priced_column(const struct ec_price *price)
{
    return ec_str(price->dimension == EC_DIM_TIME ? "time" : "energy");
}

static int read_price(struct ec_production *production, const struct ec_query *query,
                      struct ec_error *error)
{
    struct ec_error reason = {0};
    if (!query->price)
        return 0;
    production->priced = true;
    if (ec_price_parse(ec_str(query->price), &production->price, &reason) < 0)
        return ec_error_set(error, "--price: %s", reason.text);
    return 0;
}

int ec_production_read(struct ec_production *ret_production, struct ec_columns *columns,
                       const struct ec_query *query, struct ec_names *names, struct ec_error *error)
{
    struct ec_production *production = ret_production;
    *production = (struct ec_production){0};
    if (query->requests.count == 0) {
        if (query->setups.count > 0 || query->price || query->costs.count > 0)
            return ec_error_set(error, "--%s needs --requests, which says how many",
                                query->setups.count > 0 ? "setup"
                                : query->price          ? "price"
                                                        : "cost");
        return 0;
    }
    if (read_requests(production, query, error) < 0 || read_costs(production, query, error) < 0 ||
        read_price(production, query, error) < 0)
        return -1;
    for (size_t i = 0; i < production->cost_count; i++)
        ec_columns_want(columns, names, production->costs[i]);
    if (production->priced)
        ec_columns_want(columns, names, priced_column(&production->price));
    return read_setups(columns, query, names, error);
}

void ec_production_free(struct ec_production *production)
{
    free(production->requests);
    free(production->costs);
    *production = (struct ec_production){0};
}

/* ---- What a row costs ---- */

/* One cost: a column, and what multiplies it when it is money. */
struct quantity {
    size_t column;
    const struct ec_price *price; /* NULL: the column itself */
};

/* What a setup means in this table. */
struct source {
    struct ec_str rows; /* ptr NULL: all that may need one */
    bool is_amount;
    struct ec_amount amount;
    size_t column; /* column_count: none */
    size_t row;    /* row_count: none */
};

struct costing {
    struct ec_table *table;
    size_t baseline;
    struct source *sources;
    size_t source_count;
};

bool ec_production_split_setup(const char *setup, const struct ec_table *table,
                               struct ec_str *ret_rows, struct ec_str *ret_what)
{
    struct ec_str text = ec_str(setup);
    *ret_what = text;
    if (ec_columns_find(table, text) || ec_find_any(table, text))
        return false;
    for (size_t end = text.len; ec_list_split_before(text, &end, ret_rows, ret_what);)
        if (ec_find_any(table, *ret_rows))
            return true;
    size_t end = text.len;
    return ec_list_split_before(text, &end, ret_rows, ret_what);
}

static int find_source(const struct ec_table *table, const char *setup, struct source *ret_source,
                       struct ec_error *error)
{
    struct ec_str rows, what;
    *ret_source = (struct source){.column = table->column_count, .row = table->row_count};
    if (ec_production_split_setup(setup, table, &rows, &what))
        ret_source->rows = rows;
    struct ec_error reason = {0};
    ret_source->is_amount = ec_amount_read(what, &ret_source->amount, &reason) == 0;
    if (ret_source->is_amount)
        return 0;
    reason = (struct ec_error){0};
    const struct ec_column *column = ec_columns_find(table, what);
    if (column)
        ret_source->column = (size_t)(column - table->columns);
    else if (ec_find_row(table, what, &ret_source->row, &reason) < 0)
        return ec_error_set(error, "--setup: there is no column '%.*s', and %s", (int)what.len,
                            what.ptr, reason.text);
    return 0;
}

static int find_sources(const struct ec_query *query, struct costing *costing,
                        struct ec_error *error)
{
    costing->source_count = query->setups.count;
    costing->sources =
        ec_arena_calloc(&costing->table->arena, costing->source_count, sizeof *costing->sources);
    for (size_t i = 0; i < costing->source_count; i++)
        if (find_source(costing->table, query->setups.items[i], &costing->sources[i], error) < 0)
            return -1;
    return 0;
}

static bool concerns(const struct costing *costing, const struct source *source, size_t row)
{
    if (source->rows.ptr)
        return ec_find_matches(costing->table, row, source->rows);
    return row != costing->baseline && row != source->row &&
           !ec_table_row_is_reference(costing->table, row);
}

/* What the setup says of the row, in the unit of the cost's column; false when it is of another
 * dimension. */
static bool setup_amount(const struct costing *costing, const struct source *source, size_t row,
                         size_t cost, struct ec_estimate *ret_amount)
{
    const struct ec_table *table = costing->table;
    const struct ec_unit *unit = table->columns[cost].stored_unit;
    if (source->is_amount) {
        *ret_amount = (struct ec_estimate){ec_amount_in(source->amount, unit), 0};
        return !isnan(ret_amount->value);
    }
    if (source->row < table->row_count) {
        *ret_amount = ec_table_row_status(table, source->row) == EC_STATUS_COMPLETED
                          ? ec_derive_get(table, source->row, cost)
                          : (struct ec_estimate){NAN, NAN};
        return true;
    }
    const struct ec_unit *stored = table->columns[source->column].stored_unit;
    if (stored->dimension != unit->dimension)
        return false;
    double factor = ec_unit_factor(stored, unit);
    struct ec_estimate amount = ec_derive_get(table, row, source->column);
    *ret_amount = (struct ec_estimate){amount.value * factor, amount.spread * factor};
    return true;
}

static struct ec_estimate row_setup(const struct costing *costing, size_t row, size_t cost)
{
    struct ec_estimate amount = {0, 0};
    for (size_t i = 0; i < costing->source_count; i++) {
        if (!concerns(costing, &costing->sources[i], row))
            continue;
        if (setup_amount(costing, &costing->sources[i], row, cost, &amount))
            return amount;
        amount = (struct ec_estimate){NAN, NAN};
    }
    return amount;
}

/* The costs of a run that did not complete are not known. */
static struct ec_cost row_cost(const struct costing *costing, size_t row,
                               const struct quantity *quantity)
{
    const struct ec_table *table = costing->table;
    struct ec_estimate unknown = {NAN, NAN};
    if (ec_table_row_status(table, row) != EC_STATUS_COMPLETED)
        return (struct ec_cost){unknown, unknown};
    struct ec_cost cost = {row_setup(costing, row, quantity->column),
                           ec_derive_get(table, row, quantity->column)};
    if (!quantity->price)
        return cost;
    const struct ec_unit *unit = table->columns[quantity->column].stored_unit;
    return (struct ec_cost){ec_price_apply(*quantity->price, cost.setup, unit),
                            ec_price_apply(*quantity->price, cost.request, unit)};
}

static struct ec_cost *row_costs(const struct costing *costing, const struct quantity *quantity)
{
    size_t count = costing->table->row_count;
    struct ec_cost *costs = ec_arena_alloc(&costing->table->arena, count * sizeof *costs);
    for (size_t row = 0; row < count; row++)
        costs[row] = row_cost(costing, row, quantity);
    return costs;
}

/* ---- Columns ---- */

/* "Time" within a sentence: "time"; but "GPU energy" stays. */
static const char *lowered(struct ec_arena *arena, const char *label)
{
    char *copy = ec_arena_strndup(arena, label, strlen(label));
    if (copy[0] >= 'A' && copy[0] <= 'Z' && copy[1] >= 'a' && copy[1] <= 'z')
        copy[0] = (char)(copy[0] - 'A' + 'a');
    return copy;
}

static const struct ec_unit *money_unit(struct ec_arena *arena, const struct ec_price *price)
{
    struct ec_unit *unit = ec_arena_calloc(arena, 1, sizeof *unit);
    *unit = (struct ec_unit){.symbol = price->currency, .dimension = EC_DIM_NONE, .scale = 1};
    return unit;
}

/* A column of the quantity for m requests: its unit and digits, and `word` in its key. */
static struct ec_column column_of(struct ec_table *table, const struct quantity *quantity,
                                  const char *word, double m, const struct ec_series *series)
{
    const struct ec_column *column = &table->columns[quantity->column];
    struct ec_arena *arena = &table->arena;
    const char *name = quantity->price ? "money" : ec_derive_name(column);
    struct ec_column added = ec_derive_column(ec_arena_printf(arena, "%s_%s_%.0f", name, word, m),
                                              ec_arena_printf(arena, "m = %.0f", m), series);
    if (quantity->price) {
        added.stored_unit = added.unit = money_unit(arena, quantity->price);
        return added;
    }
    added.stored_unit = column->stored_unit;
    added.unit = column->unit;
    added.digits = column->digits;
    added.scientific = column->scientific;
    return added;
}

static const char *label_of(const struct ec_table *table, const struct quantity *quantity)
{
    return quantity->price ? "Cost" : table->columns[quantity->column].label;
}

static void add_totals(struct ec_table *table, const struct quantity *quantity,
                       const struct ec_cost *costs, const struct ec_production *production)
{
    const char *label = lowered(&table->arena, label_of(table, quantity));
    for (size_t i = 0; i < production->request_count; i++) {
        double m = production->requests[i];
        struct ec_series *series = ec_derive_series(table);
        for (size_t row = 0; row < table->row_count; row++)
            ec_derive_set(table, series, row, ec_cost_total(costs[row], m));
        struct ec_column added = column_of(table, quantity, "total", m, series);
        added.group = ec_arena_printf(&table->arena, "Total %s", label);
        added.direction = EC_LOWER;
        added.superlative = ec_arena_printf(&table->arena, "Least total %s of %.0f request%s",
                                            label, m, m == 1 ? "" : "s");
        ec_derive_add(table, added);
    }
}

static void add_amortised(struct ec_table *table, const struct quantity *quantity,
                          const struct ec_cost *costs, const struct ec_production *production)
{
    const char *label = label_of(table, quantity);
    for (size_t i = 0; i < production->request_count; i++) {
        double m = production->requests[i];
        struct ec_series *series = ec_derive_series(table);
        for (size_t row = 0; row < table->row_count; row++)
            ec_derive_set(table, series, row, ec_cost_amortised(costs[row], m));
        struct ec_column added = column_of(table, quantity, "per_request", m, series);
        added.group = ec_arena_printf(&table->arena, "%s per request", label);
        added.better = EC_LOWER;
        ec_derive_add(table, added);
    }
}

/* "from 19", with the spread of the place where the lines cross where it is known. */
static const char *break_even_text(struct ec_arena *arena, struct ec_break_even even)
{
    const char *word = even.kind == EC_BREAK_EVEN_FROM ? "from" : "up to";
    switch (even.kind) {
    case EC_BREAK_EVEN_UNKNOWN:
        break;
    case EC_BREAK_EVEN_ALWAYS:
        return "always";
    case EC_BREAK_EVEN_NEVER:
        return "never";
    case EC_BREAK_EVEN_FROM:
    case EC_BREAK_EVEN_UNTIL:
        if (isnan(even.exact.spread))
            return ec_arena_printf(arena, "%s %.0f", word, even.requests);
        return ec_arena_printf(arena, "%s %.0f \u00b1 %.1f", word, even.requests,
                               even.exact.spread);
    }
    return NULL;
}

static void add_break_even(struct ec_table *table, size_t baseline, const struct ec_cost *costs)
{
    struct ec_arena *arena = &table->arena;
    struct ec_series *series = ec_arena_calloc(arena, 1, sizeof *series);
    series->values = ec_arena_calloc(arena, table->base_count, sizeof *series->values);
    for (size_t row = 0; row < table->row_count; row++) {
        const char *text = break_even_text(arena, ec_cost_break_even(costs[row], costs[baseline]));
        if (text && row != baseline)
            ec_derive_set_text(table, series, row, text);
    }
    struct ec_str name = ec_table_row_name(table, baseline);
    ec_derive_add(table, ec_derive_column("break_even",
                                          ec_arena_printf(arena, "Requests to beat %.*s",
                                                          (int)name.len, name.ptr),
                                          series));
}

static void add_note(const struct ec_production *production, const struct ec_query *query,
                     struct ec_notes *notes)
{
    const char *text = "m requests cost m times one";
    for (size_t i = 0; i < query->setups.count; i++)
        text = ec_arena_printf(notes->arena, "%s%s%s", text,
                               i == 0 ? ", after a preparation: " : ", ", query->setups.items[i]);
    if (production->priced)
        text = ec_arena_printf(notes->arena, "%s; at %s", text, query->price);
    ec_notes_add(notes, text);
}

/* Whether that of two requests is the sum of both. What is held at once, rates, shares and means
 * are not; of what the registry does not know the user knows better. */
static bool adds_up(const struct ec_column *column)
{
    enum ec_dimension dimension = column->stored_unit->dimension;
    if (dimension == EC_DIM_RATE || dimension == EC_DIM_POWER || dimension == EC_DIM_RATIO)
        return false;
    const struct ec_metric *metric = column->metric;
    return !metric || !(dimension == EC_DIM_BYTES || ec_metric_is_effectiveness(metric) ||
                        strcmp(metric->group, "Latency") == 0);
}

/* The costs in the order in which they are shown; *ret_count of them. NULL with *error set when one
 * is no column. */
static struct quantity *quantities_of(const struct ec_production *production,
                                      struct ec_table *table, size_t *ret_count,
                                      struct ec_error *error)
{
    struct quantity *quantities =
        ec_arena_calloc(&table->arena, production->cost_count + 1, sizeof *quantities);
    size_t count = 0;
    for (size_t i = 0; i < production->cost_count; i++) {
        struct ec_error reason = {0};
        const struct ec_column *column = ec_columns_require(table, production->costs[i], &reason);
        if (!column) {
            ec_error_set(error, "--cost: %s", reason.text);
            return NULL;
        }
        if (!adds_up(column)) {
            ec_error_set(error,
                         "--cost: '%.*s' does not add up over requests, as time, energy and counts "
                         "do",
                         (int)production->costs[i].len, production->costs[i].ptr);
            return NULL;
        }
        quantities[count++].column = (size_t)(column - table->columns);
    }
    if (production->priced) {
        struct ec_str name = priced_column(&production->price);
        quantities[count++] = (struct quantity){
            (size_t)(ec_columns_find(table, name) - table->columns), &production->price};
    }
    *ret_count = count;
    return quantities;
}

/* -1 with *error set for a preparation that is no amount of any of the costs. */
static int check_sources(const struct costing *costing, const struct ec_query *query,
                         const struct quantity *quantities, size_t count, struct ec_error *error)
{
    for (size_t i = 0; i < costing->source_count; i++) {
        struct ec_estimate ignored;
        size_t cost = 0;
        while (cost < count &&
               !setup_amount(costing, &costing->sources[i], 0, quantities[cost].column, &ignored))
            cost++;
        if (cost == count)
            return ec_error_set(error, "--setup: '%s' is in no unit of what requests cost",
                                query->setups.items[i]);
    }
    return 0;
}

int ec_production_apply(const struct ec_production *production, const struct ec_query *query,
                        size_t baseline, struct ec_table *table, struct ec_notes *notes,
                        struct ec_error *error)
{
    struct costing costing = {.table = table, .baseline = baseline};
    if (production->request_count == 0)
        return 0;
    if (find_sources(query, &costing, error) < 0)
        return -1;
    size_t count;
    const struct quantity *quantities = quantities_of(production, table, &count, error);
    if (!quantities || check_sources(&costing, query, quantities, count, error) < 0)
        return -1;
    struct ec_cost **costs = ec_arena_alloc(&table->arena, count * sizeof *costs);
    for (size_t i = 0; i < count; i++)
        costs[i] = row_costs(&costing, &quantities[i]);
    for (size_t i = 0; i < count; i++) {
        add_totals(table, &quantities[i], costs[i], production);
        if (query->setups.count > 0)
            add_amortised(table, &quantities[i], costs[i], production);
    }
    if (baseline < table->row_count)
        add_break_even(table, baseline, costs[0]);
    add_note(production, query, notes);
    return 0;
}
