/* keys: every key of keys.def does what it says, wherever it says so. */
#include "cmocka_test.h"
#include "tui/keys.h"

static void actions__every_key_finds_its_own(void **state)
{
    (void)state;
    int keys_seen = 0;
    for (int i = 1; i < EC_ACTION_COUNT; i++) {
        enum ec_action action = (enum ec_action)i;
        const struct ec_action_info *info = ec_action_info(action);
        assert_true(strspn(info->where, "TDCP") == strlen(info->where) && info->where[0]);
        assert_true(info->help[0] != '\0');
        for (const char *where = info->where; *where; where++) {
            const char *keys = info->keys;
            for (uint32_t key = ec_key_next(&keys); key; key = ec_key_next(&keys)) {
                assert_int_equal(ec_action_find(*where, key), action);
                keys_seen++;
            }
        }
    }
    assert_true(keys_seen > EC_ACTION_COUNT);
}

static void actions__all_are_listed_once(void **state)
{
    (void)state;
    int listed[EC_ACTION_COUNT] = {0};
    for (const struct ec_action_entry *entry = ec_action_entries(); entry->heading || entry->action;
         entry++)
        if (!entry->heading)
            listed[entry->action]++;
    for (int i = 1; i < EC_ACTION_COUNT; i++)
        assert_int_equal(listed[i], 1);
}

static void names__are_read_as_they_are_written(void **state)
{
    (void)state;
    static const uint32_t keys[] = {'a',        '^',
                                    ' ',        EC_KEY_ENTER,
                                    EC_KEY_TAB, EC_KEY_ESCAPE,
                                    EC_KEY_F1,  EC_KEY_CONTROL('B'),
                                    EC_KEY_UP,  EC_KEY_PAGE_DOWN};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        struct ec_out name;
        ec_out_to_memory(&name);
        ec_key_write(&name, keys[i]);
        ec_out_char(&name, '\0');
        const char *text = name.buffer;
        assert_int_equal(ec_key_next(&text), keys[i]);
        assert_int_equal(ec_key_next(&text), 0);
        ec_out_free(&name);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(actions__every_key_finds_its_own),
        cmocka_unit_test(actions__all_are_listed_once),
        cmocka_unit_test(names__are_read_as_they_are_written),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
