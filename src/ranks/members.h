/* Members of JSON objects by dotted path, and numbers that stay whole as long as they are. */
#ifndef EC_RANKS_MEMBERS_H
#define EC_RANKS_MEMBERS_H

#include <stdbool.h>
#include <stdint.h>

#include <jansson.h>

/* The member at a path such as "phases.train_seconds", NULL when it is not there. */
const json_t *ec_member(const json_t *object, const char *path);

/* Its text or number; NULL or 0 when it is something else. */
const char *ec_member_text(const json_t *object, const char *path);
double ec_member_number(const json_t *object, const char *path);
int64_t ec_member_integer(const json_t *object, const char *path);

/* Replaces the member at a path whose outer objects are made where they are missing. Takes the
 * reference to `value` over; NULL is a failure. Returns 0 or -1. */
int ec_member_set(json_t *object, const char *path, json_t *value);

/* Removes it. */
void ec_member_delete(json_t *object, const char *path);

/* a + b as a new number: an integer when both are and the sum fits. NULL when it is not finite. */
json_t *ec_number_sum(const json_t *a, const json_t *b);

/* Whether a < b. */
bool ec_number_less(const json_t *a, const json_t *b);

#endif
