#include "tui/screen.h"

#include "base/memory.h"
#include "base/utf8.h"

#define NCURSES_WIDECHAR 1
#include <ncurses.h>
#include <term.h>

#include <errno.h>
#include <fcntl.h>
#include <langinfo.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>
#include <wchar.h>

enum { ESCAPE_MS = 25, DOUBLE_CLICK_MS = 400 };

struct ec_screen {
    SCREEN *terminal;
    FILE *output, *input;
    bool ascii, colors;
    /* The last click, to tell a double one. */
    int click_x, click_y;
    int64_t click_ms;
};

/* ---- Life ---- */

static void give_back(void)
{
    endwin();
}

static void set_modes(struct ec_screen *screen)
{
    raw(); /* all keys are keys, also ^C and ^Z */
    noecho();
    nonl();
    keypad(stdscr, TRUE);
    nodelay(stdscr, TRUE);
    set_escdelay(ESCAPE_MS);
    mouseinterval(0);
    mousemask(BUTTON1_PRESSED | BUTTON4_PRESSED | BUTTON5_PRESSED, NULL);
    if (!screen->colors)
        return;
    static const short colors[] = {
        [EC_STYLE_BEST >> 4] = COLOR_GREEN, [EC_STYLE_MARKED >> 4] = COLOR_YELLOW,
        [EC_STYLE_ERROR >> 4] = COLOR_RED,  [EC_STYLE_HEADER >> 4] = COLOR_CYAN,
        [EC_STYLE_HINT >> 4] = COLOR_BLUE,  [EC_STYLE_ACCENT >> 4] = COLOR_MAGENTA,
    };
    start_color();
    use_default_colors();
    for (short role = 1; role < (short)(sizeof colors / sizeof *colors); role++)
        init_pair(role, colors[role], -1);
}

static void close_files(struct ec_screen *screen)
{
    if (screen->input && screen->input != stdin)
        fclose(screen->input);
}

static void drop(struct ec_screen *screen)
{
    close_files(screen);
    free(screen);
}

struct ec_screen *ec_screen_open(bool color, struct ec_error *error)
{
    if (!isatty(STDOUT_FILENO)) {
        ec_error_set(error, "--interactive needs a terminal, and standard output is none");
        return NULL;
    }
    struct ec_screen *screen = ec_calloc(1, sizeof *screen);
    screen->output = stdout;
    screen->input = isatty(STDIN_FILENO) ? stdin : fopen("/dev/tty", "r+e");
    if (!screen->input) {
        ec_error_set(error, "--interactive needs a terminal to read keys from: %s",
                     strerror(errno));
        drop(screen);
        return NULL;
    }
    setlocale(LC_CTYPE, "");
    screen->ascii = strcmp(nl_langinfo(CODESET), "UTF-8") != 0;
    screen->terminal = newterm(NULL, screen->output, screen->input);
    if (!screen->terminal) {
        const char *term = getenv("TERM");
        ec_error_set(error, "--interactive: the terminal type '%s' is not known; set TERM",
                     term ? term : "");
        drop(screen);
        return NULL;
    }
    set_term(screen->terminal);
    if (!tigetstr("cup")) {
        endwin();
        delscreen(screen->terminal);
        ec_error_set(error, "--interactive: the terminal type '%s' has no cursor to move; set TERM",
                     getenv("TERM"));
        drop(screen);
        return NULL;
    }
    screen->colors = color && has_colors();
    set_modes(screen);
    ec_memory_set_cleanup(give_back);
    return screen;
}

void ec_screen_close(struct ec_screen *screen)
{
    ec_memory_set_cleanup(NULL);
    endwin();
    delscreen(screen->terminal);
    drop(screen);
}

void ec_screen_leave(struct ec_screen *screen)
{
    (void)screen;
    ec_memory_set_cleanup(NULL);
    endwin();
}

void ec_screen_enter(struct ec_screen *screen)
{
    (void)screen;
    refresh();
    ec_memory_set_cleanup(give_back);
    clearok(stdscr, TRUE);
}

bool ec_screen_is_ascii(const struct ec_screen *screen)
{
    return screen->ascii;
}

int ec_screen_fd(const struct ec_screen *screen)
{
    return fileno(screen->input);
}

void ec_screen_size(struct ec_screen *screen, int *ret_width, int *ret_height)
{
    struct winsize size;
    if (ioctl(fileno(screen->output), TIOCGWINSZ, &size) == 0 && size.ws_col > 0 && size.ws_row > 0)
        resizeterm(size.ws_row, size.ws_col);
    getmaxyx(stdscr, *ret_height, *ret_width);
}

/* ---- Showing ---- */

static attr_t attributes_of(const struct ec_screen *screen, unsigned style)
{
    attr_t attributes = A_NORMAL;
    if (style & EC_STYLE_BOLD)
        attributes |= A_BOLD;
    if (style & EC_STYLE_UNDERLINE)
        attributes |= A_UNDERLINE;
    if (style & EC_STYLE_REVERSE)
        attributes |= A_REVERSE;
    if (style & EC_STYLE_DIM)
        attributes |= A_DIM;
    if (screen->colors)
        attributes |= COLOR_PAIR((style & EC_STYLE_ROLES) >> 4);
    return attributes;
}

static void show_characters(int y, int x, const wchar_t *characters, attr_t attributes)
{
    cchar_t cell;
    if (setcchar(&cell, characters, attributes, (short)PAIR_NUMBER(attributes), NULL) == OK)
        mvadd_wch(y, x, &cell);
}

/* Shows a cluster in the cells it was given. curses has its own idea of widths and puts one base
 * character in a cell: of what does not fit, the beginning is shown. */
