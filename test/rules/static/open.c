// Calls an undefined function.

unsigned nowhere(void);

__attribute__((export_name("run"))) unsigned run(void) { return nowhere(); }
