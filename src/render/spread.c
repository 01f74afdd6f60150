#include "render/spread.h"

bool ec_spread_write_digits(struct ec_out *out, struct ec_str spread)
{
    bool significant = false;
    if (memchr(spread.ptr, 'e', spread.len))
        return false;
    for (size_t i = 0; i < spread.len; i++) {
        char c = spread.ptr[i];
        significant = significant || (c >= '1' && c <= '9') || i + 1 == spread.len;
        if (significant && c != '.')
            ec_out_char(out, c);
    }
    return true;
}

const char *ec_spread_note(const struct ec_table *table, enum ec_spread_form form,
                           struct ec_arena *arena)
{
    const char *note = ec_table_spread_note(table, arena);
    if (!note || form != EC_SPREAD_PAREN)
        return note;
    return ec_arena_printf(arena, "1.25(5) is 1.25 \u00b1 0.05; %s", note);
}
