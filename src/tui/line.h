/* A line of text that is being typed: editing keys, and a history to choose from.
 *
 * Text is UTF-8; the cursor moves by what is seen as one character. Owns its text; borrows the
 * history. ec_line_free.
 */
#ifndef EC_TUI_LINE_H
#define EC_TUI_LINE_H

#include "tui/texts.h"

struct ec_line {
    char *text; /* NUL-terminated */
    size_t length, capacity;
    size_t cursor;                  /* a byte of text */
    const struct ec_texts *history; /* NULL: none */
    size_t recalled;                /* the line of the history that is shown; its count: none */
    char *draft;                    /* what was typed before a line was recalled; NULL: nothing */
};

/* Starts with `text`, the cursor at its end. */
void ec_line_begin(struct ec_line *line, struct ec_str text, const struct ec_texts *history);
void ec_line_free(struct ec_line *line);

/* Takes a key (tui/keys.h): characters, Backspace or ^H, Delete or ^D, Left ^B, Right ^F, Home ^A,
 * End ^E, ^U (to the beginning), ^K (to the end), ^W (a word back), Up ^P and Down ^N (history).
 * Returns whether it meant anything. */
bool ec_line_key(struct ec_line *line, uint32_t key);

/* Appends to the history, unless it is empty or the last line again. */
void ec_history_add(struct ec_texts *history, struct ec_str text);

#endif
