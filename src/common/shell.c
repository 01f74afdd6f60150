#include "common/shell.h"

#include <stdbool.h>
#include <string.h>

static bool is_plain(const char *word, size_t length)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                "_-+=./:,@%";
    for (size_t i = 0; i < length; i++)
        if (!memchr(plain, word[i], sizeof plain - 1))
            return false;
    return length > 0;
}

void ec_shell_word(const char *word, size_t length, ec_shell_put *put, void *context)
{
    if (is_plain(word, length)) {
        put(context, word, length);
        return;
    }
    put(context, "'", 1);
    for (const char *end = word + length; word < end;) {
        const char *quote = memchr(word, '\'', (size_t)(end - word));
        put(context, word, (size_t)((quote ? quote : end) - word));
        if (quote)
            put(context, "'\\''", 4);
        word = quote ? quote + 1 : end;
    }
    put(context, "'", 1);
}
