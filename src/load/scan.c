/* One loop over the text with a stack of open containers, no recursion. The text ends in NULs, and
 * a NUL is not allowed anywhere, so nothing needs to check for the end. */
#include "load/scan.h"

#include "base/arena.h"
#include "base/memory.h"
#include "load/number.h"
#include "load/text.h"

#include <stdlib.h>

enum { MAX_REMEMBERED = 256, MAX_REMEMBERED_BYTES = 1 << 14 };

/* A key of the last record: all bytes from the value before it to its own value. */
struct remembered {
    uint32_t parent, member;
    uint32_t start, length;         /* in remembered_bytes */
    uint32_t key_start, key_length; /* relative to start */
    bool first;                     /* in its object: no comma */
};

struct level {
    uint32_t object; /* number of the object; EC_SCAN_SKIP in arrays and in what nobody wants */
    bool is_array;
    bool filled; /* has a member already */
};

struct ec_scanner {
    locale_t c_locale;
    struct ec_arena strings; /* of the current record: texts that had escapes */
    struct remembered remembered[MAX_REMEMBERED];
    char remembered_bytes[MAX_REMEMBERED_BYTES];
    size_t remembered_count;
    struct level levels[EC_SCAN_MAX_DEPTH];
};

/* State of one ec_scan. */
struct scan {
    struct ec_scanner *scanner;
    const struct ec_scan_sink *sink;
    const char *p, *end;
    size_t depth;      /* open containers */
    size_t key_number; /* keys seen so far */
};

struct ec_scanner *ec_scanner_new(void)
{
    struct ec_scanner *scanner = ec_calloc(1, sizeof *scanner);
    scanner->c_locale = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    return scanner;
}

void ec_scanner_free(struct ec_scanner *scanner)
{
    if (!scanner)
        return;
    freelocale(scanner->c_locale);
    ec_arena_free(&scanner->strings);
    free(scanner);
}

void ec_scanner_forget(struct ec_scanner *scanner)
{
    scanner->remembered_count = 0;
}

static void skip_space(struct scan *scan)
{
    while (*scan->p == ' ' || *scan->p == '\n' || *scan->p == '\r' || *scan->p == '\t')
        scan->p++;
}

/* ---- Keys ---- */

/* Whether the text at p goes on with this key. */
static bool is_next(const struct scan *scan, const char *p, const struct level *level,
                    const struct remembered *key)
{
    return key->parent == level->object && key->first != level->filled &&
           key->length <= (size_t)(scan->end - p) &&
           memcmp(p, scan->scanner->remembered_bytes + key->start, key->length) == 0;
}

/* The key that the last record had in this place, if the text goes on with it. */
static const struct remembered *find_remembered(const struct scan *scan, const struct level *level)
{
    const struct ec_scanner *scanner = scan->scanner;
    if (scan->key_number >= scanner->remembered_count || level->is_array)
        return NULL;
    const struct remembered *key = &scanner->remembered[scan->key_number];
    return is_next(scan, scan->p, level, key) ? key : NULL;
}

/* Remembers the key whose bytes start at `start` and end at p; what was known of later places goes.
 */
static void remember(struct scan *scan, const char *start, struct ec_str key,
                     const struct remembered *what)
{
    struct ec_scanner *scanner = scan->scanner;
    size_t number = scan->key_number, length = (size_t)(scan->p - start);
    if (number > scanner->remembered_count || number >= MAX_REMEMBERED)
        return;
    size_t at = 0;
    if (number > 0)
        at = scanner->remembered[number - 1].start + scanner->remembered[number - 1].length;
    scanner->remembered_count = number;
    if (length > MAX_REMEMBERED_BYTES - at)
        return;
    memcpy(scanner->remembered_bytes + at, start, length);
    struct remembered *place = &scanner->remembered[number];
    *place = *what;
    place->start = (uint32_t)at;
    place->length = (uint32_t)length;
    place->key_start = (uint32_t)(key.ptr - start);
    place->key_length = (uint32_t)key.len;
    scanner->remembered_count = number + 1;
}

