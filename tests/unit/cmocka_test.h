/* cmocka.h with the headers that it needs before it, in the one order that works. */
#ifndef CMOCKA_TEST_H
#define CMOCKA_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* cmocka's own compares single precision, and takes NAN for equal to everything. */
static inline void check_float_equal(double found, double expected, double epsilon,
                                     const char *file, int line)
{
    double difference = found > expected ? found - expected : expected - found;
    if (found == expected || difference <= epsilon)
        return;
    print_error("%.17g is not %.17g\n", found, expected);
    _fail(file, line);
}
#undef assert_float_equal
#define assert_float_equal(found, expected, epsilon)                                               \
    check_float_equal(found, expected, epsilon, __FILE__, __LINE__)

#endif
