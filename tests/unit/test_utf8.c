/* utf8: decoding, what is shown instead of what could do harm, widths and cuts by whole clusters.
 */
#include "base/utf8.h"
#include "cmocka_test.h"

#include <locale.h>

#define CJK      "\xe5\x8f\x96\xe6\xb6\x88"                     /* two characters */
#define ACCENT   "e\xcc\x81"                                    /* e, combining acute */
#define FAMILY   "\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x91\xa7" /* woman, ZWJ, girl */
#define FLAG     "\xf0\x9f\x87\xa9\xf0\x9f\x87\xaa"             /* two regional indicators */
#define HEART    "\xe2\x9d\xa4\xef\xb8\x8f"                     /* heart, variation selector 16 */
#define KEYCAP   "1\xef\xb8\x8f\xe2\x83\xa3"
#define SKIN     "\xf0\x9f\x91\x8d\xf0\x9f\x8f\xbd"     /* thumbs up, skin tone */
#define SYLLABLE "\xe1\x84\x80\xe1\x85\xa1\xe1\x86\xa8" /* Hangul jamo: one syllable */
#define ENGLAND                                                                                    \
    "\xf0\x9f\x8f\xb4\xf3\xa0\x81\xa7\xf3\xa0\x81\xa2\xf3\xa0\x81\xa5\xf3\xa0\x81\xae"             \
    "\xf3\xa0\x81\xa7\xf3\xa0\x81\xbf"

static void decode__valid_and_invalid(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int32_t code;
        size_t length;
    } cases[] = {
        {"A", 'A', 1},
        {"\xc3\xa9", 0xe9, 2},
        {"\xe2\x82\xac!", 0x20ac, 3},
        {"\xf0\x9f\x98\x80", 0x1f600, 4},
        {"\xf4\x8f\xbf\xbf", 0x10ffff, 4},
        {"\x80", -1, 1},             /* a continuation without a beginning */
        {"\xc3", -1, 1},             /* cut short */
        {"\xe2\x82", -1, 1},         /* cut short */
        {"\xc0\xaf", -1, 1},         /* overlong */
        {"\xe0\x80\xaf", -1, 1},     /* overlong */
        {"\xed\xa0\x80", -1, 1},     /* surrogate */
        {"\xf4\x90\x80\x80", -1, 1}, /* beyond Unicode */
        {"\xff", -1, 1},
        {"\xc3(", -1, 1},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int32_t code;
        assert_int_equal(ec_utf8_decode(ec_str(cases[i].text), &code), cases[i].length);
        assert_int_equal(code, cases[i].code);
    }
}

static void assert_harmless(struct ec_str text, const char *expected)
{
    struct ec_arena arena = {0};
    struct ec_str shown = ec_utf8_harmless(text, &arena);
    assert_int_equal(shown.len, strlen(expected));
    assert_memory_equal(shown.ptr, expected, shown.len);
    assert_true(ec_utf8_is_harmless(shown));
    assert_int_equal(ec_utf8_is_harmless(text), ec_str_equal(text, shown));
    ec_arena_free(&arena);
}

