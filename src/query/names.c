#include "query/names.h"

#include "base/memory.h"
#include "query/list.h"
#include "table/table.h"

#include <stdlib.h>

void ec_names_init(struct ec_names *names, struct ec_arena *arena)
{
    *names = (struct ec_names){.arena = arena};
}

void ec_names_free(struct ec_names *names)
{
    free(names->items);
    free(names->parameters);
    *names = (struct ec_names){0};
}

static bool find_parameter(const struct ec_names *names, struct ec_str name, size_t *ret_index)
{
    for (size_t i = 0; i < names->parameter_count; i++) {
        if (ec_str_equal(ec_str(names->parameters[i]), name)) {
            *ret_index = i;
            return true;
        }
    }
    return false;
}

static const struct {
    const char *text;
    enum ec_name_kind kind;
} built_in[] = {{"name", EC_NAME_NAME}, {"status", EC_NAME_STATUS}, {"path", EC_NAME_PATH}};

/* What a name stands for in every run; EC_NAME_KEY when nothing. */
static enum ec_name_kind built_in_kind(struct ec_str name)
{
    for (size_t i = 0; i < sizeof built_in / sizeof built_in[0]; i++)
        if (ec_str_equal(name, ec_str(built_in[i].text)))
            return built_in[i].kind;
    return EC_NAME_KEY;
}

bool ec_names_add_parameter(struct ec_names *names, struct ec_str name)
{
    size_t known;
    if (built_in_kind(name) != EC_NAME_KEY)
        return false;
    if (find_parameter(names, name, &known))
        return true;
    names->parameters = ec_grow(names->parameters, names->parameter_count,
                                &names->parameter_capacity, sizeof *names->parameters);
    names->parameters[names->parameter_count++] =
        ec_arena_strndup(names->arena, name.ptr, name.len);
    return true;
}

size_t ec_names_parameter(const struct ec_names *names, struct ec_str name)
{
    size_t index = 0;
    find_parameter(names, name, &index);
    return index;
}

static struct ec_name key_field(struct ec_str name, bool literal)
{
    struct ec_name field = {.kind = EC_NAME_KEY, .column = EC_NO_COLUMN};
    field.metric =
        literal ? ec_metric_find_key(name.ptr, name.len) : ec_metric_find(name.ptr, name.len);
    if (field.metric && !ec_str_equal(ec_str(field.metric->key), name))
        field.short_for = field.metric;
    return field;
}

static struct ec_name make_field(const struct ec_names *names, struct ec_str name, bool literal)
{
    struct ec_name field = {.kind = built_in_kind(name), .column = EC_NO_COLUMN};
    if (literal)
        return key_field(name, true);
    if (field.kind != EC_NAME_KEY)
        return field;
    if (find_parameter(names, name, &field.parameter)) {
        field.kind = EC_NAME_PARAMETER;
        return field;
    }
    return key_field(name, false);
}

static uint32_t append(struct ec_names *names, struct ec_str text, bool literal,
                       struct ec_name field)
{
    field.text = ec_arena_strndup(names->arena, text.ptr, text.len);
    field.literal = literal;
    field.key = field.metric ? field.metric->key : field.text;
    names->items = ec_grow(names->items, names->count, &names->capacity, sizeof *names->items);
    names->items[names->count] = field;
    return (uint32_t)names->count++;
}

/* The latest of that name; `own`: not one that was defined. */
static bool find_name(const struct ec_names *names, struct ec_str name, bool literal, bool own,
                      uint32_t *ret_slot)
{
    for (size_t i = names->count; i > 0; i--) {
        const struct ec_name *field = &names->items[i - 1];
        if (field->literal == literal && !(own && field->kind == EC_NAME_EXPR) &&
            ec_str_equal(ec_str(field->text), name)) {
            *ret_slot = (uint32_t)(i - 1);
            return true;
        }
    }
    return false;
}

static uint32_t add(struct ec_names *names, struct ec_str name, bool literal)
{
    uint32_t slot;
    if (!find_name(names, name, literal, false, &slot))
        return append(names, name, literal, make_field(names, name, literal));
    names->items[slot].record_only = false;
    return slot;
}

