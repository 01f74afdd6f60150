/* Letters with accents become accent commands, known signs become commands that every LaTeX knows,
 * and for the rest there is \ecuni. Raw UTF-8 would be shorter, but inputenc stops with an error at
 * each character that the font encoding lacks, and what that is depends on the document.
 */
#include "render/tex.h"

#include "base/utf8.h"

#include <stdlib.h>

/* pdflatex shows the code point; an engine with Unicode fonts shows the character where the current
 * font has it. */
const char EC_TEX_UNICODE[] =
    "\\providecommand*{\\ecuni}[2]{\\ifdefined\\Umathcode\\iffontchar\\font\"#1 #2\\else"
    "\\texttt{U+#1}\\fi\\else\\texttt{U+#1}\\fi}\n";

/* Sorted by code. */
static const struct {
    int32_t code;
    const char *command;
    bool math;
} commands[] = {
#define TEXT(code, command) {code, command, false},
#define MATH(code, command) {code, command, true},
#include "render/tex_commands.def"
#undef TEXT
#undef MATH
};

static int compare_code(const void *key, const void *element)
{
    int32_t code = *(const int32_t *)key, other = *(const int32_t *)element;
    return (code > other) - (code < other);
}

static size_t command_index(int32_t code)
{
    size_t count = sizeof commands / sizeof commands[0];
    const void *found = bsearch(&code, commands, count, sizeof commands[0], compare_code);
    return found ? (size_t)((const char *)found - (const char *)commands) / sizeof commands[0]
                 : count;
}

const char *ec_tex_command(int32_t code)
{
    size_t index = command_index(code);
    return index < sizeof commands / sizeof commands[0] ? commands[index].command : NULL;
}

int32_t ec_tex_character(struct ec_str command)
{
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++)
        if (commands[i].command[0] == '\\' &&
            ec_str_equal(ec_str(commands[i].command + 1), command))
            return commands[i].code;
    return -1;
}

/* The command that puts the combining mark on a letter; 0: none. All of them exist in OT1. */
static char accent_command(int32_t mark)
{
    static const struct {
        int32_t mark;
        char command;
    } accents[] = {{0x300, '`'}, {0x301, '\''}, {0x302, '^'}, {0x303, '~'}, {0x304, '='},
                   {0x306, 'u'}, {0x307, '.'},  {0x308, '"'}, {0x30a, 'r'}, {0x30b, 'H'},
                   {0x30c, 'v'}, {0x323, 'd'},  {0x327, 'c'}, {0x331, 'b'}};
    for (size_t i = 0; i < sizeof accents / sizeof accents[0]; i++)
        if (accents[i].mark == mark)
            return accents[i].command;
    return 0;
}

static bool is_letter(int32_t code)
{
    return (code >= 'a' && code <= 'z') || (code >= 'A' && code <= 'Z');
}

/* The letter at the beginning of text with the marks on it, decomposed. Returns its bytes, or 0
 * when there is no such letter. */
static size_t accented_letter(struct ec_str text, int32_t ret_codes[EC_UTF8_DECOMPOSED_MAX],
                              int *ret_count)
{
    int32_t code;
    size_t length = ec_utf8_decode(text, &code);
    int count = ec_utf8_decompose(code, ret_codes);
    while (length < text.len && count < EC_UTF8_DECOMPOSED_MAX) {
        size_t more = ec_utf8_decode((struct ec_str){text.ptr + length, text.len - length}, &code);
        if (!accent_command(code))
            break;
        ret_codes[count++] = code;
        length += more;
    }
    if (count < 2 || !is_letter(ret_codes[0]))
        return 0;
    for (int i = 1; i < count; i++)
        if (!accent_command(ret_codes[i]))
            return 0;
    *ret_count = count;
    return length;
}

/* \^{\'{e}}: the mark that was put on last is outermost. */
static void write_accented(struct ec_out *out, const int32_t *codes, int count)
{
    for (int i = count - 1; i > 0; i--)
        ec_out_printf(out, "\\%c{", accent_command(codes[i]));
    bool dotted = codes[0] == 'i' || codes[0] == 'j';
    ec_out_text(out, dotted ? "\\" : "");
    ec_out_char(out, (char)codes[0]);
    ec_out_fill(out, '}', (size_t)count - 1);
}

/* Writes the non-ASCII character at the beginning of harmless text; returns its bytes. `inside`: it
 * is not the first, so a line may end before it where it is shown as its long code point. */
static size_t write_character(struct ec_out *out, struct ec_str text, bool inside,
                              struct ec_tex_style style)
{
    int32_t codes[EC_UTF8_DECOMPOSED_MAX], code;
    int count;
    size_t length = accented_letter(text, codes, &count);
    if (length > 0) {
        write_accented(out, codes, count);
        return length;
    }
    length = ec_utf8_decode(text, &code);
    size_t index = command_index(code);
    bool known = index < sizeof commands / sizeof commands[0];
    if (!known && style.breaks && inside)
        ec_out_text(out, "\\allowbreak{}");
    if (known)
        ec_out_printf(out, commands[index].math ? "$%s$" : "%s{}", commands[index].command);
    else if (style.macro)
        ec_out_printf(out, "\\ecuni{%04X}{%.*s}", (unsigned)code, (int)length, text.ptr);
    else
        ec_out_printf(out, "\\texttt{U+%04X}", (unsigned)code);
    return length;
}

