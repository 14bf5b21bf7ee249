use super::*;
use crate::exit;

fn names(dir: &Path) -> Vec<String> {
    let mut names: Vec<String> = std::fs::read_dir(dir)
        .expect("directory")
        .map(|e| e.expect("entry").file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).expect("readable")
}

#[test]
fn writes_are_atomic() {
    let dir = tempfile::tempdir().expect("tempdir");
    let file = dir.path().join("f");
    write_file(&file, b"one").expect("first");
    write_file(&file, b"two").expect("second");
    assert_eq!(read(&file), "two");
    let e = write_file(&dir.path().join("no/f"), b"x").expect_err("no directory");
    assert_eq!(e.exit_code(), exit::ENVIRONMENT);
    for directory in [dir.path(), &dir.path().join("none/")] {
        let e = write_file(directory, b"x").expect_err("a directory");
        assert_eq!(e.exit_code(), exit::ENVIRONMENT);
    }
    assert_eq!(names(dir.path()), ["f"]);
}

#[test]
fn long_names() {
    let dir = tempfile::tempdir().expect("tempdir");
    let name = "\u{e4}".repeat(127);
    write_file(&dir.path().join(&name), b"x").expect("written");
    assert_eq!(names(dir.path()), [name]);
}

#[test]
fn outputs_appear_together() {
    let dir = tempfile::tempdir().expect("tempdir");
    let at = |name: &str| dir.path().join(name);
    std::fs::write(at("old"), "old").expect("write");

    let mut outputs = Outputs::default();
    outputs.text(&at("old"), "new").expect("staged");
    outputs.text(&at("a"), "a").expect("staged");
    assert_eq!(names(dir.path()).len(), 3);
    assert!(names(dir.path())[0].starts_with(".a.rules_wit-"));
    assert!(is_temporary(&at(&names(dir.path())[0])));
    assert!(!is_temporary(&at("old")));
    let e = outputs.binary(&at("no/b"), b"b").expect_err("no directory");
    assert_eq!(e.exit_code(), exit::ENVIRONMENT);
    drop(outputs);
    assert_eq!(names(dir.path()), ["old"]);
    assert_eq!(read(&at("old")), "old");

    let mut outputs = Outputs::default();
    outputs.text(&at("old"), "new").expect("staged");
    outputs.binary(&at("a"), b"a").expect("staged");
    outputs.commit().expect("written");
    assert_eq!(names(dir.path()), ["a", "old"]);
    assert_eq!(read(&at("old")), "new");
}

#[test]
fn a_rename_that_fails_leaves_no_new_file() {
    let dir = tempfile::tempdir().expect("tempdir");
    let at = |name: &str| dir.path().join(name);
    let mut outputs = Outputs::default();
    outputs.text(&at("a"), "a").expect("staged");
    outputs.text(&at("b"), "b").expect("staged");
    std::fs::create_dir(at("b")).expect("directory");
    let e = outputs.commit().expect_err("a directory");
    assert_eq!(e.exit_code(), exit::ENVIRONMENT);
    assert_eq!(names(dir.path()), ["b"]);
}

#[test]
fn one_destination_twice() {
    let dir = tempfile::tempdir().expect("tempdir");
    let mut outputs = Outputs::default();
    outputs.text(&dir.path().join("a"), "a").expect("staged");
    let same = dir.path().join("./a");
    let e = outputs.text(&same, "b").expect_err("the same");
    assert_eq!(e.exit_code(), exit::USAGE);
}

#[cfg(unix)]
mod unix {
    use super::*;
    use std::os::unix::fs::{symlink, FileTypeExt, MetadataExt, PermissionsExt};
    use std::os::unix::net::UnixListener;
    use std::process::Command;

    fn mode(path: &Path) -> u32 {
        path.metadata().expect("metadata").mode() & 0o7777
    }

    /// Makes this test a tool that is killed before it commits.
    const STAGE_AND_WAIT: &str = "RULES_WIT_STAGE_AND_WAIT";

    #[test]
    fn temporary_files_of_killed_tools_are_removed() {
        if let Some(dir) = std::env::var_os(STAGE_AND_WAIT) {
            let mut outputs = Outputs::default();
            let path = Path::new(&dir).join("f");
            outputs.text(&path, "half").expect("staged");
            println!("staged");
            std::thread::sleep(std::time::Duration::from_secs(600));
        }
        let dir = tempfile::tempdir().expect("tempdir");
        let at = |name: &str| dir.path().join(name);
        let this = "output::tests::unix::temporary_files_of_killed_tools_are_removed";
        let mut child = Command::new(std::env::current_exe().expect("program"))
            .args([this, "--exact", "--nocapture"])
            .env(STAGE_AND_WAIT, dir.path())
            .stdout(std::process::Stdio::piped())
            .spawn()
            .expect("started");
        let mut text = String::new();
        let mut stdout = std::io::BufReader::new(child.stdout.take().expect("stdout"));
        while !text.ends_with("staged\n") {
            let read = std::io::BufRead::read_line(&mut stdout, &mut text);
            assert_ne!(read.expect("a line"), 0, "{text}");
        }
        let left = names(dir.path()).remove(0);
        assert!(left.starts_with(".f.rules_wit-"), "{left}");
        // Names of other files, and what no tool makes.
        std::fs::write(at(".rules_wit-a.tmp~"), "").expect("write");
        std::fs::create_dir(at(".d.rules_wit-a.tmp")).expect("directory");
        symlink("nothing", at(".l.rules_wit-a.tmp")).expect("link");
        let others = [
            ".d.rules_wit-a.tmp",
            ".l.rules_wit-a.tmp",
            ".rules_wit-a.tmp~",
        ];

        let own = File::open(at(".rules_wit-a.tmp~")).expect("opened");
        temporary::remove_abandoned(dir.path(), &own);
        assert!(at(&left).exists(), "its owner lives");
        child.kill().expect("killed");
        child.wait().expect("ended");
        assert!(at(&left).exists());
        write_file(&at("g"), b"g").expect("written");
        let mut expected = others.map(str::to_owned).to_vec();
        expected.push("g".to_owned());
        assert_eq!(names(dir.path()), expected);
    }

