//! A temporary workspace, and runs of the program.

use sha2::{Digest, Sha256, Sha512};
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use tempfile::TempDir;

/// A file of the registry.
pub const DEMO: &str = include_str!("demo.json");

pub struct Workspace {
    pub dir: TempDir,
    variables: Vec<(String, OsString)>,
}

pub fn binary() -> PathBuf {
    let path = std::env::var_os("CHECKSUM_UPDATER_BIN")
        .map(PathBuf::from)
        .or_else(|| option_env!("CARGO_BIN_EXE_checksum_updater").map(PathBuf::from))
        .expect("CHECKSUM_UPDATER_BIN");
    path.canonicalize().expect("the binary exists")
}

impl Workspace {
    /// Returns an empty workspace.
    pub fn new() -> Self {
        let dir = tempfile::tempdir().expect("tempdir");
        fs::create_dir_all(dir.path().join("w/checksums/tools")).expect("mkdir");
        fs::create_dir_all(dir.path().join("home")).expect("mkdir");
        fs::create_dir_all(dir.path().join("cargo")).expect("mkdir");
        Workspace {
            dir,
            variables: Vec::new(),
        }
    }

    /// Returns a workspace with one file in the registry.
    pub fn with(json: &str) -> Self {
        let workspace = Workspace::new();
        workspace.write("checksums/tools/demo.json", json);
        workspace
    }

    pub fn variable(&mut self, name: &str, value: impl Into<OsString>) {
        self.variables.push((name.to_owned(), value.into()));
    }

    /// Sets the URL of GitHub.
    pub fn github(mut self, address: &str) -> Self {
        self.variable("GITHUB_API_URL", address);
        self.variable("GITHUB_SERVER_URL", address);
        self
    }

    pub fn root(&self) -> PathBuf {
        self.dir.path().join("w")
    }

    pub fn write(&self, path: &str, text: &str) {
        let path = self.root().join(path);
        fs::create_dir_all(path.parent().expect("parent")).expect("mkdir");
        fs::write(path, text).expect("write");
    }

    pub fn read(&self, path: &str) -> String {
        fs::read_to_string(self.root().join(path)).expect(path)
    }

    pub fn json(&self) -> String {
        self.read("checksums/tools/demo.json")
    }

    /// Returns the command, without the configuration of this machine.
    pub fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(binary());
        let home = self.dir.path().join("home");
        command.env_clear().env(
            "PATH",
            std::env::var_os("PATH").unwrap_or_else(|| "/bin:/usr/bin".into()),
        );
        let rustup = std::env::var_os("RUSTUP_HOME")
            .map(PathBuf::from)
            .or_else(|| std::env::var_os("HOME").map(|h| Path::new(&h).join(".rustup")));
        if let Some(rustup) = rustup.filter(|r| r.exists()) {
            command.env("RUSTUP_HOME", rustup);
        }
        command
            .env("HOME", &home)
            .env("XDG_CACHE_HOME", self.dir.path().join("cache"))
            .env("CARGO_HOME", self.dir.path().join("cargo"))
            .env("TMPDIR", self.dir.path())
            // Only the servers of the test.
            .env("GITHUB_API_URL", "http://127.0.0.1:9")
            .env("GITHUB_SERVER_URL", "http://127.0.0.1:9")
            .envs(self.variables.iter().map(|(n, v)| (n, v)))
            .arg("--workspace")
            .arg(self.root())
            .args(args);
        command
    }

    pub fn run(&self, args: &[&str]) -> Ran {
        Ran(self.command(args).output().expect("runs"))
    }
}

/// The result of a run.
pub struct Ran(pub Output);

impl Ran {
    pub fn stdout(&self) -> String {
        String::from_utf8_lossy(&self.0.stdout).into_owned()
    }

    pub fn stderr(&self) -> String {
        String::from_utf8_lossy(&self.0.stderr).into_owned()
    }

    /// Asserts the exit code, and that standard error contains all of the texts.
    #[track_caller]
    pub fn expect(self, code: i32, texts: &[&str]) -> Self {
        let (out, err) = (self.stdout(), self.stderr());
        assert_eq!(
            self.0.status.code(),
            Some(code),
            "stdout:\n{out}\nstderr:\n{err}"
        );
        for text in texts {
            assert!(err.contains(text), "no `{text}` in:\n{err}");
        }
        self
    }
}

pub fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes)
        .iter()
        .map(|b| format!("{b:02x}"))
        .collect()
}

pub fn integrity(bytes: &[u8]) -> String {
    use base64::prelude::{Engine, BASE64_STANDARD};
    format!("sha512-{}", BASE64_STANDARD.encode(Sha512::digest(bytes)))
}

/// Creates a tar.gz, such as a crate or an npm package. The files have a common top folder.
pub fn tarball(files: &[(&str, &str)]) -> Vec<u8> {
    let dir = tempfile::tempdir().expect("tempdir");
    for (path, text) in files {
        let path = dir.path().join("in").join(path);
        fs::create_dir_all(path.parent().expect("parent")).expect("mkdir");
        fs::write(path, text).expect("write");
    }
    let top = files[0].0.split('/').next().expect("a folder");
    let status = Command::new("tar")
        .current_dir(dir.path())
        .args(["czf", "out", "-C", "in", top])
        .status()
        .expect("tar");
    assert!(status.success());
    fs::read(dir.path().join("out")).expect("read")
}

/// Creates a wheel.
pub fn wheel(name: &str, version: &str) -> Vec<u8> {
    let dir = tempfile::tempdir().expect("tempdir");
    let script = "import sys, zipfile\nname, version = sys.argv[1:]\nz = zipfile.ZipFile('out', 'w')\n\
        info = '%s-%s.dist-info/' % (name, version)\nz.writestr(name + '.py', '')\n\
        z.writestr(info + 'METADATA', 'Metadata-Version: 2.1\\nName: %s\\nVersion: %s\\n' % (name, version))\n\
        z.writestr(info + 'WHEEL', 'Wheel-Version: 1.0\\nGenerator: x\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n')\n\
        z.writestr(info + 'RECORD', '')\nz.close()\n";
    let status = Command::new("python3")
        .current_dir(dir.path())
        .args(["-c", script, name, version])
        .status()
        .expect("python3");
    assert!(status.success());
    fs::read(dir.path().join("out")).expect("read")
}
