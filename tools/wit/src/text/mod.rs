//! The text of WIT files, read with tolerance: what is where, even in a file that does not parse.

mod keywords;
mod lex;
mod outline;
mod parser;

pub use keywords::{escape, is_keyword};
pub use lex::{lex, Kind, Token};
pub use outline::{Body, BodyKind, Outline, PackageRef, Path, Scope, Stmt, Use};
