/* The formats' own renderers, which render.c registers: one per file of this folder. */
#ifndef EC_RENDER_FORMATS_H
#define EC_RENDER_FORMATS_H

#include "render/render.h"

extern const struct ec_renderer ec_renderer_text;     /* text.c */
extern const struct ec_renderer ec_renderer_csv;      /* csv.c */
extern const struct ec_renderer ec_renderer_tsv;      /* csv.c */
extern const struct ec_renderer ec_renderer_markdown; /* markdown.c */
extern const struct ec_renderer ec_renderer_html;     /* html.c */
extern const struct ec_renderer ec_renderer_json;     /* json.c */
extern const struct ec_renderer ec_renderer_ndjson;   /* json.c */
extern const struct ec_renderer ec_renderer_latex;    /* latex.c */
extern const struct ec_renderer ec_renderer_typst;    /* typst.c */
extern const struct ec_renderer ec_renderer_svg;      /* svg.c */
extern const struct ec_renderer ec_renderer_pgfplots; /* pgfplots.c */

#endif
