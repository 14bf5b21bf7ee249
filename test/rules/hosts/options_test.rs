//! Bindings for hosts in Rust, with options: async imports that can trap, async exports, types of another crate, and tracing.

mod tracing_test;

use faulty_rust_host::{Faulty, FaultyImports};
use relay_rust_host::exports::test::hosts::echo::Person;
use std::future::Future;
use types_rust_host::test::hosts::types::Point;
use wasmtime::component::{Component, HasSelf, Linker};
use wasmtime::{Engine, Result, Store};

const FAULTY: &str = r#"(component
  (import "twice" (func $twice (param "value" u32) (result u32)))
  (core module $m
    (import "" "twice" (func $twice (param i32) (result i32)))
    (func (export "add") (param i32 i32) (result i32) (i32.add (local.get 0) (local.get 1)))
    (func (export "none") unreachable)
    (func (export "call") (param i32) (result i32) (call $twice (local.get 0))))
  (core func $lowered (canon lower (func $twice)))
  (core instance $i (instantiate $m (with "" (instance (export "twice" (func $lowered))))))
  (func (export "add") (param "a" u32) (param "b" u32) (result u32) (canon lift (core func $i "add")))
  (func (export "spin") (canon lift (core func $i "none")))
  (func (export "trap") (canon lift (core func $i "none")))
  (func (export "recurse") (canon lift (core func $i "none")))
  (func (export "grow") (param "pages" u32) (result s32) (canon lift (core func $i "call")))
  (func (export "call") (param "value" u32) (result u32) (canon lift (core func $i "call"))))"#;

fn component(engine: &Engine) -> Component {
    let bytes = wat::parse_str(FAULTY).expect("a component");
    Component::new(engine, bytes).expect("compiles")
}

struct Host {
    calls: u32,
}

impl FaultyImports for Host {
    async fn twice(&mut self, value: u32) -> Result<u32> {
        // The call is suspended here, and goes on when it is polled again.
        tokio::task::yield_now().await;
        self.calls += 1;
        match value {
            13 => Err(wasmtime::Error::msg("thirteen is not accepted")),
            _ => Ok(2 * value),
        }
    }
}

fn block_on<T>(future: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().build();
    runtime.expect("a runtime").block_on(future)
}

#[test]
fn async_imports_and_exports() {
    let engine = Engine::default();
    let component = component(&engine);
    let mut linker = Linker::new(&engine);
    Faulty::add_to_linker::<_, HasSelf<_>>(&mut linker, |host: &mut Host| host).expect("links");
    let mut store = Store::new(&engine, Host { calls: 0 });
    block_on(async {
        let faulty = Faulty::instantiate_async(&mut store, &component, &linker).await;
        let faulty = faulty.expect("instantiates");
        let sum = faulty.call_add(&mut store, 40, 2).await;
        assert_eq!(sum.expect("returns"), 42);
        let double = faulty.call_call(&mut store, 21).await;
        assert_eq!(double.expect("returns"), 42);
        let error = faulty.call_call(&mut store, 13).await.expect_err("traps");
        assert!(
            format!("{error:#}").contains("thirteen is not accepted"),
            "{error:#}"
        );
    });
    assert_eq!(store.data().calls, 2);
}

/// The bindings of `relay` use the types of another crate, which derive what that crate says.
#[test]
fn types_of_another_crate() {
    let point = Point { x: 1, y: -2 };
    let person = Person {
        int: 1,
        name: "Ada".to_owned(),
        tags: Vec::new(),
        next: Some((point, 'x')),
    };
    let theirs: types_rust_host::test::hosts::types::Person = person;
    assert_eq!(
        theirs.next.map(|(point, _)| point),
        Some(Point { x: 1, y: -2 })
    );
}
