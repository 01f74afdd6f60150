/* Writes the table of keys that docs/guide.md shows, as Markdown; with a file, compares it with
 * what stands there between "<!-- keys -->" and "<!-- /keys -->" and exits with 1 when they differ.
 *
 *   keys-table [GUIDE] */
#include "tui/keys.h"

#include <stdio.h>
#include <stdlib.h>

static void write_keys(struct ec_out *out, const char *keys)
{
    const char *separator = "";
    for (uint32_t key = ec_key_next(&keys); key; key = ec_key_next(&keys)) {
        ec_out_text(out, separator);
        ec_out_text(out, key == '`' ? "`` ` ``" : "`");
        if (key != '`') {
            ec_key_write(out, key);
            ec_out_char(out, '`');
        }
        separator = " ";
    }
}

static void write_table(struct ec_out *out)
{
    for (const struct ec_action_entry *entry = ec_action_entries(); entry->heading || entry->action;
         entry++) {
        if (entry->heading) {
            ec_out_printf(out, "\n| %s | |\n|---|---|\n", entry->heading);
            continue;
        }
        const struct ec_action_info *info = ec_action_info(entry->action);
        ec_out_text(out, "| ");
        write_keys(out, info->keys);
        ec_out_printf(out, " | %s |\n", info->help);
    }
    ec_out_char(out, '\n');
}

static bool stands_in(const char *path, const struct ec_out *table)
{
    static const char start[] = "<!-- keys -->\n", end[] = "<!-- /keys -->";
    FILE *file = fopen(path, "rb");
    char *text = NULL;
    size_t length = 0;
    if (!file || getdelim(&text, &length, '\0', file) < 0) {
        perror(path);
        return false;
    }
    fclose(file);
    const char *found = strstr(text, start);
    const char *stop = found ? strstr(found, end) : NULL;
    found = found ? found + sizeof start - 1 : NULL;
    bool same = stop && (size_t)(stop - found) == table->length &&
                memcmp(found, table->buffer, table->length) == 0;
    free(text);
    return same;
}

int main(int argc, char **argv)
{
    struct ec_out table;
    ec_out_to_memory(&table);
    write_table(&table);
    int status = 0;
    if (argc > 1) {
        status = !stands_in(argv[1], &table);
        if (status)
            printf("%s does not hold the table that keys-table writes\n", argv[1]);
    } else {
        fwrite(table.buffer, 1, table.length, stdout);
    }
    ec_out_free(&table);
    return status;
}
