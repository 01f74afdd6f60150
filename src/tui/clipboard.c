#include "tui/clipboard.h"

static void write_base64(struct ec_out *out, struct ec_str text)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const unsigned char *bytes = (const unsigned char *)text.ptr;
    for (size_t i = 0; i < text.len; i += 3) {
        size_t left = text.len - i;
        unsigned group = (unsigned)bytes[i] << 16;
        group |= left > 1 ? (unsigned)bytes[i + 1] << 8 : 0;
        group |= left > 2 ? bytes[i + 2] : 0;
        for (size_t digit = 0; digit < 4; digit++)
            ec_out_char(out, digit <= left ? digits[group >> (18 - 6 * digit) & 63] : '=');
    }
}

static void write_plain(struct ec_out *out, struct ec_str text)
{
    ec_out_text(out, "\033]52;c;");
    write_base64(out, text);
    ec_out_char(out, '\a');
}

/* tmux hands on what is in a DCS of its own, with every escape doubled. */
static void write_for_tmux(struct ec_out *out, struct ec_str text)
{
    ec_out_text(out, "\033Ptmux;\033\033]52;c;");
    write_base64(out, text);
    ec_out_text(out, "\a\033\\");
}

/* screen hands on what is in a DCS, which must be short: the sequence is cut into pieces. */
static void write_for_screen(struct ec_out *out, struct ec_str text)
{
    enum { PIECE = 240 };
    struct ec_out plain;
    ec_out_to_memory(&plain);
    write_plain(&plain, text);
    for (size_t at = 0; at < plain.length; at += PIECE) {
        size_t length = plain.length - at < PIECE ? plain.length - at : PIECE;
        ec_out_text(out, "\033P");
        ec_out_bytes(out, plain.buffer + at, length);
        ec_out_text(out, "\033\\");
    }
    ec_out_free(&plain);
}

void ec_clipboard_write(struct ec_out *out, struct ec_str text, enum ec_multiplexer inside)
{
    if (inside == EC_MULTIPLEXER_SCREEN) {
        write_for_screen(out, text);
        return;
    }
    write_plain(out, text);
    if (inside == EC_MULTIPLEXER_TMUX)
        write_for_tmux(out, text);
}
