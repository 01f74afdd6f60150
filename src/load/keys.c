#include "load/keys.h"

#include "base/hash.h"
#include "base/memory.h"
#include "load/scan.h"

#include <fnmatch.h>
#include <stdlib.h>

static const char *const role_keys[EC_ROLE_COUNT] = {
    [EC_ROLE_SCHEMA_VERSION] = "schema_version",
    [EC_ROLE_STATUS] = "status",
    [EC_ROLE_HOST] = "host",
    [EC_ROLE_BOOT_ID] = "boot_id",
    [EC_ROLE_PID_NAMESPACE] = "pid_namespace",
    [EC_ROLE_PID] = "pid",
    [EC_ROLE_PID_START_TIME] = "pid_start_time",
    [EC_ROLE_HEARTBEAT_AT] = "heartbeat_unix_seconds",
    [EC_ROLE_HEARTBEAT_SECONDS] = "heartbeat_interval_seconds",
    [EC_ROLE_STARTED_AT] = "started_at",
};

void ec_keys_init(struct ec_keys *keys, const struct ec_load_options *options,
                  struct ec_runset *runset, bool metrics_too)
{
    enum { FIRST_SLOTS = 256 };
    *keys = (struct ec_keys){.options = options, .runset = runset, .metrics_too = metrics_too};
    keys->keys = ec_grow(NULL, 0, &keys->capacity, sizeof *keys->keys);
    keys->keys[keys->count++] = (struct ec_key){.column = EC_KEY_NO_COLUMN};
    keys->slot_count = FIRST_SLOTS;
    keys->slots = ec_calloc(keys->slot_count, sizeof *keys->slots);
}

void ec_keys_free(struct ec_keys *keys)
{
    free(keys->keys);
    free(keys->slots);
    ec_arena_free(&keys->arena);
}

/* ---- The table ---- */

static size_t key_hash(uint32_t parent, struct ec_str text)
{
    uint64_t hash = ec_hash(EC_HASH_START ^ parent, text);
    return (size_t)(hash ^ hash >> 29);
}

/* The slot of this member, or the free one where it belongs. */
static uint32_t *find_slot(const struct ec_keys *keys, uint32_t parent, struct ec_str text)
{
    size_t mask = keys->slot_count - 1;
    for (size_t i = key_hash(parent, text) & mask;; i = (i + 1) & mask) {
        const struct ec_key *there = &keys->keys[keys->slots[i]];
        if (keys->slots[i] == 0 || (there->parent == parent && ec_str_equal(there->text, text)))
            return &keys->slots[i];
    }
}

static void grow_slots(struct ec_keys *keys)
{
    free(keys->slots);
    keys->slot_count *= 2;
    keys->slots = ec_calloc(keys->slot_count, sizeof *keys->slots);
    for (uint32_t i = 1; i < keys->count; i++)
        *find_slot(keys, keys->keys[i].parent, keys->keys[i].text) = i;
}

uint32_t ec_keys_find(const struct ec_keys *keys, uint32_t parent, struct ec_str key)
{
    uint32_t number = *find_slot(keys, parent, key);
    return number ? number : EC_SCAN_SKIP;
}

/* Adds `candidate`, whose texts may point anywhere. */
static uint32_t add(struct ec_keys *keys, const struct ec_key *candidate)
{
    if (keys->count * 2 > keys->slot_count)
        grow_slots(keys);
    keys->keys = ec_grow(keys->keys, keys->count, &keys->capacity, sizeof *keys->keys);
    uint32_t number = (uint32_t)keys->count++;
    struct ec_key *key = &keys->keys[number];
    *key = *candidate;
    key->path.ptr = ec_arena_strndup(&keys->arena, candidate->path.ptr, candidate->path.len);
    key->text.ptr = key->path.ptr + key->path.len - key->text.len;
    *find_slot(keys, key->parent, key->text) = number;
    return number;
}

