/* parallel: each piece of work is done once. */
#include "cmocka_test.h"
#include "base/parallel.h"

#include <stdatomic.h>

enum { PIECES = 5000 };

static void count_piece(void *context, size_t i)
{
    atomic_int *times = context;
    atomic_fetch_add(&times[i], 1);
}

static void assert_once_each(size_t pieces, size_t items)
{
    static atomic_int times[PIECES + 1];
    for (size_t i = 0; i <= PIECES; i++)
        atomic_store(&times[i], 0);
    ec_parallel(pieces, items, count_piece, times);
    for (size_t i = 0; i <= PIECES; i++)
        assert_int_equal(atomic_load(&times[i]), i < pieces ? 1 : 0);
}

static void parallel__each_piece_once(void **state)
{
    (void)state;
    assert_once_each(0, 0);
    assert_once_each(1, 1000000);
    assert_once_each(3, 1000000);
    assert_once_each(PIECES, 1000000);
}

static void parallel__few_items_in_this_thread(void **state)
{
    (void)state;
    assert_once_each(PIECES, 10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parallel__each_piece_once),
        cmocka_unit_test(parallel__few_items_in_this_thread),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
