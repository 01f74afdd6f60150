#include "render/text_width.h"

#include "base/utf8.h"

/* From the font's metrics, in 1/1000 em, from the space on. */
static const short widths[] = {
    278,  278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278,
    278, /* space to / */
    556,  556, 556, 556, 556, 556, 556, 556, 556, 556, 278, 278, 584, 584, 584,
    556, /* 0 to ? */
    1015, 667, 667, 722, 722, 667, 611, 778, 722, 278, 500, 667, 556, 833, 722,
    778, /* @ to O */
    667,  778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 278, 278, 278, 469,
    556, /* P to _ */
    333,  556, 556, 500, 556, 556, 278, 556, 556, 222, 222, 500, 222, 833, 556,
    556,                                                                        /* ` to o */
    556,  556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334, 260, 334, 584, /* p to ~ */
};
static const double OTHER = 0.62;

double ec_text_width(struct ec_str text)
{
    struct ec_arena arena = {0};
    text = ec_utf8_harmless(text, &arena);
    double width = 0;
    for (size_t at = 0; at < text.len;) {
        struct ec_str rest = {text.ptr + at, text.len - at};
        int columns;
        size_t length = ec_utf8_cluster(rest, &columns);
        unsigned char c = (unsigned char)*rest.ptr;
        width += length == 1 && c >= ' ' && c <= '~' ? widths[c - ' '] / 1000.0 : columns * OTHER;
        at += length;
    }
    ec_arena_free(&arena);
    return width;
}
