/* store and intern: a column of values, texts stored once. */
#include "cmocka_test.h"
#include "runset/intern.h"
#include "runset/store.h"

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

static void store__each_kind_comes_back(void **state)
{
    (void)state;
    struct ec_intern set = {0};
    struct ec_store store = {0};
    const char *text = ec_intern_add(&set, ec_str("NPO"));
    ec_store_set(&store, 0, ec_value_int(INT64_MIN));
    ec_store_set(&store, 1, ec_value_real(0.1));
    ec_store_set(&store, 2, ec_value_bool(true));
    ec_store_set(&store, 100000, ec_value_str(ec_interned_text(text)));
    assert_true(ec_store_get(&store, 0).kind == EC_INT && ec_store_get(&store, 0).i == INT64_MIN);
    assert_true(ec_store_get(&store, 1).kind == EC_REAL && ec_store_get(&store, 1).d == 0.1);
    assert_true(ec_store_get(&store, 2).kind == EC_BOOL && ec_store_get(&store, 2).b);
    struct ec_value value = ec_store_get(&store, 100000);
    assert_true(value.kind == EC_STR && ec_str_equal(value.s, ec_str("NPO")));
    ec_store_set(&store, 0, ec_value_missing());
    assert_int_equal(ec_store_get(&store, 0).kind, EC_MISSING);
    ec_store_free(&store);
    ec_intern_free(&set);
}

static void store__unset_rows_are_missing(void **state)
{
    (void)state;
    struct ec_store store = {0};
    assert_int_equal(ec_store_get(&store, 0).kind, EC_MISSING);
    ec_store_set(&store, 70000, ec_value_int(1));
    assert_int_equal(ec_store_get(&store, 0).kind, EC_MISSING);
    assert_int_equal(ec_store_get(&store, 69999).kind, EC_MISSING);
    assert_int_equal(ec_store_get(&store, 10000000).kind, EC_MISSING);
    ec_store_free(&store);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(intern__equal_texts_are_one),
        cmocka_unit_test(intern__many_texts_stay),
        cmocka_unit_test(store__each_kind_comes_back),
        cmocka_unit_test(store__unset_rows_are_missing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
