#include "cli/interactive.h"

#include "tui/browse.h"

#include <stdlib.h>

static void add_each(struct ec_strings *words, const char *option, const struct ec_strings *values)
{
    for (size_t i = 0; i < values->count; i++) {
        ec_strings_add(words, option);
        ec_strings_add(words, values->items[i]);
    }
}

/* The words of a command line that says which records to look at. */
static void add_words(struct ec_strings *words, const struct ec_options *options,
                      struct ec_arena *arena)
{
    ec_strings_add(words, "effcompare");
    add_each(words, "--name", &options->names);
    add_each(words, "--join", &options->joins);
    if (options->max_depth >= 0) {
        ec_strings_add(words, "--max-depth");
        ec_strings_add(words, ec_arena_printf(arena, "%d", options->max_depth));
    }
    if (options->keep_zeros)
        ec_strings_add(words, "--keep-zeros");
}

int ec_cli_interactive(struct ec_options *options, const struct ec_load_options *load, bool color,
                       ec_cli_print *print, struct ec_error *error)
{
    struct ec_arena arena = {0};
    struct ec_strings words = {0}, beside = {0};
    add_words(&words, options, &arena);
    for (size_t i = 0; i < load->beside_count; i++)
        ec_strings_add(&beside, load->beside[i]);
    ec_strings_add(&beside, "*"); /* columns can be added, and the detail pane shows all */
    struct ec_browse_options browse = {
        .model = {.query = ec_options_query(options),
                  .before = {words.items, words.count},
                  .paths = {options->paths.items, options->paths.count},
                  .watch = options->watch},
        .load = *load,
        .color = color,
        .print = print,
        .context = options,
    };
    browse.load.beside = beside.items;
    browse.load.beside_count = beside.count;
    int status = ec_browse(&browse, error);
    free(words.items);
    free(beside.items);
    ec_arena_free(&arena);
    return status;
}
