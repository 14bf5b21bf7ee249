//! `runner serve` and clients that behave badly, on the loopback interface.

#[allow(dead_code)]
mod support;

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, ChildStderr, Command, Stdio};
use std::time::{Duration, Instant};
use support::{code, Sandbox};

/// The time after which a test gives up.
const PATIENCE: Duration = Duration::from_secs(60);

/// A server of `handler.wasm`.
struct Server {
    process: Child,
    address: String,
    stderr: Option<ChildStderr>,
    _sandbox: Sandbox,
}

impl Server {
    fn start(options: &[&str]) -> Self {
        let sandbox = Sandbox::new();
        let mut command = sandbox.command(&support::runner());
        command.args(["serve", "handler.wasm", "--addr", "127.0.0.1:0"]);
        Server::spawn(sandbox, command, options)
    }

    fn spawn(sandbox: Sandbox, mut command: Command, options: &[&str]) -> Self {
        let mut process = command
            .args(options)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the tool runs");
        let mut stdout = BufReader::new(process.stdout.take().expect("a pipe"));
        let mut line = String::new();
        stdout.read_line(&mut line).expect("a line");
        let address = line.strip_prefix("listening on http://").map(str::trim);
        Server {
            address: address.unwrap_or_else(|| panic!("{line:?}")).to_owned(),
            stderr: process.stderr.take(),
            process,
            _sandbox: sandbox,
        }
    }

    fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(&self.address).expect("connects");
        stream.set_read_timeout(Some(PATIENCE)).expect("a timeout");
        stream.set_write_timeout(Some(PATIENCE)).expect("a timeout");
        stream
    }

    /// Sends bytes on a connection of their own, and returns what comes back until the connection ends.
    fn send(&self, bytes: impl AsRef<[u8]>) -> String {
        let mut stream = self.connect();
        // A server that answers early may not read all.
        let _ = stream.write_all(bytes.as_ref());
        read_all(&mut stream)
    }

    fn get(&self, path: &str) -> String {
        self.send(get(path))
    }

    fn assert_lives(&self) {
        let response = self.get("/ok");
        assert!(response.starts_with("HTTP/1.1 200"), "{response:?}");
        assert!(response.ends_with("ok\n\r\n0\r\n\r\n"), "{response:?}");
    }

    #[cfg(unix)]
    fn signal(&self, name: &str) {
        let kill = format!("kill -{name} {}", self.process.id());
        let status = Command::new("sh").args(["-c", &kill]).status();
        assert!(status.expect("sh runs").success());
    }

    /// Waits until the server ends, and returns its exit code and its log.
    fn wait(mut self) -> (Option<i32>, String) {
        let start = Instant::now();
        let status = loop {
            if let Some(status) = self.process.try_wait().expect("a status") {
                break status;
            }
            assert!(start.elapsed() < PATIENCE, "the server goes on");
            std::thread::sleep(Duration::from_millis(10));
        };
        let mut log = String::new();
        let mut stderr = self.stderr.take().expect("a pipe");
        stderr.read_to_string(&mut log).expect("text");
        (status.code(), log)
    }

    /// Ends the server, and returns its log.
    fn log(mut self) -> String {
        self.process.kill().expect("it runs");
        let mut log = String::new();
        let mut stderr = self.stderr.take().expect("a pipe");
        stderr.read_to_string(&mut log).expect("text");
        log
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn get(path: &str) -> String {
    format!("GET {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n")
}

fn read_all(stream: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    if let Err(e) = stream.read_to_end(&mut bytes) {
        // A connection that the server resets is closed.
        assert_eq!(e.kind(), std::io::ErrorKind::ConnectionReset, "{e}");
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn assert_status(response: &str, status: u16) {
    let start = format!("HTTP/1.1 {status} ");
    assert!(response.starts_with(&start), "{status}: {response:?}");
}

#[test]
fn guests_that_fail() {
    let server = Server::start(&["--request-timeout", "1s"]);
    server.assert_lives();
    assert_status(&server.get("/trap"), 500);
    assert_status(&server.get("/silent"), 500);
    // The trap comes after the start of the response, so it can only break off.
    let half = server.get("/half");
    assert!(
        half.is_empty() || half.starts_with("HTTP/1.1 200 "),
        "{half:?}"
    );
    assert!(!half.ends_with("0\r\n\r\n"), "{half:?}");
    server.assert_lives();
    assert!(server.get("/number").contains("\r\n1\r\n"));
    assert!(server.get("/number").contains("\r\n1\r\n"));
    let log = server.log();
    for expected in [
        "request 1: GET /ok: 200, 3 bytes, ",
        "request 2: the component trapped: wasm trap: wasm `unreachable` instruction executed\nwasm backtrace:\n",
        "request 2: GET /trap: 500, ",
        "request 3: the component returned without a response\n",
        "request 4: the component trapped: ",
        "ms, broke off: ",
    ] {
        assert!(log.contains(expected), "{expected}:\n{log}");
    }
}

#[test]
fn guests_that_are_busy_do_not_block_others() {
    let server = Server::start(&["--request-timeout", "2s"]);
    let start = Instant::now();
    std::thread::scope(|scope| {
        let busy: Vec<_> = (0..8)
            .map(|_| scope.spawn(|| server.get("/busy")))
            .collect();
        std::thread::sleep(Duration::from_millis(100));
        server.assert_lives();
        assert!(start.elapsed() < Duration::from_secs(2), "{start:?}");
        for response in busy {
            assert_status(&response.join().expect("a response"), 504);
        }
    });
    server.assert_lives();
    let log = server.log();
    assert!(
        log.contains("not finished after 2000 ms: raise `--request-timeout`"),
        "{log}"
    );
}

#[test]
fn instances_that_are_used_again() {
    let server = Server::start(&["--requests-per-instance", "2", "--quiet"]);
    let mut stream = server.connect();
    let mut numbers = String::new();
    for _ in 0..4 {
        let request = b"GET /number HTTP/1.1\r\nhost: localhost\r\n\r\n";
        stream.write_all(request).expect("written");
        let mut response = String::new();
        let mut byte = [0];
        while !response.ends_with("\r\n0\r\n\r\n") {
            stream.read_exact(&mut byte).expect("a response");
            response.push(char::from(byte[0]));
        }
        let (_, body) = response.split_once("\r\n\r\n1\r\n").expect("a chunk");
        numbers.push_str(&body[..1]);
        // The guest returns after the response ends.
        std::thread::sleep(Duration::from_millis(50));
    }
    assert_eq!(numbers, "1212");
    assert_eq!(server.log(), "");
}

#[test]
fn requests_that_are_malformed_or_too_large() {
    let server = Server::start(&["--max-body", "100KiB", "--request-timeout", "5s"]);
    assert_status(&server.send("garbage\r\n\r\n"), 400);
    assert_status(&server.send([0xff; 100_000]), 400);
    let long = "x".repeat(100_000);
    let huge = format!("GET /ok HTTP/1.1\r\nhost: x\r\nx: {long}\r\n\r\n");
    assert_status(&server.send(huge), 431);
    let many: String = (0..1000).map(|n| format!("x{n}: y\r\n")).collect();
    let many = format!("GET /ok HTTP/1.1\r\nhost: x\r\n{many}\r\n");
    assert_status(&server.send(many), 431);
    let post = "POST /drain HTTP/1.1\r\nhost: x\r\nconnection: close\r\n";
    let large = format!("{post}content-length: 1000000000000\r\n\r\n");
    assert_status(&server.send(large), 413);
    let lying = format!("{post}content-length: 5\r\ncontent-length: 6\r\n\r\nhello");
    assert_status(&server.send(lying), 400);
    let chunk = format!("10000\r\n{}\r\n", "x".repeat(0x10000));
    let chunks = format!(
        "{post}transfer-encoding: chunked\r\n\r\n{}0\r\n\r\n",
        chunk.repeat(4)
    );
    let response = server.send(chunks);
    // The rest of the body may reset the connection before the response is read.
    assert!(
        response.is_empty() || response.starts_with("HTTP/1.1 413 "),
        "{response:?}"
    );
    let fits = format!("{post}transfer-encoding: chunked\r\n\r\n{chunk}0\r\n\r\n");
    assert_status(&server.send(fits), 200);
    server.assert_lives();
}

#[test]
fn clients_that_are_slow() {
    let server = Server::start(&["--request-timeout", "1s"]);
    let start = Instant::now();
    let mut header = server.connect();
    header.write_all(b"GET /ok HTT").expect("written");
    let mut silent = server.connect();
    let mut body = server.connect();
    let post =
        "POST /drain HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: 100\r\n\r\nhalf";
    body.write_all(post.as_bytes()).expect("written");
    let mut reader = server.connect();
    reader.write_all(get("/flood").as_bytes()).expect("written");
    server.assert_lives();
    // Each gets a status, or a closed connection.
    let response = read_all(&mut header);
    assert!(
        response.is_empty() || response.starts_with("HTTP/1.1 408"),
        "{response:?}"
    );
    let response = read_all(&mut silent);
    assert!(
        response.is_empty() || response.starts_with("HTTP/1.1 408"),
        "{response:?}"
    );
    assert_status(&read_all(&mut body), 504);
    std::thread::sleep(Duration::from_millis(1500));
    assert_status(&read_all(&mut reader), 200);
    assert!(start.elapsed() < PATIENCE / 2, "{start:?}");
    server.assert_lives();
}

#[test]
fn clients_that_leave() {
    let server = Server::start(&["--request-timeout", "30s", "--max-requests", "4"]);
    let post = "POST /drain HTTP/1.1\r\nhost: x\r\ncontent-length: 9\r\n\r\n";
    let requests = [get("/busy"), get("/flood"), get("/half"), post.to_owned()];
    for request in requests.iter().cycle().take(16) {
        let mut stream = server.connect();
        stream.write_all(request.as_bytes()).expect("written");
        std::thread::sleep(Duration::from_millis(30));
    }
    // Their guests end, long before the time is up, and free their places.
    let start = Instant::now();
    server.assert_lives();
    assert!(start.elapsed() < Duration::from_secs(20), "{start:?}");
}

#[test]
fn a_thousand_connections() {
    let server = Server::start(&["--quiet", "--request-timeout", "20s"]);
    // As many as the system gives to this process.
    let streams: Vec<TcpStream> = (0..1000)
        .map_while(|_| TcpStream::connect(&server.address).ok())
        .collect();
    assert!(streams.len() > 200, "{}", streams.len());
    let mut answered = 0;
    for mut stream in &streams {
        stream.set_read_timeout(Some(PATIENCE)).expect("a timeout");
        let _ = stream.write_all(get("/ok").as_bytes());
    }
    for mut stream in streams {
        let response = read_all(&mut stream);
        assert!(
            response.is_empty() || response.starts_with("HTTP/1.1 200"),
            "{response:?}"
        );
        answered += usize::from(!response.is_empty());
    }
    assert!(answered > 200, "{answered}");
    server.assert_lives();
    if let Ok(status) = std::fs::read_to_string(format!("/proc/{}/status", server.process.id())) {
        let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let kib = peak
            .and_then(|p| p.trim().strip_suffix(" kB"))
            .expect("a size");
        let kib: u64 = kib.trim().parse().expect("a number");
        assert!(kib < 1 << 20, "{kib} KiB");
    }
}

#[cfg(unix)]
#[test]
fn signals_end_the_server_after_open_requests() {
    for signal in ["INT", "TERM"] {
        let server = Server::start(&[]);
        let mut idle = server.connect();
        let mut open = server.connect();
        let start = "POST /drain HTTP/1.1\r\nhost: x\r\ncontent-length: 8\r\n\r\nhalf";
        open.write_all(start.as_bytes()).expect("written");
        std::thread::sleep(Duration::from_millis(300));
        server.signal(signal);
        std::thread::sleep(Duration::from_millis(300));
        assert!(TcpStream::connect(&server.address).is_err() || read_all(&mut idle).is_empty());
        open.write_all(b"half").expect("written");
        assert_status(&read_all(&mut open), 200);
        let (code, log) = server.wait();
        assert_eq!(code, Some(0), "{log}");
        assert!(log.contains("POST /drain: 200, 3 bytes"), "{log}");
    }
}

#[test]
fn an_address_that_is_in_use() {
    let server = Server::start(&[]);
    let sandbox = Sandbox::new();
    let mut command = sandbox.command(&support::runner());
    command.args(["serve", "handler.wasm", "--addr", &server.address]);
    let output = command.output().expect("the tool runs");
    assert_eq!(code(&output), 3);
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(stderr.contains("cannot listen on `127.0.0.1:"), "{stderr}");
    assert!(stderr.contains("hint: choose another `--addr`"), "{stderr}");
}

#[test]
fn a_launched_handler_is_served() {
    let sandbox = Sandbox::new();
    let program = sandbox.launchable("run\n--label\n//x:y\nrlocation:_main/handler.wasm\n--\n");
    let command = sandbox.command(&program);
    let server = Server::spawn(
        sandbox,
        command,
        &["--addr", "127.0.0.1:1", "--addr", "127.0.0.1:0"],
    );
    server.assert_lives();
    let sandbox = Sandbox::new();
    let program = sandbox.launchable("run\n--label\n//x:y\nrlocation:_main/handler.wasm\n--\n");
    let mut command = sandbox.command(&program);
    let output = command.arg("--adr").output().expect("the tool runs");
    assert_eq!(code(&output), 2);
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(stderr.contains("unexpected argument '--adr'"), "{stderr}");
}
