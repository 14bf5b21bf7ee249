use bindings::test::strings::api::*;

struct User;

impl bindings::Guest for User {
    fn run() -> Vec<String> {
        let parts = ["".to_string(), "grüße".to_string(), "🦀\0".to_string()];
        vec![
            echo(""),
            echo("日本語"),
            format!("{} {}", length(""), length("日本語")),
            join(&parts, "+"),
            join(&[], "+"),
            echo(&"x".repeat(100_000)).len().to_string(),
        ]
    }
}

bindings::export!(User with_types_in bindings);
