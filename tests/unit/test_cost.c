/* cost: closed forms of totals, amortised costs and break-even; prices. */
#include "cmocka_test.h"
#include "query/cost.h"

#include <math.h>

static void assert_estimate(struct ec_estimate got, double value, double spread)
{
    if (!(fabs(got.value - value) <= 1e-12 * fabs(value)) ||
        !(fabs(got.spread - spread) <= 1e-12 * fabs(spread)))
        fail_msg("%.17g +- %.17g, not %.17g +- %.17g", got.value, got.spread, value, spread);
}

/* 18.5 minutes of preparation, then 57 seconds for each request. */
static const struct ec_cost lmcleaner = {{1110, 30}, {57, 4}};
static const struct ec_cost retrain = {{0, 0}, {118, 3}};

static void total__setup_and_requests(void **state)
{
    (void)state;
    assert_estimate(ec_cost_total(lmcleaner, 0), 1110, 30);
    assert_estimate(ec_cost_total(lmcleaner, 1), 1167, sqrt(30 * 30 + 4 * 4));
    assert_estimate(ec_cost_total(lmcleaner, 10), 1680, 50); /* 30, 40, 50 */
    assert_estimate(ec_cost_total(retrain, 400), 47200, 1200);
}

static void amortised__falls_to_the_request(void **state)
{
    (void)state;
    assert_estimate(ec_cost_amortised(lmcleaner, 1), 1167, sqrt(30 * 30 + 4 * 4));
    assert_estimate(ec_cost_amortised(lmcleaner, 10), 168, 5); /* 3, 4, 5 */
    assert_estimate(ec_cost_amortised(lmcleaner, INFINITY), 57, 4);
    for (double m = 1; m < 1000; m *= 3) {
        struct ec_estimate total = ec_cost_total(lmcleaner, m);
        assert_estimate(ec_cost_amortised(lmcleaner, m), total.value / m, total.spread / m);
    }
}

static void cost__unknown_stays_unknown(void **state)
{
    (void)state;
    const struct ec_cost single = {{100, NAN}, {10, 1}}, missing = {{0, 0}, {NAN, NAN}};
    assert_true(ec_cost_total(single, 2).value == 120);
    assert_true(isnan(ec_cost_total(single, 2).spread));
    assert_true(isnan(ec_cost_total(missing, 2).value));
    assert_true(isnan(ec_cost_amortised(missing, 2).value));
    assert_int_equal(ec_cost_break_even(missing, retrain).kind, EC_BREAK_EVEN_UNKNOWN);
    assert_int_equal(ec_cost_break_even(retrain, missing).kind, EC_BREAK_EVEN_UNKNOWN);
    struct ec_break_even even = ec_cost_break_even(single, retrain);
    assert_int_equal(even.kind, EC_BREAK_EVEN_ALWAYS);
    assert_true(isnan(even.exact.spread));
}

static void break_even__from(void **state)
{
    (void)state;
    struct ec_break_even even = ec_cost_break_even(lmcleaner, retrain);
    assert_int_equal(even.kind, EC_BREAK_EVEN_FROM);
    assert_true(even.requests == 19);
    /* 1110 / 61; its spread is sqrt((30 / 61)^2 + (1110 / 61^2 * 5)^2). */
    assert_estimate(even.exact, 1110.0 / 61, hypot(30.0 / 61, 1110.0 / 3721 * 5));
    /* That is where the totals cross. */
    assert_true(ec_cost_total(lmcleaner, 19).value <= ec_cost_total(retrain, 19).value);
    assert_true(ec_cost_total(lmcleaner, 18).value > ec_cost_total(retrain, 18).value);
}

static void break_even__until(void **state)
{
    (void)state;
    struct ec_break_even even = ec_cost_break_even(retrain, lmcleaner);
    assert_int_equal(even.kind, EC_BREAK_EVEN_UNTIL);
    assert_true(even.requests == 18);
    assert_estimate(even.exact, 1110.0 / 61, hypot(30.0 / 61, 1110.0 / 3721 * 5));
}

static void break_even__always_and_never(void **state)
{
    (void)state;
    const struct ec_cost cheap = {{10, 0}, {1, 0}}, dear = {{20, 0}, {2, 0}};
    assert_int_equal(ec_cost_break_even(cheap, dear).kind, EC_BREAK_EVEN_ALWAYS);
    assert_int_equal(ec_cost_break_even(dear, cheap).kind, EC_BREAK_EVEN_NEVER);
    assert_int_equal(ec_cost_break_even(cheap, cheap).kind, EC_BREAK_EVEN_ALWAYS);
    assert_true(isnan(ec_cost_break_even(cheap, cheap).exact.value));
    assert_true(isnan(ec_cost_break_even(cheap, dear).requests));
    const struct ec_cost prepared = {{11, 0}, {1, 0}};
    assert_int_equal(ec_cost_break_even(prepared, cheap).kind, EC_BREAK_EVEN_NEVER);
    assert_int_equal(ec_cost_break_even(cheap, prepared).kind, EC_BREAK_EVEN_ALWAYS);
}

