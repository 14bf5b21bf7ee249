//! The golden tests of `checksum_updater`: `sync` in small workspaces.
//!
//! `CHECKSUM_UPDATER_BIN` names the binary where Cargo does not.

use golden::{Done, Folder, Suite};
use std::process::ExitCode;

fn main() -> ExitCode {
    Suite::new(
        "checksum_updater",
        option_env!("CARGO_BIN_EXE_checksum_updater"),
    )
    .env("PATH", std::env::var_os("PATH").unwrap_or_default())
    // No network.
    .env("GITHUB_API_URL", "http://127.0.0.1:9")
    .env("GITHUB_SERVER_URL", "http://127.0.0.1:9")
    .folder(Folder::new("sync").check(check))
    .setup(|tree| {
        let registry = tree.path().join("checksums/tools");
        std::fs::create_dir_all(registry).expect("directories");
    })
    .main()
}

/// `sync --check` writes nothing, and after `sync` everything is up to date.
fn check(done: &Done) {
    let [check, sync] = done.outputs.as_slice() else {
        panic!("a case runs `sync --check` and `sync`");
    };
    let fresh = done.fresh();
    assert_eq!(fresh.run(&["sync", "--check"]), *check);
    assert!(fresh.files() == done.before, "--check wrote something");
    if sync.code == 0 {
        let again = done.tree.run(&["sync"]);
        assert_eq!(again.code, 0, "{}", again.text());
        assert_eq!(again.stdout, "everything is up to date\n");
    }
}
