#include "query/settings.h"

#include "base/parallel.h"
#include "query/columns.h"
#include "query/list.h"
#include "table/format.h"

#include <math.h>
#include <stdlib.h>

/* Sets what `value` says; texts go into the arena. */
typedef int (*apply_setting)(struct ec_arena *arena, struct ec_column *column, struct ec_str value,
                             struct ec_error *error);

/* "; there are ns, us, ms, s, min, h, d" for a time; nothing for what has no unit. */
static const char *list_units(struct ec_arena *arena, enum ec_dimension dimension)
{
    const char *list = "";
    for (int id = 0; id < EC_UNIT_COUNT; id++) {
        const struct ec_unit *unit = ec_unit_get((enum ec_unit_id)id);
        if (unit->dimension == dimension && unit->symbol[0])
            list =
                ec_arena_printf(arena, "%s%s %s", list, *list ? "," : "; there are", unit->symbol);
    }
    return list;
}

static int apply_unit(struct ec_arena *arena, struct ec_column *column, struct ec_str value,
                      struct ec_error *error)
{
    const struct ec_unit *unit = ec_unit_find(value.ptr, value.len);
    if (!unit)
        return ec_error_set(error, "there is no unit '%.*s'%s", (int)value.len, value.ptr,
                            list_units(arena, column->stored_unit->dimension));
    if (unit->dimension != column->stored_unit->dimension)
        return ec_error_set(error, "%s is recorded in %s, which '%.*s' is no unit of", column->key,
                            column->stored_unit->symbol[0] ? column->stored_unit->symbol
                                                           : "plain numbers",
                            (int)value.len, value.ptr);
    column->unit = unit;
    column->header = NULL; /* the document's header would name the wrong unit */
    if (column->digits == 0)
        column->digits = 2;
    return 0;
}

static bool read_number(struct ec_str text, double *ret_number)
{
    char copy[64], *end;
    if (text.len == 0 || text.len >= sizeof copy)
        return false;
    memcpy(copy, text.ptr, text.len);
    copy[text.len] = '\0';
    *ret_number = strtod(copy, &end);
    return *end == '\0' && isfinite(*ret_number);
}

static int apply_direction(struct ec_arena *arena, struct ec_column *column, struct ec_str value,
                           struct ec_error *error)
{
    enum ec_direction usual = column->direction;
    double usual_target = column->target;
    if (ec_str_equal(value, ec_str("lower"))) {
        column->direction = EC_LOWER;
    } else if (ec_str_equal(value, ec_str("higher"))) {
        column->direction = EC_HIGHER;
    } else if (ec_str_equal(value, ec_str("none"))) {
        column->direction = column->better = EC_NEUTRAL;
    } else if (value.len > 1 && value.ptr[0] == '@') {
        column->direction = EC_REFERENCE;
        column->target_run = ec_arena_strndup(arena, value.ptr + 1, value.len - 1);
    } else if (read_number(value, &column->target)) {
        column->direction = EC_TARGET;
    } else {
        return ec_error_set(error, "'%.*s' is not lower, higher, none, a number or @RUN",
                            (int)value.len, value.ptr);
    }
    /* With another ideal, the best is not the fastest any more. */
    if (column->direction != usual || (usual == EC_TARGET && column->target != usual_target))
        column->superlative = ec_arena_printf(arena, "Best %s", column->label);
    return 0;
}

/* Applies each NAME=VALUE of an option's lists to columns from `first` on. A name that no column
 * has is no mistake as long as it could be one: the same options serve several tables. */
static int apply(const struct ec_words *lists, apply_setting setting, const char *option,
                 struct ec_table *table, size_t first, struct ec_error *error)
{
    for (size_t i = 0; i < lists->count; i++) {
        struct ec_str list = ec_str(lists->items[i]), item, name, value;
        while (ec_list_next(&list, &item)) {
            struct ec_error reason = {0};
            ec_list_split(item, &name, &value); /* ec_settings_check saw that it can be */
            struct ec_column *column = ec_columns_find(table, name);
            if (column && column >= table->columns + first &&
                setting(&table->arena, column, value, &reason) < 0)
                return ec_error_set(error, "--%s: %s", option, reason.text);
        }
    }
    return 0;
}

/* Finds mistakes in the lists that can be known without a table. */
static int check(const struct ec_words *lists, apply_setting setting, const char *option,
                 struct ec_arena *arena, struct ec_error *error)
{
    for (size_t i = 0; i < lists->count; i++) {
        struct ec_str list = ec_str(lists->items[i]), item, name, value;
        while (ec_list_next(&list, &item)) {
            struct ec_error reason = {0};
            if (!ec_list_split(item, &name, &value))
                return ec_error_set(error, "--%s: '%.*s' is not NAME=VALUE", option, (int)item.len,
                                    item.ptr);
            struct ec_column any = {.key = "",
                                    .label = "",
                                    .stored_unit = ec_unit_get(EC_UNIT_NONE),
                                    .unit = ec_unit_get(EC_UNIT_NONE),
                                    .digits = -1};
            const struct ec_unit *unit = ec_unit_find(value.ptr, value.len);
            const struct ec_metric *metric = ec_metric_find(name.ptr, name.len);
            if (unit)
                any.stored_unit = unit; /* whether it fits the column is seen later */
            else if (metric)
                any.stored_unit = ec_unit_get(metric->unit);
            if (setting(arena, &any, value, &reason) < 0)
                return ec_error_set(error, "--%s: %s", option, reason.text);
        }
    }
    return 0;
}

int ec_settings_check(const struct ec_query *query, struct ec_arena *arena, struct ec_error *error)
{
    if (check(&query->units, apply_unit, "unit", arena, error) < 0)
        return -1;
    return check(&query->directions, apply_direction, "direction", arena, error);
}

static bool has_reals(const struct ec_table *table, size_t column)
{
    for (size_t row = 0; row < table->row_count; row++)
        if (ec_table_value(table, row, column).kind == EC_REAL)
            return true;
    return false;
}

/* A share of something: what matters is how far it is from none and from all. */
static bool is_share(const struct ec_column *column)
{
    return column->unit == ec_unit_get(EC_UNIT_FRACTION) ||
           column->unit == ec_unit_get(EC_UNIT_PERCENT);
}

/* Columns whose digits are chosen at the same time. */
struct precision {
    const struct ec_query *query;
    struct ec_table *table;
    size_t first;
};

static void choose_digits(void *context, size_t number)
{
    const struct precision *precision = context;
    const struct ec_query *query = precision->query;
    struct ec_table *table = precision->table;
    size_t i = precision->first + number;
    struct ec_column *column = &table->columns[i];
    bool counts = column->digits == 0 || (column->digits < 0 && !has_reals(table, i));
    if (query->fixed_digits && !counts)
        column->digits = query->digits;
    else if (query->figures > 0 && !counts)
        ec_format_choose_figures(table, column, query->figures);
    else if (column->digits < 0)
        ec_format_choose_digits(table, column);
    else if (!counts && !is_share(column))
        ec_format_raise_digits(table, column);
}

int ec_settings_apply(const struct ec_query *query, struct ec_table *table, size_t first,
                      struct ec_error *error)
{
    if (apply(&query->units, apply_unit, "unit", table, first, error) < 0 ||
        apply(&query->directions, apply_direction, "direction", table, first, error) < 0)
        return -1;
    struct precision precision = {query, table, first};
    size_t count = table->column_count - first;
    ec_parallel(count, count * table->row_count, choose_digits, &precision);
    return 0;
}
