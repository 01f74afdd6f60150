/* The hash of bytes: FNV-1a with 64 bits (Fowler, Noll and Vo). Good enough to tell rows apart
 * and for tables, whose users mix the higher bits into those that they look at; not against
 * somebody who makes texts that meet.
 */
#ifndef EC_BASE_HASH_H
#define EC_BASE_HASH_H

#include "base/value.h"

/* The hash of nothing. */
#define EC_HASH_START UINT64_C(0xcbf29ce484222325)

/* The hash of what `hash` is of and then these bytes. */
static inline uint64_t ec_hash(uint64_t hash, struct ec_str bytes)
{
    for (size_t i = 0; i < bytes.len; i++)
        hash = (hash ^ (unsigned char)bytes.ptr[i]) * UINT64_C(0x100000001b3);
    return hash;
}

#endif
