/* Any bytes as Hydra's list of overrides, and as a configuration of efficiency tracking: they are
 * taken, or refused with the place of the mistake. */
#include "effrecord/switch.h"
#include "load/overrides.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_overrides(const char *text, size_t size)
{
    static const char *const patterns[] = {EC_OVERRIDES_PREFIX "*"};
    struct ec_runset *runset = ec_runset_new();
    struct ec_arena texts = {0};
    struct ec_fields fields = {0};
    const struct ec_overrides overrides = {runset, patterns, 1, &texts};
    json_error_t error = {0};
    bool taken = ec_overrides_read(&overrides, text, size, &fields, &error);
    if (taken != (error.text[0] == '\0'))
        abort();
    if (!taken && (error.line < 1 || error.column < 1 || fields.field_count > 0))
        abort();
    for (size_t i = 0; i < fields.field_count; i++)
        for (size_t j = 0; j < i; j++)
            if (fields.fields[i].column == fields.fields[j].column)
                abort();
    ec_fields_free(&fields);
    ec_arena_free(&texts);
    ec_runset_free(runset);
}

static void check_switch(const uint8_t *data, size_t size)
{
    char path[64];
    struct ec_error error = {0};
    bool enabled = false;
    int fd = memfd_create("switch", MFD_CLOEXEC);
    if (fd < 0 || write(fd, data, size) != (ssize_t)size)
        abort();
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    int rc = effrecord_switch_read(path, &enabled, &error);
    if ((rc < 0) != (error.text[0] != '\0') || (rc < 0 && enabled))
        abort();
    close(fd);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    check_overrides((const char *)data, size);
    check_switch(data, size);
    return 0;
}
