/* The files of this folder that are part of every HTML page; the build makes them C (embed.py). */
#ifndef EC_RENDER_HTML_ASSETS_H
#define EC_RENDER_HTML_ASSETS_H

#include "base/value.h"

struct ec_html_asset {
    struct ec_str text;
    const char *sha256; /* in base64, as a content security policy wants it */
};

extern const struct ec_html_asset ec_html_style;  /* page.css */
extern const struct ec_html_asset ec_html_script; /* page.js */

#endif
