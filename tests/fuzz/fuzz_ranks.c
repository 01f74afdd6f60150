/* Merging the records of ranks: the input is what their files hold, one JSON text per line. */
#include "ranks/merge.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static uint64_t no_process(int64_t pid)
{
    (void)pid;
    return 0;
}

static void check(const json_t *merged)
{
    json_int_t present = json_integer_value(json_object_get(merged, "ranks_present"));
    const json_t *expected = json_object_get(merged, "ranks_expected");
    if (present < 1 || (expected && json_integer_value(expected) < present))
        abort();
    if (!json_is_string(json_object_get(merged, "status")) || json_object_get(merged, "rank"))
        abort();
    char *text = json_dumps(merged, 0);
    if (!text)
        abort();
    json_t *again = json_loads(text, 0, NULL);
    if (!again)
        abort();
    json_decref(again);
    free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct ec_machine machine = {.host = "h", .boot_id = "b"};
    static const struct ec_liveness_here here = {&machine, 1e9, no_process};
    json_t *records = json_array(), *merged = NULL;
    for (size_t at = 0; at < size;) {
        const uint8_t *end = memchr(data + at, '\n', size - at);
        size_t length = end ? (size_t)(end - data) - at : size - at;
        json_t *record = json_loadb((const char *)data + at, length, 0, NULL);
        if (record)
            json_array_append_new(records, record);
        at += length + 1;
    }
    int rc = ec_ranks_merge(records, &here, &merged);
    if (rc == 0)
        check(merged);
    else if (rc != -ENOENT)
        abort(); /* out of memory is not what happens here */
    json_decref(merged);
    json_decref(records);
    return 0;
}
