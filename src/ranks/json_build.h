/* Building JSON while memory may run out: what fails turns the object or array that is being built
 * into NULL, where it stays, so that only the end needs a look.
 */
#ifndef EC_RANKS_JSON_BUILD_H
#define EC_RANKS_JSON_BUILD_H

#include <jansson.h>

/* Take the reference to `value` over, whatever happens; a NULL value is a failure, too. */
void ec_json_set(json_t **object, const char *key, json_t *value);
void ec_json_append(json_t **array, json_t *value);

/* Adds those members of `from` that the object does not have. (json_object_update_missing() of
 * jansson 2.14 does not tell when it fails.) NULL is no object and a failure. */
void ec_json_set_missing(json_t **object, const json_t *from);

#endif
