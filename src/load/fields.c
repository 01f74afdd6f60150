#include "load/fields.h"

#include "base/memory.h"

#include <stdlib.h>

/* A wanted member; it stays in its place when the member comes again. */
struct ec_fields_slot {
    struct ec_value value;
    uint64_t set_at; /* 0: it became a container */
    uint32_t member;
};

void ec_fields_init(struct ec_fields *fields, struct ec_keys *keys)
{
    *fields = (struct ec_fields){.keys = keys};
}

void ec_fields_free(struct ec_fields *fields)
{
    free(fields->slots);
    free(fields->fields);
    free(fields->places);
}

void ec_fields_begin(struct ec_fields *fields)
{
    fields->start = ++fields->clock;
    fields->any_cleared = false;
    fields->known_metric = false;
    memset(fields->has_role, 0, sizeof fields->has_role);
    fields->slot_count = fields->field_count = fields->placed = 0;
}

/* ---- The sink ---- */

static uint32_t on_key(void *context, uint32_t parent, struct ec_str key)
{
    struct ec_fields *fields = context;
    return ec_keys_member(fields->keys, parent, key);
}

/* Notes the member's new time, and what it replaces. */
static struct ec_key *replace(struct ec_fields *fields, uint32_t member)
{
    struct ec_key *key = &fields->keys->keys[member];
    fields->clock++;
    if (key->opened_at >= fields->start) {
        key->cleared_at = fields->clock;
        fields->any_cleared = true;
    }
    return key;
}

static void on_value(void *context, uint32_t member, struct ec_value value)
{
    struct ec_fields *fields = context;
    struct ec_key *key = replace(fields, member);
    fields->known_metric =
        fields->known_metric || key->metric || key->role == EC_ROLE_SCHEMA_VERSION;
    fields->has_role[key->role] = true;
    fields->roles[key->role] = value;
    if (!key->wanted)
        return;
    if (key->set_at < fields->start) {
        fields->slots = ec_grow(fields->slots, fields->slot_count, &fields->slot_capacity,
                                sizeof *fields->slots);
        key->slot = (uint32_t)fields->slot_count++;
    }
    key->set_at = fields->clock;
    fields->slots[key->slot] = (struct ec_fields_slot){value, fields->clock, member};
}

static uint32_t on_container(void *context, uint32_t parent, struct ec_str text, bool is_array)
{
    struct ec_fields *fields = context;
    uint32_t inside = EC_SCAN_SKIP;
    uint32_t member = is_array ? ec_keys_find(fields->keys, parent, text)
                               : ec_keys_object(fields->keys, parent, text, &inside);
    if (member == EC_SCAN_SKIP)
        return inside;
    struct ec_key *key = replace(fields, member);
    fields->has_role[key->role] = false;
    if (key->set_at >= fields->start)
        fields->slots[key->slot].set_at = 0;
    if (!is_array)
        key->opened_at = fields->clock;
    return inside;
}

struct ec_scan_sink ec_fields_sink(struct ec_fields *fields)
{
    return (struct ec_scan_sink){fields, on_key, on_value, on_container};
}

/* ---- The result ---- */

/* Whether the slot's value is part of the record: no object around it was replaced later. */
static bool is_alive(const struct ec_fields *fields, const struct ec_fields_slot *slot)
{
    if (slot->set_at == 0)
        return false;
    if (!fields->any_cleared)
        return true;
    const struct ec_key *keys = fields->keys->keys;
    for (uint32_t i = keys[slot->member].parent; i != EC_SCAN_ROOT; i = keys[i].parent)
        if (keys[i].cleared_at > slot->set_at)
            return false;
    return true;
}

static bool is_unmeasured_zero(const struct ec_key *key, struct ec_value value)
{
    return key->metric && key->metric->zero == EC_ZERO_IS_UNMEASURED && ec_value_is_number(value) &&
           ec_value_number(value) == 0;
}

void ec_fields_end(struct ec_fields *fields, bool keep_zeros)
{
    bool drop_zeros = !keep_zeros && !fields->has_role[EC_ROLE_SCHEMA_VERSION];
    for (size_t i = 0; i < fields->slot_count; i++) {
        const struct ec_fields_slot *slot = &fields->slots[i];
        if (!is_alive(fields, slot))
            continue;
        ec_fields_add(fields, ec_keys_column(fields->keys, slot->member), slot->value);
        if (drop_zeros && is_unmeasured_zero(&fields->keys->keys[slot->member], slot->value)) {
            struct ec_field *field = &fields->fields[fields->field_count - 1];
            field->zero_dropped = true;
            field->value = ec_value_missing();
        }
    }
}

static void set_place(struct ec_fields *fields, uint32_t column, uint32_t place)
{
    if (column >= fields->place_count) {
        size_t count = 2 * (size_t)column + 16;
        fields->places = ec_realloc(fields->places, count, sizeof *fields->places);
        memset(fields->places + fields->place_count, 0,
               (count - fields->place_count) * sizeof *fields->places);
        fields->place_count = count;
    }
    fields->places[column] = place;
}

bool ec_fields_has(struct ec_fields *fields, uint32_t column)
{
    for (; fields->placed < fields->field_count; fields->placed++)
        set_place(fields, fields->fields[fields->placed].column, (uint32_t)fields->placed);
    if (column >= fields->place_count || fields->places[column] >= fields->field_count)
        return false;
    const struct ec_field *field = &fields->fields[fields->places[column]];
    return field->column == column && field->value.kind != EC_MISSING;
}

void ec_fields_add(struct ec_fields *fields, uint32_t column, struct ec_value value)
{
    fields->fields = ec_grow(fields->fields, fields->field_count, &fields->field_capacity,
                             sizeof *fields->fields);
    fields->fields[fields->field_count++] = (struct ec_field){.column = column, .value = value};
}
