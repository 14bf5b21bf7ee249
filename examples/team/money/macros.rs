//! The macro `cents!`.

use proc_macro::{Literal, TokenStream, TokenTree};

/// Converts an amount such as `cents!(12.50)` into cents. Anything else does not compile.
#[proc_macro]
pub fn cents(input: TokenStream) -> TokenStream {
    match money::parse(&input.to_string()) {
        Some(cents) => TokenTree::from(Literal::u64_suffixed(cents)).into(),
        None => "compile_error!(\"expected an amount such as 12.50\")"
            .parse()
            .expect("Rust"),
    }
}
