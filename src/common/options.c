#include "common/options.h"

#include "common/nearest.h"
#include "common/text_stream.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    LONG_BASE = 256, /* getopt's value of a long option is this plus its row; above any letter */
    HELP_COLUMN = 28,
};

static bool is_heading(const struct ec_option *option)
{
    return !option->set && !option->flag;
}

static size_t row_count(const struct ec_option *options)
{
    size_t count = 0;
    while (options[count].name)
        count++;
    return count;
}

/* getopt's two descriptions of the table. *ret_letters holds 2 letters a row and a prefix at most.
 */
static void describe(const struct ec_options_parser *parser, size_t count, struct option *ret_long,
                     char *ret_letters)
{
    char *letter = ret_letters;
    size_t long_count = 0;
    if (parser->stop_at_operand)
        *letter++ = '+';
    *letter++ = ':'; /* tell a missing argument from an unknown option */
    for (size_t i = 0; i < count; i++) {
        const struct ec_option *option = &parser->options[i];
        if (is_heading(option))
            continue;
        ret_long[long_count++] =
            (struct option){option->name, option->argument ? required_argument : no_argument, NULL,
                            (int)(LONG_BASE + i)};
        if (option->letter) {
            *letter++ = option->letter;
            if (option->argument)
                *letter++ = ':';
        }
    }
    *letter = '\0';
    ret_long[long_count] = (struct option){0};
}

/* The row that getopt's value stands for; NULL for '?' and ':'. */
static const struct ec_option *find_row(const struct ec_option *options, size_t count, int value)
{
    if (value >= LONG_BASE)
        return &options[value - LONG_BASE];
    for (size_t i = 0; i < count; i++)
        if (options[i].letter == value)
            return &options[i];
    return NULL;
}

/* `word` is the one that getopt has just read; it matters for long names, of which getopt gives no
 * letter. */
static int unknown_option(const struct ec_options_parser *parser, const char *word,
                          struct ec_error *error)
{
    if (optopt != 0 && optopt < LONG_BASE)
        return ec_error_set(error, "there is no option '-%c'", optopt);
    size_t length = strcspn(word + 2, "=");
    struct ec_nearest nearest = {.word = word + 2, .word_length = length};
    size_t matches = 0;
    for (const struct ec_option *option = parser->options; option->name; option++) {
        if (is_heading(option))
            continue;
        ec_nearest_offer(&nearest, option->name);
        matches += strncmp(option->name, word + 2, length) == 0;
        if (!option->argument && strlen(option->name) == length &&
            strncmp(option->name, word + 2, length) == 0)
            return ec_error_set(error, "option '--%s' takes no argument", option->name);
    }
    if (matches > 1)
        return ec_error_set(error, "option '%.*s' could be several; write it out", (int)length + 2,
                            word);
    if (nearest.best)
        return ec_error_set(error, "there is no option '%.*s'; did you mean '--%s'?",
                            (int)length + 2, word, nearest.best);
    return ec_error_set(error, "there is no option '%.*s'", (int)length + 2, word);
}

static int missing_argument(const struct ec_option *options, size_t count, struct ec_error *error)
{
    const struct ec_option *row = find_row(options, count, optopt);
    return ec_error_set(error, "option '--%s' needs an argument: %s", row->name, row->argument);
}

static int take(const struct ec_options_parser *parser, const struct ec_option *row,
                const char *argument, struct ec_error *error)
{
    if (!row->flag)
        return row->set(parser->target, argument, error);
    *(bool *)((char *)parser->target + row->flag) = true;
    return 0;
}

static int take_from_argv(const struct ec_options_parser *parser, const struct ec_option *row,
                          struct ec_error *error)
{
    struct ec_error reason = {0};
    if (take(parser, row, optarg, &reason) == 0)
        return 0;
    return ec_error_set(error, "--%s: %s", row->name, reason.text);
}

const struct ec_option *ec_options_find(const struct ec_option *options, const char *name)
{
    for (const struct ec_option *option = options; option->name; option++)
        if (!is_heading(option) && strcmp(option->name, name) == 0)
            return option;
    return NULL;
}

int ec_options_take_one(const struct ec_options_parser *parser, const char *name,
                        const char *argument, struct ec_error *error)
{
    const struct ec_option *row = ec_options_find(parser->options, name);
    if (row && row->argument && !argument)
        return ec_error_set(error, "'%s' needs a value: %s", name, row->argument);
    if (row && !row->argument && argument)
        return ec_error_set(error, "'%s' takes no value", name);
    if (row)
        return take(parser, row, argument, error);
    struct ec_nearest nearest = {.word = name, .word_length = strlen(name)};
    for (const struct ec_option *option = parser->options; option->name; option++)
        if (!is_heading(option))
            ec_nearest_offer(&nearest, option->name);
    if (nearest.best)
        return ec_error_set(error, "there is no option '%s'; did you mean '%s'?", name,
                            nearest.best);
    return ec_error_set(error, "there is no option '%s'", name);
}

int ec_options_parse(const struct ec_options_parser *parser, int argc, char **argv,
                     int *ret_first_operand, struct ec_error *error)
{
    size_t count = row_count(parser->options);
    struct option *long_options = calloc(count + 1, sizeof *long_options);
    char *letters = malloc(2 * count + 3);
    int result = 0;
    if (!long_options || !letters) {
        result = ec_error_set(error, "out of memory");
    } else {
        describe(parser, count, long_options, letters);
        opterr = 0;
        optind = 0; /* start anew, also when this is the second call */
        while (result == 0) {
            int value = getopt_long(argc, argv, letters, long_options, NULL);
            if (value == -1)
                break;
            if (value == '?')
                result = unknown_option(parser, argv[optind - 1], error);
            else if (value == ':')
                result = missing_argument(parser->options, count, error);
            else
                result = take_from_argv(parser, find_row(parser->options, count, value), error);
        }
    }
    if (result == 0)
        *ret_first_operand = optind;
    free(long_options);
    free(letters);
    return result;
}

/* Help text, its lines indented to the second column. */
static void print_help(FILE *out, const struct ec_option *option, int used)
{
    const char *line = option->help;
    if (used > HELP_COLUMN - 2) {
        fputc('\n', out);
        used = 0;
    }
    while (*line) {
        int length = (int)strcspn(line, "\n");
        fprintf(out, "%*s%.*s\n", HELP_COLUMN - used, "", length, line);
        used = 0;
        line += length + (line[length] == '\n');
    }
}

char *ec_options_help(const struct ec_option *options)
{
    struct ec_text_stream text;
    if (ec_text_stream_open(&text) < 0)
        return NULL;
    FILE *out = text.out;
    for (const struct ec_option *option = options; option->name; option++) {
        if (is_heading(option)) {
            fprintf(out, "%s%s:\n", option == options ? "" : "\n", option->name);
            continue;
        }
        int used =
            option->letter ? fprintf(out, "  -%c, ", option->letter) : fprintf(out, "      ");
        used += fprintf(out, "--%s", option->name);
        if (option->argument)
            used += fprintf(out, " %s", option->argument);
        print_help(out, option, used);
    }
    return ec_text_stream_close(&text) == 0 ? text.text : NULL;
}

int ec_options_integer(const char *text, long min, long max, long *ret_value,
                       struct ec_error *error)
{
    char *end;
    errno = 0;
    long value = strtol(text, &end, 10);
    if (end == text || *end != '\0' || errno == ERANGE || value < min || value > max)
        return ec_error_set(error, "'%s' is not a whole number from %ld to %ld", text, min, max);
    *ret_value = value;
    return 0;
}
