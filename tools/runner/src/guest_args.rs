//! The options for the environment of a guest: directories, variables, limits.

use crate::features;
use crate::host::{Mount, Setup};
use crate::network::{Destination, Network};
use rules_wit_common::user_path;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use wasmtime_environ::wasmparser::WasmFeatures;

/// Options for the environment of a guest.
#[derive(clap::Args)]
pub struct GuestArgs {
    /// Makes a host directory visible to the guest as GUEST, or under the same path; `:ro` makes it read-only
    #[arg(long = "dir", value_name = "HOST[::GUEST][:ro]", value_parser = parse_dir)]
    dirs: Vec<Mount>,

    /// Sets an environment variable of the guest, which inherits none
    #[arg(long = "env", value_name = "K=V", value_parser = parse_env)]
    env: Vec<(String, String)>,

    /// Lets the guest reach HOST, which is a name, an address, or `*` for all; by default it reaches nothing
    #[arg(long, value_name = "HOST[:PORT]")]
    network: Vec<Destination>,

    /// Sets a value that `wasi:config` returns
    #[arg(long, value_name = "K=V", value_parser = parse_env)]
    config: Vec<(String, String)>,

    /// The limit for all linear memories together, such as 512MiB
    #[arg(long, value_name = "SIZE", default_value = "4GiB", value_parser = parse_size)]
    max_memory: u64,

    /// Turns on a proposal of the component model, such as `cm-fixed-length-lists`
    #[arg(long = "wasm-feature", value_name = "FEATURE", value_parser = features::parse)]
    wasm_features: Vec<WasmFeatures>,
}

impl GuestArgs {
    /// Returns the environment of a guest with these arguments.
    pub fn setup(self, args: Vec<String>) -> Setup {
        let mut mounts = self.dirs;
        for mount in &mut mounts {
            mount.host = user_path(&mount.host);
        }
        Setup {
            args,
            env: self.env,
            mounts,
            network: Arc::new(Network::new(self.network)),
            config: self.config,
            max_memory: self.max_memory,
            features: self
                .wasm_features
                .into_iter()
                .fold(features::BASELINE, WasmFeatures::union),
        }
    }
}

/// Parses `HOST[::GUEST][:ro]`.
fn parse_dir(text: &str) -> Result<Mount, String> {
    let (rest, read_only) = match text.strip_suffix(":ro") {
        Some(rest) => (rest, true),
        None => (text, false),
    };
    let (host, guest) = rest.split_once("::").unwrap_or((rest, rest));
    if host.is_empty() || guest.is_empty() {
        return Err("expected HOST[::GUEST][:ro]".to_owned());
    }
    Ok(Mount {
        host: PathBuf::from(host),
        guest: normalize(guest),
        read_only,
    })
}

/// Returns a path of the guest without `.`, `a/..` and a final `/`: libraries of guests compare the path of a
/// directory with the start of paths, byte by byte.
fn normalize(path: &str) -> String {
    let root = if path.starts_with('/') { "/" } else { "" };
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match (part, parts.last()) {
            ("" | ".", _) => {}
            ("..", Some(last)) if *last != ".." => {
                parts.pop();
            }
            ("..", None) if !root.is_empty() => {}
            _ => parts.push(part),
        }
    }
    match format!("{root}{}", parts.join("/")) {
        path if path.is_empty() => ".".to_owned(),
        path => path,
    }
}

fn parse_env(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((k, v)) if !k.is_empty() => Ok((k.to_owned(), v.to_owned())),
        _ => Err("expected K=V".to_owned()),
    }
}

/// Parses a number of bytes, such as `64KiB`.
pub fn parse_size(text: &str) -> Result<u64, String> {
    let digits = text.trim_end_matches(|c: char| !c.is_ascii_digit());
    let shift = match &text[digits.len()..] {
        "" | "B" => 0,
        "KiB" | "K" => 10,
        "MiB" | "M" => 20,
        "GiB" | "G" => 30,
        _ => return Err("expected a number of bytes, KiB, MiB or GiB".to_owned()),
    };
    let number: u64 = digits.parse().map_err(|_| "expected a number".to_owned())?;
    number
        .checked_mul(1 << shift)
        .ok_or_else(|| "too large".to_owned())
}

/// Parses a duration, such as `500ms`, `30s` or `2m`.
pub fn parse_duration(text: &str) -> Result<Duration, String> {
    let digits = text.trim_end_matches(|c: char| !c.is_ascii_digit());
    let unit: u64 = match &text[digits.len()..] {
        "ms" => 1,
        "s" => 1_000,
        "m" => 60_000,
        _ => return Err("expected a number of ms, s or m, such as 30s".to_owned()),
    };
    let number: u64 = digits.parse().map_err(|_| "expected a number".to_owned())?;
    match number.checked_mul(unit) {
        // Tokio's timers end after two years.
        Some(millis) if millis > 0 && millis < 1 << 35 => Ok(Duration::from_millis(millis)),
        _ => Err("expected at least 1ms and at most a year".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations() {
        assert_eq!(parse_duration("500ms"), Ok(Duration::from_millis(500)));
        assert_eq!(parse_duration("2m"), Ok(Duration::from_secs(120)));
        for wrong in ["", "s", "5", "0s", "-1s", "1h", "9999999999999999999m"] {
            assert!(parse_duration(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn sizes() {
        assert_eq!(parse_size("4GiB"), Ok(4 << 30));
        assert_eq!(parse_size("65536"), Ok(65536));
        for wrong in ["", "x", "1.5GiB", "-1", "4TB", "99999999999999999GiB"] {
            assert!(parse_size(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn directories() {
        for (text, host, guest, read_only) in [
            ("a", "a", "a", false),
            ("a::/b", "a", "/b", false),
            ("a::/b:ro", "a", "/b", true),
            ("a:ro", "a", "a", true),
            ("a/", "a/", "a", false),
            ("./a/../b//c/.", "./a/../b//c/.", "b/c", false),
            ("../a/", "../a/", "../a", false),
            ("a/../..", "a/../..", "..", false),
            (".", ".", ".", false),
            ("./", "./", ".", false),
            ("/", "/", "/", false),
            ("/a/../../b/", "/a/../../b/", "/b", false),
            ("a::/b/", "a", "/b", false),
        ] {
            let mount = parse_dir(text).expect(text);
            assert_eq!(mount.host, PathBuf::from(host));
            assert_eq!(mount.guest, guest);
            assert_eq!(mount.read_only, read_only);
        }
        for wrong in ["", "::x", "x::", ":ro"] {
            assert!(parse_dir(wrong).is_err(), "{wrong}");
        }
    }
}
