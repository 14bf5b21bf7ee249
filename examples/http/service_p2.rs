//! The service for WASI 0.2: a call that blocks, for each request.

use app::{answer, convert, error, route, Answer, Route, Upload, Upstream, MAX_JSON};
use bindings::exports::wasi::http::incoming_handler::Guest;
use bindings::wasi::config::store;
use bindings::wasi::http::outgoing_handler;
use bindings::wasi::http::types::{
    Fields, IncomingBody, IncomingRequest, Method, OutgoingBody, OutgoingRequest, OutgoingResponse,
    ResponseOutparam, Scheme,
};
use bindings::wasi::io::streams::StreamError;

struct Service;

impl Guest for Service {
    fn handle(request: IncomingRequest, out: ResponseOutparam) {
        let answer = respond(&request);
        send(answer, out);
    }
}

fn respond(request: &IncomingRequest) -> Answer {
    let route = route(
        method(&request.method()),
        &request.path_with_query().unwrap_or_default(),
    );
    if let Some(answer) = answer(&route) {
        return answer;
    }
    match route {
        Route::Upload => {
            let mut upload = Upload::default();
            match request.consume() {
                Ok(body) => match read(&body, |chunk| upload.add(chunk)) {
                    Ok(()) => upload.answer(),
                    Err(message) => error(400, &message),
                },
                Err(()) => error(500, "the body was read before"),
            }
        }
        Route::Upstream => upstream().unwrap_or_else(|answer| answer),
        _ => {
            let mut bytes = Vec::new();
            match request.consume() {
                Ok(body) => match read_up_to(&body, &mut bytes, MAX_JSON) {
                    Ok(()) => convert(&bytes),
                    Err(message) => error(400, &message),
                },
                Err(()) => error(500, "the body was read before"),
            }
        }
    }
}

fn upstream() -> Result<Answer, Answer> {
    let upstream = Upstream::parse(store::get("upstream").ok().flatten())?;
    let request = OutgoingRequest::new(Fields::new());
    let is_valid = request.set_scheme(Some(&Scheme::Http)).is_ok()
        && request.set_authority(Some(&upstream.authority)).is_ok()
        && request.set_path_with_query(Some(&upstream.path)).is_ok();
    if !is_valid {
        return Err(error(500, "the upstream is not a URL"));
    }
    let failed = |code| Upstream::failed(&format!("{code}"));
    let response = outgoing_handler::handle(request, None).map_err(failed)?;
    response.subscribe().block();
    let response = match response.get() {
        Some(Ok(response)) => response.map_err(failed)?,
        _ => return Err(Upstream::failed("no response")),
    };
    let mut bytes = Vec::new();
    let body = response
        .consume()
        .map_err(|()| Upstream::failed("no body"))?;
    read_up_to(&body, &mut bytes, MAX_JSON).map_err(|message| Upstream::failed(&message))?;
    Ok(Upstream::answer(response.status(), &bytes))
}

/// Calls `add` with each chunk of a body.
fn read(body: &IncomingBody, mut add: impl FnMut(&[u8])) -> Result<(), String> {
    let stream = body.stream().map_err(|()| "the body was read before")?;
    loop {
        match stream.blocking_read(64 << 10) {
            Ok(chunk) => add(&chunk),
            Err(StreamError::Closed) => return Ok(()),
            Err(StreamError::LastOperationFailed(e)) => return Err(e.to_debug_string()),
        }
    }
}

fn read_up_to(body: &IncomingBody, bytes: &mut Vec<u8>, max: usize) -> Result<(), String> {
    read(body, |chunk| {
        if bytes.len() <= max {
            bytes.extend_from_slice(chunk);
        }
    })?;
    match bytes.len() > max {
        true => Err("the body is too large".to_owned()),
        false => Ok(()),
    }
}

fn send(answer: Answer, out: ResponseOutparam) {
    let text = format!("{}\n", answer.body);
    let headers = Fields::new();
    let json = ("content-type", "application/json".to_owned());
    let length = ("content-length", text.len().to_string());
    for (name, value) in answer.headers.into_iter().chain([json, length]) {
        headers
            .append(name, value.as_bytes())
            .expect("the fields are valid");
    }
    let response = OutgoingResponse::new(headers);
    response
        .set_status_code(answer.status)
        .expect("the status is valid");
    let body = response.body().expect("the body is new");
    ResponseOutparam::set(out, Ok(response));
    let stream = body.write().expect("the stream is new");
    // A client that has gone needs no response.
    for chunk in text.as_bytes().chunks(4096) {
        if stream.blocking_write_and_flush(chunk).is_err() {
            return;
        }
    }
    drop(stream);
    let _ = OutgoingBody::finish(body, None);
}

fn method(method: &Method) -> &str {
    match method {
        Method::Get => "GET",
        Method::Post => "POST",
        Method::Put => "PUT",
        _ => "another",
    }
}

bindings::export!(Service with_types_in bindings);
