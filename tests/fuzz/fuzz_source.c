/* Reads any bytes as a file that effcompare wrote. */
#include "load/source.h"

#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    enum ec_source source = ec_source_detect((const char *)data, size);
    if (source == EC_SOURCE_NONE)
        source = (enum ec_source)(EC_SOURCE_JSON + size % 4);
    int fd = memfd_create("source", MFD_CLOEXEC);
    if (fd < 0 || write(fd, data, size) != (ssize_t)size)
        abort();
    const char *const paths[] = {"s", "t"};
    const struct ec_load_options options = {.paths = paths, .path_count = 2, .threads = 1};
    const struct ec_record_file file = {.path = ec_str("s"), .name = ec_str("s")};
    struct ec_runset *runset = ec_runset_new();
    ec_source_read(runset, &options, source, &file, fd, 0);
    close(fd);
    ec_runset_finish(runset);
    for (size_t row = 0; row < ec_runset_count(runset); row++)
        if (strncmp(ec_runset_run(runset, row).name.ptr, "s/", 2) != 0)
            abort();
    ec_runset_free(runset);
    return 0;
}
