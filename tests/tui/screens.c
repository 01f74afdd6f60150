/* Plays scripts of keys to the interactive view's model and compares the screens.
 *
 *   screens [--update] FILE...
 *
 * A script's lines that begin with "> " are commands, those with "|" the expected output, others
 * comments. Commands:
 *
 *   runs study|later|broken|names|many|none   the runs to show (tests/tui/study.h)
 *   loading N               N runs were found so far; "loading done" ends it
 *   size WxH                of the screen, from the next drawing on
 *   ascii                   the screen has only ASCII
 *   option NAME VALUE       what the command line said: columns, sort, where, ...; before "runs".
 *                           "option recipes": more that a command line can say, too
 *   keys KEY...             as in keys.def
 *   type TEXT               the characters of the text, one after the other
 *   click X Y, double X Y, wheel up|down
 *   answer exists|TEXT      what the caller says of an effect: the file exists, or a message
 *   show                    writes the screen
 *   styles                  writes the picture of its styles (tui/surface.h)
 *   effect                  writes the effect that the last key asked for
 *
 * With --update the files are rewritten with the output there is.
 */
#include "base/utf8.h"
#include "study.h"
#include "tui/model.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

struct player {
    struct ec_model_options options;
    bool recipes;           /* there is more to say in a command line */
    const char *values[16]; /* of options; owned */
    size_t value_count;
    struct ec_model *model;
    struct ec_runset *runset;
    struct ec_surface surface;
    int width, height;
};

static struct ec_model *model_of(struct player *player)
{
    static const char *const paths[] = {"saves/my runs", "/abs"};
    static const struct ec_setting settings[] = {{"join", "evals/{name}.json"},
                                                 {"keep-zeros", NULL}};
    if (!player->model) {
        if (player->recipes) {
            player->options.settings = settings;
            player->options.setting_count = 2;
            player->options.directory = "/home/a b";
        }
        player->options.paths = (struct ec_words){paths, player->recipes ? 2 : 1};
        player->model = ec_model_new(&player->options);
    }
    return player->model;
}

static void set_list(struct player *player, const char *text)
{
    struct {
        const char *name;
        struct ec_words *words;
    } lists[] = {
        {"columns", &player->options.query.columns},
        {"sort", &player->options.query.sort},
        {"where", &player->options.query.where},
        {"group-by", &player->options.query.group_by},
        {"reference", &player->options.query.references},
        {"unit", &player->options.query.units},
        {"label", &player->options.query.labels},
        {"pareto", &player->options.query.pareto},
    };
    size_t length = strcspn(text, " ");
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
        if (strlen(lists[i].name) != length || strncmp(lists[i].name, text, length) != 0)
            continue;
        const char **value = &player->values[player->value_count++];
        *value = strdup(text + length + 1);
        *lists[i].words = (struct ec_words){value, 1};
        return;
    }
    fprintf(stderr, "no such option: %s\n", text);
    exit(1);
}

static void set_option(struct player *player, const char *text)
{
    if (strcmp(text, "transpose") == 0)
        player->options.query.transpose = true;
    else if (strcmp(text, "figures 3") == 0)
        player->options.query.figures = 3;
    else if (strcmp(text, "recipes") == 0)
        player->recipes = true;
    else
        set_list(player, text);
}

static void set_runs(struct player *player, const char *name)
{
    struct ec_runset *old = player->runset;
    player->runset = strcmp(name, "study") == 0    ? study_runs()
                     : strcmp(name, "later") == 0  ? study_later()
                     : strcmp(name, "broken") == 0 ? study_broken()
                     : strcmp(name, "names") == 0  ? study_names()
                     : strcmp(name, "many") == 0   ? study_many(5, 2)
                                                   : NULL;
    ec_model_set_runs(model_of(player), player->runset);
    ec_model_set_progress(player->model, player->runset ? ec_runset_count(player->runset) : 0,
                          false);
    ec_runset_free(old);
}

static void draw(struct player *player)
{
    ec_surface_begin(&player->surface, player->width, player->height);
    ec_model_draw(model_of(player), &player->surface);
}

