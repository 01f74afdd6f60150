/* Whether the record scanner and jansson give the same answer for the same bytes. */
#ifndef SCAN_AGREEMENT_H
#define SCAN_AGREEMENT_H

#include <stddef.h>
#include <stdint.h>

/* Scans the bytes and has jansson parse them. The bytes may hold several records, separated by
 * NULs: one scanner reads them in turn, as it does in a tree. Prints what differs on standard error
 * and aborts if anything does. Returns how many records were accepted. */
int scan_assert_agreement(const uint8_t *bytes, size_t length);

#endif
