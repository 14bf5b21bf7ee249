//! An interpreter without a script, whose functions wait for imports.

use interpreter_support::report_panics;
use std::cell::RefCell;
use std::collections::HashMap;
use std::future::{pending, poll_fn, Future};
use std::pin::Pin;
use std::task::{Context, Poll, Waker};
use wit_dylib::{
    CallFuture, ExportFunc, ImportCall, ImportFunc, Interpreter, Own, Sources, Type, Value, World,
};

struct Waiter {
    imports: HashMap<&'static str, ImportFunc>,
    /// The call that all calls of `shared` wait for.
    shared: RefCell<Option<ImportCall>>,
    /// The result of that, or the argument of `notify`.
    text: RefCell<Option<String>>,
    /// Who waits for the text.
    wakers: RefCell<Vec<Waker>>,
}

fn text(value: Option<Value>) -> String {
    match value {
        Some(Value::String(text)) => text,
        other => panic!("{other:?} is no text"),
    }
}

fn number(value: Option<Value>) -> u32 {
    match value {
        Some(Value::U32(number)) => number,
        other => panic!("{other:?} is no number"),
    }
}

fn texts(texts: impl IntoIterator<Item = String>) -> Option<Value> {
    let texts = texts.into_iter().map(Value::String);
    Some(Value::List(texts.collect()))
}

impl Waiter {
    fn call(&self, name: &str, arguments: Vec<Value>) -> Option<Value> {
        let result = self.imports[name].call(arguments);
        result.unwrap_or_else(|e| panic!("{e}"))
    }

    fn start(&self, name: &str, arguments: Vec<Value>) -> ImportCall {
        let call = self.imports[name].call_async(arguments);
        call.unwrap_or_else(|e| panic!("{e}"))
    }

    fn later(&self, text: String, millis: u32) -> ImportCall {
        self.start("later", vec![Value::String(text), Value::U32(millis)])
    }

    fn counter(&self, start: u32) -> Own {
        match self.call("[constructor]counter", vec![Value::U32(start)]) {
            Some(Value::Own(own)) => own,
            other => panic!("{other:?} is no resource"),
        }
    }

    fn events(&self) -> Vec<String> {
        match self.call("events", Vec::new()) {
            Some(Value::List(events)) => events.into_iter().map(|e| text(Some(e))).collect(),
            other => panic!("{other:?} is no list"),
        }
    }

    /// Several imports at the same time, of which the last one is the first to return.
    async fn concurrent(&self, count: u32) -> Option<Value> {
        let call = |i: u32| self.later(i.to_string(), 20 + ((i + 1) % count) * 40);
        let calls: Vec<_> = (0..count).map(call).collect();
        let mut results = Vec::new();
        for call in calls {
            results.push(text(call.await));
        }
        results.extend(self.events());
        texts(results)
    }

    /// Resources that are dropped while they are lent.
    async fn resources(&self) -> Option<Value> {
        let (a, b) = (self.counter(1), self.counter(10));
        let add = |counter: &Own, n, millis| {
            let counter = Value::Borrow(counter.borrow());
            let arguments = vec![counter, Value::U32(n), Value::U32(millis)];
            self.start("[method]counter.add", arguments)
        };
        let both = Value::List(vec![Value::Borrow(a.borrow()), Value::Borrow(b.borrow())]);
        let calls = [
            add(&a, 1, 20),
            add(&b, 5, 10),
            self.start("sum", vec![both, Value::U32(5)]),
        ];
        let ty = Type::Own(a.ty());
        let refused = Value::Own(a).check(ty).expect_err("a lent resource");
        drop(b);
        let mut numbers = Vec::new();
        for call in calls {
            numbers.push(number(call.await).to_string());
        }
        texts([numbers.join(","), refused])
    }

    /// Waits for a call that another task may have started, and wakes up all others.
    async fn shared(&self, argument: String) -> Option<Value> {
        if self.shared.borrow().is_none() {
            let call = self.later(argument.clone(), 20);
            self.shared.replace(Some(call));
        }
        let shared = poll_fn(|context| {
            let polled = match &mut *self.shared.borrow_mut() {
                Some(call) if self.text.borrow().is_none() => Pin::new(call).poll(context),
                _ => Poll::Pending,
            };
            if let Poll::Ready(value) = polled {
                self.notify(text(value));
            }
            self.poll_text(context)
        })
        .await;
        Some(Value::String(format!("{shared} for {argument}")))
    }

    fn poll_text(&self, context: &mut Context<'_>) -> Poll<String> {
        match &*self.text.borrow() {
            Some(text) => Poll::Ready(text.clone()),
            None => {
                self.wakers.borrow_mut().push(context.waker().clone());
                Poll::Pending
            }
        }
    }

    fn notify(&self, text: String) {
        self.text.replace(Some(text));
        self.wakers.take().into_iter().for_each(Waker::wake);
    }

    /// Lends a resource, and may cancel the call before it has returned.
    async fn lending(&self, which: String) -> Option<Value> {
        let counter = self.counter(1);
        let add = |n| {
            let counter = Value::Borrow(counter.borrow());
            let arguments = vec![counter, Value::U32(n), Value::U32(20)];
            self.start("add", arguments)
        };
        let mut results = vec![which.clone()];
        if which == "cancelled" {
            // It returns after the import that uses the counter.
            add(1).cancel();
            let all = Value::List(vec![Value::Borrow(counter.borrow())]);
            let sum = self.start("sum", vec![all, Value::U32(1)]).await;
            results.push(number(sum).to_string());
        } else {
            results.push(number(add(1).await).to_string());
        }
        results.push(number(add(5).await).to_string());
        texts(results)
    }
}

impl Interpreter for Waiter {
    fn start(world: World, sources: Sources) -> Self {
        report_panics(world);
        assert_eq!(sources.iter().len(), 1);
        Waiter {
            imports: world.import_funcs().map(|f| (f.name(), f)).collect(),
            shared: RefCell::default(),
            text: RefCell::default(),
            wakers: RefCell::default(),
        }
    }

    fn call(&self, function: ExportFunc, arguments: Vec<Value>) -> Option<Value> {
        match function.name() {
            "events" => texts(self.events()),
            "notify" => {
                self.notify(text(arguments.into_iter().next()));
                None
            }
            "run-now" => {
                drop(self.start("wait-for", vec![Value::U64(1)]));
                None
            }
            other => unreachable!("{other}"),
        }
    }

    fn call_async(&'static self, function: ExportFunc, arguments: Vec<Value>) -> CallFuture {
        let mut values = arguments.into_iter();
        let first = values.next();
        match (function.name(), first) {
            ("concurrent", count) => Box::pin(self.concurrent(number(count))),
            ("resources", _) => Box::pin(self.resources()),
            ("shared", argument) => Box::pin(self.shared(text(argument))),
            ("wait", _) => Box::pin(async {
                let text = poll_fn(|context| self.poll_text(context)).await;
                Some(Value::String(text))
            }),
            // Its waker is lost.
            ("run", Some(Value::String(which))) if which == "never" => Box::pin(pending()),
            ("run", which) => Box::pin(self.lending(text(which))),
            (name, first) => {
                let import = match name {
                    "add" => "[method]counter.add",
                    name => name,
                };
                Box::pin(self.start(import, first.into_iter().chain(values).collect()))
            }
        }
    }
}

wit_dylib::export!(Waiter);
