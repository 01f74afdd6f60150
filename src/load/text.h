/* JSON strings: finding their end, checking their UTF-8, undoing their escapes. */
#ifndef EC_LOAD_TEXT_H
#define EC_LOAD_TEXT_H

#include "base/arena.h"
#include "base/value.h"

/* Behind a UTF-8 byte order mark, if the text starts with one. */
const char *ec_text_skip_bom(const char *text, size_t length);

/* Reads the string whose opening quote *cursor points at and moves *cursor behind its closing
 * quote. Returns false when it is not a JSON string in valid UTF-8 with whole surrogate pairs. The
 * string must be followed by at least EC_SCAN_PADDING NULs somewhere. Text without escapes stays
 * where it is, other text goes into the arena. */
bool ec_text_scan(const char **cursor, struct ec_arena *arena, struct ec_str *ret_text);

#endif
