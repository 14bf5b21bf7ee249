//! A registry in memory, a directory, and the program under test.

use crate::server::Server;
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::Command;
use tempfile::TempDir;

/// An empty component.
pub const COMPONENT: &[u8] = b"\0asm\x0d\0\x01\0";
pub const BUNDLE: &str = "application/vnd.dev.sigstore.bundle.v0.3+json";
pub const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";

pub struct Fixture {
    pub dir: TempDir,
    pub server: Server,
}

pub struct Ran {
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
}

impl Ran {
    pub fn ok(self) -> String {
        assert_eq!(self.code, 0, "{}", self.stderr);
        self.stdout.trim().to_owned()
    }

    pub fn fails(self, code: i32, why: &str) -> String {
        assert_eq!(self.code, code, "{}{}", self.stdout, self.stderr);
        assert!(self.stderr.contains(why), "{why}: {}", self.stderr);
        assert_eq!(self.stderr.matches("hint:").count(), 1, "{}", self.stderr);
        self.stderr
    }
}

impl Fixture {
    pub fn new() -> Self {
        let fixture = Fixture {
            dir: tempfile::tempdir().expect("tempdir"),
            server: Server::start(),
        };
        fixture.write("a.wasm", COMPONENT);
        fixture
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    pub fn write(&self, name: &str, bytes: impl AsRef<[u8]>) {
        std::fs::write(self.path(name), bytes).expect("write");
    }

    /// The number of requests that start with a text.
    pub fn count(&self, start: &str) -> usize {
        let log = &self.server.state().log;
        log.iter().filter(|l| l.starts_with(start)).count()
    }

    pub fn read(&self, name: &str) -> Vec<u8> {
        std::fs::read(self.path(name)).expect(name)
    }

    pub fn name(&self, rest: &str) -> String {
        format!("{}/t{rest}", self.server.address)
    }

    pub fn run(&self, args: &[&str]) -> Ran {
        let binary = std::env::var_os("PUBLISHER_BIN").map(PathBuf::from);
        let binary = binary.or_else(|| option_env!("CARGO_BIN_EXE_publisher").map(PathBuf::from));
        let binary = binary
            .expect("PUBLISHER_BIN")
            .canonicalize()
            .expect("the binary exists");
        let path =
            std::env::join_paths([self.dir.path(), Path::new("/usr/bin"), Path::new("/bin")])
                .expect("paths");
        let output = Command::new(binary)
            .env_clear()
            .env("PATH", path)
            .env("DOCKER_CONFIG", self.dir.path())
            .current_dir(self.dir.path())
            .args(args)
            .output()
            .expect("runs");
        Ran {
            code: output.status.code().expect("exits"),
            stdout: String::from_utf8(output.stdout).expect("UTF-8"),
            stderr: String::from_utf8(output.stderr).expect("UTF-8"),
        }
    }

    /// Pushes `a.wasm` as `t:1`.
    pub fn push(&self, more: &[&str]) -> Ran {
        let name = self.name(":1");
        self.run(
            &[
                &["push", "--plain-http", "a.wasm", "--reference", &name],
                more,
            ]
            .concat(),
        )
    }

    pub fn pull(&self, reference: &str) -> Ran {
        self.run(&["pull", "--plain-http", reference, "-o", "pulled.wasm"])
    }

    pub fn verify(&self, more: &[&str]) -> Ran {
        let name = self.name(":1");
        self.run(&[&["verify", "--plain-http", &name], more].concat())
    }

    /// Writes the provenance of `a.wasm`.
    pub fn provenance(&self) {
        self.write("p.wit", "package t:p@1.0.0;\n");
        let args = [
            "provenance",
            "a.wasm",
            "--name=a",
            "--tool=x@1",
            "--crate=c@2.0.0",
            "--crate=own",
            "--wit=p.wit",
        ];
        self.run(&[&args[..], &["-o", "a.cdx.json"]].concat()).ok();
    }

    pub fn config(&self, value: &Value) {
        self.write("config.json", value.to_string());
    }
}

/// Writes a program.
pub fn script(path: &Path, text: &str) {
    use std::os::unix::fs::PermissionsExt;
    std::fs::write(path, format!("#!/bin/sh\n{text}\n")).expect("write");
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755)).expect("permissions");
}
