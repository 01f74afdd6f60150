/* The whole table as one JSON object, as docs/schema.md describes it. */
#ifndef EC_RENDER_JSON_H
#define EC_RENDER_JSON_H

#include "base/out.h"
#include "table/table.h"

/* Ends with a newline. */
void ec_json_write_table(struct ec_out *out, const struct ec_table *table);

#endif
