#include "recorder_fixture.h"

#include "cmocka_test.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int recorder_setup(void **state)
{
    char template[] = "/tmp/test-recorder-XXXXXX";
    unsetenv("EFFREC_DISABLE");
    unsetenv("EFFREC_HANDOVER");
    if (!mkdtemp(template) || chdir(template) < 0)
        return -1;
    *state = strdup(template);
    return *state ? 0 : -1;
}

int recorder_teardown(void **state)
{
    char command[PATH_MAX];
    snprintf(command, sizeof command, "rm -rf '%s'", (char *)*state);
    free(*state);
    return chdir("/") < 0 || system(command) != 0 ? -1 : 0;
}

effrec_t *open_quietly(void)
{
    effrec_options options = EFFREC_OPTIONS_INIT;
    options.heartbeat_seconds = -1;
    effrec_t *recorder = NULL;
    assert_int_equal(effrec_open(&options, &recorder), 0);
    assert_non_null(recorder);
    return recorder;
}

json_t *load(const char *path)
{
    json_t *record = json_load_file(path, 0, NULL);
    assert_non_null(record);
    return record;
}

const char *text(const json_t *record, const char *key)
{
    const char *value = json_string_value(json_object_get(record, key));
    return value ? value : "(none)";
}

double number(const json_t *record, const char *key)
{
    return json_number_value(json_object_get(record, key));
}
