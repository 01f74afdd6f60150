/* clipboard: OSC 52, as terminals, tmux and screen want it. */
#include "cmocka_test.h"
#include "tui/clipboard.h"

#include <string.h>

static void assert_sequence(const char *text, enum ec_multiplexer inside, const char *expected)
{
    struct ec_out out;
    ec_out_to_memory(&out);
    ec_clipboard_write(&out, ec_str(text), inside);
    ec_out_char(&out, '\0');
    assert_string_equal(out.buffer, expected);
    ec_out_free(&out);
}

/* The test vectors of RFC 4648, section 10. */
static void plain__base64(void **state)
{
    (void)state;
    assert_sequence("", EC_MULTIPLEXER_NONE, "\033]52;c;\a");
    assert_sequence("f", EC_MULTIPLEXER_NONE, "\033]52;c;Zg==\a");
    assert_sequence("fo", EC_MULTIPLEXER_NONE, "\033]52;c;Zm8=\a");
    assert_sequence("foo", EC_MULTIPLEXER_NONE, "\033]52;c;Zm9v\a");
    assert_sequence("foobar", EC_MULTIPLEXER_NONE, "\033]52;c;Zm9vYmFy\a");
    assert_sequence("\xff\xfe\xfd", EC_MULTIPLEXER_NONE, "\033]52;c;//79\a");
}

static void plain__what_follows_the_text_is_not_in_it(void **state)
{
    (void)state;
    struct ec_out out;
    ec_out_to_memory(&out);
    ec_clipboard_write(&out, (struct ec_str){"f\xff", 1}, EC_MULTIPLEXER_NONE);
    ec_clipboard_write(&out, (struct ec_str){"fo\xff", 2}, EC_MULTIPLEXER_NONE);
    ec_out_char(&out, '\0');
    assert_string_equal(out.buffer, "\033]52;c;Zg==\a\033]52;c;Zm8=\a");
    ec_out_free(&out);
}

static void tmux__gets_it_plain_and_wrapped(void **state)
{
    (void)state;
    assert_sequence("foo", EC_MULTIPLEXER_TMUX,
                    "\033]52;c;Zm9v\a\033Ptmux;\033\033]52;c;Zm9v\a\033\\");
}

static void screen__gets_short_pieces(void **state)
{
    (void)state;
    char text[401];
    memset(text, 'x', 400);
    text[400] = '\0';
    struct ec_out plain, pieces;
    ec_out_to_memory(&plain);
    ec_out_to_memory(&pieces);
    ec_clipboard_write(&plain, ec_str(text), EC_MULTIPLEXER_NONE);
    ec_clipboard_write(&pieces, ec_str(text), EC_MULTIPLEXER_SCREEN);
    size_t joined = 0;
    for (size_t at = 0; at < pieces.length;) {
        assert_memory_equal(pieces.buffer + at, "\033P", 2);
        const char *start = pieces.buffer + at + 2;
        const char *end = memmem(start, pieces.length - at - 2, "\033\\", 2);
        assert_non_null(end);
        size_t length = (size_t)(end - start);
        assert_true(length <= 768);
        assert_memory_equal(start, plain.buffer + joined, length);
        joined += length;
        at += length + 4;
    }
    assert_int_equal(joined, plain.length);
    ec_out_free(&plain);
    ec_out_free(&pieces);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plain__base64),
        cmocka_unit_test(plain__what_follows_the_text_is_not_in_it),
        cmocka_unit_test(tmux__gets_it_plain_and_wrapped),
        cmocka_unit_test(screen__gets_short_pieces),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
