/* Takes the text of a large JSON object apart without reading it as a whole: one array's items one
 * by one, and what is around the array.
 *
 * Only strings and brackets are looked at; whether the parts are JSON is for their reader to say.
 */
#ifndef EC_LOAD_JSON_SPLIT_H
#define EC_LOAD_JSON_SPLIT_H

#include "base/out.h"

/* Gets the text of one item. */
typedef void (*ec_json_split_item)(void *context, struct ec_str item);

/* Hands the items of the array that is the object's member `array` to `item`, and writes the text
 * of the object without that member to `rest`; either may be NULL. Returns false, maybe after some
 * items, when the text is not an object in which brackets match. */
bool ec_json_split(struct ec_str text, const char *array, struct ec_out *rest,
                   ec_json_split_item item, void *context);

#endif
