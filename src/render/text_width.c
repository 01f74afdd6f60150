#include "render/text_width.h"

#include "base/utf8.h"

#include <math.h>

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

/* The bytes of the first cluster of harmless text that is not empty, and its width. */
static size_t measure_cluster(struct ec_str text, double *ret_width)
{
    unsigned char c = (unsigned char)*text.ptr;
    bool plain = c >= ' ' && c <= '~';
    int columns;
    if (plain && (text.len == 1 || (unsigned char)text.ptr[1] < 0x80)) {
        *ret_width = widths[c - ' '] / 1000.0;
        return 1;
    }
    size_t length = ec_utf8_cluster(text, &columns);
    *ret_width = length == 1 && plain ? widths[c - ' '] / 1000.0 : columns * OTHER;
    return length;
}

/* How much of the text is at most `most` wide, and its width. */
static size_t measure(struct ec_str text, double most, double *ret_width)
{
    size_t at = 0;
    double sum = 0, width;
    while (at < text.len) {
        size_t length = measure_cluster((struct ec_str){text.ptr + at, text.len - at}, &width);
        if (sum + width > most)
            break;
        sum += width;
        at += length;
    }
    *ret_width = sum;
    return at;
}

double ec_text_width(struct ec_str text)
{
    struct ec_arena arena = {0};
    double width;
    measure(ec_utf8_harmless(text, &arena), INFINITY, &width);
    ec_arena_free(&arena);
    return width;
}

struct ec_str ec_text_head(struct ec_str text, double width)
{
    return (struct ec_str){text.ptr, measure(text, width, &width)};
}
