//! SHA-256 digests and subresource integrity.

use base64::prelude::{Engine, BASE64_STANDARD};
use sha2::{Digest as _, Sha256, Sha512};
use std::fmt;
use std::io::{self, Read};

/// A digest as in an entry: `sha256`, or `integrity` for npm packages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Digest {
    /// 64 lower-case hexadecimal digits.
    Sha256(String),
    /// Subresource integrity: `sha512-` and the base64 of 64 bytes. See <https://www.w3.org/TR/sri>.
    Integrity(String),
}

impl Digest {
    /// Reads 64 lower-case hexadecimal digits, or `sha512-` with the base64 of 64 bytes.
    pub fn parse(text: &str) -> Option<Digest> {
        if let Some(encoded) = text.strip_prefix("sha512-") {
            let bytes = BASE64_STANDARD.decode(encoded).ok()?;
            return (bytes.len() == 64).then(|| Digest::Integrity(text.to_owned()));
        }
        let hex = |c: u8| c.is_ascii_digit() || (b'a'..=b'f').contains(&c);
        (text.len() == 64 && text.bytes().all(hex)).then(|| Digest::Sha256(text.to_owned()))
    }

    /// The text of the digest.
    pub fn text(&self) -> &str {
        match self {
            Digest::Sha256(text) | Digest::Integrity(text) => text,
        }
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.text())
    }
}

/// Both digests of one stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hashes {
    sha256: Digest,
    integrity: Digest,
    /// The number of bytes.
    pub size: u64,
}

impl Hashes {
    /// Hashes everything that `reader` returns.
    pub fn of(mut reader: impl Read) -> io::Result<Hashes> {
        let (mut short, mut long, mut size) = (Sha256::new(), Sha512::new(), 0u64);
        let mut buffer = vec![0; 64 << 10];
        loop {
            match reader.read(&mut buffer) {
                Ok(0) => break,
                Ok(n) => {
                    short.update(&buffer[..n]);
                    long.update(&buffer[..n]);
                    size += n as u64;
                }
                Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                Err(e) => return Err(e),
            }
        }
        Ok(Hashes {
            sha256: Digest::Sha256(hex(&short.finalize())),
            integrity: Digest::Integrity(format!(
                "sha512-{}",
                BASE64_STANDARD.encode(long.finalize())
            )),
            size,
        })
    }

    /// The digest of the same kind as `other`.
    pub fn like(&self, other: &Digest) -> &Digest {
        match other {
            Digest::Sha256(_) => &self.sha256,
            Digest::Integrity(_) => &self.integrity,
        }
    }

    /// The SHA-256.
    pub fn sha256(&self) -> &Digest {
        &self.sha256
    }

    /// The subresource integrity.
    pub fn integrity(&self) -> &Digest {
        &self.integrity
    }
}

/// The SHA-256 of a text, as 64 hexadecimal digits.
pub fn sha256_hex(text: &str) -> String {
    hex(&Sha256::digest(text.as_bytes()))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_answers() {
        let hashes = Hashes::of(&b"abc"[..]).expect("reads");
        assert_eq!(
            hashes.sha256().text(),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
        assert_eq!(
            hashes.integrity().text(),
            "sha512-3a81oZNherrMQXNJriBBMRLm+k6JqX6iCp7u5ktV05ohkpkqJ0/BqDa6PCOj/uu9RU1EI2Q86A4qmslPpUyknw=="
        );
        assert_eq!(hashes.size, 3);
        assert_eq!(
            Digest::parse(hashes.sha256().text()),
            Some(hashes.sha256().clone())
        );
        assert_eq!(
            Digest::parse(hashes.integrity().text()),
            Some(hashes.integrity().clone())
        );
    }

    #[test]
    fn malformed_digests() {
        let short = "a".repeat(63);
        let upper = "A".repeat(64);
        let other = "g".repeat(64);
        for text in [
            "",
            "sha512-",
            "sha512-AAAA",
            "sha512-%",
            &short,
            &upper,
            &other,
        ] {
            assert_eq!(Digest::parse(text), None, "{text}");
        }
    }
}