    #[test]
    fn modes() {
        let dir = tempfile::tempdir().expect("tempdir");
        let at = |name: &str| dir.path().join(name);
        std::fs::write(at("plain"), "").expect("write");
        write_file(&at("new"), b"").expect("written");
        assert_eq!(mode(&at("new")), mode(&at("plain")));
        for kept in [0o600, 0o755, 0o444] {
            std::fs::set_permissions(at("new"), PermissionsExt::from_mode(kept)).expect("chmod");
            write_file(&at("new"), b"x").expect("written");
            assert_eq!(mode(&at("new")), kept);
        }
    }

    #[test]
    fn sources_keep_mode_owner_and_links() {
        use std::os::unix::fs::chown;
        let dir = tempfile::tempdir().expect("tempdir");
        let (file, link) = (dir.path().join("f"), dir.path().join("link"));
        std::fs::write(&file, "old").expect("write");
        // Only root can set another owner.
        let owner = chown(&file, Some(12345), Some(54321)).is_ok();
        for kept in [0o600, 0o755, 0o444] {
            std::fs::set_permissions(&file, PermissionsExt::from_mode(kept)).expect("chmod");
            write_source_file(&file, b"new").expect("write");
            assert_eq!(mode(&file), kept);
            if owner {
                let new = file.metadata().expect("metadata");
                assert_eq!((new.uid(), new.gid()), (12345, 54321));
            }
        }
        symlink("f", &link).expect("symlink");
        write_source_file(&link, b"through").expect("write");
        assert!(link.is_symlink());
        assert_eq!(read(&file), "through");

        let dangling = dir.path().join("dangling");
        symlink("nothing", &dangling).expect("symlink");
        for (path, why) in [
            (dangling.as_path(), "no such file"),
            (dir.path(), "not a regular file"),
        ] {
            let e = write_source_file(path, b"x").expect_err("refused");
            assert!(e.render(false).contains(why), "{}", e.render(false));
        }
        assert!(!dir.path().join("nothing").exists());
    }

    #[test]
    fn links_are_followed() {
        let dir = tempfile::tempdir().expect("tempdir");
        let at = |name: &str| dir.path().join(name);
        std::fs::create_dir(at("d")).expect("directory");
        std::fs::write(at("d/old"), "old").expect("write");
        symlink("d/old", at("one")).expect("link");
        symlink("one", at("two")).expect("link");
        symlink("d/none", at("dangling")).expect("link");
        symlink("loop", at("loop")).expect("link");
        write_file(&at("two"), b"new").expect("written");
        write_file(&at("dangling"), b"created").expect("written");
        let e = write_file(&at("loop"), b"x").expect_err("a loop");
        assert_eq!(e.exit_code(), exit::ENVIRONMENT);
        for link in ["one", "two", "dangling"] {
            assert!(at(link).is_symlink(), "{link}");
        }
        assert_eq!(read(&at("d/old")), "new");
        assert_eq!(read(&at("d/none")), "created");
        assert_eq!(names(&at("d")), ["none", "old"]);
    }

    #[test]
    fn pipes_are_written_to() {
        let dir = tempfile::tempdir().expect("tempdir");
        let pipe = dir.path().join("pipe");
        let made = Command::new("mkfifo").arg(&pipe).status();
        assert!(made.expect("mkfifo").success());
        let reader = std::thread::spawn({
            let pipe = pipe.clone();
            move || read(&pipe)
        });
        let mut outputs = Outputs::default();
        outputs.text(&pipe, "through").expect("staged");
        outputs.text(&dir.path().join("f"), "f").expect("staged");
        outputs.commit().expect("written");
        assert_eq!(reader.join().expect("read"), "through");
        assert!(pipe.metadata().expect("metadata").file_type().is_fifo());
        assert_eq!(names(dir.path()), ["f", "pipe"]);
    }

    #[test]
    fn other_files_are_never_replaced() {
        let dir = tempfile::tempdir().expect("tempdir");
        let socket = dir.path().join("socket");
        let _listener = UnixListener::bind(&socket).expect("bound");
        let mut outputs = Outputs::default();
        let file = dir.path().join("f");
        outputs.text(&file, "f").expect("staged");
        outputs.text(&socket, "x").expect("staged");
        outputs.commit().expect_err("a socket cannot be opened");
        assert!(socket.metadata().expect("metadata").file_type().is_socket());
        assert_eq!(names(dir.path()), ["socket"]);
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn open_descriptors_are_written_to() {
        use std::os::fd::AsRawFd;
        let dir = tempfile::tempdir().expect("tempdir");
        let mut file = File::create(dir.path().join("f")).expect("created");
        file.write_all(b"before ").expect("written");
        let link = dir.path().join("link");
        symlink(format!("/proc/self/fd/{}", file.as_raw_fd()), &link).expect("link");
        write_file(&link, b"after").expect("written");
        assert!(link.is_symlink());
        assert_eq!(read(&dir.path().join("f")), "before after");
    }
}
