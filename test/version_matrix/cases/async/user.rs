use bindings::test::concurrency::api::*;
use bindings::{wit_future, wit_stream};
use wit_bindgen::spawn_local;

struct User;

async fn promised(value: &'static str) -> String {
    let (writer, sent) = wit_future::new(String::new);
    spawn_local(async move {
        let _ = writer.write(value.to_string()).await;
    });
    match promise(sent).await.await {
        Ok(value) => value,
        Err(code) => code.to_string(),
    }
}

impl bindings::Guest for User {
    async fn run() -> Vec<String> {
        let (mut numbers, sent) = wit_stream::new();
        spawn_local(async move {
            numbers.write_all(vec![1, 2, 3]).await;
        });
        let doubled = double(sent).await.collect().await;
        let (mut entries, sent) = wit_stream::new();
        spawn_local(async move {
            let entry = |key, text: &str| Entry {
                key,
                text: text.to_string(),
            };
            entries.write_all(vec![entry(1, "a"), entry(2, "")]).await;
        });
        let swapped = swap(sent).await.collect().await;
        vec![
            later("text".to_string()).await,
            doubled.iter().map(u32::to_string).collect(),
            swapped
                .iter()
                .map(|(text, key)| format!("{text}{key}"))
                .collect(),
            promised("kept").await,
            promised("").await,
        ]
    }
}

bindings::export!(User with_types_in bindings);
