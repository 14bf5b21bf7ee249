//! A registry in memory, on loopback, with faults on request.

use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex, MutexGuard};

/// What a registry holds, and how it misbehaves.
#[derive(Default)]
pub struct State {
    pub blobs: BTreeMap<String, Vec<u8>>,
    /// Tag or digest -> media type and bytes.
    pub manifests: BTreeMap<String, (String, Vec<u8>)>,
    uploads: BTreeMap<String, Vec<u8>>,
    /// Method and path of each request.
    pub log: Vec<String>,
    /// The header `Authorization` that is required.
    pub authorization: Option<String>,
    /// The challenge to requests without it.
    pub challenge: String,
    /// The token endpoint: required `Authorization` -> token.
    pub token: Option<(String, String)>,
    /// Answers to the next requests that start with a text: status, or 0 to cut the connection in the middle of the body.
    pub faults: Vec<(String, u16)>,
    /// Whether there is an API for referrers.
    pub referrers: bool,
    /// Whether an upload is lost with its connection.
    pub forgets: bool,
}

/// A running registry. Its thread ends with the process.
pub struct Server {
    pub address: String,
    state: Arc<Mutex<State>>,
}

struct Request {
    method: String,
    path: String,
    headers: BTreeMap<String, String>,
    body: Vec<u8>,
    complete: bool,
}

type Answer = (u16, Vec<(&'static str, String)>, Vec<u8>);

pub fn digest(bytes: &[u8]) -> String {
    let hex: String = Sha256::digest(bytes)
        .iter()
        .map(|b| format!("{b:02x}"))
        .collect();
    format!("sha256:{hex}")
}

impl Server {
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("bind");
        let address = listener.local_addr().expect("address").to_string();
        let state = Arc::<Mutex<State>>::default();
        let (shared, own) = (state.clone(), address.clone());
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (state, address) = (shared.clone(), own.clone());
                std::thread::spawn(move || serve(stream, &state, &address));
            }
        });
        Server { address, state }
    }

    pub fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("state")
    }
}

fn serve(stream: TcpStream, state: &Mutex<State>, address: &str) {
    let mut reader = BufReader::new(stream);
    let Some(request) = read(&mut reader, state) else {
        return;
    };
    if !request.complete {
        // What has arrived of a part is kept, as registries do.
        let mut state = state.lock().expect("state");
        if state.forgets {
            state.uploads.remove(&request.path);
        } else if let Some(upload) = state.uploads.get_mut(&request.path) {
            upload.extend(&request.body);
        }
        return;
    }
    let (status, headers, body) = answer(&request, &mut state.lock().expect("state"), address);
    let mut text = format!(
        "HTTP/1.1 {status} X\r\ncontent-length: {}\r\nconnection: close\r\n",
        body.len()
    );
    for (name, value) in headers {
        text += &format!("{name}: {value}\r\n");
    }
    let mut stream = reader.into_inner();
    let _ = stream.write_all(format!("{text}\r\n").as_bytes());
    if request.method != "HEAD" {
        let _ = stream.write_all(&body);
    }
}

fn read(reader: &mut BufReader<TcpStream>, state: &Mutex<State>) -> Option<Request> {
    let mut line = String::new();
    reader.read_line(&mut line).ok()?;
    let mut words = line.split_whitespace();
    let (method, path) = (words.next()?.to_owned(), words.next()?.to_owned());
    let mut headers = BTreeMap::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        let Some((name, value)) = line.trim().split_once(':') else {
            break;
        };
        headers.insert(name.to_ascii_lowercase(), value.trim().to_owned());
    }
    let length: usize = headers
        .get("content-length")
        .map_or(0, |l| l.parse().expect("length"));
    let start = format!("{method} {path}");
    let cut = {
        let mut state = state.lock().expect("state");
        let at = state
            .faults
            .iter()
            .position(|(s, _)| start.starts_with(s.as_str()));
        let at = at.filter(|at| state.faults[*at].1 == 0);
        at.map(|at| state.faults.remove(at)).is_some()
    };
    let mut body = vec![0; if cut { length / 2 } else { length }];
    reader.read_exact(&mut body).ok()?;
    state.lock().expect("state").log.push(start);
    Some(Request {
        method,
        path,
        headers,
        body,
        complete: !cut,
    })
}

