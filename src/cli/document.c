#include "cli/document.h"

#include "base/out.h"

#include <stdlib.h>

/* Digits with at most one point among them; strtod would take "inf", "0x1p3" and a comma too. */
static double decimal(const char *text, const char **ret_end)
{
    double number = 0, place = 0;
    for (; (*text >= '0' && *text <= '9') || (*text == '.' && place == 0); text++) {
        if (*text == '.') {
            place = 1;
            continue;
        }
        number = 10 * number + (*text - '0');
        place *= 10;
    }
    *ret_end = text;
    return place > 1 ? number / place : number;
}

int ec_document_length(const char *text, double *ret_points, struct ec_error *error)
{
    static const struct {
        const char *name;
        double points;
    } units[] = {{"in", 72}, {"cm", 72 / 2.54}, {"mm", 72 / 25.4}, {"pt", 72 / 72.27}, {"bp", 1}};
    const char *unit;
    double number = decimal(text, &unit);
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++) {
        double points = number * units[i].points;
        if (unit == text || strcmp(unit, units[i].name) != 0)
            continue;
        if (!(points >= 72 && points <= 7200))
            return ec_error_set(error, "'%s' is not a length from 1in to 100in", text);
        *ret_points = points;
        return 0;
    }
    return ec_error_set(error, "'%s' is not a length such as 3.25in, 8cm, 82mm or 234pt", text);
}

static bool is_plain(const char *text, const char *others)
{
    for (; *text; text++)
        if (!((*text >= 'a' && *text <= 'z') || (*text >= 'A' && *text <= 'Z') ||
              (*text >= '0' && *text <= '9') || strchr(others, *text)))
            return false;
    return true;
}

int ec_document_label(const char *label, struct ec_error *error)
{
    if (*label != '\0' && is_plain(label, "-_:."))
        return 0;
    return ec_error_set(error, "'%s' is no label; it may hold letters, digits and -_:.", label);
}

const char *ec_document_command(int argc, char **argv, struct ec_arena *arena)
{
    struct ec_out out;
    ec_out_to_memory(&out);
    ec_out_text(&out, "effcompare");
    for (int i = 1; i < argc; i++) {
        ec_out_char(&out, ' ');
        ec_out_shell_word(&out, ec_str(argv[i]));
    }
    const char *command = ec_arena_strndup(arena, out.buffer, out.length);
    ec_out_free(&out);
    return command;
}