static void press(struct player *player, uint32_t key)
{
    ec_model_key(model_of(player), key);
    draw(player);
}

static void type(struct player *player, struct ec_str text)
{
    while (text.len > 0) {
        int32_t code;
        size_t length = ec_utf8_decode(text, &code);
        press(player, (uint32_t)code);
        text.ptr += length;
        text.len -= length;
    }
}

static void write_lines(struct ec_out *out, const struct ec_out *lines)
{
    for (size_t at = 0; at < lines->length;) {
        const char *line = lines->buffer + at;
        size_t length = strcspn(line, "\n");
        ec_out_char(out, '|');
        ec_out_bytes(out, line, length);
        ec_out_char(out, '\n');
        at += length + 1;
    }
}

static void write_screen(struct player *player, struct ec_out *out, bool styles)
{
    struct ec_out lines;
    ec_out_to_memory(&lines);
    draw(player);
    if (styles)
        ec_surface_dump_styles(&player->surface, &lines);
    else
        ec_surface_dump(&player->surface, &lines);
    if (!styles && player->surface.cursor_x >= 0)
        ec_out_printf(&lines, "cursor at %d,%d\n", player->surface.cursor_x,
                      player->surface.cursor_y);
    ec_out_char(&lines, '\0');
    lines.length--;
    write_lines(out, &lines);
    ec_out_free(&lines);
}

static void write_effect(struct player *player, struct ec_out *out)
{
    static const char *const names[] = {"none",   "quit",    "print", "reload", "watch",
                                        "redraw", "suspend", "copy",  "write",  "list"};
    struct ec_effect effect = ec_model_take_effect(model_of(player));
    struct ec_out lines;
    ec_out_to_memory(&lines);
    ec_out_printf(&lines, "%s%s%s%s\n", names[effect.kind], effect.text ? " " : "",
                  effect.text ? effect.text : "", effect.replace ? " (replace)" : "");
    if (effect.kind == EC_EFFECT_COPY || effect.kind == EC_EFFECT_WRITE) {
        ec_out_str(&lines, effect.bytes);
        if (effect.bytes.len == 0 || effect.bytes.ptr[effect.bytes.len - 1] != '\n')
            ec_out_text(&lines, " (no newline)\n");
    }
    ec_out_char(&lines, '\0');
    lines.length--;
    write_lines(out, &lines);
    ec_out_free(&lines);
}

static void click(struct player *player, enum ec_mouse event, const char *place)
{
    int x = 0, y = 0;
    if (sscanf(place, "%d %d", &x, &y) != 2) {
        fprintf(stderr, "no place: %s\n", place);
        exit(1);
    }
    draw(player);
    ec_model_mouse(model_of(player), event, x, y);
}

static void answer(struct player *player, const char *text)
{
    if (strcmp(text, "exists") == 0)
        ec_model_ask_replace(model_of(player));
    else
        ec_model_say(model_of(player), false, "%s", text);
}

/* Returns false when there is no such command. */
static bool play(struct player *player, const char *command, const char *rest, struct ec_out *out)
{
    if (strcmp(command, "runs") == 0)
        set_runs(player, rest);
    else if (strcmp(command, "loading") == 0)
        ec_model_set_progress(model_of(player), strtoul(rest, NULL, 10), strcmp(rest, "done") != 0);
    else if (strcmp(command, "size") == 0)
        return sscanf(rest, "%dx%d", &player->width, &player->height) == 2;
    else if (strcmp(command, "ascii") == 0)
        player->surface.ascii = true;
    else if (strcmp(command, "option") == 0)
        set_option(player, rest);
    else if (strcmp(command, "keys") == 0)
        for (uint32_t key = ec_key_next(&rest); key; key = ec_key_next(&rest))
            press(player, key);
    else if (strcmp(command, "type") == 0)
        type(player, ec_str(rest));
    else if (strcmp(command, "click") == 0)
        click(player, EC_MOUSE_CLICK, rest);
    else if (strcmp(command, "double") == 0)
        click(player, EC_MOUSE_DOUBLE_CLICK, rest);
    else if (strcmp(command, "wheel") == 0)
        ec_model_mouse(model_of(player),
                       strcmp(rest, "up") == 0 ? EC_MOUSE_WHEEL_UP : EC_MOUSE_WHEEL_DOWN, 0, 0);
    else if (strcmp(command, "watch") == 0)
        ec_model_set_watch(model_of(player), "watching");
    else if (strcmp(command, "answer") == 0)
        answer(player, rest);
    else if (strcmp(command, "show") == 0)
        write_screen(player, out, false);
    else if (strcmp(command, "styles") == 0)
        write_screen(player, out, true);
    else if (strcmp(command, "effect") == 0)
        write_effect(player, out);
    else
        return false;
    return true;
}

