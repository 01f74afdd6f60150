/* The text of a cell of LaTeX. Unknown commands vanish and their arguments stay, which is right for
 * the many that only format; those whose arguments are no text are listed. */
#include "verify/grid.h"

#include "base/out.h"
#include "render/tex.h"
#include "verify/texscan.h"

#include <stdlib.h>

/* Commands with arguments that are no text: how many of them go. */
static const struct {
    const char *name;
    int arguments;
} dropped[] = {
    {"phantom", 1},   {"hphantom", 1},   {"vphantom", 1},    {"color", 1},     {"textcolor", 1},
    {"cellcolor", 1}, {"rowcolor", 1},   {"colorbox", 1},    {"label", 1},     {"ref", 1},
    {"cite", 1},      {"citep", 1},      {"citet", 1},       {"footnote", 1},  {"footnotemark", 0},
    {"tnote", 1},     {"vspace", 1},     {"hspace", 1},      {"rule", 2},      {"raisebox", 1},
    {"multirow", 2},  {"rotatebox", 1},  {"resizebox", 2},   {"scalebox", 1},  {"fontsize", 2},
    {"href", 1},      {"ecuni", 1},      {"multicolumn", 2}, {"setlength", 2}, {"begin", 1},
    {"end", 1},       {"fontfamily", 1}, {"parbox", 1},      {"makebox", 0},   {"shortstack", 0},
    {"makecell", 0},  {"thead", 0},
};

/* Commands that stand for text and are not in render/tex.h's list. */
static const struct {
    const char *name, *text;
} words[] = {
    {"textbackslash", "\\"},
    {"textasciitilde", "~"},
    {"textasciicircum", "^"},
    {"textless", "<"},
    {"textgreater", ">"},
    {"textbar", "|"},
    {"textunderscore", "_"},
    {"textpercent", "%"},
    {"textpm", "\u00b1"},
    {"texttimes", "\u00d7"},
    {"to", "\u2192"},
    {"checkmark", "\u2713"},
    {"cmark", "\u2713"},
    {"xmark", "\u2717"},
    {"ldots", "..."},
    {"dots", "..."},
    {"textellipsis", "..."},
    {"textendash", "--"},
    {"textemdash", "---"},
    {"i", "i"},
    {"j", "j"},
    {"percent", "%"},
    {"second", "s"},
    {"minute", "min"},
    {"hour", "h"},
    {"ge", "\u2265"},
    {"le", "\u2264"},
    {"textquotedbl", "\""},
    {"textmu", "\u00b5"},
    {"textdegree", "\u00b0"},
};

/* The commands of one letter or sign that put a mark on the next letter: the letter stays. */
static bool is_accent(struct ec_str name)
{
    return name.len == 1 && name.ptr[0] != '\0' && strchr("'`^\"~=.cvuHrdbk", name.ptr[0]);
}

static struct ec_str from(struct ec_str text, size_t start)
{
    return (struct ec_str){text.ptr + start, text.len - start};
}

static void write_code(struct ec_out *out, int32_t code)
{
    unsigned c = (unsigned)code;
    if (c < 0x80) {
        ec_out_char(out, (char)c);
    } else if (c < 0x800) {
        ec_out_char(out, (char)(0xc0 | c >> 6));
        ec_out_char(out, (char)(0x80 | (c & 0x3f)));
    } else {
        ec_out_char(out, (char)(0xe0 | c >> 12));
        ec_out_char(out, (char)(0x80 | (c >> 6 & 0x3f)));
        ec_out_char(out, (char)(0x80 | (c & 0x3f)));
    }
}

/* Skips a star, optional arguments and `count` groups, with blanks before them. */
static size_t skip_arguments(struct ec_str text, int count)
{
    size_t at = text.len > 0 && *text.ptr == '*' ? 1 : 0;
    for (;;) {
        struct ec_str rest = from(text, at);
        size_t blank = ec_texscan_blank(rest);
        rest = from(rest, blank);
        size_t length = ec_texscan_option(rest);
        if (length == 0 && count > 0) {
            count--;
            length = ec_texscan_group(rest);
            if (length == 0 && rest.len > 0 && *rest.ptr == '*')
                length = 1; /* \multirow{2}*{text} */
        }
        if (length == 0)
            return at;
        at += blank + length;
    }
}

/* \symbol{34} */
static size_t take_symbol(struct ec_str text, struct ec_out *out)
{
    size_t length = ec_texscan_group(text);
    if (length == 0)
        return 0;
    long code = strtol(text.ptr + 1, NULL, 10);
    if (code >= ' ' && code <= '~')
        write_code(out, (int32_t)code);
    return length;
}

/* What stands after a command of letters, whose name was `name`; returns the bytes it takes. */
static size_t take_word(struct ec_str name, struct ec_str text, struct ec_out *out)
{
    if (ec_str_equal(name, ec_str("symbol")))
        return take_symbol(text, out);
    for (size_t i = 0; i < sizeof dropped / sizeof dropped[0]; i++) {
        if (!ec_str_equal(name, ec_str(dropped[i].name)))
            continue;
        bool table = text.len > 4 && memcmp(text.ptr, "{tab", 4) == 0;
        return skip_arguments(text, dropped[i].arguments + (table ? 1 : 0));
    }
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (ec_str_equal(name, ec_str(words[i].name))) {
            ec_out_text(out, words[i].text);
            return 0;
        }
    }
    int32_t code = ec_tex_character(name);
    if (code >= 0)
        write_code(out, code);
    return 0;
}

/* A command with the blanks after it; returns the bytes. */
static size_t take_command(struct ec_str text, struct ec_out *out)
{
    struct ec_str name = ec_texscan_command(text);
    if (name.len == 0)
        return 1;
    size_t at = name.len + 1;
    char c = name.ptr[0];
    if (is_accent(name))
        return at;
    if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')) {
        size_t blank = ec_texscan_blank(from(text, at));
        size_t taken = take_word(name, from(text, at + blank), out);
        return at + blank + taken;
    }
    if (strchr("_&%#${}", c) && c != '\0')
        ec_out_char(out, c);
    else if (c == '\\' || c == ' ' || c == '\n' || c == '\t')
        ec_out_char(out, ' ');
    return c == '\\' ? ec_texscan_newline(text) : at;
}

struct ec_str ec_grid_plain_latex(struct ec_str source, struct ec_arena *arena)
{
    struct ec_out out;
    ec_out_to_memory(&out);
    bool math = false;
    for (size_t at = 0; at < source.len;) {
        struct ec_str rest = from(source, at);
        char c = *rest.ptr;
        if (c == '\\') {
            at += take_command(rest, &out);
            continue;
        }
        at += c == '%' ? ec_texscan_blank(rest) : 1;
        if (c == '$')
            math = !math;
        else if (c == '~' || (c == '_' && math))
            ec_out_char(&out, ' ');
        else if (c != '%' && c != '{' && c != '}')
            ec_out_char(&out, c);
    }
    char *text = ec_arena_strndup(arena, out.buffer ? out.buffer : "", out.length);
    size_t length = out.length;
    ec_out_free(&out);
    return ec_grid_squeeze(text, length);
}
