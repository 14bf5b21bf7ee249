//! A tolerant reader of WIT: tokens, and an outline even of files that do not parse.

mod code;
mod cursor;
mod lex;
mod old;
mod outline;
mod parse;
mod paths;
mod statements;

pub use code::Code;
pub use lex::{lex, Kind, Token};
pub use outline::{Body, BodyKind, Outline, PackageRef, Path, Scope, Stmt, Use};
pub use wit_source::{escape, is_keyword};
