/* Any bytes as every text of a table: JSON and NDJSON parse and give the text back, an HTML page
 * has no more markup than with harmless text, CSV has its cells. */
#include "base/utf8.h"
#include "hostile_table.h"

#include <csv.h>
#include <jansson.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* ec_out_free the result. */
static struct ec_out render(struct ec_str text, const char *format)
{
    return hostile_render(text, format, &(struct ec_render_options){0});
}

static json_t *parse(const char *bytes, size_t length)
{
    json_t *json = json_loadb(bytes, length, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, NULL);
    if (!json)
        abort();
    return json;
}

static void check_row(const json_t *row, struct ec_str text)
{
    const json_t *name = json_object_get(row, "name");
    const json_t *bytes = json_object_get(row, "name_bytes");
    struct ec_str got = {json_string_value(name), json_string_length(name)};
    if (ec_utf8_is_valid(text) ? bytes || !ec_str_equal(got, text)
                               : json_string_length(bytes) != 2 * text.len)
        abort();
}

static void check_json(struct ec_str text)
{
    struct ec_out out = render(text, "json");
    json_t *document = parse(out.buffer, out.length);
    check_row(json_array_get(json_object_get(document, "rows"), 0), text);
    json_decref(document);
    ec_out_free(&out);
}

static void check_ndjson(struct ec_str text)
{
    struct ec_out out = render(text, "ndjson");
    const char *at = out.buffer, *end = at + out.length;
    for (int line = 0; line < 4; line++) {
        const char *newline = memchr(at, '\n', (size_t)(end - at));
        if (!newline)
            abort();
        json_t *json = parse(at, (size_t)(newline - at));
        if (line == 1)
            check_row(json, text);
        json_decref(json);
        at = newline + 1;
    }
    if (at != end)
        abort();
    ec_out_free(&out);
}

/* How often a page has c; `end` is its end, or where its script begins. */
static size_t count(const struct ec_out *page, char c, const char *end)
{
    size_t found = 0;
    for (const char *at = page->buffer; (at = memchr(at, c, (size_t)(end - at))); at++)
        found++;
    return found;
}

struct markup {
    size_t less, greater, quotes;
};

static struct markup count_markup(struct ec_str text)
{
    struct ec_out page = render(text, "html");
    const char *script = memmem(page.buffer, page.length, "<script type", 12);
    struct markup markup = {count(&page, '<', page.buffer + page.length), count(&page, '>', script),
                            count(&page, '"', script)};
    ec_out_free(&page);
    return markup;
}

static void check_html(struct ec_str text)
{
    static struct markup harmless; /* the same for every input */
    if (harmless.less == 0)
        harmless = count_markup(ec_str("x"));
    struct markup markup = count_markup(text);
    if (memcmp(&markup, &harmless, sizeof markup) != 0)
        abort();
}

static void on_cell(void *bytes, size_t length, void *cells)
{
    (void)bytes, (void)length;
    ++*(size_t *)cells;
}

static void check_csv(struct ec_str text)
{
    enum { LINES = 4, CELLS = 3 };
    struct ec_out out = render(text, "csv");
    struct csv_parser parser;
    size_t cells = 0;
    csv_init(&parser, CSV_STRICT | CSV_STRICT_FINI);
    if (csv_parse(&parser, out.buffer, out.length, on_cell, NULL, &cells) != out.length ||
        csv_fini(&parser, on_cell, NULL, &cells) != 0 || cells != (size_t)LINES * CELLS)
        abort();
    csv_free(&parser);
    ec_out_free(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ec_str text = {(const char *)data, size};
    check_json(text);
    check_ndjson(text);
    check_html(text);
    check_csv(text);
    return 0;
}
