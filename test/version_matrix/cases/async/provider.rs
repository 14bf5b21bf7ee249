use bindings::exports::test::concurrency::api::{Entry, Guest};
use bindings::{wit_future, wit_stream};
use wit_bindgen::{spawn_local, FutureReader, StreamReader};

struct Provider;

impl Guest for Provider {
    async fn later(text: String) -> String {
        text + " later"
    }

    async fn double(mut numbers: StreamReader<u32>) -> StreamReader<u32> {
        let (mut writer, doubled) = wit_stream::new();
        spawn_local(async move {
            while let Some(number) = numbers.next().await {
                writer.write_one(number * 2).await;
            }
        });
        doubled
    }

    async fn swap(mut entries: StreamReader<Entry>) -> StreamReader<(String, u32)> {
        let (mut writer, swapped) = wit_stream::new();
        spawn_local(async move {
            while let Some(entry) = entries.next().await {
                writer.write_one((entry.text, entry.key)).await;
            }
        });
        swapped
    }

    async fn promise(value: FutureReader<String>) -> FutureReader<Result<String, u8>> {
        let (writer, promise) = wit_future::new(|| Err(7));
        spawn_local(async move {
            let value = value.await;
            if !value.is_empty() {
                let _ = writer.write(Ok(value)).await;
            }
        });
        promise
    }
}

bindings::export!(Provider with_types_in bindings);
