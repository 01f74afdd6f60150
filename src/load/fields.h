/* What one record says: the members that the scanner hands out, as fields of a run.
 *
 * As in any JSON reader the last of several equal keys wins, and it takes with it whatever an
 * earlier one held. One per worker, used for one record after the other.
 */
#ifndef EC_LOAD_FIELDS_H
#define EC_LOAD_FIELDS_H

#include "load/keys.h"
#include "load/scan.h"

struct ec_fields {
    struct ec_keys *keys;
    uint64_t clock;    /* counts events */
    uint64_t start;    /* of this record; what happened before is of earlier ones */
    bool any_cleared;  /* an object of this record was replaced */
    bool known_metric; /* the record has a key that the registry names, or a schema version */
    bool has_role[EC_ROLE_COUNT];
    struct ec_value roles[EC_ROLE_COUNT];
    struct ec_fields_slot *slots; /* wanted members of this record */
    size_t slot_count, slot_capacity;
    struct ec_field *fields; /* the result */
    size_t field_count, field_capacity;
    /* By column: the place of its field, right if one of that column is there (ec_fields_has). */
    uint32_t *places;
    size_t place_count, placed; /* columns; fields that have their place there */
};

/* `keys` must outlive it. Free with ec_fields_free. */
void ec_fields_init(struct ec_fields *fields, struct ec_keys *keys);
void ec_fields_free(struct ec_fields *fields);

/* Call it before each record; then hand the record's members to the sink. */
void ec_fields_begin(struct ec_fields *fields);
struct ec_scan_sink ec_fields_sink(struct ec_fields *fields);
/* Makes the fields from what the sink got: fields->fields, whose texts point where the members' do.
 * Unless keep_zeros, zeros that mean "not measured" are dropped from records without a schema
 * version. */
void ec_fields_end(struct ec_fields *fields, bool keep_zeros);

/* After ec_fields_end, for what other files say of the run: whether a column has a value, and one
 * more field. Its text is the caller's. */
bool ec_fields_has(struct ec_fields *fields, uint32_t column);
void ec_fields_add(struct ec_fields *fields, uint32_t column, struct ec_value value);

#endif