uint32_t ec_names_add(struct ec_names *names, struct ec_str name)
{
    bool literal = ec_list_unquote(&name);
    return add(names, name, literal);
}

void ec_names_define(struct ec_names *names, struct ec_str name, const struct ec_expr *expr)
{
    if (built_in_kind(name) == EC_NAME_KEY)
        append(names, name, false,
               (struct ec_name){.kind = EC_NAME_EXPR, .expr = expr, .column = EC_NO_COLUMN});
}

uint32_t ec_names_add_own(struct ec_names *names, const char *name, bool record)
{
    uint32_t slot;
    if (find_name(names, ec_str(name), false, true, &slot)) {
        names->items[slot].record_only = names->items[slot].record_only && record;
        return slot;
    }
    struct ec_name field = make_field(names, ec_str(name), false);
    field.short_for = NULL;
    field.record_only = record;
    return append(names, ec_str(name), false, field);
}

uint32_t ec_names_add_record_key(struct ec_names *names, const char *key)
{
    return ec_names_add_own(names, key, true);
}

bool ec_names_has_key(const struct ec_names *names, const char *key)
{
    for (size_t i = 0; i < names->count; i++)
        if (names->items[i].kind == EC_NAME_KEY && strcmp(names->items[i].key, key) == 0)
            return true;
    return false;
}

uint32_t ec_names_require(struct ec_names *names, struct ec_str name)
{
    uint32_t slot = ec_names_add(names, name);
    names->items[slot].required = true;
    return slot;
}

uint32_t ec_names_require_key(struct ec_names *names, struct ec_str name)
{
    uint32_t slot = ec_names_require(names, name);
    names->items[slot].hint = "--name-pattern can take it from the names of runs";
    return slot;
}

static bool bind_name(void *context, struct ec_str name, bool quoted,
                      struct ec_expr_binding *ret_binding)
{
    struct ec_names *names = context;
    uint32_t slot = add(names, name, quoted);
    struct ec_name *field = &names->items[slot];
    field->required = true;
    field->hint = "text stands in quotes";
    if (field->kind == EC_NAME_EXPR) {
        *ret_binding =
            (struct ec_expr_binding){slot, ec_expr_type(field->expr), ec_expr_unit(field->expr)};
        return true;
    }
    bool is_text =
        field->kind == EC_NAME_NAME || field->kind == EC_NAME_STATUS || field->kind == EC_NAME_PATH;
    *ret_binding = (struct ec_expr_binding){
        .slot = slot,
        .type = is_text ? EC_EXPR_TEXT : EC_EXPR_ANY,
        .unit = field->metric ? ec_unit_get(field->metric->unit) : NULL,
    };
    return true;
}

struct ec_expr_names ec_names_for_expr(struct ec_names *names)
{
    return (struct ec_expr_names){.context = names, .bind = bind_name};
}

const char *const *ec_names_keys(const struct ec_names *names, size_t *ret_count)
{
    const char **keys = ec_arena_alloc(names->arena, 2 * names->count * sizeof *keys);
    size_t count = 0;
    for (size_t i = 0; i < names->count; i++) {
        const struct ec_name *field = &names->items[i];
        if (field->kind == EC_NAME_KEY)
            keys[count++] = field->key;
        if (field->short_for)
            keys[count++] = field->text;
    }
    *ret_count = count;
    return keys;
}

const char *const *ec_names_beside(const struct ec_names *names, size_t *ret_count)
{
    const char **keys = ec_arena_alloc(names->arena, names->count * sizeof *keys);
    size_t count = 0;
    for (size_t i = 0; i < names->count; i++) {
        const struct ec_name *field = &names->items[i];
        bool is_elsewhere = !field->metric || ec_metric_is_effectiveness(field->metric);
        if (field->kind == EC_NAME_KEY && is_elsewhere && !field->record_only)
            keys[count++] = field->key;
    }
    *ret_count = count;
    return keys;
}

static bool has_values(const struct ec_runset *runset, uint32_t column)
{
    for (size_t run = 0; run < ec_runset_count(runset); run++)
        if (ec_runset_value(runset, run, column).kind != EC_MISSING)
            return true;
    return false;
}

