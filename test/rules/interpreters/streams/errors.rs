//! What cannot be done with streams and futures.

use crate::both::both;
use crate::caller::start;
use crate::values::*;
use crate::Streamer;
use wit_dylib::{Read, Value, Write};

fn error<T>(result: Result<T, String>) -> String {
    result.err().expect("an error")
}

impl Streamer {
    pub async fn errors(&self, which: &str) -> Vec<String> {
        match which {
            "types" => self.types(),
            "own ends" => self.own_ends().await,
            "one at a time" => self.one_at_a_time().await,
            "unwritten" => {
                let made = self.future_type("page-of").make(None);
                drop(made);
                unreachable!()
            }
            "forgotten" => {
                spawn(std::future::pending());
                Vec::new()
            }
            other => panic!("{other}"),
        }
    }

    /// What cannot wait.
    pub fn errors_now(&self) -> Vec<String> {
        let (writer, stream) = self.stream_type("sum").make();
        vec![
            error(stream.read(1)),
            error(writer.write(Value::Bytes(vec![1]))),
            error(wit_dylib::spawn(async {})),
        ]
    }

    /// Values of other types.
    fn types(&self) -> Vec<String> {
        let (writer, _stream) = self.stream_type("keep").make();
        let (ticks, _stream) = self.stream_type("count").make();
        let (bytes, _stream) = self.stream_type("sum").make();
        let future = self.future_type("page-of");
        let write = |values| error(writer.write(values));
        vec![
            write(Value::U8(1)),
            write(Value::List(vec![
                page(page_type(future.ty()), "a"),
                Value::U8(1),
            ])),
            error(ticks.write(Value::List(vec![Value::U8(1)]))),
            error(bytes.write(Value::List(vec![Value::U8(1), Value::U16(1)]))),
            error(future.make(Some(Value::Bool(true)))),
        ]
    }

    /// A stream that is written by the same component: only numbers can be read.
    async fn own_ends(&self) -> Vec<String> {
        let (_writer, stream) = self.stream_type("keep").make();
        let mut results = vec![error(stream.read(1))];
        let (writer, stream) = self.stream_type("sum").make();
        let write = write(&writer, Value::Bytes(vec![1, 2, 3]));
        let (read, left) = both(read(&stream, 10), write).await;
        results.push(format!("{read:?} {left:?}"));
        results
    }

    /// Operations at the same time, and after the end.
    async fn one_at_a_time(&self) -> Vec<String> {
        let (writer, stream) = self.stream_type("sum").make();
        let bytes = || Value::Bytes(vec![1]);
        let reading: Read = stream.read(1).expect("a read");
        let mut results = vec![error(stream.read(1))];
        let given = Value::Stream(stream);
        let ty = self.param("sum");
        results.push(error(given.check(ty)));
        assert_eq!(reading.cancel(), None);
        assert!(given.check(ty).is_ok());
        let writing: Write = writer.write(bytes()).expect("a write");
        results.push(error(writer.write(bytes())));
        let Value::Stream(stream) = given else {
            unreachable!()
        };
        let read = stream.read(1).expect("a read");
        assert_eq!(writing.await, Ok(()));
        // The read has ended, and somebody has to take its values.
        drop(read);
        let given = Value::Stream(stream);
        results.push(error(given.check(ty)));
        drop(writer);
        let Value::Stream(stream) = given else {
            unreachable!()
        };
        results.push(format!("{:?}", read_now(stream.read(1)).await));
        results.push(format!("{:?}", read_now(stream.read(1)).await));
        results.push(error(Value::Stream(stream).check(ty)));

        let (writer, stream) = self.stream_type("sum").make();
        drop(stream);
        for _ in 0..2 {
            let write = writer.write(bytes()).expect("a write").await;
            results.push(format!("{write:?} {}", writer.is_closed()));
        }

        let (writer, future) = self.future_type("wait").make(None).expect("a future");
        let unit = || Value::Tuple(Vec::new());
        let write = writer.write(unit()).expect("a write");
        results.push(format!("{:?}", read_now(future.read()).await));
        assert_eq!(write.await, Ok(()));
        results.push(error(future.read()));
        results.push(error(writer.write(unit())));
        results.push(error(Value::Future(future).check(self.param("wait"))));
        start(std::future::pending::<()>()).await;
        results
    }
}

async fn read_now(read: Result<Read, String>) -> Option<Value> {
    read.expect("a read").await
}
