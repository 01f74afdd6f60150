/* Any bytes as every text of a table: what people look at has no control characters and the same
 * structure as with harmless text. (fuzz_output.c: machine formats; fuzz_papers.c: typesetters.) */
#include "base/utf8.h"
#include "hostile_table.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct ec_str whole(const struct ec_out *out)
{
    return (struct ec_str){out->buffer, out->length};
}

static size_t count(const struct ec_out *out, char c)
{
    size_t found = 0;
    for (size_t i = 0; i < out->length; i++)
        found += out->buffer[i] == c;
    return found;
}

/* Every line is harmless, but for tabs where they separate cells. */
static void check_lines(const struct ec_out *out, bool tabs)
{
    for (size_t at = 0; at < out->length;) {
        size_t length = strcspn(out->buffer + at, tabs ? "\t\n" : "\n");
        if (at + length >= out->length ||
            !ec_utf8_is_harmless((struct ec_str){out->buffer + at, length}))
            abort();
        at += length + 1;
    }
}

static void check_text(struct ec_str text, int width)
{
    const struct ec_render_options options = {.width = width};
    struct ec_out out = hostile_render(text, "text", &options);
    struct ec_out harmless = hostile_render(ec_str("x"), "text", &options);
    ec_out_char(&out, '\0'), out.length--;
    check_lines(&out, false);
    if (count(&out, '\n') != count(&harmless, '\n'))
        abort();
    ec_out_free(&out);
    ec_out_free(&harmless);
}

/* Two tabs and a newline per line, whatever the text. */
static void check_tsv(struct ec_str text)
{
    struct ec_out out = hostile_render(text, "tsv", &(struct ec_render_options){0});
    ec_out_char(&out, '\0'), out.length--;
    check_lines(&out, true);
    if (count(&out, '\n') != 4 || count(&out, '\t') != 8)
        abort();
    ec_out_free(&out);
}

/* Cell borders: bars that no backslash escapes. */
static size_t count_bars(struct ec_str text)
{
    size_t found = 0;
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == '\\')
            i++;
        else
            found += text.ptr[i] == '|';
    }
    return found;
}

static void check_markdown(struct ec_str text)
{
    const struct ec_render_options options = {0};
    struct ec_out out = hostile_render(text, "markdown", &options);
    struct ec_out harmless = hostile_render(ec_str("x"), "markdown", &options);
    ec_out_char(&out, '\0'), out.length--;
    check_lines(&out, false);
    if (count(&out, '\n') != count(&harmless, '\n') ||
        count_bars(whole(&out)) != count_bars(whole(&harmless)) ||
        count(&out, '<') != count(&harmless, '<') || count(&out, '>') != count(&harmless, '>'))
        abort();
    ec_out_free(&out);
    ec_out_free(&harmless);
}

/* A plot shows its points' names where there is room, so the number of elements differs. But every
 * angle bracket and quote is of an element that the renderer writes. */
static void check_svg(struct ec_str text)
{
    static const char *const elements[] = {
        "svg",  "/svg",   "g",    "/g",    "line",   "text", "/text", "tspan", "/tspan",
        "path", "circle", "rect", "title", "/title", "desc", "/desc", "/rect", "/circle"};
    const struct ec_render_options options = {.plot = "bar:number"};
    struct ec_out out = hostile_render(text, "svg", &options);
    ec_out_char(&out, '\0'), out.length--;
    check_lines(&out, false);
    for (const char *p = out.buffer; (p = strpbrk(p, "<>"));) {
        size_t length = strcspn(p + 1, " >");
        bool known = false;
        for (size_t i = 0; i < sizeof elements / sizeof *elements; i++)
            known |= *p == '<' && ec_str_equal((struct ec_str){p + 1, length}, ec_str(elements[i]));
        p += strcspn(p, ">");
        if (!known || *p != '>')
            abort();
        p++;
    }
    ec_out_free(&out);
}

/* Braces and dollars are in pairs, but for escaped ones and comments. */
static void check_pgfplots(struct ec_str text)
{
    const struct ec_render_options options = {.plot = "bar:number"};
    struct ec_out out = hostile_render(text, "pgfplots", &options);
    ec_out_char(&out, '\0'), out.length--;
    check_lines(&out, false);
    long depth = 0, dollars = 0;
    for (const char *p = out.buffer; *p; p++) {
        if (*p == '%')
            p += strcspn(p, "\n");
        else if (*p == '\\')
            p++;
        else if (*p == '}' && --depth < 0)
            abort();
        depth += *p == '{' && p[-1] != '\\';
        dollars += *p == '$' && p[-1] != '\\';
    }
    if (depth != 0 || dollars % 2 != 0)
        abort();
    ec_out_free(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ec_str text = {(const char *)data, size};
    if (size == 0 || memchr(data, '\0', size)) /* a text that ends early is another test's */
        return 0;
    check_text(text, 0);
    check_text(text, 60);
    check_tsv(text);
    check_markdown(text);
    check_svg(text);
    check_pgfplots(text);
    return 0;
}
