/* The PATH operands: the default, and lists of paths on standard input. */
#ifndef EC_CLI_PATHS_H
#define EC_CLI_PATHS_H

#include "base/arena.h"
#include "cli/options.h"
#include "common/error.h"

/* Where runs are looked for when nobody says where: the layout of open-unlearning. */
#define EC_DEFAULT_PATH "saves/unlearn"

/* -1 with *error set for an empty one: what an unset variable of a shell leaves is not the working
 * directory. */
int ec_paths_check(const char *path, struct ec_error *error);

/* Puts the default in place of no paths, and those of standard input in place of "-": one a line
 * (empty lines are left out; a carriage return at a line's end too), or each ended by a NUL, as
 * find -print0 writes them. New strings are in the arena. -1 with *error set when a path
 * is empty, or standard input cannot be read or holds no path. */
int ec_paths_read(struct ec_strings *paths, struct ec_arena *arena, struct ec_error *error);

#endif