static uint32_t find_column(const struct ec_runset *runset, const char *key)
{
    uint32_t column;
    return ec_runset_find_column(runset, ec_str(key), &column) ? column : EC_NO_COLUMN;
}

static void resolve(struct ec_name *field, const struct ec_runset *runset)
{
    if (!field->short_for) {
        field->column = find_column(runset, field->key);
        return;
    }
    field->metric = field->short_for;
    field->key = field->metric->key;
    field->column = find_column(runset, field->key);
    uint32_t other = find_column(runset, field->text);
    if (other == EC_NO_COLUMN || !has_values(runset, other) ||
        (field->column != EC_NO_COLUMN && has_values(runset, field->column)))
        return;
    field->metric = NULL;
    field->key = field->text;
    field->column = other;
}

void ec_names_resolve(struct ec_names *names, const struct ec_runset *runset)
{
    names->runset = runset;
    for (size_t i = 0; i < names->count; i++)
        if (names->items[i].kind == EC_NAME_KEY)
            resolve(&names->items[i], runset);
}

const char *ec_names_nearest(const struct ec_names *names, const char *name)
{
    struct ec_nearest nearest = {.word = name, .word_length = strlen(name)};
    for (int i = 0; i < EC_METRIC_COUNT; i++) {
        ec_nearest_offer(&nearest, ec_metric_get(i)->id);
        ec_nearest_offer(&nearest, ec_metric_get(i)->key);
    }
    for (size_t i = 0; i < names->parameter_count; i++)
        ec_nearest_offer(&nearest, names->parameters[i]);
    for (size_t i = 0; i < sizeof built_in / sizeof built_in[0]; i++)
        ec_nearest_offer(&nearest, built_in[i].text);
    ec_nearest_offer(&nearest, "method"); /* the recorder's, though no metric */
    return nearest.best && strcmp(nearest.best, name) == 0 ? NULL : nearest.best;
}

bool ec_names_has_value(const struct ec_names *names, uint32_t slot)
{
    for (size_t run = 0; run < ec_runset_count(names->runset); run++)
        if (ec_names_value(names, run, slot).kind != EC_MISSING)
            return true;
    return false;
}

int ec_names_check(const struct ec_names *names, struct ec_error *error)
{
    for (size_t i = 0; i < names->count; i++) {
        const struct ec_name *field = &names->items[i];
        if (!field->required || field->kind != EC_NAME_KEY || field->metric ||
            ec_names_has_value(names, (uint32_t)i))
            continue;
        const char *nearest = ec_names_nearest(names, field->text);
        if (nearest)
            return ec_error_set(error, "no run has a value '%s'; did you mean '%s'?", field->text,
                                nearest);
        return ec_error_set(error, "no run has a value '%s'%s%s", field->text,
                            field->hint ? "; " : "", field->hint ? field->hint : "");
    }
    return 0;
}

struct ec_value ec_names_value(const struct ec_names *names, size_t run, uint32_t slot)
{
    const struct ec_name *field = &names->items[slot];
    switch (field->kind) {
    case EC_NAME_NAME:
        return ec_value_str(ec_runset_run(names->runset, run).name);
    case EC_NAME_PATH:
        return ec_value_str(ec_runset_run(names->runset, run).path);
    case EC_NAME_STATUS:
        return ec_value_str(ec_str(ec_status_name(ec_runset_run(names->runset, run).status)));
    case EC_NAME_PARAMETER:
        return names->parameter_values[run * names->parameter_count + field->parameter];
    case EC_NAME_EXPR:
        return ec_expr_eval(field->expr, ec_names_get, &(struct ec_names_row){names, run});
    case EC_NAME_KEY:
        break;
    }
    return field->column == EC_NO_COLUMN ? ec_value_missing()
                                         : ec_runset_value(names->runset, run, field->column);
}

struct ec_value ec_names_get(const void *row, uint32_t slot)
{
    const struct ec_names_row *names_row = row;
    return ec_names_value(names_row->names, names_row->run, slot);
}
