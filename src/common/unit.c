#include "common/unit.h"

#include <string.h>

static const struct ec_unit units[EC_UNIT_COUNT] = {
#define UNIT(id, symbol_, dimension_, scale_)                                                      \
    [id] = {.symbol = symbol_, .dimension = dimension_, .scale = scale_},
    EC_UNITS(UNIT)
#undef UNIT
};

const struct ec_unit *ec_unit_get(enum ec_unit_id id)
{
    return &units[id];
}

const struct ec_unit *ec_unit_find(const char *symbol, size_t length)
{
    if (length == 0)
        return NULL;
    for (size_t i = 0; i < EC_UNIT_COUNT; i++)
        if (strlen(units[i].symbol) == length && memcmp(units[i].symbol, symbol, length) == 0)
            return &units[i];
    return NULL;
}

double ec_unit_factor(const struct ec_unit *from, const struct ec_unit *to)
{
    return from == to ? 1.0 : from->scale / to->scale;
}
