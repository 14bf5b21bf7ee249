//! A limit for TOML.

/// Whether a text of TOML nests too deeply for the crate `toml`. It limits its own recursion, but not the
/// nesting of tables by dotted keys, which overflows the stack when they are dropped.
pub fn nests_too_deeply(text: &str) -> bool {
    let is_long = |line: &str| line.bytes().filter(|b| *b == b'.').count() > 256;
    if text.lines().any(is_long) {
        return true;
    }
    let mut depth = 0_usize;
    text.bytes().any(|b| {
        match b {
            b'[' | b'{' => depth += 1,
            b']' | b'}' => depth = depth.saturating_sub(1),
            b'\n' if depth < 2 => depth = 0,
            _ => {}
        }
        depth > 64
    })
}

#[cfg(test)]
mod tests {
    use super::nests_too_deeply;

    #[test]
    fn long_keys_and_open_brackets_are_too_deep() {
        assert!(!nests_too_deeply("[[package]]\nname = \"a.b\"\n[a.b.c]\n"));
        assert!(nests_too_deeply(&format!("{}a = 1", "a.".repeat(300))));
        assert!(nests_too_deeply(&format!("a = {}", "[".repeat(100))));
    }
}
