#include "query/unused.h"

#include "base/out.h"
#include "query/find.h"
#include "query/list.h"
#include "query/production.h"
#include "table/format.h"

#include <fnmatch.h>

/* ---- Rows ---- */

static void remark_row(struct ec_notes *remarks, const struct ec_table *table, const char *option,
                       struct ec_str name)
{
    struct ec_error reason = {0};
    size_t row;
    if (ec_find_row(table, name, &row, &reason) < 0)
        ec_notes_add(remarks, ec_arena_printf(remarks->arena, "%s: %s", option, reason.text));
}

static void remark_rows(struct ec_notes *remarks, const struct ec_table *table, const char *option,
                        const struct ec_words *lists)
{
    for (size_t i = 0; i < lists->count; i++) {
        struct ec_str list = ec_str(lists->items[i]), item;
        while (ec_find_next(table, &list, &item))
            if (item.len > 0 && !ec_find_any(table, item))
                remark_row(remarks, table, option, item);
    }
}

static void remark_labels(struct ec_notes *remarks, const struct ec_table *table,
                          const struct ec_words *labels)
{
    for (size_t i = 0; i < labels->count; i++) {
        const char *text = labels->items[i];
        struct ec_str name, label;
        /* Rows that --where left out may have labels: a file of options serves several tables. */
        if (ec_rows_split_label(text, table->plain_names, table->base_count, &name, &label))
            continue;
        if (strchr(text, '=') == strrchr(text, '='))
            remark_row(remarks, table, "--label", name);
        else
            ec_notes_add(remarks,
                         ec_arena_printf(remarks->arena,
                                         "--label: '%s' begins with the name of no row", text));
    }
}

static void remark_setups(struct ec_notes *remarks, const struct ec_table *table,
                          const struct ec_words *setups)
{
    for (size_t i = 0; i < setups->count; i++) {
        struct ec_str rows, what;
        if (ec_production_split_setup(setups->items[i], table, &rows, &what) &&
            !ec_find_any(table, rows))
            remark_row(remarks, table, "--setup", rows);
    }
}

/* Runs that a column should be close to: NAME=@RUN. */
static void remark_targets(struct ec_notes *remarks, const struct ec_table *table,
                           const struct ec_words *directions)
{
    for (size_t i = 0; i < directions->count; i++) {
        struct ec_str list = ec_str(directions->items[i]), item, name, value;
        while (ec_list_next(&list, &item)) {
            ec_list_split(item, &name, &value); /* ec_settings_check saw that it can be */
            struct ec_str run = {value.ptr + 1, value.len - 1};
            if (value.ptr[0] == '@' && !ec_find_any(table, run))
                remark_row(remarks, table, "--direction", run);
        }
    }
}

/* What a value is in words; values of the same kind here can be compared. */
static const char *kind_text(struct ec_value value)
{
    if (value.kind == EC_BOOL)
        return "true or false";
    return value.kind == EC_STR ? "text" : "a number";
}

static const char *constant_text(struct ec_value constant, struct ec_arena *arena)
{
    struct ec_out out;
    ec_out_to_memory(&out);
    ec_format_cell_exact(&out, constant);
    const char *kind = constant.kind == EC_STR ? "the text " : "";
    const char *quote = constant.kind == EC_STR ? "\"" : "";
    const char *text = ec_arena_printf(arena, "%s%s%.*s%s", kind, quote, (int)out.length,
                                       out.length > 0 ? out.buffer : "", quote);
    ec_out_free(&out);
    return text;
}

/* A value that some run has, if none can be compared with the constant; else a missing one. */
static struct ec_value find_incomparable(const struct ec_names *names, uint32_t slot,
                                         struct ec_value constant)
{
    struct ec_value other = ec_value_missing();
    for (size_t run = 0; run < ec_runset_count(names->runset); run++) {
        struct ec_value value = ec_names_value(names, run, slot);
        if (value.kind == EC_MISSING)
            continue;
        if (strcmp(kind_text(value), kind_text(constant)) == 0)
            return ec_value_missing();
        other = value;
    }
    return other;
}

