#include "query/cost.h"

#include "query/caret.h"

#include <math.h>
#include <stdlib.h>

struct ec_estimate ec_cost_total(struct ec_cost cost, double m)
{
    return (struct ec_estimate){cost.setup.value + m * cost.request.value,
                                hypot(cost.setup.spread, m * cost.request.spread)};
}

struct ec_estimate ec_cost_amortised(struct ec_cost cost, double m)
{
    return (struct ec_estimate){cost.setup.value / m + cost.request.value,
                                hypot(cost.setup.spread / m, cost.request.spread)};
}

/* ---- Break-even ---- */

static struct ec_estimate difference(struct ec_estimate a, struct ec_estimate b)
{
    return (struct ec_estimate){a.value - b.value, hypot(a.spread, b.spread)};
}

/* A number of requests that is whole but for rounding is meant to be whole: 0.3 / 0.1 is 3. */
static double without_noise(double m)
{
    double whole = round(m);
    return fabs(m - whole) <= 1e-9 * fmax(1, fabs(whole)) ? whole : m;
}

struct ec_break_even ec_cost_break_even(struct ec_cost cost, struct ec_cost baseline)
{
    struct ec_break_even result = {EC_BREAK_EVEN_UNKNOWN, NAN, {NAN, NAN}};
    struct ec_estimate extra = difference(cost.setup, baseline.setup);
    struct ec_estimate saved = difference(baseline.request, cost.request);
    if (isnan(extra.value) || isnan(saved.value))
        return result;
    if (saved.value == 0) {
        result.kind = extra.value <= 0 ? EC_BREAK_EVEN_ALWAYS : EC_BREAK_EVEN_NEVER;
        return result;
    }
    result.exact = ec_stats_ratio(extra, saved);
    double m = without_noise(result.exact.value);
    if (saved.value > 0) {
        result.kind = m <= 1 ? EC_BREAK_EVEN_ALWAYS : EC_BREAK_EVEN_FROM;
        result.requests = m <= 1 ? NAN : ceil(m);
    } else {
        result.kind = m < 1 ? EC_BREAK_EVEN_NEVER : EC_BREAK_EVEN_UNTIL;
        result.requests = m < 1 ? NAN : floor(m);
    }
    return result;
}

/* ---- Money ---- */

struct price_reader {
    struct ec_str source;
    size_t position;
    struct ec_error *error;
};

static char peek(const struct price_reader *reader)
{
    return reader->position < reader->source.len ? reader->source.ptr[reader->position] : '\0';
}

static void skip_spaces(struct price_reader *reader)
{
    while (peek(reader) == ' ')
        reader->position++;
}

static bool is_number_part(char c)
{
    return (c >= '0' && c <= '9') || c == '.';
}

static bool is_currency_part(char c)
{
    unsigned char byte = (unsigned char)c;
    return byte > ' ' && byte != 0x7f && !is_number_part(c) && c != '/' && c != '-' && c != '+';
}

/* Before or after the number, but not both. */
static int read_currency(struct price_reader *reader, char *currency)
{
    size_t start = reader->position;
    while (is_currency_part(peek(reader)))
        reader->position++;
    size_t length = reader->position - start;
    if (length > 0 && currency[0])
        return ec_caret_error(reader->error, reader->source, start,
                              "there are two currencies; a price is like 2.99/h");
    if (length >= EC_CURRENCY_MAX)
        return ec_caret_error(reader->error, reader->source, start,
                              "the name of a currency has at most %d bytes", EC_CURRENCY_MAX - 1);
    if (length > 0) {
        memcpy(currency, reader->source.ptr + start, length);
        currency[length] = '\0';
    }
    skip_spaces(reader);
    return 0;
}

static int read_amount(struct price_reader *reader, double *ret_amount)
{
    char digits[64] = "";
    size_t start = reader->position, length = 0;
    while (is_number_part(peek(reader)) && length + 1 < sizeof digits) {
        digits[length++] = peek(reader);
        reader->position++;
    }
    char *end;
    *ret_amount = strtod(digits, &end);
    if (end == digits || *end || is_number_part(peek(reader)))
        return ec_caret_error(reader->error, reader->source, start,
                              "expected a number; a price is like 2.99/h");
    skip_spaces(reader);
    return 0;
}

static int read_unit(struct price_reader *reader, const struct ec_unit **ret_unit)
{
    if (peek(reader) != '/')
        return ec_caret_error(reader->error, reader->source, reader->position,
                              "expected '/' and a unit; a price is like 2.99/h");
    reader->position++;
    skip_spaces(reader);
    struct ec_str symbol = {reader->source.ptr + reader->position,
                            reader->source.len - reader->position};
    while (symbol.len > 0 && symbol.ptr[symbol.len - 1] == ' ')
        symbol.len--;
    const struct ec_unit *unit = ec_unit_find(symbol.ptr, symbol.len);
    if (!unit || (unit->dimension != EC_DIM_TIME && unit->dimension != EC_DIM_ENERGY))
        return ec_caret_error(reader->error, reader->source, reader->position,
                              "prices are per unit of time or energy, such as /h or /kWh");
    *ret_unit = unit;
    return 0;
}

int ec_price_parse(struct ec_str source, struct ec_price *ret_price, struct ec_error *error)
{
    struct price_reader reader = {.source = source, .error = error};
    struct ec_price price = {0};
    const struct ec_unit *unit = NULL;
    double amount = 0;
    skip_spaces(&reader);
    if (read_currency(&reader, price.currency) != 0 || read_amount(&reader, &amount) != 0 ||
        read_currency(&reader, price.currency) != 0 || read_unit(&reader, &unit) != 0)
        return -1;
    price.per_base = amount / unit->scale;
    price.dimension = unit->dimension;
    *ret_price = price;
    return 0;
}

struct ec_estimate ec_price_apply(struct ec_price price, struct ec_estimate amount,
                                  const struct ec_unit *unit)
{
    if (unit->dimension != price.dimension)
        return (struct ec_estimate){NAN, NAN};
    double factor = unit->scale * price.per_base;
    return (struct ec_estimate){amount.value * factor, amount.spread * factor};
}
