#include "query/expr_unit.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Dimensions that are not here are plain numbers. */
static const signed char powers[][EC_BASE_COUNT] = {
    [EC_DIM_TIME] = {[EC_BASE_TIME] = 1},
    [EC_DIM_BYTES] = {[EC_BASE_BYTE] = 1},
    [EC_DIM_RATE] = {[EC_BASE_TOKEN] = 1, [EC_BASE_TIME] = -1},
    [EC_DIM_ENERGY] = {[EC_BASE_ENERGY] = 1},
    [EC_DIM_POWER] = {[EC_BASE_ENERGY] = 1, [EC_BASE_TIME] = -1},
    [EC_DIM_FLOP] = {[EC_BASE_FLOP] = 1},
};

static const char *const base_symbols[EC_BASE_COUNT] = {"s", "B", "token", "J", "FLOP"};

struct ec_quantity ec_quantity_plain(void)
{
    return (struct ec_quantity){.scale = 1};
}

struct ec_quantity ec_quantity_of(const struct ec_unit *unit)
{
    struct ec_quantity quantity = {.scale = unit->scale};
    if ((size_t)unit->dimension < sizeof powers / sizeof powers[0])
        memcpy(quantity.power, powers[unit->dimension], sizeof quantity.power);
    return quantity;
}

bool ec_quantity_is_plain(struct ec_quantity quantity)
{
    for (int i = 0; i < EC_BASE_COUNT; i++)
        if (quantity.power[i] != 0)
            return false;
    return true;
}

bool ec_quantity_agree(struct ec_quantity a, struct ec_quantity b)
{
    for (int i = 0; i < EC_BASE_COUNT; i++)
        if (i != EC_BASE_TOKEN && a.power[i] != b.power[i])
            return false;
    return true;
}

bool ec_quantity_combine(struct ec_quantity a, struct ec_quantity b, int sign,
                         struct ec_quantity *ret_quantity)
{
    struct ec_quantity result = {.scale = sign > 0 ? a.scale * b.scale : a.scale / b.scale};
    for (int i = 0; i < EC_BASE_COUNT; i++) {
        int power = a.power[i] + sign * b.power[i];
        if (abs(power) > EC_QUANTITY_MAX_POWER)
            return false;
        result.power[i] = (signed char)power;
    }
    *ret_quantity = result;
    return true;
}

bool ec_quantity_root(struct ec_quantity quantity, struct ec_quantity *ret_quantity)
{
    for (int i = 0; i < EC_BASE_COUNT; i++) {
        if (quantity.power[i] % 2 != 0)
            return false;
        quantity.power[i] /= 2;
    }
    quantity.scale = sqrt(quantity.scale);
    *ret_quantity = quantity;
    return true;
}

const struct ec_unit *ec_quantity_unit(struct ec_quantity quantity)
{
    for (int id = 0; id < EC_UNIT_COUNT; id++) {
        const struct ec_unit *unit = ec_unit_get((enum ec_unit_id)id);
        struct ec_quantity known = ec_quantity_of(unit);
        if (memcmp(known.power, quantity.power, sizeof known.power) == 0 &&
            fabs(known.scale - quantity.scale) <= 1e-12 * known.scale)
            return unit;
    }
    return NULL;
}

void ec_quantity_text(struct ec_quantity quantity, char ret_text[EC_QUANTITY_TEXT])
{
    const struct ec_unit *unit = ec_quantity_unit(quantity);
    if (unit || ec_quantity_is_plain(quantity)) {
        const char *symbol = unit ? unit->symbol : "";
        snprintf(ret_text, EC_QUANTITY_TEXT, "%s", symbol[0] ? symbol : "a plain number");
        return;
    }
    size_t used = 0;
    for (int i = 0; i < EC_BASE_COUNT; i++) {
        if (quantity.power[i] == 0)
            continue;
        char power[8] = "";
        if (quantity.power[i] != 1)
            snprintf(power, sizeof power, "^%d", quantity.power[i]);
        /* At most 5 symbols of 5 letters with "^-9 " each: it always fits. */
        used += (size_t)snprintf(ret_text + used, EC_QUANTITY_TEXT - used, "%s%s%s",
                                 used ? " " : "", base_symbols[i], power);
    }
}