void ec_unused_where(const struct ec_rows *rows, const struct ec_names *names,
                     struct ec_notes *remarks)
{
    uint32_t slot;
    struct ec_value constant;
    for (size_t i = 0; i < rows->where_count; i++)
        for (size_t k = 0; ec_expr_comparison(rows->where[i], k, &slot, &constant); k++) {
            struct ec_value value = find_incomparable(names, slot, constant);
            if (value.kind != EC_MISSING)
                ec_notes_add(remarks, ec_arena_printf(remarks->arena, "--where: %s is %s, never %s",
                                                      names->items[slot].text, kind_text(value),
                                                      constant_text(constant, remarks->arena)));
        }
}

/* An option that says how something is done which nothing asks for. */
static void remark_alone(struct ec_notes *remarks, bool is_given, const char *option, bool is_asked,
                         const char *asks)
{
    if (is_given && !is_asked)
        ec_notes_add(remarks, ec_arena_printf(remarks->arena, "%s changes nothing without %s",
                                              option, asks));
}

void ec_unused_rows(const struct ec_query *query, const struct ec_table *table,
                    struct ec_notes *remarks)
{
    remark_labels(remarks, table, &query->labels);
    remark_rows(remarks, table, "--reference", &query->references);
    remark_rows(remarks, table, "--order", &query->order);
    remark_setups(remarks, table, &query->setups);
    remark_targets(remarks, table, &query->directions);
    remark_alone(remarks, query->relative != EC_RELATIVE_RATIO, "--relative", query->baseline,
                 "--baseline");
    remark_alone(remarks, query->relative_columns.count > 0, "--relative-columns", query->baseline,
                 "--baseline");
    remark_alone(remarks, query->pivot, "--pivot", query->group_by.count > 0, "--group-by");
    remark_alone(remarks, query->spread != EC_SPREAD_STD, "--spread", query->group_by.count > 0,
                 "--group-by");
}

/* ---- Columns that --unit and --direction set ---- */

/* Takes the next NAME of a list of NAME=VALUE off *list that the registry does not know: what it
 * knows may be a column of other tables. */
static bool next_unknown(struct ec_str *list, struct ec_str *ret_name)
{
    struct ec_str item, value;
    while (ec_list_next(list, &item)) {
        ec_list_split(item, ret_name, &value); /* ec_settings_check saw that it can be */
        struct ec_str name = *ret_name;
        ec_list_unquote(&name);
        if (!ec_metric_find(name.ptr, name.len))
            return true;
    }
    return false;
}

static void read_names(const struct ec_words *lists, struct ec_names *names)
{
    for (size_t i = 0; i < lists->count; i++) {
        struct ec_str list = ec_str(lists->items[i]), name;
        while (next_unknown(&list, &name)) {
            ec_list_unquote(&name);
            ec_names_add_own(names, ec_arena_strndup(names->arena, name.ptr, name.len), true);
        }
    }
}

void ec_unused_read(const struct ec_query *query, struct ec_names *names)
{
    read_names(&query->units, names);
    read_names(&query->directions, names);
}

/* Whether runs have it, though it is not shown. */
static bool has_value(const struct ec_names *names, struct ec_str name)
{
    ec_list_unquote(&name);
    for (size_t slot = 0; slot < names->count; slot++)
        if (ec_str_equal(ec_str(names->items[slot].text), name) &&
            ec_names_has_value(names, (uint32_t)slot))
            return true;
    return false;
}

static void remark_settings(struct ec_notes *remarks, const struct ec_names *names,
                            const struct ec_table *table, const char *option,
                            const struct ec_words *lists)
{
    for (size_t i = 0; i < lists->count; i++) {
        struct ec_str list = ec_str(lists->items[i]), name;
        while (next_unknown(&list, &name)) {
            struct ec_error reason = {0};
            if (!has_value(names, name) && !ec_columns_require(table, name, &reason))
                ec_notes_add(remarks,
                             ec_arena_printf(remarks->arena, "%s: %s", option, reason.text));
        }
    }
}

/* ---- Columns that rows are sorted by ---- */

/* Rows may be many, and mostly the first one tells. */
static bool runs_have_values(const struct ec_row_values *values, uint32_t slot,
                             const struct ec_table *table)
{
    for (size_t row = 0; row < table->row_count; row++)
        if (ec_names_value(values->names, table->order[row], slot).kind != EC_MISSING)
            return true;
    return false;
}