/* What stands for an ASCII character; NULL: itself. A bracket or a star could be taken for an
 * argument of the \\ before it. */
static const char *ascii_command(char c)
{
    static const char *const escapes[128] = {
        ['#'] = "\\#",
        ['$'] = "\\$",
        ['%'] = "\\%",
        ['&'] = "\\&",
        ['_'] = "\\_",
        ['{'] = "\\{",
        ['}'] = "\\}",
        ['~'] = "\\textasciitilde{}",
        ['^'] = "\\textasciicircum{}",
        ['\\'] = "\\textbackslash{}",
        ['<'] = "\\textless{}",
        ['>'] = "\\textgreater{}",
        ['|'] = "\\textbar{}",
        ['"'] = "\\symbol{34}",
        ['['] = "{[}",
        [']'] = "{]}",
        ['*'] = "{*}",
    };
    return escapes[(unsigned char)c];
}

/* Whether the fonts join the two into another sign, as -- into a dash. */
static bool is_ligature(char before, char c)
{
    if (c == '`' && (before == '!' || before == '?'))
        return true;
    return c == before && strchr("-'`,", c);
}

static bool is_small(char c)
{
    return c >= 'a' && c <= 'z';
}

/* Within GradAscent, but not within MiB. */
static bool may_break(char before, char c, char after)
{
    if (is_small(before))
        return c >= 'A' && c <= 'Z' && is_small(after);
    return before != '\0' && strchr("_/.:", before) && c != ' ';
}

/* Writes the ASCII character at the beginning of text, of which `before` is the one before it. */
static void write_ascii(struct ec_out *out, char before, struct ec_str text,
                        struct ec_tex_style style)
{
    char c = *text.ptr, after = text.len > 1 ? text.ptr[1] : '\0';
    const char *command = ascii_command(c);
    if (style.breaks && may_break(before, c, after))
        ec_out_text(out, "\\allowbreak{}");
    if (is_ligature(before, c))
        ec_out_text(out, "\\/"); /* braces would do, but not in LuaTeX */
    if (command)
        ec_out_text(out, command);
    else if (c == ' ' && (before == ' ' || before == '\0'))
        ec_out_text(out, "\\ ");
    else
        ec_out_char(out, c);
}

/* Whether the character at the beginning of text has combining marks after it. */
static bool marks_follow(struct ec_str text)
{
    int32_t codes[EC_UTF8_DECOMPOSED_MAX];
    int count;
    return text.len > 1 && (unsigned char)text.ptr[1] >= 0x80 &&
           accented_letter(text, codes, &count) > 0;
}

void ec_tex_write(struct ec_out *out, struct ec_str text, struct ec_tex_style style)
{
    struct ec_arena arena = {0};
    text = ec_utf8_harmless(text, &arena);
    char before = '\0';
    for (size_t at = 0; at < text.len;) {
        struct ec_str rest = {text.ptr + at, text.len - at};
        if ((unsigned char)*rest.ptr < 0x80 && !marks_follow(rest)) {
            write_ascii(out, before, rest, style);
            before = *rest.ptr;
            at++;
        } else {
            at += write_character(out, rest, at > 0, style);
            before = 'A'; /* as good as any letter: no ligature, no break */
        }
    }
    ec_arena_free(&arena);
}

bool ec_tex_lacks_glyphs(struct ec_str text)
{
    struct ec_out out;
    ec_out_to_memory(&out);
    ec_tex_write(&out, text, (struct ec_tex_style){.macro = true});
    ec_out_char(&out, '\0');
    bool lacks = strstr(out.buffer, "\\ecuni{") != NULL;
    ec_out_free(&out);
    return lacks;
}

struct ec_str ec_tex_spell(struct ec_str text, struct ec_arena *arena)
{
    struct ec_out out;
    ec_out_to_memory(&out);
    for (size_t at = 0; at < text.len;) {
        int32_t code, codes[EC_UTF8_DECOMPOSED_MAX];
        int count;
        struct ec_str rest = {text.ptr + at, text.len - at};
        size_t length = accented_letter(rest, codes, &count);
        bool known = length > 0;
        if (!known)
            length = ec_utf8_decode(rest, &code);
        if (known || code < 0x80 || ec_tex_command(code))
            ec_out_bytes(&out, rest.ptr, length);
        else
            ec_out_printf(&out, "U+%04X", (unsigned)code);
        at += length;
    }
    struct ec_str spelled = {ec_arena_strndup(arena, out.length ? out.buffer : "", out.length),
                             out.length};
    ec_out_free(&out);
    return spelled;
}

void ec_tex_write_exponent(struct ec_out *out, struct ec_str exponent)
{
    size_t at = 0;
    if (exponent.ptr[0] == '-')
        ec_out_char(out, '-');
    while (at + 1 < exponent.len && strchr("+-0", exponent.ptr[at]))
        at++;
    ec_out_bytes(out, exponent.ptr + at, exponent.len - at);
}

void ec_tex_write_number(struct ec_out *out, struct ec_str number)
{
    const char *exponent = memchr(number.ptr, 'e', number.len);
    if (!exponent) {
        ec_out_str(out, number);
        return;
    }
    size_t length = (size_t)(exponent - number.ptr);
    ec_out_bytes(out, number.ptr, length);
    ec_out_text(out, " \\times 10^{");
    struct ec_str power = {exponent + 1, (size_t)(number.ptr + number.len - exponent - 1)};
    ec_tex_write_exponent(out, power);
    ec_out_char(out, '}');
}
