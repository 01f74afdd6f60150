/* Text to the clipboard of the terminal that shows us, however far away it is: OSC 52.
 *
 * xterm's control sequences, "Manipulate Selection Data". Inside tmux and screen the sequence is
 * sent twice: as it is, for tmux's set-clipboard, and wrapped, for allow-passthrough.
 */
#ifndef EC_TUI_CLIPBOARD_H
#define EC_TUI_CLIPBOARD_H

#include "base/out.h"

/* The longest text: 100,000 bytes of base64 less the sequence itself are what terminals take. */
enum { EC_CLIPBOARD_MAX = 74994 };

/* What the terminal is inside of. */
enum ec_multiplexer { EC_MULTIPLEXER_NONE, EC_MULTIPLEXER_TMUX, EC_MULTIPLEXER_SCREEN };

/* Writes the sequence that copies the text. */
void ec_clipboard_write(struct ec_out *out, struct ec_str text, enum ec_multiplexer inside);

#endif
