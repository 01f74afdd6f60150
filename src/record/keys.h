/* The keys of a record that belong to the library: a caller's extra value cannot take their place.
 */
#ifndef EFFREC_KEYS_H
#define EFFREC_KEYS_H

#include <stdbool.h>

/* True for keys such as "status", and for the time, which is always measured. False for the other
 * metrics, which a caller may declare. */
bool effrec_key_is_own(const char *key);

#endif
