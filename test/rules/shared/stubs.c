// The functions of an interpreter that greeter.c does not define: they trap.
#define WIT_EXPORT(result, name, params) \
    __attribute__((weak, export_name(#name))) result name params { __builtin_trap(); }
#include "wit_dylib.h"
