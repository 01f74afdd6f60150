/* Functions of a library that is loaded at run time, by their names. */
#ifndef EFFREC_GPU_SYMBOLS_H
#define EFFREC_GPU_SYMBOLS_H

#include <stdbool.h>
#include <stddef.h>

struct effrec_symbol {
    const char *name;
    size_t member; /* offset of the function pointer in the struct of functions */
    bool required;
};

/* Fills the struct of functions; one that is not required and missing is NULL. Returns the name of
 * the first required function that is missing, NULL: none. */
const char *effrec_look_up(void *handle, const struct effrec_symbol *symbols, size_t count,
                           void *ret_functions);

#endif
