//! Decrypts a linked module in memory and runs it. Arguments: the file, a file with the key.

use chacha20poly1305::aead::{Aead, KeyInit};
use chacha20poly1305::{Key, XChaCha20Poly1305, XNonce};
use std::error::Error;

#[path = "key.rs"]
mod key;
#[allow(dead_code)]
#[path = "wasmi.rs"]
mod on_wasmi;

fn decrypt(file: &str, key: &str) -> Result<Vec<u8>, Box<dyn Error>> {
    let bytes = std::fs::read(file)?;
    let (nonce, secret) = bytes
        .split_first_chunk::<{ key::NONCE }>()
        .ok_or("the file is too short")?;
    let cipher = XChaCha20Poly1305::new(&Key::from(key::read(key)?));
    let open = cipher.decrypt(&XNonce::from(*nonce), secret);
    open.map_err(|_| "wrong key, or the file was changed".into())
}

fn main() -> std::process::ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [file, key] = args.as_slice() else {
        eprintln!("error: expected two arguments\nhint: encrypted FILE KEY");
        return 2.into();
    };
    let module = match decrypt(file, key) {
        Ok(module) => module,
        Err(e) => {
            eprintln!("error: failed to decrypt {file}: {e}");
            return 1.into();
        }
    };
    if let Err(e) = on_wasmi::run(&module) {
        eprintln!("error: failed to run {file}: {e}");
        return 1.into();
    }
    0.into()
}
