//! A script as a library: `std`, with the allocator of this library.

use std::collections::BTreeMap;
use std::ffi::{c_char, CStr, CString};

#[repr(C)]
pub struct Source {
    name: *const c_char,
    data: *const u8,
    size: usize,
}

#[repr(C)]
pub struct Sources {
    count: usize,
    sources: *const Source,
}

extern "C" {
    fn word_count() -> usize;
    fn nth_word(n: usize) -> *const c_char;
    fn join(left: *const c_char, right: *const c_char) -> *const c_char;
}

fn text(word: *const c_char) -> String {
    // SAFETY: other libraries return texts with a NUL, which they never free.
    unsafe { CStr::from_ptr(word) }
        .to_string_lossy()
        .into_owned()
}

/// Makes a text in pieces, while the allocators of the other libraries are in use.
fn script() -> String {
    let mut words = BTreeMap::new();
    let count = unsafe { word_count() };
    for n in 0..count {
        let number = CString::new(format!("{n}-")).expect("no NUL");
        let word = unsafe { join(number.as_ptr(), nth_word(n)) };
        words.insert(n, text(word));
    }
    let words: Vec<String> = words.into_values().collect();
    format!("{}, %: {count} words.", words.join(" "))
}

#[no_mangle]
pub extern "C" fn wit_dylib_sources() -> *const Sources {
    let script = script().leak();
    let source = Source {
        name: c"script.greet".as_ptr(),
        data: script.as_ptr(),
        size: script.len(),
    };
    Box::leak(Box::new(Sources {
        count: 1,
        sources: Box::leak(Box::new(source)),
    }))
}
