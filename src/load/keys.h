/* The members of records that one worker has met: which are wanted, and their columns.
 *
 * Members are told apart by the path of keys that leads to them and numbered for the scanner
 * (load/scan.h). Only wanted members, and objects that may hold wanted ones, get a number. One per
 * worker; owns its memory.
 */
#ifndef EC_LOAD_KEYS_H
#define EC_LOAD_KEYS_H

#include "base/arena.h"
#include "load/load.h"

/* Keys that tell of the record itself; they are read whether wanted or not. */
enum ec_role {
    EC_ROLE_NONE,
    EC_ROLE_SCHEMA_VERSION,
    EC_ROLE_STATUS,
    EC_ROLE_HOST,
    EC_ROLE_BOOT_ID,
    EC_ROLE_PID_NAMESPACE,
    EC_ROLE_PID,
    EC_ROLE_PID_START_TIME,
    EC_ROLE_HEARTBEAT_AT,
    EC_ROLE_HEARTBEAT_SECONDS,
    EC_ROLE_STARTED_AT,
    EC_ROLE_COUNT
};

struct ec_key {
    struct ec_str text; /* the last key of the path */
    struct ec_str path; /* dotted; NUL-terminated */
    uint32_t parent;
    uint32_t column;                /* EC_KEY_NO_COLUMN until it is asked for */
    const struct ec_metric *metric; /* NULL: not in the registry */
    enum ec_role role;
    bool wanted;       /* its values go into a column */
    bool wanted_below; /* members inside it may be wanted */

    /* Of the record that is being read (load/fields.h): times of its events. */
    uint64_t set_at, opened_at, cleared_at;
    uint32_t slot;
};
#define EC_KEY_NO_COLUMN UINT32_MAX

struct ec_keys {
    const struct ec_load_options *options;
    struct ec_runset *runset;
    bool metrics_too; /* known metrics get numbers whether wanted or not */
    struct ec_arena arena;
    struct ec_key *keys; /* [0] is the outermost object */
    size_t count, capacity;
    uint32_t *slots; /* hash table of numbers, 0: free */
    size_t slot_count;
};

/* options and runset must outlive it. */
void ec_keys_init(struct ec_keys *keys, const struct ec_load_options *options,
                  struct ec_runset *runset, bool metrics_too);
void ec_keys_free(struct ec_keys *keys);

/* The number of a member, made when it is wanted as a value; EC_SCAN_SKIP when it is not. */
uint32_t ec_keys_member(struct ec_keys *keys, uint32_t parent, struct ec_str key);
/* The same for an object: made when something inside it may be wanted. *ret_inside is the number
 * under which to look for members inside it, EC_SCAN_SKIP when nothing there can be wanted. */
uint32_t ec_keys_object(struct ec_keys *keys, uint32_t parent, struct ec_str key,
                        uint32_t *ret_inside);
uint32_t ec_keys_find(const struct ec_keys *keys, uint32_t parent, struct ec_str key);

/* Whether a key (dotted where nested) is one of the patterns or matches one that is a glob. */
bool ec_keys_match(const char *const *patterns, size_t count, const char *key);

/* The runset's column for a member's values. */
uint32_t ec_keys_column(struct ec_keys *keys, uint32_t member);

#endif
