/* What --version prints: the version, and what a report of a problem needs besides. */
#ifndef EC_COMMON_VERSION_H
#define EC_COMMON_VERSION_H

#include "config.h"

/* A literal; `program` is one, too. */
#define EC_VERSION_TEXT(program) program " " EC_VERSION "\n" EC_BUILT_WITH "\n" EC_LIBRARIES "\n"

#endif
