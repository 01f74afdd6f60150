#include "runset/intern.h"

#include "base/memory.h"

#include <stdlib.h>

/* Stands before the bytes of each text. */
struct header {
    uint32_t hash, length, index;
};

static struct header *header_of(const char *interned)
{
    return (struct header *)(void *)(uintptr_t)(interned - sizeof(struct header));
}

/* FNV-1a. */
static const uint32_t HASH_START = 2166136261u;

static uint32_t hash_byte(uint32_t hash, char byte)
{
    return (hash ^ (unsigned char)byte) * 16777619u;
}

/* A last step, because the table uses the low bits. */
static uint32_t hash_end(uint32_t hash)
{
    return hash ^ hash >> 15;
}

static uint32_t text_hash(struct ec_str text)
{
    uint32_t hash = HASH_START;
    for (size_t i = 0; i < text.len; i++)
        hash = hash_byte(hash, text.ptr[i]);
    return hash_end(hash);
}

/* The slot that holds text, or the free one where it belongs. */
static const char **find_slot(const struct ec_intern *set, struct ec_str text, uint32_t hash)
{
    size_t mask = set->capacity - 1;
    for (size_t i = hash & mask;; i = (i + 1) & mask) {
        const char *there = set->slots[i];
        if (!there ||
            (header_of(there)->hash == hash && ec_str_equal(ec_interned_text(there), text)))
            return &set->slots[i];
    }
}

static void grow(struct ec_intern *set)
{
    enum { FIRST_CAPACITY = 64 };
    const char **old = set->slots;
    size_t old_capacity = set->capacity;
    set->capacity = old_capacity ? old_capacity * 2 : FIRST_CAPACITY;
    set->slots = ec_calloc(set->capacity, sizeof *set->slots);
    for (size_t i = 0; i < old_capacity; i++)
        if (old[i])
            *find_slot(set, ec_interned_text(old[i]), header_of(old[i])->hash) = old[i];
    free(old);
}

const char *ec_intern_add(struct ec_intern *set, struct ec_str text)
{
    if (set->count * 4 >= set->capacity * 3)
        grow(set);
    uint32_t hash = text_hash(text);
    const char **slot = find_slot(set, text, hash);
    if (!*slot) {
        struct header *header = ec_arena_alloc(&set->arena, sizeof *header + text.len + 1);
        *header = (struct header){hash, (uint32_t)text.len, (uint32_t)set->count++};
        char *bytes = (char *)(header + 1);
        if (text.len > 0)
            memcpy(bytes, text.ptr, text.len);
        bytes[text.len] = '\0';
        *slot = bytes;
    }
    return *slot;
}

const char *ec_intern_find(const struct ec_intern *set, struct ec_str text)
{
    return set->capacity ? *find_slot(set, text, text_hash(text)) : NULL;
}

const char *ec_intern_find_above(const struct ec_intern *set, struct ec_str path)
{
    const char *found = NULL;
    uint32_t hash = HASH_START;
    for (size_t i = 0; set->capacity > 0 && i < path.len; i++) {
        uint32_t with_slash = hash_byte(hash, path.ptr[i]);
        if (path.ptr[i] == '/' && path.len > 1) {
            struct ec_str above = {path.ptr, i > 0 ? i : 1};
            const char *there = *find_slot(set, above, hash_end(i > 0 ? hash : with_slash));
            found = there ? there : found;
        }
        hash = with_slash;
    }
    return found;
}

struct ec_str ec_interned_text(const char *interned)
{
    return (struct ec_str){interned, header_of(interned)->length};
}

uint32_t ec_interned_index(const char *interned)
{
    return header_of(interned)->index;
}

void ec_intern_free(struct ec_intern *set)
{
    free(set->slots);
    ec_arena_free(&set->arena);
    *set = (struct ec_intern){0};
}
