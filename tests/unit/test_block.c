/* block and intern: some runs' values in columns, texts stored once. */
#include "cmocka_test.h"
#include "runset/block.h"
#include "runset/intern.h"

#include <stdio.h>

static void intern__equal_texts_are_one(void **state)
{
    (void)state;
    struct ec_intern set = {0};
    assert_null(ec_intern_find(&set, ec_str("npo")));
    const char *npo = ec_intern_add(&set, ec_str("npo"));
    const char *other = ec_intern_add(&set, (struct ec_str){"n\0o", 3});
    assert_ptr_equal(ec_intern_add(&set, ec_str("npo")), npo);
    assert_ptr_not_equal(other, npo);
    assert_ptr_equal(ec_intern_find(&set, ec_str("npo")), npo);
    assert_memory_equal(ec_interned_text(other).ptr, "n\0o", 4);
    assert_int_equal(ec_interned_text(other).len, 3);
    assert_int_equal(ec_interned_index(other), 1);
    ec_intern_free(&set);
}

static void intern__many_texts_stay(void **state)
{
    (void)state;
    enum { MANY = 5000 };
    struct ec_intern set = {0};
    static const char *texts[MANY];
    char text[16];
    for (int i = 0; i < MANY; i++) {
        snprintf(text, sizeof text, "%d", i);
        texts[i] = ec_intern_add(&set, ec_str(text));
    }
    for (int i = 0; i < MANY; i++) {
        snprintf(text, sizeof text, "%d", i);
        assert_ptr_equal(ec_intern_find(&set, ec_str(text)), texts[i]);
        assert_int_equal(ec_interned_index(texts[i]), i);
    }
    ec_intern_free(&set);
}

static void block__each_kind_comes_back(void **state)
{
    (void)state;
    enum { LAST = EC_BLOCK_ROWS - 1 };
    struct ec_intern set = {0};
    struct ec_block *block = ec_block_new(0);
    const char *text = ec_intern_add(&set, ec_str("NPO"));
    ec_block_set(block, 0, 3, ec_value_int(INT64_MIN));
    ec_block_set(block, 1, 3, ec_value_real(0.1));
    ec_block_set(block, 2, 3, ec_value_bool(true));
    ec_block_set(block, LAST, 3, ec_value_str(ec_interned_text(text)));
    struct ec_value value = ec_block_value(block, 0, 3);
    assert_true(value.kind == EC_INT && value.i == INT64_MIN);
    value = ec_block_value(block, 1, 3);
    assert_true(value.kind == EC_REAL && value.d == 0.1);
    value = ec_block_value(block, 2, 3);
    assert_true(value.kind == EC_BOOL && value.b);
    value = ec_block_value(block, LAST, 3);
    assert_true(value.kind == EC_STR && ec_str_equal(ec_value_text(value), ec_str("NPO")));
    ec_block_set(block, 0, 3, ec_value_missing());
    assert_int_equal(ec_block_value(block, 0, 3).kind, EC_MISSING);
    ec_block_free(block);
    ec_intern_free(&set);
}

static void block__what_was_not_set_is_missing(void **state)
{
    (void)state;
    struct ec_block *block = ec_block_new(2);
    assert_int_equal(ec_block_value(block, 0, 1).kind, EC_MISSING);
    ec_block_set(block, 7, 1, ec_value_int(1));
    assert_int_equal(ec_block_value(block, 6, 1).kind, EC_MISSING);
    assert_int_equal(ec_block_value(block, 7, 0).kind, EC_MISSING);
    assert_int_equal(ec_block_value(block, 7, 100000).kind, EC_MISSING);
    ec_block_forget(block, 1);
    ec_block_forget(block, 100000);
    assert_int_equal(ec_block_value(block, 7, 1).kind, EC_MISSING);
    ec_block_free(block);
}

static void block__copies_values_that_are_there(void **state)
{
    (void)state;
    struct ec_block *from = ec_block_new(0), *to = ec_block_new(1);
    ec_block_set(from, 4, 2, ec_value_int(9));
    ec_block_copy(to, 0, 0, from, 4, 2);
    ec_block_copy(to, 1, 0, from, 5, 2);
    ec_block_copy(to, 1, 0, from, 4, 100000);
    assert_int_equal(ec_block_value(to, 0, 0).i, 9);
    assert_int_equal(ec_block_value(to, 1, 0).kind, EC_MISSING);
    ec_block_free(from);
    ec_block_free(to);
}

/* A column has room for few values, then for some, then for all rows; rows come in any order. */
static void block__values_stay_while_their_column_grows(void **state)
{
    (void)state;
    struct ec_block *block = ec_block_new(0), *copy = ec_block_new(0);
    for (size_t i = 0; i < EC_BLOCK_ROWS; i++) {
        size_t row = i * 77 % EC_BLOCK_ROWS;
        ec_block_drop_zero(block, 3);
        ec_block_set(block, row, 3, ec_value_int(-1));
        ec_block_set(block, row, 3, ec_value_int((int64_t)row));
        ec_block_copy(copy, 255 - row, 1, block, row, 3);
        for (size_t j = 0; j < EC_BLOCK_ROWS; j++) {
            size_t other = j * 77 % EC_BLOCK_ROWS;
            struct ec_value value = ec_block_value(block, other, 3);
            struct ec_value copied = ec_block_value(copy, 255 - other, 1);
            assert_int_equal(value.kind, j <= i ? EC_INT : EC_MISSING);
            assert_int_equal(copied.kind, value.kind);
            assert_true(j > i || (value.i == (int64_t)other && copied.i == value.i));
        }
    }
    assert_int_equal(ec_block_zeros(block, 3), EC_BLOCK_ROWS);
    ec_block_free(block);
    ec_block_free(copy);
}

static void block__counts_zeros(void **state)
{
    (void)state;
    struct ec_block *block = ec_block_new(0);
    ec_block_drop_zero(block, 5);
    ec_block_drop_zero(block, 5);
    assert_int_equal(ec_block_zeros(block, 5), 2);
    assert_int_equal(ec_block_zeros(block, 4), 0);
    assert_int_equal(ec_block_zeros(block, 100000), 0);
    ec_block_free(block);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(intern__equal_texts_are_one),
        cmocka_unit_test(intern__many_texts_stay),
        cmocka_unit_test(block__each_kind_comes_back),
        cmocka_unit_test(block__what_was_not_set_is_missing),
        cmocka_unit_test(block__copies_values_that_are_there),
        cmocka_unit_test(block__values_stay_while_their_column_grows),
        cmocka_unit_test(block__counts_zeros),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