fn answer(request: &Request, state: &mut State, address: &str) -> Answer {
    let start = format!("{} {}", request.method, request.path);
    if let Some(at) = state
        .faults
        .iter()
        .position(|(s, _)| start.starts_with(s.as_str()))
    {
        let (_, status) = state.faults.remove(at);
        return (status, vec![("retry-after", "0".to_owned())], vec![]);
    }
    if request.path.starts_with("/token") {
        return match &state.token {
            Some((wanted, token)) if request.headers.get("authorization") == Some(wanted) => (
                200,
                vec![],
                format!(r#"{{"token":"{token}"}}"#).into_bytes(),
            ),
            _ => (
                401,
                vec![],
                br#"{"errors":[{"message":"wrong password"}]}"#.to_vec(),
            ),
        };
    }
    if state.authorization.is_some()
        && request.headers.get("authorization") != state.authorization.as_ref()
    {
        return (
            401,
            vec![("www-authenticate", state.challenge.clone())],
            vec![],
        );
    }
    let (path, query) = request.path.split_once('?').unwrap_or((&request.path, ""));
    let Some((_, rest)) = path.split_once("/v2/t/") else {
        return (404, vec![], vec![]);
    };
    match (
        request.method.as_str(),
        rest.split('/').collect::<Vec<_>>().as_slice(),
    ) {
        ("HEAD" | "GET", ["blobs", digest]) => match state.blobs.get(*digest) {
            Some(bytes) => (200, vec![], bytes.clone()),
            None => (404, vec![], vec![]),
        },
        ("POST", ["blobs", "uploads", ""]) => {
            let name = format!("/v2/t/blobs/uploads/{}", state.log.len());
            state.uploads.insert(name.clone(), vec![]);
            (202, vec![("location", name)], vec![])
        }
        ("GET", ["blobs", "uploads", _]) => {
            let Some(length) = state.uploads.get(path).map(Vec::len) else {
                return (404, vec![], vec![]);
            };
            let range = format!("0-{}", length.saturating_sub(1));
            (
                204,
                vec![
                    ("range", range),
                    ("location", format!("http://{address}{path}")),
                ],
                vec![],
            )
        }
        ("PATCH", ["blobs", "uploads", _]) => {
            let Some(upload) = state.uploads.get_mut(path) else {
                return (404, vec![], vec![]);
            };
            let from: usize = request.headers["content-range"]
                .split('-')
                .next()
                .expect("range")
                .parse()
                .expect("range");
            if from != upload.len() {
                return (416, vec![], vec![]);
            }
            upload.extend(&request.body);
            (202, vec![("location", path.to_owned())], vec![])
        }
        ("PUT", ["blobs", "uploads", _]) => {
            let bytes = state.uploads.remove(path).expect("upload");
            let wanted = query.strip_prefix("digest=").unwrap_or_default().to_owned();
            if digest(&bytes) != wanted {
                return (
                    400,
                    vec![],
                    br#"{"errors":[{"code":"DIGEST_INVALID"}]}"#.to_vec(),
                );
            }
            state.blobs.insert(wanted, bytes);
            (201, vec![], vec![])
        }
        ("PUT", ["manifests", name]) => {
            let manifest = (
                request.headers["content-type"].clone(),
                request.body.clone(),
            );
            let found = digest(&request.body);
            state.manifests.insert((*name).to_owned(), manifest.clone());
            state.manifests.insert(found.clone(), manifest);
            let mut headers = vec![("docker-content-digest", found)];
            if state.referrers && String::from_utf8_lossy(&request.body).contains("\"subject\"") {
                headers.push(("oci-subject", "recorded".to_owned()));
            }
            (201, headers, vec![])
        }
        ("GET", ["manifests", name]) => match state.manifests.get(*name) {
            Some((kind, bytes)) => (200, vec![("content-type", kind.clone())], bytes.clone()),
            None => (
                404,
                vec![],
                br#"{"errors":[{"message":"manifest unknown"}]}"#.to_vec(),
            ),
        },
        ("GET", ["referrers", subject]) if state.referrers => {
            let about = format!("\"digest\":\"{subject}\"");
            let entries: Vec<String> = state
                .manifests
                .iter()
                .filter(|(name, (_, bytes))| {
                    let text = String::from_utf8_lossy(bytes).into_owned();
                    let subject = text
                        .split_once("\"subject\"")
                        .is_some_and(|(_, s)| s.contains(&about));
                    name.starts_with("sha256:") && subject
                })
                .map(|(name, (kind, bytes))| {
                    format!(
                        r#"{{"mediaType":"{kind}","digest":"{name}","size":{}}}"#,
                        bytes.len()
                    )
                })
                .collect();
            (
                200,
                vec![],
                format!(
                    r#"{{"schemaVersion":2,"manifests":[{}]}}"#,
                    entries.join(",")
                )
                .into_bytes(),
            )
        }
        _ => (404, vec![], vec![]),
    }
}
