//! Static linking: objects that say in WIT what they have and want, and one module of several.

mod calls;
mod copies;
mod fit;
mod glue;
mod heap;
pub mod library;
pub mod link;
mod linker;
mod object;
#[cfg(test)]
mod tests;
mod world;
mod worlds;
