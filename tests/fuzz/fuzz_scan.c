/* Fuzz target: the record scanner agrees with jansson on any bytes. */
#include "scan_agreement.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    scan_assert_agreement(bytes, length);
    return 0;
}
