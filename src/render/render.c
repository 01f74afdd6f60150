#include "render/render.h"

#include "render/formats.h"

#include <strings.h>

static const struct ec_renderer *const renderers[] = {
    &ec_renderer_text,
    &ec_renderer_csv,
    &ec_renderer_tsv,
    &ec_renderer_markdown,
    &ec_renderer_html,
    &ec_renderer_json,
    &ec_renderer_ndjson,
    &ec_renderer_latex,
    &ec_renderer_typst,
    &ec_renderer_svg,
    &ec_renderer_pgfplots,
    NULL,
};

const struct ec_renderer *const *ec_renderers(void)
{
    return renderers;
}

const struct ec_renderer *ec_renderer_find(const char *name)
{
    for (const struct ec_renderer *const *at = renderers; *at; at++)
        if (strcmp((*at)->name, name) == 0)
            return *at;
    return NULL;
}

static bool ends_with(const char *path, const char *suffix)
{
    size_t length = strlen(path), suffix_length = strlen(suffix);
    return length > suffix_length && path[length - suffix_length - 1] != '/' &&
           strcasecmp(path + length - suffix_length, suffix) == 0;
}

const struct ec_renderer *ec_renderer_for_file(const char *path)
{
    for (const struct ec_renderer *const *at = renderers; *at; at++)
        for (const char *const *suffix = (*at)->suffixes; *suffix; suffix++)
            if (ends_with(path, *suffix))
                return *at;
    return NULL;
}