static bool groups_have_values(const struct ec_row_values *values, const struct ec_sort_key *key,
                               const struct ec_table *table)
{
    struct ec_arena scratch = {0};
    const struct ec_value *of = ec_rows_values(values, key->name, key->slot, table, &scratch);
    bool any = false;
    for (size_t row = 0; row < table->row_count && !any; row++)
        any = of[table->order[row]].kind != EC_MISSING;
    ec_arena_free(&scratch);
    return any;
}

static void remark_key(struct ec_notes *remarks, const struct ec_names *names,
                       const struct ec_sort_key *key, bool grouped)
{
    struct ec_arena *arena = remarks->arena;
    const char *name = ec_arena_strndup(arena, key->name.ptr, key->name.len);
    const char *nearest = names->items[key->slot].metric ? NULL : ec_names_nearest(names, name);
    const char *hint = "";
    if (nearest)
        hint = ec_arena_printf(arena, "; did you mean '%s'?", nearest);
    else if (grouped)
        hint = ec_arena_printf(arena, "; of groups only what is shown is known: -c +%s", name);
    ec_notes_add(remarks, ec_arena_printf(arena, "--sort: no row has a value '%s'%s", name, hint));
}

static void remark_sort(struct ec_notes *remarks, const struct ec_rows *rows,
                        const struct ec_row_values *values, const struct ec_table *table)
{
    for (size_t i = 0; i < rows->key_count; i++) {
        const struct ec_sort_key *key = &rows->keys[i];
        if (ec_columns_find(table, key->name))
            continue;
        if (table->grouped ? !groups_have_values(values, key, table)
                           : !runs_have_values(values, key->slot, table))
            remark_key(remarks, values->names, key, table->grouped);
    }
}

/* ---- Globs ---- */

static bool matches_key(const struct ec_table *table, const char *glob)
{
    struct ec_arena scratch = {0};
    bool matches = false;
    for (uint32_t i = 0; i < ec_runset_column_count(table->runset) && !matches; i++) {
        struct ec_str key = ec_runset_column_key(table->runset, i);
        matches = fnmatch(glob, ec_arena_strndup(&scratch, key.ptr, key.len), 0) == 0;
    }
    ec_arena_free(&scratch);
    return matches;
}

static void remark_globs(struct ec_notes *remarks, const struct ec_columns *columns,
                         const struct ec_table *table)
{
    size_t count;
    const char *const *globs = ec_columns_globs(columns, remarks->arena, &count);
    for (size_t i = 0; i < count; i++)
        if (!matches_key(table, globs[i]))
            ec_notes_add(
                remarks,
                ec_arena_printf(remarks->arena, "--columns: no run has a key like '%s'", globs[i]));
}

static bool is_asked_name(const struct ec_column_spec *spec)
{
    return spec->source == EC_COLUMN_NAME && spec->need == EC_COLUMN_ASKED;
}

/* What a column that is asked for is called in machine formats. */
static const char *asked_key(const struct ec_names *names, const struct ec_column_spec *spec)
{
    if (spec->source == EC_COLUMN_EXPR)
        return spec->name;
    const struct ec_name *field = &names->items[spec->slot];
    return field->metric ? field->metric->key : field->text;
}

/* Columns that are asked for where they are shown already. */
static void remark_again(struct ec_notes *remarks, const struct ec_columns *columns,
                         const struct ec_names *names)
{
    const struct ec_column_spec *specs = columns->specs;
    for (size_t i = 0; i < columns->count; i++) {
        bool again = false;
        for (size_t k = 0; k < i && !again && is_asked_name(&specs[i]); k++)
            again = (is_asked_name(&specs[k]) || specs[k].source == EC_COLUMN_EXPR) &&
                    strcmp(asked_key(names, &specs[i]), asked_key(names, &specs[k])) == 0;
        if (again)
            ec_notes_add(remarks,
                         ec_arena_printf(remarks->arena,
                                         "--columns: %s is there already; it is shown once",
                                         specs[i].name));
    }
}

void ec_unused_columns(const struct ec_columns *columns, const struct ec_rows *rows,
                       const struct ec_query *query, const struct ec_row_values *values,
                       const struct ec_table *table, struct ec_notes *remarks)
{
    remark_globs(remarks, columns, table);
    remark_again(remarks, columns, values->names);
    remark_settings(remarks, values->names, table, "--unit", &query->units);
    remark_settings(remarks, values->names, table, "--direction", &query->directions);
    remark_sort(remarks, rows, values, table);
}