/* Writes the script with the output that there is. */
static void play_script(const char *path, char *script, struct ec_out *out)
{
    struct player player = {.width = 80, .height = 24};
    ec_surface_init(&player.surface, false);
    for (char *line = script, *next; *line; line = next) {
        size_t length = strcspn(line, "\n");
        next = line + length + (line[length] == '\n');
        line[length] = '\0';
        if (line[0] == '|')
            continue;
        ec_out_printf(out, "%s\n", line);
        if (line[0] != '>')
            continue;
        char *command = line + 2, *rest = command + strcspn(command, " ");
        char *arguments = *rest ? rest + 1 : rest;
        *rest = '\0';
        if (!play(&player, command, arguments, out)) {
            fprintf(stderr, "%s: no such command: %s %s\n", path, command, arguments);
            exit(1);
        }
    }
    ec_model_free(player.model);
    ec_runset_free(player.runset);
    ec_surface_free(&player.surface);
    for (size_t i = 0; i < player.value_count; i++)
        free((void *)(uintptr_t)player.values[i]);
}

static char *read_file(const char *path)
{
    FILE *file = fopen(path, "rb");
    char *text = NULL;
    size_t length = 0;
    if (!file || getdelim(&text, &length, '\0', file) < 0) {
        perror(path);
        exit(1);
    }
    fclose(file);
    return text;
}

static void write_file(const char *path, const struct ec_out *out)
{
    FILE *file = fopen(path, "wb");
    if (!file || fwrite(out->buffer, 1, out->length, file) != out->length || fclose(file) != 0) {
        perror(path);
        exit(1);
    }
}

/* Prints what is there around the first line that differs. */
static void print_difference(const char *expected, const char *found)
{
    int line = 1;
    const char *start_expected = expected, *start_found = found;
    for (; *expected && *expected == *found; expected++, found++) {
        if (*expected == '\n') {
            line++;
            start_expected = expected + 1;
            start_found = found + 1;
        }
    }
    printf("# line %d\n# expected: %.*s\n# found:    %.*s\n", line,
           (int)strcspn(start_expected, "\n"), start_expected, (int)strcspn(start_found, "\n"),
           start_found);
}

int main(int argc, char **argv)
{
    bool update = argc > 1 && strcmp(argv[1], "--update") == 0;
    int failed = 0, first = update ? 2 : 1;
    setenv("TZ", "UTC", 1);
    printf("1..%d\n", argc - first);
    for (int i = first; i < argc; i++) {
        char *script = read_file(argv[i]), *expected = strdup(script);
        struct ec_out out;
        ec_out_to_memory(&out);
        play_script(argv[i], script, &out);
        ec_out_char(&out, '\0');
        out.length--;
        bool same = strcmp(expected, out.buffer) == 0;
        if (!same && update)
            write_file(argv[i], &out);
        else if (!same)
            print_difference(expected, out.buffer);
        printf("%s %d - %s\n", same || update ? "ok" : "not ok", i - first + 1,
               strrchr(argv[i], '/') ? strrchr(argv[i], '/') + 1 : argv[i]);
        failed += !same && !update;
        free(script);
        free(expected);
        ec_out_free(&out);
    }
    return failed > 0;
}
