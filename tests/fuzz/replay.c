/* Runs a fuzz target on every file of the folders in argv: the seeds, in the ordinary suite.
 *
 * Each input is copied to an allocation of its exact size, so that a sanitizer sees a read past its
 * end. Exits with 1 when a folder cannot be read or holds nothing.
 */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int replay(const char *folder, const char *name)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "rb");
    if (!file || fseek(file, 0, SEEK_END) != 0) {
        perror(path);
        return -1;
    }
    size_t size = (size_t)ftell(file);
    rewind(file);
    uint8_t *data = malloc(size ? size : 1);
    int status = data && fread(data, 1, size, file) == size ? 0 : -1;
    fclose(file);
    if (status == 0)
        LLVMFuzzerTestOneInput(data, size);
    free(data);
    return status;
}

static int replay_folder(const char *folder)
{
    DIR *dir = opendir(folder);
    int count = 0;
    if (!dir) {
        perror(folder);
        return -1;
    }
    for (struct dirent *entry = readdir(dir); entry; entry = readdir(dir)) {
        if (entry->d_name[0] == '.')
            continue;
        if (replay(folder, entry->d_name) != 0) {
            closedir(dir);
            return -1;
        }
        count++;
    }
    closedir(dir);
    printf("%s: %d inputs\n", folder, count);
    return count > 0 ? 0 : -1;
}

int main(int argc, char **argv)
{
    for (int i = 1; i < argc; i++)
        if (replay_folder(argv[i]) != 0)
            return 1;
    return argc > 1 ? 0 : 1;
}
