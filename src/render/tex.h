/* Text and numbers for LaTeX.
 *
 * What is written shows the text exactly, with pdflatex and its standard fonts (OT1 or T1
 * encoding), XeLaTeX and LuaLaTeX, in text mode and in moving arguments. It needs no package.
 */
#ifndef EC_RENDER_TEX_H
#define EC_RENDER_TEX_H

#include "base/arena.h"
#include "base/out.h"

struct ec_tex_style {
    bool breaks; /* allow line breaks after _ / . :, within CamelCase, before code points */
    /* Characters that pdflatex's standard fonts lack go through the macro \ecuni (EC_TEX_UNICODE),
     * which the document can define its own way; false: they are written as U+4E2D. */
    bool macro;
};

/* Writes the harmless form (base/utf8.h) of any bytes. */
void ec_tex_write(struct ec_out *out, struct ec_str text, struct ec_tex_style style);

/* Whether text holds characters that pdflatex's standard fonts lack. */
bool ec_tex_lacks_glyphs(struct ec_str text);

/* Harmless text as it is shown without \ecuni: the characters that the fonts lack are "U+4E2D". In
 * the arena. */
struct ec_str ec_tex_spell(struct ec_str text, struct ec_arena *arena);

/* Defines \ecuni{CODE}{CHARACTER} unless the document has. */
extern const char EC_TEX_UNICODE[];

/* A number as ec_format_cell writes it, for math mode: 1.93e+15 becomes 1.93 \times 10^{15}. */
void ec_tex_write_number(struct ec_out *out, struct ec_str number);

/* What follows the "e" of such a number, without a plus and zeros in front: "8", "-5". */
void ec_tex_write_exponent(struct ec_out *out, struct ec_str exponent);

/* The command that stands for a character: "\\alpha" for U+03B1; NULL when there is none. */
const char *ec_tex_command(int32_t code);
/* The reverse, by the command's name without the backslash: -1 when there is none. */
int32_t ec_tex_character(struct ec_str command);

#endif
