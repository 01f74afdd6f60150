/* Units of measurement: what a stored number means, and how to show it in another unit.
 *
 * Everything here is constant data. A value times its unit's `scale` is the value in the base unit
 * of its dimension (second, byte, token per second, joule, ...). Decimal and binary multiples of the
 * byte are different units: MB is 10^6 bytes and MiB is 2^20 bytes (IEC 80000-13).
 */
#ifndef EC_COMMON_UNIT_H
#define EC_COMMON_UNIT_H

#include <stdbool.h>
#include <stddef.h>

enum ec_dimension {
    EC_DIM_NONE, /* a plain number or text */
    EC_DIM_TIME,
    EC_DIM_BYTES,
    EC_DIM_RATE, /* tokens per second */
    EC_DIM_ENERGY,
    EC_DIM_POWER,
    EC_DIM_RATIO, /* fractions and percentages */
    EC_DIM_FLOP,
};

/* UNIT(enumerator, symbol, dimension, scale to the base unit) */
#define EC_UNITS(UNIT)                                                                             \
    UNIT(EC_UNIT_NONE, "", EC_DIM_NONE, 1)                                                         \
    UNIT(EC_UNIT_NS, "ns", EC_DIM_TIME, 1e-9)                                                      \
    UNIT(EC_UNIT_US, "us", EC_DIM_TIME, 1e-6)                                                      \
    UNIT(EC_UNIT_MS, "ms", EC_DIM_TIME, 1e-3)                                                      \
    UNIT(EC_UNIT_S, "s", EC_DIM_TIME, 1)                                                           \
    UNIT(EC_UNIT_MIN, "min", EC_DIM_TIME, 60)                                                      \
    UNIT(EC_UNIT_H, "h", EC_DIM_TIME, 3600)                                                        \
    UNIT(EC_UNIT_D, "d", EC_DIM_TIME, 86400)                                                       \
    UNIT(EC_UNIT_B, "B", EC_DIM_BYTES, 1)                                                          \
    UNIT(EC_UNIT_KB, "kB", EC_DIM_BYTES, 1e3)                                                      \
    UNIT(EC_UNIT_MB, "MB", EC_DIM_BYTES, 1e6)                                                      \
    UNIT(EC_UNIT_GB, "GB", EC_DIM_BYTES, 1e9)                                                      \
    UNIT(EC_UNIT_TB, "TB", EC_DIM_BYTES, 1e12)                                                     \
    UNIT(EC_UNIT_KIB, "KiB", EC_DIM_BYTES, 1024.0)                                                 \
    UNIT(EC_UNIT_MIB, "MiB", EC_DIM_BYTES, 1048576.0)                                              \
    UNIT(EC_UNIT_GIB, "GiB", EC_DIM_BYTES, 1073741824.0)                                           \
    UNIT(EC_UNIT_TIB, "TiB", EC_DIM_BYTES, 1099511627776.0)                                        \
    UNIT(EC_UNIT_TOKENS_S, "tokens/s", EC_DIM_RATE, 1)                                             \
    UNIT(EC_UNIT_J, "J", EC_DIM_ENERGY, 1)                                                         \
    UNIT(EC_UNIT_KJ, "kJ", EC_DIM_ENERGY, 1e3)                                                     \
    UNIT(EC_UNIT_WH, "Wh", EC_DIM_ENERGY, 3600)                                                    \
    UNIT(EC_UNIT_KWH, "kWh", EC_DIM_ENERGY, 3.6e6)                                                 \
    UNIT(EC_UNIT_W, "W", EC_DIM_POWER, 1)                                                          \
    UNIT(EC_UNIT_PERCENT, "%", EC_DIM_RATIO, 0.01)                                                 \
    UNIT(EC_UNIT_TIMES, "\u00d7", EC_DIM_RATIO, 1)                                                \
    UNIT(EC_UNIT_FRACTION, "", EC_DIM_RATIO, 1)                                                    \
    UNIT(EC_UNIT_FLOP, "FLOP", EC_DIM_FLOP, 1)                                                     \
    UNIT(EC_UNIT_TFLOP, "TFLOP", EC_DIM_FLOP, 1e12)                                                \
    UNIT(EC_UNIT_PFLOP, "PFLOP", EC_DIM_FLOP, 1e15)

#define EC_UNIT_ENUM(id, symbol, dimension, scale) id,
enum ec_unit_id { EC_UNITS(EC_UNIT_ENUM) EC_UNIT_COUNT };
#undef EC_UNIT_ENUM

struct ec_unit {
    const char *symbol;
    enum ec_dimension dimension;
    double scale; /* value * scale = value in the dimension's base unit; > 0 */
};

/* Never NULL for a valid id. */
const struct ec_unit *ec_unit_get(enum ec_unit_id id);

/* Finds the unit with exactly this symbol (case counts: "MB" and "mb" differ, and "mb" is none).
 * Returns NULL when there is none. */
const struct ec_unit *ec_unit_find(const char *symbol, size_t length);

/* What a value in `from` is multiplied by to be in `to`. Both must have the same dimension. */
double ec_unit_factor(const struct ec_unit *from, const struct ec_unit *to);

#endif
