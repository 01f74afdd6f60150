/* Plays any bytes to the interactive view as keys, clicks, sizes and new runs, and draws after
 * each. Every cell of the picture must hold harmless text of its width. */
#include "base/utf8.h"
#include "study.h"
#include "tui/model.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct player {
    struct ec_model *model;
    struct ec_runset *runsets[3]; /* none, and the two states of the study */
    struct ec_surface surface;
    int width, height;
};

/* All that was put on the surface is harmless, and so is each cell's piece of it that cuts no
 * character. Called after every key, so it should not look at each of thousands of blanks. */
static void check_surface(const struct ec_surface *surface)
{
    const struct ec_out *text = &surface->text;
    const struct ec_surface_cell *cell = surface->cells;
    if (!ec_utf8_is_harmless((struct ec_str){text->buffer, text->length}))
        abort();
    for (int left = surface->width * surface->height; left > 0; left--, cell++) {
        if (cell->length == 0)
            continue;
        size_t end = (size_t)cell->offset + cell->length;
        if (end > text->length || (text->buffer[cell->offset] & 0xc0) == 0x80 ||
            (end < text->length && (text->buffer[end] & 0xc0) == 0x80))
            abort();
        if (cell->width > 1 &&
            (int)(cell - surface->cells) % surface->width + cell->width > surface->width)
            abort();
    }
    if (surface->cursor_x >= surface->width || surface->cursor_y >= surface->height)
        abort();
}

static void draw(struct player *player)
{
    ec_surface_begin(&player->surface, player->width, player->height);
    ec_model_draw(player->model, &player->surface);
    check_surface(&player->surface);
}

/* 0xff is followed by what is no key. Returns the bytes taken. */
static size_t play_other(struct player *player, const uint8_t *data, size_t size)
{
    if (size < 3)
        return size;
    switch (data[0] & 3) {
    case 0:
        player->width = data[1];
        player->height = data[2] & 0x3f;
        break;
    case 1:
        ec_model_set_runs(player->model, player->runsets[data[1] % 3]);
        break;
    case 2:
        ec_model_mouse(player->model, (enum ec_mouse)(data[0] >> 2 & 3), data[1], data[2]);
        break;
    default:
        ec_model_set_progress(player->model, data[1], data[2] & 1);
        ec_model_add_file(player->model, "a\tfile", data[1], data[2]);
        break;
    }
    return 3;
}

static uint32_t key_of(uint8_t byte)
{
    uint32_t special = EC_KEY_SPECIAL + (uint32_t)byte - 0xe0;
    if (byte >= 0xe0 && special < EC_KEY_SPECIAL_END)
        return special;
    return byte < 0x80 ? byte : 0x3040u + byte; /* kana: wide characters */
}

/* Bytes of a copied or written document are read, so that a sanitizer sees them. */
static void take_effect(struct player *player)
{
    struct ec_effect effect = ec_model_take_effect(player->model);
    size_t sum = 0;
    for (size_t i = 0; effect.kind != EC_EFFECT_NONE && i < effect.bytes.len; i++)
        sum += (unsigned char)effect.bytes.ptr[i];
    if (effect.kind == EC_EFFECT_WRITE && (sum & 1))
        ec_model_ask_replace(player->model);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ec_model_options options = {.query.transpose = size % 2};
    struct player player = {.width = 80, .height = 24};
    if (size > 400)
        size = 400;
    /* No regular expressions: the C library's need exponential time and are not under test. */
    for (size_t i = 0; i < size; i++)
        if (data[i] == '~')
            return 0;
    player.model = ec_model_new(&options);
    player.runsets[1] = study_runs();
    player.runsets[2] = study_later();
    ec_surface_init(&player.surface, size > 0 && (data[0] & 1));
    ec_model_set_runs(player.model, player.runsets[1]);
    for (size_t at = 0; at < size;) {
        if (data[at] == 0xff) {
            at += 1 + play_other(&player, data + at + 1, size - at - 1);
        } else {
            ec_model_key(player.model, key_of(data[at++]));
            take_effect(&player);
        }
        draw(&player);
    }
    ec_model_free(player.model);
    ec_runset_free(player.runsets[1]);
    ec_runset_free(player.runsets[2]);
    ec_surface_free(&player.surface);
    return 0;
}
