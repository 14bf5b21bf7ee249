//! Tells the runner where the counters of an instrumented guest are.
//!
//! rustc has no profiler runtime for WebAssembly, which would write the counters to a file. A guest needs none: at its end,
//! the runner finds [`REGIONS`] in the memory and reads the counters itself.
//!
//! The symbols are those of LLVM's instrumentation:
//! <https://llvm.org/docs/InstrProfileFormat.html>. The linker defines the first and last address of a section.

#![no_std]

/// Addresses in a linear memory.
#[repr(C)]
pub struct Regions {
    /// `tools/runner/src/coverage/profile.rs` searches for these bytes.
    mark: [u8; 24],
    /// The first and last address of the descriptions of functions, of the counters, and of the names of functions.
    regions: [*const u8; 6],
}

// Safety: the addresses are constants, and nothing here reads from them.
unsafe impl Sync for Regions {}

extern "C" {
    static __start___llvm_prf_data: u8;
    static __stop___llvm_prf_data: u8;
    static __start___llvm_prf_cnts: u8;
    static __stop___llvm_prf_cnts: u8;
    static __start___llvm_prf_names: u8;
    static __stop___llvm_prf_names: u8;
}

/// Where the profile is.
#[used]
#[no_mangle]
static RULES_WIT_COVERAGE: Regions = Regions {
    mark: *b"rules_wit coverage 1\0\0\0\0",
    regions: [
        &raw const __start___llvm_prf_data,
        &raw const __stop___llvm_prf_data,
        &raw const __start___llvm_prf_cnts,
        &raw const __stop___llvm_prf_cnts,
        &raw const __start___llvm_prf_names,
        &raw const __stop___llvm_prf_names,
    ],
};

/// Instrumented code refers to this symbol, so that a linker finds the profiler runtime.
#[no_mangle]
pub static __llvm_profile_runtime: i32 = 0;