/* Reads a key of the object `parent` and the colon. `start` is where the value before it ended. */
static bool scan_key(struct scan *scan, const char *start, bool first, uint32_t parent,
                     uint32_t *ret_member, struct ec_str *ret_key)
{
    const char *quote = scan->p;
    if (*quote != '"' || !ec_text_scan(&scan->p, &scan->scanner->strings, ret_key))
        return false;
    if (memchr(ret_key->ptr, '\0', ret_key->len))
        return false; /* jansson has no keys with NULs */
    skip_space(scan);
    if (*scan->p++ != ':')
        return false;
    skip_space(scan);
    *ret_member = EC_SCAN_SKIP;
    if (parent != EC_SCAN_SKIP)
        *ret_member = scan->sink->key(scan->sink->context, parent, *ret_key);
    const struct remembered what = {.parent = parent, .member = *ret_member, .first = first};
    if (ret_key->ptr == quote + 1) /* no escapes: the bytes are the text */
        remember(scan, start, *ret_key, &what);
    return true;
}

/* ---- Values ---- */

static bool scan_word(struct scan *scan, const char *word)
{
    size_t length = strlen(word);
    if (strncmp(scan->p, word, length) != 0)
        return false;
    scan->p += length;
    return true;
}

static bool scan_number(struct scan *scan, bool wanted, struct ec_value *ret_value)
{
    if (scan->p[0] == '-' && scan->p[1] == 'I')
        return scan_word(scan, "-Infinity");
    const char *end = wanted ? NULL : ec_number_skip(scan->p);
    if (end) {
        scan->p = end;
        return true;
    }
    struct ec_number number;
    end = ec_number_scan(scan->p, &number);
    if (!end)
        return false;
    scan->p = end;
    if (!wanted && !number.huge)
        return true;
    return ec_number_value(&number, scan->scanner->c_locale, ret_value);
}

/* Reads a value that is no container. *ret_value is set only if it is wanted. */
static bool scan_scalar(struct scan *scan, bool wanted, struct ec_value *ret_value)
{
    switch (*scan->p) {
    case '"': {
        struct ec_str text;
        if (!ec_text_scan(&scan->p, &scan->scanner->strings, &text))
            return false;
        *ret_value = ec_value_str(text);
        return true;
    }
    case 't':
        *ret_value = ec_value_bool(true);
        return scan_word(scan, "true");
    case 'f':
        *ret_value = ec_value_bool(false);
        return scan_word(scan, "false");
    case 'n':
        return scan_word(scan, "null");
    case 'N':
        return scan_word(scan, "NaN");
    case 'I':
        return scan_word(scan, "Infinity");
    default:
        return scan_number(scan, wanted, ret_value);
    }
}

static void open_container(struct scan *scan, uint32_t object, bool is_array)
{
    scan->p++;
    scan->scanner->levels[scan->depth++] = (struct level){.object = object, .is_array = is_array};
}

/* Reads a member of an array, or of an object that nobody wants. */
static bool scan_element(struct scan *scan)
{
    if (*scan->p == '{' || *scan->p == '[') {
        open_container(scan, EC_SCAN_SKIP, *scan->p == '[');
        return true;
    }
    struct ec_value ignored;
    return scan_scalar(scan, false, &ignored);
}

