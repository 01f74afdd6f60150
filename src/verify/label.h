/* Finding a run or a column by what people call it.
 *
 * Labels are compared folded: small letters without accents and digits, words apart by one blank;
 * everything else only separates. Of several labels that fit, none is taken.
 */
#ifndef EC_VERIFY_LABEL_H
#define EC_VERIFY_LABEL_H

#include "base/arena.h"
#include "base/value.h"

struct ec_str ec_label_fold(struct ec_str text, struct ec_arena *arena);

#define EC_LABEL_NONE    SIZE_MAX
#define EC_LABEL_SEVERAL (SIZE_MAX - 1)

/* The one of `names` (folded) that is `label` (folded): the same but for blanks; else, where
 * `label` was cut (`cut`), one that begins with it; else one that holds all its words. Its index,
 * or EC_LABEL_NONE or EC_LABEL_SEVERAL. */
size_t ec_label_find(const struct ec_str *names, size_t count, struct ec_str label, bool cut);

/* Whether both are the same but for blanks. */
bool ec_label_same(struct ec_str a, struct ec_str b);
/* Whether every word of `part` is one of `whole`; false when part has none. */
bool ec_label_has_words(struct ec_str whole, struct ec_str part);

#endif
