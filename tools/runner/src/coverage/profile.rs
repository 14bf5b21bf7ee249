//! Profiles in LLVM's raw format, out of the memory of an instrumented guest.
//!
//! The format, version 10, is that of `llvm/include/llvm/ProfileData/InstrProfData.inc` in LLVM 19 to 22: a header of 16
//! numbers of 64 bits, then descriptions of functions, counters, and names of functions, each padded to 8 bytes.

use std::ops::Range;

/// What `rules/runtime/coverage` puts before the addresses.
const MARK: &[u8] = b"rules_wit coverage 1\0\0\0\0";

/// The magic number of a profile with addresses of 32 bits, as the file begins in little-endian order.
const MAGIC: u64 = 0xff6c_7072_6f66_5281;

const VERSION: u64 = 10;

/// The last kind of value profiles, which guests do not have.
const VALUE_KIND_LAST: u64 = 2;

/// The size of the description of a function: two hashes of 64 bits, four addresses, the number of counters, three numbers of
/// 16 bits, padding, and the number of bitmap bytes.
const FUNCTION: usize = 48;

/// The offset of the number of counters in it.
const COUNTERS: usize = 32;

/// Returns the profiles of the guests in a memory: of none, of one, or of several that were linked. An error says what is
/// wrong with one.
pub fn raw(memory: &[u8]) -> Vec<Result<Vec<u8>, String>> {
    let addresses = (0..memory.len()).step_by(4);
    addresses
        .filter(|at| memory[*at..].starts_with(MARK))
        .map(|at| one(memory, at + MARK.len()))
        .collect()
}

/// Returns the profile whose addresses are at `at`.
fn one(memory: &[u8], at: usize) -> Result<Vec<u8>, String> {
    let cut_off = || "the addresses of its regions are cut off".to_owned();
    let mut regions = Vec::new();
    for pair in 0..3 {
        let address = |n: usize| number(memory, at + (2 * pair + n) * 4).ok_or_else(cut_off);
        let region: Range<usize> = address(0)? as usize..address(1)? as usize;
        if memory.get(region.clone()).is_none() {
            return Err(format!("a region is outside of the memory: {region:?}"));
        }
        regions.push(region);
    }
    let [functions, counters, names] = [&regions[0], &regions[1], &regions[2]];
    let described: u64 = memory[functions.clone()]
        .chunks(FUNCTION)
        .map(|function| u64::from(number(function, COUNTERS).unwrap_or_default()))
        .sum();
    if functions.len() % FUNCTION != 0 || described * 8 != counters.len() as u64 {
        return Err("its format is not that of LLVM 19 to 22".to_owned());
    }

    let delta = (counters.start as u32).wrapping_sub(functions.start as u32);
    let header = [
        MAGIC,
        VERSION,
        // The size of build identifiers.
        0,
        (functions.len() / FUNCTION) as u64,
        // Padding before the counters, which start at a multiple of 8.
        0,
        described,
        // Padding after them, and bitmaps for conditions, with padding.
        0,
        0,
        0,
        names.len() as u64,
        delta.into(),
        // Where bitmaps are.
        0,
        names.start as u64,
        // Virtual tables, and their names.
        0,
        0,
        VALUE_KIND_LAST,
    ];
    let mut profile: Vec<u8> = header.iter().flat_map(|n| n.to_le_bytes()).collect();
    for region in regions {
        profile.extend_from_slice(&memory[region]);
    }
    profile.resize(profile.len().next_multiple_of(8), 0);
    Ok(profile)
}

/// Reads a number of 32 bits.
fn number(bytes: &[u8], at: usize) -> Option<u32> {
    let bytes = bytes.get(at..)?.first_chunk()?;
    Some(u32::from_le_bytes(*bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A memory with functions at 16, counters at 128 and names at 160, and their addresses at `at`.
    fn memory(at: usize, addresses: [u32; 6]) -> Vec<u8> {
        let mut memory = vec![0; 256];
        memory[16 + COUNTERS] = 1;
        memory[16 + FUNCTION + COUNTERS] = 2;
        memory[128] = 7;
        memory[160..165].copy_from_slice(b"\x03\0f\x01g");
        memory[at..at + MARK.len()].copy_from_slice(MARK);
        for (n, address) in addresses.iter().enumerate() {
            let at = at + MARK.len() + 4 * n;
            memory[at..at + 4].copy_from_slice(&address.to_le_bytes());
        }
        memory
    }

    const ADDRESSES: [u32; 6] = [16, 112, 128, 152, 160, 165];

    #[test]
    fn a_profile() {
        let found = raw(&memory(200, ADDRESSES));
        let [Ok(profile)] = &found[..] else {
            panic!("{found:?}");
        };
        let numbers: Vec<u64> = profile[..128]
            .chunks(8)
            .map(|n| u64::from_le_bytes(n.try_into().unwrap()))
            .collect();
        let expected = [MAGIC, 10, 0, 2, 0, 3, 0, 0, 0, 5, 112, 0, 160, 0, 0, 2];
        assert_eq!(numbers, expected);
        assert_eq!(profile.len(), 128 + 96 + 24 + 8);
        assert_eq!(profile[128 + 96], 7);
        assert!(profile.ends_with(b"\x03\0f\x01g\0\0\0"));
    }

    #[test]
    fn counters_before_the_functions() {
        let mut addresses = ADDRESSES;
        addresses[2..4].copy_from_slice(&[0, 24]);
        let profile = raw(&memory(200, addresses)).remove(0).unwrap();
        assert_eq!(profile[80..88], (u64::from(u32::MAX) - 15).to_le_bytes());
    }

    #[test]
    fn damaged_profiles() {
        assert!(raw(&[0; 64]).is_empty());
        let cases: [(usize, [u32; 6], &str); 4] = [
            (216, ADDRESSES, "are cut off"),
            (
                200,
                [16, 112, 128, 152, 160, 257],
                "outside of the memory: 160..257",
            ),
            (
                200,
                [112, 16, 128, 152, 160, 165],
                "outside of the memory: 112..16",
            ),
            (200, [16, 111, 128, 152, 160, 165], "not that of LLVM"),
        ];
        for (at, addresses, expected) in cases {
            let mut memory = memory(at.min(200), addresses);
            memory.truncate(if at == 216 { 236 } else { 256 });
            let found = raw(&memory);
            let [Err(error)] = &found[..] else {
                panic!("{found:?}");
            };
            assert!(error.contains(expected), "{error}");
        }
    }
}
