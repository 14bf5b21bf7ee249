//! Words, in memory of this library, which it allocates while another library allocates, too.

use std::ffi::{c_char, CString};
use std::sync::Mutex;

static WORDS: Mutex<Vec<CString>> = Mutex::new(Vec::new());

#[no_mangle]
pub extern "C" fn word_count() -> usize {
    "good day to".split(' ').count()
}

#[no_mangle]
pub extern "C" fn nth_word(n: usize) -> *const c_char {
    let mut words = WORDS.lock().expect("there is one thread");
    while words.len() <= n {
        let word = "good day to".split(' ').nth(words.len()).unwrap_or("?");
        words.push(CString::new(word).expect("no NUL"));
    }
    words[n].as_ptr()
}
