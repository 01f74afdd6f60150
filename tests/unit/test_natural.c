/* natural: "k2" before "k10"; the keys for sorting agree with the comparison. */
#include "cmocka_test.h"
#include "base/natural.h"

#include <stdlib.h>

static int compare(const char *a, const char *b)
{
    int forward = ec_natural_compare(ec_str(a), ec_str(b));
    int backward = ec_natural_compare(ec_str(b), ec_str(a));
    assert_true((forward < 0) == (backward > 0) && (forward == 0) == (backward == 0));
    return forward;
}

static void compare__numbers_by_value(void **state)
{
    (void)state;
    assert_true(compare("k2", "k10") < 0);
    assert_true(compare("k10a", "k10b") < 0);
    assert_true(compare("a9/b", "a10/a") < 0);
    assert_true(compare("99999999999999999999998", "99999999999999999999999") < 0);
    assert_true(compare("9", "99999999999999999999999") < 0);
    assert_int_equal(compare("k10", "k10"), 0);
    assert_int_equal(compare("", ""), 0);
}

static void compare__leading_zeros_decide_last(void **state)
{
    (void)state;
    assert_true(compare("a1", "a01") < 0);
    assert_true(compare("a01b", "a1c") < 0);
    assert_true(compare("a01x2", "a1x02") > 0);
    assert_true(compare("0", "00") < 0);
    assert_true(compare("a0", "a1") < 0);
}

static void compare__other_bytes_unsigned(void **state)
{
    (void)state;
    assert_true(compare("a", "ab") < 0);
    assert_true(compare("a-1", "a1") < 0);
    assert_true(compare("z", "\xc3\xa9") < 0);
    assert_true(compare("a1", "aa") < 0);
}

/* Compares by keys as the sort does. */
static int compare_by_keys(struct ec_str a, struct ec_str b)
{
    struct ec_natural_cursor cursor_a = {0}, cursor_b = {0};
    while (!cursor_a.exhausted && !cursor_b.exhausted) {
        uint64_t key_a = ec_natural_key(a, &cursor_a), key_b = ec_natural_key(b, &cursor_b);
        if (key_a != key_b)
            return key_a < key_b ? -1 : 1;
    }
    return ec_natural_compare(a, b);
}

static void key__agrees_with_compare(void **state)
{
    (void)state;
    static const char letters[] = "0019a-/\xff";
    srand(1);
    for (int round = 0; round < 200000; round++) {
        char text[2][24];
        struct ec_str s[2];
        for (int k = 0; k < 2; k++) {
            size_t length = (size_t)rand() % sizeof text[k];
            for (size_t i = 0; i < length; i++)
                text[k][i] = letters[rand() % 8];
            s[k] = (struct ec_str){text[k], length};
        }
        if (rand() % 2 && s[0].len > 0 && s[1].len > 0) /* long common beginnings */
            memcpy(text[1], text[0], s[0].len < s[1].len ? s[0].len - 1 : s[1].len - 1);
        int expected = ec_natural_compare(s[0], s[1]), got = compare_by_keys(s[0], s[1]);
        assert_int_equal((expected > 0) - (expected < 0), (got > 0) - (got < 0));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(compare__numbers_by_value),
        cmocka_unit_test(compare__leading_zeros_decide_last),
        cmocka_unit_test(compare__other_bytes_unsigned),
        cmocka_unit_test(key__agrees_with_compare),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