static void show_cluster(int y, int x, struct ec_str text, int room, attr_t attributes)
{
    wchar_t characters[CCHARW_MAX] = L"";
    int count = 0, at = x, end = x + room;
    while (text.len > 0) {
        int32_t code;
        size_t length = ec_utf8_decode(text, &code);
        int width = wcwidth((wchar_t)code);
        text.ptr += length;
        text.len -= length;
        /* What joins pictures, which curses cannot, and what makes some terminals, but not curses,
         * draw a character as a picture of two columns. */
        if (code == 0x200d || code == 0xfe0f)
            continue;
        if (width > 0) {
            if (at + width > end)
                break;
            if (count > 0)
                show_characters(y, x, characters, attributes);
            wmemset(characters, 0, CCHARW_MAX);
            characters[0] = (wchar_t)code;
            count = 1;
            x = at;
            at += width;
        } else if (width == 0 && count > 0 && count < CCHARW_MAX - 1) {
            characters[count++] = (wchar_t)code;
        }
    }
    if (count > 0)
        show_characters(y, x, characters, attributes);
    for (; at < end; at++)
        show_characters(y, at, count > 0 ? L" " : L"?", attributes);
}

void ec_screen_show(struct ec_screen *screen, const struct ec_surface *surface)
{
    for (int y = 0; y < surface->height; y++) {
        for (int x = 0; x < surface->width; x++) {
            const struct ec_surface_cell *cell = ec_surface_cell(surface, y, x);
            if (cell->width > 0)
                show_cluster(y, x, ec_surface_cell_text(surface, cell), cell->width,
                             attributes_of(screen, cell->style));
        }
    }
    bool cursor = surface->cursor_x >= 0 && surface->cursor_y >= 0;
    curs_set(cursor ? 1 : 0);
    if (cursor)
        move(surface->cursor_y, surface->cursor_x);
    refresh();
}

void ec_screen_redraw(struct ec_screen *screen)
{
    (void)screen;
    clearok(stdscr, TRUE);
}

void ec_screen_send(struct ec_screen *screen, struct ec_str bytes)
{
    fflush(screen->output);
    struct ec_out out;
    ec_out_to_fd(&out, fileno(screen->output));
    ec_out_str(&out, bytes);
    ec_out_finish(&out);
    ec_out_free(&out);
}

/* ---- Events ---- */

static int64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static bool mouse_event(struct ec_screen *screen, struct ec_event *ret_event)
{
    MEVENT mouse;
    if (getmouse(&mouse) != OK)
        return false;
    *ret_event = (struct ec_event){.kind = EC_EVENT_MOUSE, .x = mouse.x, .y = mouse.y};
    if (mouse.bstate & BUTTON4_PRESSED) {
        ret_event->mouse = EC_MOUSE_WHEEL_UP;
        return true;
    }
    if (mouse.bstate & BUTTON5_PRESSED) {
        ret_event->mouse = EC_MOUSE_WHEEL_DOWN;
        return true;
    }
    if (!(mouse.bstate & BUTTON1_PRESSED))
        return false;
    int64_t now = now_ms();
    bool twice = mouse.x == screen->click_x && mouse.y == screen->click_y &&
                 now - screen->click_ms < DOUBLE_CLICK_MS;
    screen->click_x = mouse.x;
    screen->click_y = mouse.y;
    screen->click_ms = twice ? 0 : now;
    ret_event->mouse = twice ? EC_MOUSE_DOUBLE_CLICK : EC_MOUSE_CLICK;
    return true;
}

/* 0 for keys that mean nothing here. */
static uint32_t special_key(wint_t code)
{
    static const struct {
        int code;
        uint32_t key;
    } keys[] = {
        {KEY_UP, EC_KEY_UP},       {KEY_DOWN, EC_KEY_DOWN},     {KEY_LEFT, EC_KEY_LEFT},
        {KEY_RIGHT, EC_KEY_RIGHT}, {KEY_PPAGE, EC_KEY_PAGE_UP}, {KEY_NPAGE, EC_KEY_PAGE_DOWN},
        {KEY_HOME, EC_KEY_HOME},   {KEY_END, EC_KEY_END},       {KEY_FIND, EC_KEY_HOME},
        {KEY_SELECT, EC_KEY_END},  {KEY_DC, EC_KEY_DELETE},     {KEY_BACKSPACE, EC_KEY_BACKSPACE},
        {KEY_ENTER, EC_KEY_ENTER}, {KEY_F(1), EC_KEY_F1},       {KEY_F(5), EC_KEY_F5},
    };
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        if ((int)code == keys[i].code)
            return keys[i].key;
    return 0;
}

bool ec_screen_event(struct ec_screen *screen, struct ec_event *ret_event)
{
    for (;;) {
        wint_t code;
        errno = 0;
        int kind = get_wch(&code);
        if (kind == ERR && errno == EILSEQ)
            continue; /* bytes that are no character here, as of another locale's keyboard */
        if (kind == ERR) {
            /* Nothing there, or an end: then the terminal is gone. */
            bool lost = errno != 0 && errno != EAGAIN && errno != EINTR;
            *ret_event = (struct ec_event){.kind = EC_EVENT_LOST};
            return lost;
        }
        if (kind == KEY_CODE_YES && code == KEY_MOUSE) {
            if (mouse_event(screen, ret_event))
                return true;
            continue;
        }
        uint32_t key = kind == KEY_CODE_YES ? special_key(code) : (uint32_t)code;
        if (key == '\n')
            key = EC_KEY_ENTER;
        if (kind != KEY_CODE_YES && key == 0x7f)
            key = EC_KEY_BACKSPACE;
        if (key == 0)
            continue;
        *ret_event = (struct ec_event){.kind = EC_EVENT_KEY, .key = key};
        return true;
    }
}
