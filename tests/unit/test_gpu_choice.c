/* Lists of GPUs as CUDA_VISIBLE_DEVICES holds them. */
#include "cmocka_test.h"
#include "record/gpu_choice.h"

#include <stdio.h>
#include <string.h>

/* The choices as text, such as "1,2," or "GPU-a,". */
static const char *choices(const char *list)
{
    static char text[EFFREC_GPU_CHOICES * EFFREC_GPU_TEXT];
    struct effrec_gpu_choice chosen[EFFREC_GPU_CHOICES];
    int count = effrec_gpu_choices(list, chosen);
    size_t length = 0;
    text[0] = '\0';
    for (int i = 0; i < count; i++)
        length +=
            (size_t)(chosen[i].id[0] != '\0'
                         ? snprintf(text + length, sizeof text - length, "%s,", chosen[i].id)
                         : snprintf(text + length, sizeof text - length, "%d,", chosen[i].index));
    return text;
}

static void choices__numbers(void **state)
{
    (void)state;
    assert_string_equal(choices("0,1,2"), "0,1,2,");
    assert_string_equal(choices(" 3 , 1"), "3,1,");
    assert_string_equal(choices("1gpu2,2ampere"), "1,2,");
    assert_string_equal(choices("+1"), "1,");
}

static void choices__end_at_what_is_no_number(void **state)
{
    (void)state;
    assert_string_equal(choices("0,-1,1"), "0,");
    assert_string_equal(choices("0,gpu,1"), "0,");
    assert_string_equal(choices("0,,1"), "0,");
    assert_string_equal(choices("-1"), "");
    assert_string_equal(choices("NoDevFiles"), "");
    assert_string_equal(choices(""), "");
    assert_string_equal(choices("99999999999"), "");
}

static void choices__one_that_comes_twice_leaves_none(void **state)
{
    (void)state;
    assert_string_equal(choices("1,2,1"), "");
    assert_string_equal(choices("GPU-a,GPU-a"), "");
}

static void choices__uuids_of_one_kind(void **state)
{
    (void)state;
    assert_string_equal(choices("GPU-a,GPU-b"), "GPU-a,GPU-b,");
    assert_string_equal(choices("GPU-a,1,GPU-b"), "GPU-a,");
    assert_string_equal(choices("MIG-a,GPU-b"), "MIG-a,");
    assert_string_equal(choices("0,GPU-b"), "0,");
}

static void choices__pci_addresses(void **state)
{
    (void)state;
    assert_string_equal(choices("0000:3b:00.0,0000:5e:00.0"), "0000:3b:00.0,0000:5e:00.0,");
}

static void choices__no_more_than_there_is_room_for(void **state)
{
    (void)state;
    char list[1000] = "0";
    for (int i = 1; i < 2 * EFFREC_GPU_CHOICES; i++)
        snprintf(list + strlen(list), sizeof list - strlen(list), ",%d", i);
    struct effrec_gpu_choice chosen[EFFREC_GPU_CHOICES];
    assert_int_equal(effrec_gpu_choices(list, chosen), EFFREC_GPU_CHOICES);
    char text[EFFREC_GPU_TEXT + 10] = "GPU-";
    memset(text + 4, 'x', sizeof text - 5);
    text[sizeof text - 1] = '\0';
    assert_int_equal(effrec_gpu_choices(text, chosen), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(choices__numbers),
        cmocka_unit_test(choices__end_at_what_is_no_number),
        cmocka_unit_test(choices__one_that_comes_twice_leaves_none),
        cmocka_unit_test(choices__uuids_of_one_kind),
        cmocka_unit_test(choices__pci_addresses),
        cmocka_unit_test(choices__no_more_than_there_is_room_for),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
