//! The option `tracing`: a subscriber gets a span for each call, and its arguments and result as events.

use super::{block_on, component};
use std::fmt::{Debug, Write as _};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use traced_rust_host::{Faulty, FaultyImports};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};
use wasmtime::component::{HasSelf, Linker};
use wasmtime::{Engine, Store};

/// Collects spans and events, each as a line.
#[derive(Clone, Default)]
struct Collector {
    lines: Arc<Mutex<Vec<String>>>,
    spans: Arc<AtomicU64>,
}

impl Collector {
    fn push(&self, line: String) {
        self.lines.lock().expect("the lines").push(line);
    }

    fn take(&self) -> Vec<String> {
        std::mem::take(&mut self.lines.lock().expect("the lines"))
    }
}

struct Fields(String);

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        let _ = write!(self.0, " {}={value:?}", field.name());
    }
}

impl Subscriber for Collector {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, span: &Attributes<'_>) -> Id {
        let mut fields = Fields(span.metadata().name().to_owned());
        span.record(&mut fields);
        self.push(fields.0);
        Id::from_u64(self.spans.fetch_add(1, Ordering::Relaxed) + 1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut fields = Fields("event".to_owned());
        event.record(&mut fields);
        self.push(fields.0);
    }

    fn enter(&self, span: &Id) {
        self.push(format!("enter {}", span.into_u64()));
    }

    fn exit(&self, span: &Id) {
        self.push(format!("exit {}", span.into_u64()));
    }
}

struct Host;

impl FaultyImports for Host {
    fn twice(&mut self, value: u32) -> u32 {
        2 * value
    }
}

/// What a call of an export is expected to record: `call` and `grow` call `twice` with their argument.
fn expected(function: &str, value: u32) -> Vec<String> {
    let result = 2 * value;
    vec![
        format!("wit-bindgen export module=\"default\" function=\"{function}\""),
        "enter 1".to_owned(),
        "wit-bindgen import module=\"faulty\" function=\"twice\"".to_owned(),
        "enter 2".to_owned(),
        format!("event message=call value={value}"),
        format!("event message=return result={result}"),
        "exit 2".to_owned(),
        "exit 1".to_owned(),
    ]
}

#[test]
fn spans_of_calls() {
    let engine = Engine::default();
    let mut linker = Linker::new(&engine);
    Faulty::add_to_linker::<_, HasSelf<_>>(&mut linker, |host: &mut Host| host).expect("links");
    let mut store = Store::new(&engine, Host);
    let faulty = Faulty::instantiate(&mut store, &component(&engine), &linker);
    let faulty = faulty.expect("instantiates");

    let collector = Collector::default();
    tracing::subscriber::with_default(collector.clone(), || {
        // A function without the option has no span.
        assert_eq!(faulty.call_add(&mut store, 40, 2).expect("returns"), 42);
        assert_eq!(faulty.call_call(&mut store, 21).expect("returns"), 42);
    });
    assert_eq!(collector.take(), expected("call", 21));

    // An asynchronous call enters its span when it is polled, and when its future is dropped.
    let collector = Collector::default();
    tracing::subscriber::with_default(collector.clone(), || {
        let result = block_on(faulty.call_grow(&mut store, 4));
        assert_eq!(result.expect("returns"), 8);
    });
    let mut with_drop = expected("grow", 4);
    with_drop.extend(["enter 1".to_owned(), "exit 1".to_owned()]);
    assert_eq!(collector.take(), with_drop);
}
