//! The service for WASI 0.3: an asynchronous function, and bodies that are streams.

use app::{answer, convert, error, route, Answer, Route, Upload, Upstream, MAX_JSON};
use bindings::exports::wasi::http::handler::Guest;
use bindings::wasi::config::store;
use bindings::wasi::http::client;
use bindings::wasi::http::types::{ErrorCode, Fields, Method, Request, Response, Scheme};
use bindings::{wit_future, wit_stream};
use wit_bindgen::{spawn_local, StreamReader, StreamResult};

struct Service;

impl Guest for Service {
    async fn handle(request: Request) -> Result<Response, ErrorCode> {
        Ok(send(respond(request).await))
    }
}

async fn respond(request: Request) -> Answer {
    let method = request.get_method();
    let path = request.get_path_with_query().unwrap_or_default();
    let route = route(name(&method), &path);
    if let Some(answer) = answer(&route) {
        return answer;
    }
    match route {
        Route::Upload => {
            let mut upload = Upload::default();
            let (_, handled) = wit_future::new(|| Ok(()));
            let (body, trailers) = Request::consume_body(request, handled);
            read(body, |chunk| upload.add(chunk)).await;
            match trailers.await {
                Ok(_) => upload.answer(),
                Err(code) => error(400, &format!("{code}")),
            }
        }
        Route::Upstream => upstream().await.unwrap_or_else(|answer| answer),
        _ => {
            let (_, handled) = wit_future::new(|| Ok(()));
            let (body, _trailers) = Request::consume_body(request, handled);
            match read_up_to(body, MAX_JSON).await {
                Some(bytes) => convert(&bytes),
                None => error(400, "the body is too large"),
            }
        }
    }
}

async fn upstream() -> Result<Answer, Answer> {
    let upstream = Upstream::parse(store::get("upstream").ok().flatten())?;
    let (_, trailers) = wit_future::new(|| Ok(None));
    let (request, _sent) = Request::new(Fields::new(), None, trailers, None);
    let is_valid = request.set_scheme(Some(&Scheme::Http)).is_ok()
        && request.set_authority(Some(&upstream.authority)).is_ok()
        && request.set_path_with_query(Some(&upstream.path)).is_ok();
    if !is_valid {
        return Err(error(500, "the upstream is not a URL"));
    }
    let response = client::send(request).await;
    let response = response.map_err(|code| Upstream::failed(&format!("{code}")))?;
    let status = response.get_status_code();
    let (_, handled) = wit_future::new(|| Ok(()));
    let (body, _trailers) = Response::consume_body(response, handled);
    match read_up_to(body, MAX_JSON).await {
        Some(bytes) => Ok(Upstream::answer(status, &bytes)),
        None => Err(Upstream::failed("the response is too large")),
    }
}

/// Calls `add` with each chunk of a body.
async fn read(mut body: StreamReader<u8>, mut add: impl FnMut(&[u8])) {
    let mut buffer = Vec::with_capacity(64 << 10);
    loop {
        let (result, mut chunk) = body.read(buffer).await;
        add(&chunk);
        if !matches!(result, StreamResult::Complete(_)) {
            return;
        }
        chunk.clear();
        buffer = chunk;
    }
}

async fn read_up_to(body: StreamReader<u8>, max: usize) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    read(body, |chunk| {
        if bytes.len() <= max {
            bytes.extend_from_slice(chunk);
        }
    })
    .await;
    (bytes.len() <= max).then_some(bytes)
}

fn send(answer: Answer) -> Response {
    let text = format!("{}\n", answer.body);
    let headers = Fields::new();
    let json = ("content-type", "application/json".to_owned());
    let length = ("content-length", text.len().to_string());
    for (name, value) in answer.headers.into_iter().chain([json, length]) {
        headers
            .append(name, value.as_bytes())
            .expect("the fields are valid");
    }
    let (mut writer, body) = wit_stream::new();
    let (finished, trailers) = wit_future::new(|| Ok(None));
    let (response, _sent) = Response::new(headers, Some(body), trailers);
    response
        .set_status_code(answer.status)
        .expect("the status is valid");
    // The response starts before its body.
    spawn_local(async move {
        writer.write_all(text.into_bytes()).await;
        drop(writer);
        // A client that has gone needs no trailers.
        let _ = finished.write(Ok(None)).await;
    });
    response
}

fn name(method: &Method) -> &str {
    match method {
        Method::Get => "GET",
        Method::Post => "POST",
        Method::Put => "PUT",
        _ => "another",
    }
}

bindings::export!(Service with_types_in bindings);
