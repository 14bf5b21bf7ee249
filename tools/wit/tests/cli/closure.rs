//! `wit closure` of files that are not encoded packages.

use crate::support::{said, wit};
use std::fs;

#[test]
fn what_is_no_package() {
    let dir = tempfile::tempdir().expect("tempdir");
    let module = b"\0asm\x01\0\0\0".to_vec();
    let cut = b"\0asm\x0d\0\x01\0\x07".to_vec();
    let component = b"\0asm\x0d\0\x01\0".to_vec();
    for (bytes, code) in [(module, 1), (cut, 1), (component, 0)] {
        fs::write(dir.path().join("x.wasm"), bytes).expect("write");
        let output = wit(dir.path(), &["closure", "x.wasm"]);
        let text = said(&output);
        assert_eq!(output.status.code(), Some(code), "{text}");
        assert!(!text.contains("internal error"), "{text}");
        if code == 1 {
            assert!(
                text.contains("`x.wasm` is not an encoded WIT package"),
                "{text}"
            );
        }
    }
}
