/* The name that a mistyped word most likely meant.
 *
 * Optimal string alignment distance (Damerau 1964): insertions, deletions, substitutions and swaps
 * of neighbours cost 1 each; letters that differ only in case, and '-' for '_', cost nothing.
 */
#ifndef EC_COMMON_NEAREST_H
#define EC_COMMON_NEAREST_H

#include <stddef.h>

/* Remembers the best candidate so far. Start it with the mistyped word and best = NULL. */
struct ec_nearest {
    const char *word;
    size_t word_length;
    const char *best;  /* NULL: nothing is near enough */
    unsigned distance; /* of best */
};

/* Offers a candidate. It becomes `best` when it is nearer than the best one so far and near enough:
 * at most a third of the word's letters (at least one) are wrong, or the word is its beginning. The
 * pointer is kept, not copied. */
void ec_nearest_offer(struct ec_nearest *nearest, const char *candidate);

#endif