static void harmless__escapes_what_a_terminal_would_act_on(void **state)
{
    (void)state;
    static const struct {
        const char *text, *expected;
    } cases[] = {
        {"plain ~", "plain ~"},
        {"a\\nb", "a\\nb"},
        {"a\tb\nc\rd", "a\\tb\\nc\\rd"},
        {"\x1b[2J\x07\x7f", "\\x1b[2J\\x07\\x7f"},
        {"\xc2\x9b"
         "31m",
         "\\u009b31m"}, /* the one-byte CSI as a code point */
        {"\x9b"
         "31m",
         "\\x9b31m"},                                                      /* and as a byte */
        {"\xe2\x80\xae\xe2\x81\xa6\xe2\x80\x8f", "\\u202e\\u2066\\u200f"}, /* RLO, LRI, RLM */
        {"\xe2\x80\xa8\xe2\x80\xa9", "\\u2028\\u2029"},                    /* line, paragraph */
        {"\xef\xbb\xbf\xe2\x80\x8b\xc2\xad", "\\ufeff\\u200b\\u00ad"},     /* invisible */
        {"\xf3\xa0\x80\x81", "\\U000e0001"},
        {"\xed\xa0\x80", "\\xed\\xa0\\x80"},
        {"caf\xc3\xa9 " CJK ACCENT FAMILY FLAG HEART ENGLAND,
         "caf\xc3\xa9 " CJK ACCENT FAMILY FLAG HEART ENGLAND},
        {"", ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_harmless(ec_str(cases[i].text), cases[i].expected);
    assert_harmless((struct ec_str){"a\0b", 3}, "a\\x00b");
}

/* Whatever the bytes, what comes out is valid UTF-8 without a control character. */
static void harmless__any_bytes(void **state)
{
    (void)state;
    uint32_t seed = 1;
    for (int i = 0; i < 20000; i++) {
        char bytes[24];
        for (size_t j = 0; j < sizeof bytes; j++) {
            seed = seed * 1664525 + 1013904223;
            bytes[j] = (char)(seed >> 24);
        }
        struct ec_arena arena = {0};
        struct ec_str text = {bytes, seed % sizeof bytes};
        struct ec_str shown = ec_utf8_harmless(text, &arena);
        for (size_t at = 0; at < shown.len;) {
            int32_t code;
            at += ec_utf8_decode((struct ec_str){shown.ptr + at, shown.len - at}, &code);
            assert_true(code >= 0x20 && code != 0x7f && !(code >= 0x80 && code < 0xa0));
        }
        int width = ec_utf8_width(shown);
        for (int room = 0; room <= width; room++) {
            struct ec_str head = ec_utf8_head(shown, room), tail = ec_utf8_tail(shown, room);
            assert_true(ec_utf8_width(head) <= room && ec_utf8_width(tail) <= room);
            assert_true(head.ptr == shown.ptr && tail.ptr + tail.len == shown.ptr + shown.len);
        }
        ec_arena_free(&arena);
    }
}

static void escaped__characters_are_replaced(void **state)
{
    (void)state;
    static const ec_escapes escapes = {['<'] = "&lt;", ['\\'] = "\\\\", ['\n'] = "<br>"};
    struct ec_out out;
    ec_out_to_memory(&out);
    ec_utf8_write_escaped(&out, ec_str("a<b\n\\" CJK "<\x1b"), escapes);
    ec_out_char(&out, '\0');
    assert_string_equal(out.buffer, "a&lt;b<br>\\\\" CJK "&lt;\\\\x1b");
    ec_out_free(&out);
}

static void width__columns_of_a_terminal(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int width;
    } cases[] = {
        {"", 0},
        {"abc", 3},
        {"caf\xc3\xa9", 4},
        {ACCENT, 1},
        {CJK, 4},
        {FAMILY, 2},
        {FLAG, 2},
        {HEART, 2},
        {KEYCAP, 2},
        {SKIN, 2},
        {SYLLABLE, 2},
        {ENGLAND, 2},
        {FLAG FLAG, 4},
        {"a" CJK, 5},
        {"\xc2\xb1", 1},
        {"\xe2\x9d\xa4", 1},
        {"\xef\xbd\xb1", 1}, /* a halfwidth katakana */
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_int_equal(ec_utf8_width(ec_str(cases[i].text)), cases[i].width);
}

static void width__does_not_ask_the_locale(void **state)
{
    assert_non_null(setlocale(LC_ALL, "C"));
    width__columns_of_a_terminal(state);
}

static void assert_cut(const char *text, int width, const char *head, const char *tail)
{
    struct ec_str cut = ec_utf8_head(ec_str(text), width);
    assert_true(ec_str_equal(cut, ec_str(head)));
    cut = ec_utf8_tail(ec_str(text), width);
    assert_true(ec_str_equal(cut, ec_str(tail)));
}

static void cut__keeps_clusters_whole(void **state)
{
    (void)state;
    assert_cut("abcdef", 4, "abcd", "cdef");
    assert_cut("abc", 9, "abc", "abc");
    assert_cut("abc", 0, "", "");
    assert_cut("abc", -1, "", "");
    assert_cut("", 3, "", "");
    assert_cut(CJK, 3, "\xe5\x8f\x96", "\xe6\xb6\x88"); /* half a character is none */
    assert_cut("a" ACCENT "b", 2, "a" ACCENT, ACCENT "b");
    assert_cut(FAMILY "x" FAMILY, 3, FAMILY "x", "x" FAMILY);
    assert_cut(FLAG FLAG, 3, FLAG, FLAG);
    assert_cut(FLAG FLAG, 1, "", "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(decode__valid_and_invalid),
        cmocka_unit_test(harmless__escapes_what_a_terminal_would_act_on),
        cmocka_unit_test(harmless__any_bytes),
        cmocka_unit_test(escaped__characters_are_replaced),
        cmocka_unit_test(width__columns_of_a_terminal),
        cmocka_unit_test(width__does_not_ask_the_locale),
        cmocka_unit_test(cut__keeps_clusters_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
