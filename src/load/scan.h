/* A strict JSON scanner that hands out the members of a record and converts only what is asked for.
 *
 * It accepts what jansson accepts (with EC_REFERENCE_FLAGS, load/reference.h), only objects at the
 * top, and in addition what Python writes: the words NaN, Infinity and -Infinity, and a byte order
 * mark. Members of nested objects are handed out too; what is inside arrays is checked, but not
 * handed out. Most records of a tree have the same keys in the same order, so the scanner remembers
 * those of the last record and compares before it looks anything up.
 */
#ifndef EC_LOAD_SCAN_H
#define EC_LOAD_SCAN_H

#include "base/value.h"

enum {
    EC_SCAN_ROOT = 0,         /* the number of the outermost object */
    EC_SCAN_PADDING = 8,      /* NULs that must follow the text */
    EC_SCAN_MAX_DEPTH = 2048, /* values in values; jansson's limit */
};
/* The number of a member that nobody wants. */
#define EC_SCAN_SKIP UINT32_MAX

/* Who is told. Numbers stand for members, the same number for the same member in every record;
 * texts are valid until the next ec_scan. Callbacks come in the order of the text, duplicates
 * included. */
struct ec_scan_sink {
    void *context;
    /* Returns the number for this member of the object `parent`, or EC_SCAN_SKIP. */
    uint32_t (*key)(void *context, uint32_t parent, struct ec_str key);
    /* The member has this value. EC_MISSING: null, or a number that is none. */
    void (*value)(void *context, uint32_t member, struct ec_value value);
    /* The member is an object (or an array), whatever `key` said. Returns the number under which
     * the members inside it come, or EC_SCAN_SKIP; for arrays the result does not matter. */
    uint32_t (*container)(void *context, uint32_t parent, struct ec_str key, bool is_array);
};

struct ec_scanner;

struct ec_scanner *ec_scanner_new(void);
void ec_scanner_free(struct ec_scanner *scanner); /* NULL is fine */
/* Forgets what it remembers of earlier records: call it when numbers change their meaning. */
void ec_scanner_forget(struct ec_scanner *scanner);

/* Scans text[0..length), followed by EC_SCAN_PADDING NULs. Returns false when it is not accepted;
 * what was handed out until then is void. */
bool ec_scan(struct ec_scanner *scanner, const char *text, size_t length,
             const struct ec_scan_sink *sink);

#endif
