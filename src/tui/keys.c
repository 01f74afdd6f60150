#include "tui/keys.h"

#include "base/utf8.h"

static const struct ec_action_info actions[EC_ACTION_COUNT] = {
#define HEADING(text)
#define ACTION(id, where, keys, label, help) [EC_ACTION_##id] = {where, keys, label, help},
#include "tui/keys.def"
#undef ACTION
#undef HEADING
};

static const struct ec_action_entry entries[] = {
#define HEADING(text)   {text, EC_ACTION_NONE},
#define ACTION(id, ...) {NULL, EC_ACTION_##id},
#include "tui/keys.def"
#undef ACTION
#undef HEADING
    {NULL, EC_ACTION_NONE},
};

static const struct {
    uint32_t key;
    const char *name;
} names[] = {
    {EC_KEY_ENTER, "Enter"},
    {EC_KEY_ESCAPE, "Esc"},
    {EC_KEY_TAB, "Tab"},
    {' ', "Space"},
    {EC_KEY_UP, "Up"},
    {EC_KEY_DOWN, "Down"},
    {EC_KEY_LEFT, "Left"},
    {EC_KEY_RIGHT, "Right"},
    {EC_KEY_PAGE_UP, "PgUp"},
    {EC_KEY_PAGE_DOWN, "PgDn"},
    {EC_KEY_HOME, "Home"},
    {EC_KEY_END, "End"},
    {EC_KEY_BACKSPACE, "Backspace"},
    {EC_KEY_DELETE, "Delete"},
    {EC_KEY_F1, "F1"},
    {EC_KEY_F5, "F5"},
};

const struct ec_action_entry *ec_action_entries(void)
{
    return entries;
}

const struct ec_action_info *ec_action_info(enum ec_action action)
{
    return &actions[action];
}

bool ec_action_is_in(enum ec_action action, char where)
{
    return strchr(actions[action].where, where) != NULL;
}

enum ec_action ec_action_find(char where, uint32_t key)
{
    for (int action = 1; action < EC_ACTION_COUNT; action++) {
        if (!ec_action_is_in((enum ec_action)action, where))
            continue;
        const char *keys = actions[action].keys;
        for (uint32_t each = ec_key_next(&keys); each; each = ec_key_next(&keys))
            if (each == key)
                return (enum ec_action)action;
    }
    return EC_ACTION_NONE;
}

uint32_t ec_key_next(const char **words)
{
    const char *word = *words + strspn(*words, " ");
    size_t length = strcspn(word, " ");
    *words = word + length;
    if (length == 0)
        return 0;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (ec_str_equal(ec_str(names[i].name), (struct ec_str){word, length}))
            return names[i].key;
    if (length == 2 && word[0] == '^')
        return EC_KEY_CONTROL((uint32_t)word[1]);
    int32_t code;
    ec_utf8_decode((struct ec_str){word, length}, &code);
    return code > 0 ? (uint32_t)code : 0;
}

void ec_key_write(struct ec_out *out, uint32_t key)
{
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (names[i].key == key) {
            ec_out_text(out, names[i].name);
            return;
        }
    }
    if (key < ' ')
        ec_out_printf(out, "^%c", (char)(key + '@'));
    else if (key < 0x80)
        ec_out_char(out, (char)key);
    else
        ec_out_printf(out, "U+%04X", (unsigned)key);
}
