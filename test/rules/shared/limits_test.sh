#!/bin/sh
# Compares the table of what can be a shared library in docs/interpreters.md with what compilers and linkers say.
#
# Usage: limits_test.sh COMPONENT DOCS
set -eu

component=$(readlink -f "$1")
docs=$(readlink -f "$2")
cd "$TEST_TMPDIR"

cat >plain.c <<'C'
int add(int a, int b) { return a + b; }
C
cat >libc.c <<'C'
#include <stdio.h>
int show(char *out, int n) { return snprintf(out, 10, "%d", n); }
C
cat >heap.c <<'C'
#include <stdlib.h>
void *block(int size) { return malloc(size); }
C
cat >jump.c <<'C'
#include <setjmp.h>
static jmp_buf target;
void leap(void) { longjmp(target, 1); }
int land(void) { if (setjmp(target)) return 1; leap(); return 0; }
C
cat >formula.cc <<'CC'
#include <string>
#include <vector>
static std::vector<std::string> names{"a", "b"};
extern "C" int show(int n) { names.push_back(std::to_string(n)); return names.back().size(); }
CC
cat >alloc.rs <<'RUST'
#![no_std]
extern crate alloc;
use core::alloc::{GlobalAlloc, Layout};
extern "C" {
    fn malloc(size: usize) -> *mut u8;
    fn free(block: *mut u8);
}
struct Libc;
unsafe impl GlobalAlloc for Libc {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 { malloc(layout.size()) }
    unsafe fn dealloc(&self, block: *mut u8, _: Layout) { free(block) }
}
#[global_allocator]
static ALLOCATOR: Libc = Libc;
#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! { core::arch::wasm32::unreachable() }
#[no_mangle]
pub extern "C" fn show(n: u32) -> usize { alloc::format!("{n}").len() }
RUST
cat >std.rs <<'RUST'
#[no_mangle]
pub extern "C" fn show(n: u32) -> usize { format!("{n}").len() }
RUST

# answer COMMAND...: `yes`, or the reason in the error.
answer() {
    if "$@" >stderr 2>&1; then
        echo yes
    else
        grep -oE 'recompile with -fPIC|not supported against an undefined symbol `__heap_[a-z]*`' stderr |
            head -n 1 | sed 's/`/"/g' | grep . || cat stderr
    fi
}

c() {
    clang --target=wasm32-wasip1 -O2 -fPIC -fvisibility=default -shared -nostdlib -Wl,--experimental-pic,--no-entry,--export-dynamic \
        -Wl,--unresolved-symbols=import-dynamic "$@"
}

# Errors that one library raises and catches.
linked() {
    c -mllvm -wasm-enable-sjlj -mllvm -wasm-use-legacy-eh=false jump.c -lsetjmp -o jump.so && "$component" link jump.so -o linked.wasm
}

# The same libc after `component pic`, as `wasm_interpreter` links it. With `-O2`, clang would run wasm-opt on the object.
rewritten() {
    clang --target=wasm32-wasip1 -nostartfiles -nodefaultlibs -Wl,-r libc.c heap.c -lc -o libc.o &&
        "$component" pic libc.o -o libc_pic.o && c -Wl,--no-export-dynamic,--export=show libc_pic.o -o libc_pic.so
}

# libc++ is that of wasip1.
cxx() {
    clang --target=wasm32-wasi -fno-exceptions -nostartfiles -nodefaultlibs -Wl,-r formula.cc -lc++ -lc++abi -lc -o cxx.o &&
        "$component" pic cxx.o -o cxx_pic.o && c -Wl,--no-export-dynamic,--export=show cxx_pic.o -o cxx.so
}

# As `rust_wasm_shared_library` links it.
rewritten_rust() {
    rustc --edition 2021 --crate-type staticlib --target wasm32-unknown-unknown "$1.rs" -o "$1.a" &&
        "$component" static-library "$1.a" --export show --linker "$(command -v wasm-ld)" -o "$1.o" &&
        "$component" pic "$1.o" -o "$1_pic.o" && c "$1_pic.o" -o "$1_pic.so"
}

rust() {
    rustc --edition 2021 --crate-type cdylib -O -Cpanic=abort -Crelocation-model=pic -Clinker=wasm-ld -Clinker-flavor=wasm-ld \
        -Clink-arg=-shared -Clink-arg=--experimental-pic -Clink-arg=--no-entry -Clink-arg=--unresolved-symbols=import-dynamic "$@"
}

{
    echo "| C without a libc | $(answer c plain.c -o plain.so) |"
    echo "| C with wasi-libc | $(answer c libc.c heap.c -lc -o libc.so) |"
    echo "| C with wasi-libc in a \`wasm_interpreter\`, such as JavaScript and Lua | $(answer rewritten) |"
    echo "| C++ with libc++ in a \`wasm_interpreter\` | $(answer cxx) |"
    echo "| C with \`setjmp\`, in one library | $(answer linked) |"
    echo "| Rust with \`alloc\` in a \`rust_wasm_shared_library\` | $(answer rewritten_rust alloc) |"
    echo "| Rust with \`std\` in a \`rust_wasm_shared_library\` | $(answer rewritten_rust std) |"
    echo "| Rust with \`alloc\` and fat LTO | $(answer rust alloc.rs --target wasm32-unknown-unknown -Clto=fat -o alloc_lto.so) |"
    echo "| Rust with \`alloc\`, without LTO | $(answer rust alloc.rs --target wasm32-unknown-unknown -o alloc.so) |"
    echo "| Rust with \`std\` for WASI | $(answer rust std.rs --target wasm32-wasip2 -Clto=fat -o std_wasi.so) |"
    echo "| Rust with \`std\` without WASI | $(answer rust std.rs --target wasm32-unknown-unknown -Clto=fat -o std.so) |"
} >rows

while IFS= read -r row; do
    grep -qxF "$row" "$docs" || { echo "$docs lacks the line: $row"; failed=1; }
done <rows
exit "${failed:-0}"
