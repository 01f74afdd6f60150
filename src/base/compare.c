#include "base/compare.h"

#include "base/hash.h"
#include "base/natural.h"

int ec_value_compare(struct ec_value a, struct ec_value b, bool descending)
{
    int sign = descending ? -1 : 1;
    if (a.kind == EC_MISSING || b.kind == EC_MISSING)
        return (a.kind == EC_MISSING) - (b.kind == EC_MISSING);
    if (a.kind == EC_STR && b.kind == EC_STR)
        return sign * ec_natural_compare(ec_value_text(a), ec_value_text(b));
    if (a.kind == EC_STR || b.kind == EC_STR)
        return a.kind == EC_STR ? 1 : -1;
    if (a.kind == EC_INT && b.kind == EC_INT)
        return sign * ((a.i > b.i) - (a.i < b.i));
    double x = a.kind == EC_BOOL ? a.b : ec_value_number(a);
    double y = b.kind == EC_BOOL ? b.b : ec_value_number(b);
    return sign * ((x > y) - (x < y));
}

bool ec_value_same(struct ec_value a, struct ec_value b)
{
    return ec_value_compare(a, b, false) == 0;
}

uint64_t ec_value_hash(uint64_t hash, struct ec_value value)
{
    double number = 0;
    struct ec_str bytes = {(const char *)&number, sizeof number};
    if (value.kind == EC_STR)
        bytes = ec_value_text(value);
    else if (value.kind == EC_MISSING)
        bytes.len = 0;
    else
        number = (value.kind == EC_BOOL ? value.b : ec_value_number(value)) + 0.0;
    return ec_hash(hash, bytes);
}
