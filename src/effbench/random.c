#include "effbench/random.h"

/* splitmix64, the generator that its authors recommend for filling the state. */
static uint64_t mix(uint64_t *state)
{
    uint64_t z = (*state += 0x9e3779b97f4a7c15u);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

static uint64_t rotate_left(uint64_t x, int by)
{
    return (x << by) | (x >> (64 - by));
}

void eb_random_seed(struct eb_random *random, uint64_t seed, uint64_t stream)
{
    uint64_t state = mix(&seed) ^ stream;
    for (int i = 0; i < 4; i++)
        random->state[i] = mix(&state);
}

uint64_t eb_random_next(struct eb_random *random)
{
    uint64_t *s = random->state;
    uint64_t result = rotate_left(s[1] * 5, 7) * 9;
    uint64_t shifted = s[1] << 17;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= shifted;
    s[3] = rotate_left(s[3], 45);
    return result;
}

int eb_random_below(struct eb_random *random, int bound)
{
    uint64_t n = (uint64_t)bound;
    uint64_t limit = UINT64_MAX - UINT64_MAX % n; /* a multiple of n: no value is favoured */
    uint64_t value;
    do
        value = eb_random_next(random);
    while (value >= limit);
    return (int)(value % n);
}

eb_real eb_random_uniform(struct eb_random *random, eb_real scale)
{
    /* 24 bits: exact in a float. */
    double unit = (double)(eb_random_next(random) >> 40) / 16777216.0;
    return scale * (eb_real)(2 * unit - 1);
}

void eb_random_shuffle(struct eb_random *random, int *items, int count)
{
    for (int i = count - 1; i > 0; i--) {
        int other = eb_random_below(random, i + 1);
        int item = items[i];
        items[i] = items[other];
        items[other] = item;
    }
}
