use bindings::exports::test::post_return::api::*;

struct Provider;

impl Guest for Provider {
    fn big(count: u32) -> Vec<String> {
        (0..count)
            .map(|i| {
                char::from(b'a' + (i % 26) as u8)
                    .to_string()
                    .repeat(1 << 16)
            })
            .collect()
    }

    fn pages() -> u32 {
        core::arch::wasm32::memory_size(0) as u32
    }
}

bindings::export!(Provider with_types_in bindings);
