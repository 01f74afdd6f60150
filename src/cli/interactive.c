#include "cli/interactive.h"

#include "base/memory.h"
#include "load/overrides.h"
#include "tui/browse.h"

#include <stdlib.h>
#include <unistd.h>

/* Options that do not make the query, for showing the equivalent command line. */
struct settings {
    struct ec_setting *items;
    size_t count, capacity;
};

static void add(struct settings *settings, const char *name, const char *value)
{
    settings->items =
        ec_grow(settings->items, settings->count, &settings->capacity, sizeof *settings->items);
    settings->items[settings->count++] = (struct ec_setting){name, value};
}

static void add_each(struct settings *settings, const char *name, const struct ec_strings *values)
{
    for (size_t i = 0; i < values->count; i++)
        add(settings, name, values->items[i]);
}

/* Which records to look at. */
static void add_records(struct settings *settings, const struct ec_options *options,
                        struct ec_arena *arena)
{
    add_each(settings, "name", &options->names);
    add_each(settings, "join", &options->joins);
    if (options->max_depth >= 0)
        add(settings, "max-depth", ec_arena_printf(arena, "%d", options->max_depth));
    if (options->keep_zeros)
        add(settings, "keep-zeros", NULL);
}

/* How documents look. */
static void add_document(struct settings *settings, const struct ec_render_options *document,
                         struct ec_arena *arena)
{
    if (document->caption)
        add(settings, "caption", document->caption);
    if (document->label)
        add(settings, "caption-label", document->label);
    if (document->spread_form != EC_SPREAD_PM)
        add(settings, "spread-form", ec_options_words("NOTATION")[document->spread_form]);
    if (document->text_width > 0)
        add(settings, "text-width", ec_arena_printf(arena, "%.10gbp", document->text_width));
    if (document->plot)
        add(settings, "plot", document->plot);
    if (document->standalone)
        add(settings, "standalone", NULL);
}

int ec_cli_interactive(struct ec_options *options, const struct ec_load_options *load, bool color,
                       ec_cli_print *print, struct ec_error *error)
{
    struct ec_arena arena = {0};
    struct settings settings = {0};
    struct ec_strings beside = {0};
    add_records(&settings, options, &arena);
    add_document(&settings, &options->document, &arena);
    for (size_t i = 0; i < load->beside_count; i++)
        ec_strings_add(&beside, load->beside[i]);
    /* Columns can be added, and the detail pane shows all. */
    ec_strings_add(&beside, "*");
    ec_strings_add(&beside, EC_OVERRIDES_PREFIX "*");
    struct ec_query query = ec_options_query(options);
    query.unasked = EC_OVERRIDES_PREFIX; /* as on the command line, -c all does not mean them */
    char *directory = getcwd(NULL, 0);
    struct ec_browse_options browse = {
        .model = {.query = query,
                  .document = options->document,
                  .settings = settings.items,
                  .setting_count = settings.count,
                  .paths = {options->paths.items, options->paths.count},
                  .directory = directory,
                  .watch = options->watch},
        .load = *load,
        .color = color,
        .print = print,
        .context = options,
    };
    browse.load.beside = beside.items;
    browse.load.beside_count = beside.count;
    int status = ec_browse(&browse, error);
    free(directory);
    free(settings.items);
    free(beside.items);
    ec_arena_free(&arena);
    return status;
}