/* ---- What is wanted ---- */

bool ec_keys_match(const char *const *patterns, size_t count, const char *key)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(patterns[i], key) == 0 || fnmatch(patterns[i], key, 0) == 0)
            return true;
    return false;
}

static bool is_wanted(const struct ec_load_options *options, const char *path)
{
    return !options->keys || ec_keys_match(options->keys, options->key_count, path);
}

/* Whether a key that starts with `path` and a dot can match the pattern. */
static bool can_match_below(const char *pattern, struct ec_str path)
{
    size_t literal = strcspn(pattern, "*?[\\");
    if (pattern[literal] == '\0' && literal <= path.len)
        return false;
    size_t common = literal < path.len ? literal : path.len;
    return memcmp(pattern, path.ptr, common) == 0 &&
           (literal <= path.len || pattern[path.len] == '.');
}

static bool is_wanted_below(const struct ec_load_options *options, struct ec_str path)
{
    if (!options->keys)
        return true;
    for (size_t i = 0; i < options->key_count; i++)
        if (can_match_below(options->keys[i], path))
            return true;
    return false;
}

static enum ec_role find_role(struct ec_str path)
{
    for (int role = EC_ROLE_NONE + 1; role < EC_ROLE_COUNT; role++)
        if (ec_str_equal(path, ec_str(role_keys[role])))
            return (enum ec_role)role;
    return EC_ROLE_NONE;
}

/* All that can be told of a member that has no number yet. Its path is freed by the caller. */
static struct ec_key describe(const struct ec_keys *keys, uint32_t parent, struct ec_str text)
{
    struct ec_str above = keys->keys[parent].path;
    size_t length = parent == EC_SCAN_ROOT ? text.len : above.len + 1 + text.len;
    char *path = ec_malloc(length + 1);
    if (parent != EC_SCAN_ROOT) {
        memcpy(path, above.ptr, above.len);
        path[above.len] = '.';
    }
    memcpy(path + length - text.len, text.ptr, text.len);
    path[length] = '\0';
    struct ec_key key = {
        .text = text,
        .path = {path, length},
        .parent = parent,
        .column = EC_KEY_NO_COLUMN,
        .wanted = is_wanted(keys->options, path),
        .wanted_below = is_wanted_below(keys->options, (struct ec_str){path, length}),
    };
    if (parent == EC_SCAN_ROOT)
        key.role = find_role(key.path);
    key.metric = ec_metric_find_key(path, length);
    return key;
}

uint32_t ec_keys_member(struct ec_keys *keys, uint32_t parent, struct ec_str key)
{
    uint32_t number = ec_keys_find(keys, parent, key);
    if (number != EC_SCAN_SKIP)
        return number;
    struct ec_key candidate = describe(keys, parent, key);
    if (candidate.wanted || candidate.role || (candidate.metric && keys->metrics_too))
        number = add(keys, &candidate);
    free((void *)(uintptr_t)candidate.path.ptr);
    return number;
}

uint32_t ec_keys_object(struct ec_keys *keys, uint32_t parent, struct ec_str key,
                        uint32_t *ret_inside)
{
    uint32_t number = ec_keys_find(keys, parent, key);
    if (number == EC_SCAN_SKIP) {
        struct ec_key candidate = describe(keys, parent, key);
        if (candidate.wanted_below)
            number = add(keys, &candidate);
        free((void *)(uintptr_t)candidate.path.ptr);
    }
    bool inside = number != EC_SCAN_SKIP && keys->keys[number].wanted_below;
    *ret_inside = inside ? number : EC_SCAN_SKIP;
    return number;
}

uint32_t ec_keys_column(struct ec_keys *keys, uint32_t member)
{
    struct ec_key *key = &keys->keys[member];
    if (key->column == EC_KEY_NO_COLUMN)
        key->column = ec_runset_column(keys->runset, key->path);
    return key->column;
}
