/* Comma-separated lists as options take them. */
#ifndef EC_QUERY_LIST_H
#define EC_QUERY_LIST_H

#include "base/value.h"

/* Takes the next item off *rest, without the blanks around it. Commas in parentheses, quotes and
 * backquotes do not separate. Returns false at the end of the list; "" has one
 * empty item, "a," a second one that is empty. */
bool ec_list_next(struct ec_str *rest, struct ec_str *ret_item);

/* Takes backquotes around a name off it; returns whether there were any. */
bool ec_list_unquote(struct ec_str *name);

/* Cuts "NAME=VALUE" at its first '=' outside backquotes; false when there is none. Blanks around
 * both parts are dropped. */
bool ec_list_split(struct ec_str item, struct ec_str *ret_name, struct ec_str *ret_value);

/* Cuts at the last '=' before *end instead, for names that may hold '=': *end, at first item.len,
 * becomes its place, so that the next call cuts at the one before. False when there is none. */
bool ec_list_split_before(struct ec_str item, size_t *end, struct ec_str *ret_name,
                          struct ec_str *ret_value);

#endif
