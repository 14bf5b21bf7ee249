//! If the program is killed at any moment, the file is the old or the new one.

use crate::server::{Reply, Server};
use crate::support::{sha256, Workspace, DEMO};
use std::hash::{BuildHasher, RandomState};
use std::process::Stdio;
use std::time::{Duration, Instant};

const MOMENTS: u32 = 50;

#[test]
fn old_or_new() {
    let body = vec![42u8; 2 << 20];
    let digest = sha256(&body);
    let server = Server::start(move |request, _| {
        match request.path.as_str() {
        "/repos/example/demo/releases/tags/v1.1.0" => Reply::ok(
            "{\"tag_name\": \"v1.1.0\", \"assets\": [{\"name\": \"demo-1.1.0-x86_64-linux.tar.gz\"}]}",
        ),
        _ => Reply::resumable(&body, "\"v1\"", request),
    }
    });
    let update = |workspace: &Workspace| {
        workspace
            .command(&["update", "demo", "1.1.0"])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("starts")
    };
    // The duration and the result of an undisturbed run.
    let whole = Workspace::with(DEMO).github(&server.address);
    let start = Instant::now();
    assert!(update(&whole).wait().expect("ends").success());
    let time = start.elapsed();
    let new = whole.json();
    assert!(new.contains(&digest));

    let workspace = Workspace::with(DEMO).github(&server.address);
    let (mut olds, mut news) = (0, 0);
    let random = RandomState::new();
    for moment in 0..MOMENTS {
        workspace.write("checksums/tools/demo.json", DEMO);
        let mut child = update(&workspace);
        // One random moment in each fiftieth of the run and of a little time after it.
        let within = (random.hash_one(moment) % 1000) as f64 / 1000.0;
        let at = time.mul_f64((f64::from(moment) + within) / f64::from(MOMENTS) * 1.2);
        std::thread::sleep(at.max(Duration::from_millis(1)));
        let _ = child.kill();
        child.wait().expect("ends");
        match workspace.json() {
            json if json == DEMO => olds += 1,
            json if json == new => news += 1,
            json => panic!("killed after {at:?}, it left\n{json}"),
        }
    }
    println!("{olds} times the old file, {news} times the new one");
    assert!(olds > 0, "no moment was before the end");
    // Leftover files do not disturb the next run.
    workspace.write("checksums/tools/demo.json", DEMO);
    assert!(update(&workspace).wait().expect("ends").success());
    assert_eq!(workspace.json(), new);
    workspace.run(&["validate", "--offline"]).expect(0, &[""]);
}
