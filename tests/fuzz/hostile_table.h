/* A table in which every text is the same, for the targets that feed renderers. */
#ifndef HOSTILE_TABLE_H
#define HOSTILE_TABLE_H

#include "render/render.h"

/* The table with this text as every name, label, heading, value and note, as `format`. Aborts when
 * the renderer fails. ec_out_free the result. */
struct ec_out hostile_render(struct ec_str text, const char *format,
                             const struct ec_render_options *options);

#endif
