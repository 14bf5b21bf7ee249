struct App;

impl bindings::exports::test::optional_app::info::Guest for App {
    fn name() -> String {
        "app".to_owned()
    }
}

#[cfg(feature = "network")]
impl bindings::exports::test::optional_network::network::Guest for App {
    fn hosts(of: bindings::test::optional_core::types::Id) -> Vec<String> {
        vec![format!("host-{}", of.id)]
    }
}

bindings::export!(App with_types_in bindings);
