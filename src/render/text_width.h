/* How wide text is in print, for formats that must place or fit it without a typesetter.
 *
 * The widths are Helvetica's (and so those of Arial, Liberation Sans and Nimbus Sans), in which the
 * plots are set; Times and Computer Modern are a little narrower. Other characters are taken for
 * 0.62 em for each terminal column, which is on the safe side.
 */
#ifndef EC_RENDER_TEXT_WIDTH_H
#define EC_RENDER_TEXT_WIDTH_H

#include "base/value.h"

/* In em: times the font size it is the width in the size's unit. Text is made harmless first. */
double ec_text_width(struct ec_str text);
/* The longest beginning of harmless text, of whole clusters, that is at most this many em wide. */
struct ec_str ec_text_head(struct ec_str text, double width);

#endif