static void break_even__whole_numbers_are_exact(void **state)
{
    (void)state;
    /* In doubles 0.3 / 0.1 is 2.9999999999999996, and so on. */
    for (int n = 2; n < 50; n++) {
        const struct ec_cost ours = {{n * 0.1, 0}, {0.1, 0}}, theirs = {{0, 0}, {0.2, 0}};
        assert_true(ec_cost_break_even(ours, theirs).requests == n);
        assert_true(ec_cost_break_even(theirs, ours).requests == n);
    }
    /* Breaking even with the very first request. */
    const struct ec_cost ours = {{1, 0}, {1, 0}}, theirs = {{0, 0}, {2, 0}};
    assert_int_equal(ec_cost_break_even(ours, theirs).kind, EC_BREAK_EVEN_ALWAYS);
    assert_true(ec_cost_break_even(theirs, ours).requests == 1);
}

static void assert_price(const char *source, double per_base, enum ec_dimension dimension,
                         const char *currency)
{
    struct ec_error error = {0};
    struct ec_price price;
    if (ec_price_parse(ec_str(source), &price, &error) != 0)
        fail_msg("%s: %s", source, error.text);
    assert_estimate((struct ec_estimate){price.per_base, 0}, per_base, 0);
    assert_int_equal(price.dimension, dimension);
    assert_string_equal(price.currency, currency);
}

static void price__spellings(void **state)
{
    (void)state;
    assert_price("2.99/h", 2.99 / 3600, EC_DIM_TIME, "");
    assert_price("$2.99/h", 2.99 / 3600, EC_DIM_TIME, "$");
    assert_price("2.99 USD/h", 2.99 / 3600, EC_DIM_TIME, "USD");
    assert_price(" EUR 72 / d ", 72.0 / 86400, EC_DIM_TIME, "EUR");
    assert_price("0.05\xe2\x82\xac/min", 0.05 / 60, EC_DIM_TIME, "\xe2\x82\xac");
    assert_price("0.36/kWh", 1e-7, EC_DIM_ENERGY, "");
    assert_price("0/h", 0, EC_DIM_TIME, "");
}

static void assert_price_error(const char *source, const char *expected)
{
    struct ec_error error = {0};
    struct ec_price price;
    assert_int_equal(ec_price_parse(ec_str(source), &price, &error), -1);
    error.text[strcspn(error.text, "\n")] = '\0';
    assert_string_equal(error.text, expected);
}

static void price__errors(void **state)
{
    (void)state;
    assert_price_error("", "column 1: expected a number; a price is like 2.99/h");
    assert_price_error("-1/h", "column 1: expected a number; a price is like 2.99/h");
    assert_price_error("1.2.3/h", "column 1: expected a number; a price is like 2.99/h");
    assert_price_error("./h", "column 1: expected a number; a price is like 2.99/h");
    assert_price_error("2.99", "column 5: expected '/' and a unit; a price is like 2.99/h");
    assert_price_error("2.99/",
                       "column 6: prices are per unit of time or energy, such as /h or /kWh");
    assert_price_error("2.99/GiB",
                       "column 6: prices are per unit of time or energy, such as /h or /kWh");
    assert_price_error("2.99/hour",
                       "column 6: prices are per unit of time or energy, such as /h or /kWh");
    assert_price_error("$2.99USD/h", "column 6: there are two currencies; a price is like 2.99/h");
    assert_price_error("2 doubloons/h", "column 3: the name of a currency has at most 7 bytes");
}

static void price__is_applied_in_any_unit(void **state)
{
    (void)state;
    struct ec_price price;
    assert_int_equal(ec_price_parse(ec_str("3/h"), &price, NULL), 0);
    assert_estimate(ec_price_apply(price, (struct ec_estimate){1200, 60}, ec_unit_get(EC_UNIT_S)),
                    1, 0.05);
    assert_estimate(ec_price_apply(price, (struct ec_estimate){20, 1}, ec_unit_get(EC_UNIT_MIN)), 1,
                    0.05);
    assert_true(
        isnan(ec_price_apply(price, (struct ec_estimate){20, 1}, ec_unit_get(EC_UNIT_KWH)).value));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(total__setup_and_requests),
        cmocka_unit_test(amortised__falls_to_the_request),
        cmocka_unit_test(cost__unknown_stays_unknown),
        cmocka_unit_test(break_even__from),
        cmocka_unit_test(break_even__until),
        cmocka_unit_test(break_even__always_and_never),
        cmocka_unit_test(break_even__whole_numbers_are_exact),
        cmocka_unit_test(price__spellings),
        cmocka_unit_test(price__errors),
        cmocka_unit_test(price__is_applied_in_any_unit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
