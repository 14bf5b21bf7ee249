//! Encrypts a file. Arguments: the file, a file with the key, the output.
//!
//! The output starts with the nonce, a hash of the key and the file. So equal inputs give equal
//! outputs, and no nonce is used for two files.

use chacha20poly1305::aead::{Aead, KeyInit};
use chacha20poly1305::{Key, XChaCha20Poly1305, XNonce};
use sha2::{Digest, Sha256};
use std::error::Error;

#[path = "key.rs"]
mod key;

fn encrypt(file: &str, key: &str, out: &str) -> Result<(), Box<dyn Error>> {
    let bytes = std::fs::read(file)?;
    let key = key::read(key)?;
    let digest = Sha256::new()
        .chain_update(key)
        .chain_update(&bytes)
        .finalize();
    let mut nonce = [0; key::NONCE];
    nonce.copy_from_slice(&digest[..key::NONCE]);
    let cipher = XChaCha20Poly1305::new(&Key::from(key));
    let secret = cipher.encrypt(&XNonce::from(nonce), bytes.as_slice());
    let secret = secret.map_err(|_| "the file is too long")?;
    std::fs::write(out, [nonce.as_slice(), &secret].concat())?;
    Ok(())
}

fn main() -> std::process::ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [file, key, out] = args.as_slice() else {
        eprintln!("error: expected three arguments\nhint: encrypt FILE KEY OUTPUT");
        return 2.into();
    };
    if let Err(e) = encrypt(file, key, out) {
        eprintln!("error: failed to encrypt {file}: {e}");
        return 1.into();
    }
    0.into()
}
