#include "effrecord/switch.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include <yaml.h>

struct file {
    const char *path;
    yaml_document_t *document;
};

static int error_at(const struct file *file, const yaml_node_t *node, const char *reason,
                    struct ec_error *error)
{
    return ec_error_set(error, "%s:%zu:%zu: %s", file->path, node->start_mark.line + 1,
                        node->start_mark.column + 1, reason);
}

/* The value of a mapping's key; NULL when it is not there. The last of several counts, as in
 * PyYAML. */
static yaml_node_t *find(const struct file *file, const yaml_node_t *mapping, const char *key)
{
    yaml_node_t *found = NULL;
    for (yaml_node_pair_t *pair = mapping->data.mapping.pairs.start;
         pair < mapping->data.mapping.pairs.top; pair++) {
        yaml_node_t *name = yaml_document_get_node(file->document, pair->key);
        if (name && name->type == YAML_SCALAR_NODE &&
            strcmp((const char *)name->data.scalar.value, key) == 0)
            found = yaml_document_get_node(file->document, pair->value);
    }
    return found;
}

static int to_bool(const struct file *file, const yaml_node_t *node, bool *ret_value,
                   struct ec_error *error)
{
    static const struct {
        const char *word;
        bool value;
    } words[] = {{"true", true},   {"yes", true}, {"on", true},
                 {"false", false}, {"no", false}, {"off", false}};
    for (size_t i = 0; node->type == YAML_SCALAR_NODE && i < sizeof words / sizeof words[0]; i++)
        if (strcasecmp((const char *)node->data.scalar.value, words[i].word) == 0) {
            *ret_value = words[i].value;
            return 0;
        }
    return error_at(file, node, "enabled must be true or false", error);
}

static int read_document(const struct file *file, bool *ret_enabled, struct ec_error *error)
{
    yaml_node_t *root = yaml_document_get_root_node(file->document);
    if (!root)
        return ec_error_set(error, "%s:1:1: the file is empty", file->path);
    if (root->type != YAML_MAPPING_NODE)
        return error_at(file, root, "the file must hold a mapping", error);
    yaml_node_t *section = find(file, root, "efficiency_tracking");
    if (!section)
        return error_at(file, root, "there is no efficiency_tracking section", error);
    if (section->type != YAML_MAPPING_NODE)
        return error_at(file, section, "efficiency_tracking must be a mapping", error);
    yaml_node_t *enabled = find(file, section, "enabled");
    if (!enabled)
        return error_at(file, section, "efficiency_tracking does not say whether it is enabled",
                        error);
    return to_bool(file, enabled, ret_enabled, error);
}

static int parse(FILE *stream, const char *path, bool *ret_enabled, struct ec_error *error)
{
    yaml_parser_t parser;
    yaml_document_t document;
    if (!yaml_parser_initialize(&parser))
        return ec_error_set(error, "%s: out of memory", path);
    yaml_parser_set_input_file(&parser, stream);
    int rc;
    if (yaml_parser_load(&parser, &document)) {
        rc = read_document(&(struct file){path, &document}, ret_enabled, error);
        yaml_document_delete(&document);
    } else {
        rc = ec_error_set(error, "%s:%zu:%zu: %s", path, parser.problem_mark.line + 1,
                          parser.problem_mark.column + 1,
                          parser.problem ? parser.problem : "not YAML");
    }
    yaml_parser_delete(&parser);
    return rc;
}

int effrecord_switch_read(const char *path, bool *ret_enabled, struct ec_error *error)
{
    FILE *stream = fopen(path, "re");
    if (!stream)
        return ec_error_set(error, "%s: %s", path, strerror(errno));
    int rc = parse(stream, path, ret_enabled, error);
    fclose(stream);
    return rc;
}