/* Reads the value of a member, or only its start if it is a container. */
static bool scan_member_value(struct scan *scan, uint32_t parent, uint32_t member,
                              struct ec_str key)
{
    const struct ec_scan_sink *sink = scan->sink;
    if (parent == EC_SCAN_SKIP)
        return scan_element(scan);
    if (*scan->p == '{' || *scan->p == '[') {
        bool is_array = *scan->p == '[';
        uint32_t inside = sink->container(sink->context, parent, key, is_array);
        if (member == EC_SCAN_SKIP && inside != EC_SCAN_SKIP)
            ec_scanner_forget(scan->scanner); /* the member has a number now */
        open_container(scan, is_array ? EC_SCAN_SKIP : inside, is_array);
        return true;
    }
    struct ec_value value = ec_value_missing();
    if (!scan_scalar(scan, member != EC_SCAN_SKIP, &value))
        return false;
    if (member != EC_SCAN_SKIP)
        sink->value(sink->context, member, value);
    return true;
}

static bool scan_known_member(struct scan *scan, const struct remembered *known)
{
    struct ec_str key = {scan->p + known->key_start, known->key_length};
    scan->p += known->length;
    scan->key_number++;
    skip_space(scan); /* there may be more of it than last time */
    return scan_member_value(scan, known->parent, known->member, key);
}

/* Reads a member of an object, or only its start if it is a container. */
static bool scan_member(struct scan *scan, const char *start, bool first, uint32_t parent)
{
    struct ec_str key;
    uint32_t member;
    if (!scan_key(scan, start, first, parent, &member, &key))
        return false;
    scan->key_number++;
    return scan_member_value(scan, parent, member, key);
}

/* Reads what comes next in the innermost container: a member or its end. */
static bool scan_next(struct scan *scan, struct level *level)
{
    const char *start = scan->p;
    skip_space(scan);
    if (*scan->p == (level->is_array ? ']' : '}')) {
        scan->p++;
        scan->depth--;
        return true;
    }
    bool first = !level->filled;
    if (!first) {
        if (*scan->p++ != ',')
            return false;
        skip_space(scan);
    }
    level->filled = true;
    if (scan->depth >= EC_SCAN_MAX_DEPTH)
        return false;
    return level->is_array ? scan_element(scan) : scan_member(scan, start, first, level->object);
}

/* Steps over numbers that nobody wants, as long as their keys are those of the last record: most of
 * what a record is. */
static void skip_known_numbers(struct scan *scan, const struct level *level)
{
    const struct ec_scanner *scanner = scan->scanner;
    if (scan->key_number >= scanner->remembered_count)
        return;
    const struct remembered *end = scanner->remembered + scanner->remembered_count;
    const struct remembered *key = scanner->remembered + scan->key_number;
    const char *p = scan->p;
    for (; key < end && key->member == EC_SCAN_SKIP && is_next(scan, p, level, key); key++) {
        const char *behind = ec_number_skip(p + key->length);
        if (!behind)
            break;
        p = behind;
    }
    scan->key_number = (size_t)(key - scanner->remembered);
    scan->p = p;
}

/* Reads on until all containers are closed. */
static bool scan_containers(struct scan *scan)
{
    while (scan->depth > 0) {
        struct level *level = &scan->scanner->levels[scan->depth - 1];
        if (level->filled && !level->is_array && scan->depth < EC_SCAN_MAX_DEPTH)
            skip_known_numbers(scan, level);
        const struct remembered *known = NULL;
        if (scan->depth < EC_SCAN_MAX_DEPTH)
            known = find_remembered(scan, level);
        level->filled = level->filled || known;
        if (known ? !scan_known_member(scan, known) : !scan_next(scan, level))
            return false;
    }
    return true;
}

bool ec_scan(struct ec_scanner *scanner, const char *text, size_t length,
             const struct ec_scan_sink *sink)
{
    if (scanner->strings.blocks)
        ec_arena_free(&scanner->strings);
    struct scan scan = {.scanner = scanner,
                        .sink = sink,
                        .p = ec_text_skip_bom(text, length),
                        .end = text + length};
    skip_space(&scan);
    if (*scan.p != '{')
        return false;
    open_container(&scan, EC_SCAN_ROOT, false);
    if (!scan_containers(&scan))
        return false;
    skip_space(&scan);
    return scan.p == scan.end;
}
