#include "record/gpu_choice.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* "GPU-", "MIG-", ":" for PCI addresses or "" for numbers. */
static const char *kind_of(const char *entry)
{
    if (strncmp(entry, "GPU-", 4) == 0)
        return "GPU-";
    if (strncmp(entry, "MIG-", 4) == 0)
        return "MIG-";
    return strchr(entry, ':') ? ":" : "";
}

/* Reads one entry; false: it ends the list. */
static bool read_entry(char *entry, const char *kind, struct effrec_gpu_choice *ret_choice)
{
    while (isspace((unsigned char)*entry))
        entry++;
    size_t length = strlen(entry);
    while (length > 0 && isspace((unsigned char)entry[length - 1]))
        entry[--length] = '\0';
    *ret_choice = (struct effrec_gpu_choice){.index = -1};
    if (kind[0] != '\0') {
        if (strcmp(kind_of(entry), kind) != 0 || length >= sizeof ret_choice->id)
            return false;
        memcpy(ret_choice->id, entry, length + 1);
        return true;
    }
    if (*entry == '+')
        entry++;
    if (!isdigit((unsigned char)*entry) || strspn(entry, "0123456789") > 6)
        return false;
    ret_choice->index = atoi(entry);
    return true;
}

static bool is_double(const struct effrec_gpu_choice *choices, int count)
{
    for (int i = 0; i < count; i++)
        if (choices[i].index == choices[count].index &&
            strcmp(choices[i].id, choices[count].id) == 0)
            return true;
    return false;
}

int effrec_gpu_choices(const char *list, struct effrec_gpu_choice *ret_choices)
{
    char *copy = strdup(list), *rest = copy;
    int count = 0;
    const char *kind = NULL;
    for (char *entry; copy && count < EFFREC_GPU_CHOICES && (entry = strsep(&rest, ","));) {
        if (!kind)
            kind = kind_of(entry + strspn(entry, " \t"));
        if (!read_entry(entry, kind, &ret_choices[count]))
            break;
        if (is_double(ret_choices, count)) {
            count = 0;
            break;
        }
        count++;
    }
    free(copy);
    return count;
}
