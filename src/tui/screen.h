/* The terminal: shows a surface, hands out keys and mouse events. The only part with curses in it.
 *
 * It decides nothing. There is one terminal, so there is one screen at a time. Signals are the
 * caller's business.
 */
#ifndef EC_TUI_SCREEN_H
#define EC_TUI_SCREEN_H

#include "common/error.h"
#include "tui/model.h"
#include "tui/surface.h"

struct ec_screen;

/* Takes the terminal over. Standard output must be one; keys come from standard input, or from
 * /dev/tty when that is something else. NULL with *error set when there is no usable terminal. */
struct ec_screen *ec_screen_open(bool color, struct ec_error *error);
/* Gives it back as it was. */
void ec_screen_close(struct ec_screen *screen);

/* Whether it can show only ASCII, by the locale. */
bool ec_screen_is_ascii(const struct ec_screen *screen);
/* To wait for input on. */
int ec_screen_fd(const struct ec_screen *screen);
/* Asks the terminal for its size, after SIGWINCH. */
void ec_screen_size(struct ec_screen *screen, int *ret_width, int *ret_height);
void ec_screen_show(struct ec_screen *screen, const struct ec_surface *surface);
/* The next ec_screen_show draws everything. */
void ec_screen_redraw(struct ec_screen *screen);

struct ec_event {
    enum { EC_EVENT_KEY, EC_EVENT_MOUSE, EC_EVENT_LOST } kind; /* LOST: the terminal is gone */
    uint32_t key;                                              /* tui/keys.h */
    enum ec_mouse mouse;
    int x, y;
};
/* The next event that has come; false when there is none. */
bool ec_screen_event(struct ec_screen *screen, struct ec_event *ret_event);

/* Gives the terminal back for a while and takes it again. */
void ec_screen_leave(struct ec_screen *screen);
void ec_screen_enter(struct ec_screen *screen);

/* Sends bytes to the terminal that it does not show. */
void ec_screen_send(struct ec_screen *screen, struct ec_str bytes);

#endif
