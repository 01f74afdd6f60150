/* Whether a text holds another, for searching while typing. */
#ifndef EC_TUI_FIND_H
#define EC_TUI_FIND_H

#include "base/value.h"

/* Small ASCII letters in `part` match capitals too; a part with a capital matches as it stands. An
 * empty part is in everything. */
bool ec_find(struct ec_str text, struct ec_str part);

#endif
