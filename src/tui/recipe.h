/* What the view shows as a recipe: a command line, or a specification file (--spec).
 *
 * Both say the same options, one after the other; names are those of the long options.
 */
#ifndef EC_TUI_RECIPE_H
#define EC_TUI_RECIPE_H

#include "base/out.h"
#include "common/error.h"
#include "tui/view.h"

struct ec_setting {
    const char *name;  /* of the long option, without dashes; "path" for a PATH */
    const char *value; /* NULL: the option takes none */
};

/* Writes the view's options, each after a blank, quoted for a shell. */
void ec_recipe_write_options(struct ec_out *out, const struct ec_view *view);

/* Writes the command line that shows the view of these records. */
void ec_recipe_write_command(struct ec_out *out, const struct ec_setting *settings, size_t count,
                             const struct ec_view *view, struct ec_words paths);

/* Likewise the lines of a specification file. Paths in such files are relative to them, so relative
 * ones get `directory` and a slash before them unless that is NULL. -1 with *error set when a value
 * cannot stand in a line. */
int ec_recipe_write_spec(struct ec_out *out, const struct ec_setting *settings, size_t count,
                         const struct ec_view *view, struct ec_words paths, const char *directory,
                         struct ec_error *error);

#endif
