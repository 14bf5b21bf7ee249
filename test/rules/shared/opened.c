// The library that opening.c opens.
const char *script_text(void) {
    return "Opened, %.";
}
