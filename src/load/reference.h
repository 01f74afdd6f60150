/* What jansson says of a record's bytes.
 *
 * The scanner (load/scan.h) is what reads records; jansson is what it must agree with, and it has
 * the better messages, so a record that the scanner refuses is shown to jansson for the reason.
 */
#ifndef EC_LOAD_REFERENCE_H
#define EC_LOAD_REFERENCE_H

#include "load/scan.h"

#include <jansson.h>

/* How jansson reads records: NULs are allowed in strings, integers of any size are numbers. */
#define EC_REFERENCE_FLAGS ((size_t)JSON_ALLOW_NUL | (size_t)JSON_DECODE_INT_AS_REAL)

/* Parses text[0..length). What Python writes beyond JSON is made acceptable first: a byte order
 * mark is left out, NaN and the infinities are read as zeros. Returns NULL when jansson refuses it,
 * with reason, line and column in *ret_error; the caller frees with json_decref. */
json_t *ec_reference_parse(const char *text, size_t length, json_error_t *ret_error);

/* Hands the members of an object to the sink as ec_scan does, each once, in the order of their
 * first appearance. Texts point into `object`. */
void ec_reference_replay(const json_t *object, const struct ec_scan_sink *sink);

/* For a text that the scanner refused: what jansson accepts goes to the sink. Returns the object,
 * to be freed by the caller when its texts are not needed any more, or NULL with the reason in
 * *ret_error; line and column are 0 where they do not matter. */
json_t *ec_reference_read(const char *text, size_t length, const struct ec_scan_sink *sink,
                          json_error_t *ret_error);

#endif
