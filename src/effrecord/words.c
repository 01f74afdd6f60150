#include "effrecord/words.h"

#include "effrecord/text.h"

#include <stdlib.h>
#include <string.h>

#define BLANKS " \t\n"

/* Takes `word` over. */
static void append(struct effrecord_words *words, char *word)
{
    char **larger = effrecord_alloc(words->count + 2, sizeof *larger);
    if (words->count > 0)
        memcpy(larger, words->items, words->count * sizeof *larger);
    free(words->items);
    words->items = larger;
    words->items[words->count++] = word;
}

void effrecord_words_add(struct effrecord_words *words, const char *word)
{
    append(words, effrecord_text("%s", word));
}

/* Reads one word, *at its first character, into `word`, which is long enough. Afterwards *at is
 * behind it; -1 when the text ends in a quote. */
static int read_word(const char **at, char *word)
{
    char quote = '\0';
    size_t length = 0;
    const char *c = *at;
    for (; *c && (quote || !strchr(BLANKS, *c)); c++) {
        if (*c == quote) {
            quote = '\0';
        } else if (!quote && (*c == '\'' || *c == '"')) {
            quote = *c;
        } else {
            /* Between double quotes a backslash only stands for itself before other characters. */
            if (*c == '\\' && quote != '\'' && c[1] && (!quote || strchr("\"\\$`", c[1])))
                c++;
            word[length++] = *c;
        }
    }
    word[length] = '\0';
    *at = c;
    return quote ? -1 : 0;
}

int effrecord_words_split(struct effrecord_words *words, const char *text, struct ec_error *error)
{
    const char *at = text + strspn(text, BLANKS);
    while (*at) {
        const char *start = at;
        char *word = effrecord_alloc(strlen(at) + 1, 1);
        int rc = read_word(&at, word);
        append(words, word);
        if (rc < 0)
            return ec_error_set(error, "'%s', column %d: a quote is not closed", text,
                                effrecord_column(text, start));
        at += strspn(at, BLANKS);
    }
    return 0;
}

void effrecord_words_free(struct effrecord_words *words)
{
    for (size_t i = 0; i < words->count; i++)
        free(words->items[i]);
    free(words->items);
    *words = (struct effrecord_words){0};
}
