/* The registry of what can be done in the interactive view, made from keys.def.
 *
 * Everything here is constant data.
 */
#ifndef EC_TUI_KEYS_H
#define EC_TUI_KEYS_H

#include "base/out.h"

/* A key: a Unicode character (control characters included), or one of these. */
enum ec_special_key {
    EC_KEY_ENTER = '\r',
    EC_KEY_TAB = '\t',
    EC_KEY_ESCAPE = 0x1b,
    EC_KEY_SPECIAL = 0x110000, /* beyond all characters */
    EC_KEY_UP,
    EC_KEY_DOWN,
    EC_KEY_LEFT,
    EC_KEY_RIGHT,
    EC_KEY_PAGE_UP,
    EC_KEY_PAGE_DOWN,
    EC_KEY_HOME,
    EC_KEY_END,
    EC_KEY_BACKSPACE,
    EC_KEY_DELETE,
    EC_KEY_F1,
    EC_KEY_F5,
    EC_KEY_SPECIAL_END,
};
#define EC_KEY_CONTROL(letter) ((letter)&0x1f)

enum ec_action {
    EC_ACTION_NONE,
#define HEADING(text)
#define ACTION(id, ...) EC_ACTION_##id,
#include "tui/keys.def"
#undef ACTION
#undef HEADING
    EC_ACTION_COUNT
};

struct ec_action_info {
    const char *where; /* letters of the places, as in keys.def */
    const char *keys;
    const char *label;
    const char *help;
};

/* What keys.def lists, in its order: a heading, or (NULL) an action. Ended by neither. */
struct ec_action_entry {
    const char *heading;
    enum ec_action action;
};
const struct ec_action_entry *ec_action_entries(void);

/* For 0 < action < EC_ACTION_COUNT. */
const struct ec_action_info *ec_action_info(enum ec_action action);
/* The action of a key in a place, EC_ACTION_NONE where it has none. */
enum ec_action ec_action_find(char where, uint32_t key);
/* Whether the action is offered there. */
bool ec_action_is_in(enum ec_action action, char where);

/* The key named by the first word of *names, which is moved behind it; 0 at the end. Any character
 * names itself, "^X" is control-X, and there are Enter, Esc, Tab, Space, Up, PgUp, F1, ... */
uint32_t ec_key_next(const char **names);
/* Writes the name of a key. */
void ec_key_write(struct ec_out *out, uint32_t key);

#endif
