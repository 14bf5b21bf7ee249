//! Static linking: relocatable objects that carry their WIT world, and one module made of them.

mod argument_copy;
mod calls;
mod compat;
mod heap;
mod library_worlds;
mod link;
mod linked_world;
mod linker;
mod object;
mod object_writer;
mod provided;
mod static_library;
#[cfg(test)]
mod tests;

pub use link::link;
pub use linker::LinkerArgs;
pub use static_library::{static_library, Visible};
