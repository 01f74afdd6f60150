#include "record/gpu_symbols.h"

#include <dlfcn.h>
#include <string.h>

const char *effrec_look_up(void *handle, const struct effrec_symbol *symbols, size_t count,
                           void *ret_functions)
{
    for (size_t i = 0; i < count; i++) {
        void *symbol = dlsym(handle, symbols[i].name);
        if (!symbol && symbols[i].required)
            return symbols[i].name;
        memcpy((char *)ret_functions + symbols[i].member, &symbol, sizeof symbol);
    }
    return NULL;
}
