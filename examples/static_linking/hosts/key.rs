//! Keys in files.

use std::error::Error;

/// The length of a nonce in bytes.
pub const NONCE: usize = 24;

/// Reads a key of 64 hexadecimal digits.
pub fn read(path: &str) -> Result<[u8; 32], Box<dyn Error>> {
    let text = std::fs::read_to_string(path)?;
    let digits: Vec<u8> = text
        .trim()
        .chars()
        .map_while(|c| c.to_digit(16).map(|d| d as u8))
        .collect();
    if digits.len() != 64 || text.trim().len() != 64 {
        return Err(format!("{path} must contain 64 hexadecimal digits").into());
    }
    let mut key = [0; 32];
    for (byte, two) in key.iter_mut().zip(digits.chunks(2)) {
        *byte = two.iter().fold(0, |n, d| n << 4 | d);
    }
    Ok(key)
}
