//! The version of glibc that a program needs.

const PREFIX: &[u8] = b"GLIBC_";

/// Returns the highest version of glibc whose symbols an ELF program imports, as `(major, minor)`; `None`
/// for other programs and for those that are linked statically.
///
/// The names of versions, such as `GLIBC_2.34`, are in the program's table of strings.
pub fn needed(program: &[u8]) -> Option<(u32, u32)> {
    if !program.starts_with(b"\x7fELF") {
        return None;
    }
    let names = program.split(|b| *b == 0);
    names.filter_map(version).max()
}

/// The version in a name, of which the third number does not count.
fn version(name: &[u8]) -> Option<(u32, u32)> {
    let text = std::str::from_utf8(name.strip_prefix(PREFIX)?).ok()?;
    let mut numbers = text.split('.').map(|n| n.parse().ok());
    Some((numbers.next()??, numbers.next()??))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn highest_version() {
        let elf = |names: &str| [b"\x7fELF\0", names.as_bytes()].concat();
        for (names, expected) in [
            ("GLIBC_2.2.5\0GLIBC_2.34\0GLIBC_2.9\0", Some((2, 34))),
            (
                "GLIBC_2.17\0GLIBC_PRIVATE\0GLIBC_3\0x GLIBC_2.99\0",
                Some((2, 17)),
            ),
            ("printf\0", None),
        ] {
            assert_eq!(needed(&elf(names)), expected, "{names}");
        }
        assert_eq!(needed(b"MZ\0GLIBC_2.34\0"), None);
    }
}
