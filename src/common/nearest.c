#include "common/nearest.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

enum { LONGEST = 64 }; /* longer names are not worth guessing */

static unsigned min3(unsigned a, unsigned b, unsigned c)
{
    unsigned min = a < b ? a : b;
    return min < c ? min : c;
}

static char folded(char c)
{
    return c == '-' ? '_' : (char)tolower((unsigned char)c);
}

static unsigned distance(const char *a, size_t a_length, const char *b, size_t b_length)
{
    unsigned rows[3][LONGEST + 1]; /* the last two rows and the one being filled, in turn */
    for (size_t j = 0; j <= b_length; j++)
        rows[0][j] = (unsigned)j;
    for (size_t i = 1; i <= a_length; i++) {
        unsigned *row = rows[i % 3], *above = rows[(i + 2) % 3], *above2 = rows[(i + 1) % 3];
        row[0] = (unsigned)i;
        for (size_t j = 1; j <= b_length; j++) {
            char x = folded(a[i - 1]), y = folded(b[j - 1]);
            row[j] = min3(above[j] + 1, row[j - 1] + 1, above[j - 1] + (x != y));
            if (i > 1 && j > 1 && x == folded(b[j - 2]) && folded(a[i - 2]) == y &&
                above2[j - 2] + 1 < row[j])
                row[j] = above2[j - 2] + 1;
        }
    }
    return rows[a_length % 3][b_length];
}

void ec_nearest_offer(struct ec_nearest *nearest, const char *candidate)
{
    size_t length = strlen(candidate);
    if (nearest->word_length == 0 || nearest->word_length > LONGEST || length > LONGEST)
        return;
    unsigned wrong = distance(nearest->word, nearest->word_length, candidate, length);
    unsigned allowed = nearest->word_length < 6 ? 1 : (unsigned)nearest->word_length / 3;
    bool is_beginning = nearest->word_length >= 3 && length > nearest->word_length &&
                        strncmp(nearest->word, candidate, nearest->word_length) == 0;
    if (is_beginning)
        wrong = wrong < allowed ? wrong : allowed;
    if (wrong <= allowed && (!nearest->best || wrong < nearest->distance)) {
        nearest->best = candidate;
        nearest->distance = wrong;
    }
}
